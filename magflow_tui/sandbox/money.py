"""Money as whole numbers: amounts and rates in 1/10 000, sums customers pay in cents (1/100)."""

from __future__ import annotations

from decimal import Decimal


def four_decimals(amount: int) -> str:
    """An amount in 1/10 000 as the API writes it: `"272.7190"`, `"-8.2645"`."""
    sign = "-" if amount < 0 else ""
    units, rest = divmod(abs(amount), 10_000)
    return f"{sign}{units}.{rest:04d}"


def two_decimals(cents: int) -> str:
    """A sum in cents as text: `"59.00"`."""
    return four_decimals(cents * 100)[:-2]


def in_units(text: object) -> int:
    """An amount or rate as the API writes it (`"272.7190"`, `0.21`, `14.99`) in 1/10 000."""
    return int((Decimal(str(text)) * 10_000).to_integral_value())


def net_of(gross_cents: int, rate: int) -> int:
    """The price without VAT, in 1/10 000 and half up, of a price with VAT in cents."""
    return _half_up(gross_cents * 100 * 10_000, 10_000 + rate)


def gross_of(net: int, rate: int) -> int:
    """The price with VAT, in cents and half up, of a price without VAT in 1/10 000."""
    return _half_up(net * (10_000 + rate), 1_000_000)


def number(cents: int) -> int | float:
    """A sum in cents as the API writes numbers: `14.99`, and `25` rather than `25.0`."""
    return cents // 100 if cents % 100 == 0 else cents / 100


def _half_up(numerator: int, denominator: int) -> int:
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))
