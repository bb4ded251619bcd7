"""VAT rates are fractions, 0.21 for 21 %, and those that the country had at the time.

`vat` has been a fraction wherever it was seen live; a percentage would make every sum a hundred times too large. Rates
of before a change are good for orders that were open while it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from magflow_tui.marketplace.schema import OrderLine
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.check import OrderCheck

MISSING: Final = Rule(
    "line.vat.missing",
    "error",
    "measured live",
    Words("A line has a VAT rate", "O linie are o cotă TVA"),
    Words("a fraction, as 0.21", "o fracție, ca 0.21"),
    Words(
        "The line has no VAT rate: what it costs cannot be told.",
        "Linia nu are cotă TVA: nu se poate afla cât costă.",
    ),
)
FRACTION: Final = Rule(
    "line.vat",
    "error",
    "measured live",
    Words("VAT is a fraction", "TVA este o fracție"),
    Words("a fraction from 0 to below 1", "o fracție de la 0 până sub 1"),
    Words(
        "A VAT rate of {value} is no fraction: 21 % is written 0.21.",
        "Cota TVA {value} nu este o fracție: 21 % se scrie 0.21.",
    ),
)
UNKNOWN: Final = Rule(
    "line.vat.rate",
    "warning",
    "VAT laws of Romania, Bulgaria and Hungary",
    Words("The country has this VAT rate", "Țara are această cotă TVA"),
    Words("one of {rates}", "una dintre {rates}"),
    Words(
        "{country} had no VAT rate of {value} on {day}; it had {rates}.",
        "{country} nu avea cota TVA {value} la {day}; avea {rates}.",
    ),
)

RULES: Final = (MISSING, FRACTION, UNKNOWN)

Rates = frozenset[Decimal]


def _rates(*texts: str) -> Rates:
    return frozenset(map(Decimal, texts))


# 0 is for reverse charge and deposits.
_BULGARIAN: Final = _rates("0.2", "0.09", "0")
_HUNGARIAN: Final = _rates("0.27", "0.18", "0.05", "0")

#: By country: the day of the latest change, the rates from that day on (inclusive), and those of before.
_RATES: Final[Mapping[str, tuple[str, Rates, Rates]]] = MappingProxyType(
    {
        "RO": ("2025-08-01", _rates("0.21", "0.11", "0"), _rates("0.19", "0.09", "0.05", "0")),
        "BG": ("", _BULGARIAN, _BULGARIAN),
        "HU": ("", _HUNGARIAN, _HUNGARIAN),
    }
)
_COUNTRY_OF_CURRENCY: Final[Mapping[str, str]] = MappingProxyType({"RON": "RO", "BGN": "BG", "HUF": "HU"})


def known_rates(check: OrderCheck) -> Rates | None:
    """The rates that the country had while the order was open; None where country or day cannot be told."""
    day = check.day
    known = _RATES.get(_country(check))
    if day is None or known is None:
        return None
    since, rates, before = known
    if day >= since:
        return rates
    return before if (check.changed or day) < since else before | rates


def _country(check: OrderCheck) -> str:
    if check.platform is not None:
        return check.platform.country
    order = check.order
    currency = order.currency or (order.products[0].currency if order.products else None)
    return _COUNTRY_OF_CURRENCY.get(currency or "", "")


def check_rate(check: OrderCheck, line: OrderLine, place: int, known: Rates) -> None:
    """A line has a VAT rate, a fraction, one of those that are known; none are where `known` is empty."""
    rate = line.vat
    if rate is None:
        if not (check.short_form and "vat" not in line.model_fields_set):
            check.report_amount(MISSING, "products", place, "vat")
    elif not 0 <= rate < 1:
        check.report_amount(FRACTION, "products", place, "vat")
    elif known and rate not in known:
        rates = ", ".join(f"{each:f}" for each in sorted(known, reverse=True))
        day = (check.day or "")[:10]
        check.report(UNKNOWN, "products", place, "vat", country=_country(check), day=day, rates=rates)
