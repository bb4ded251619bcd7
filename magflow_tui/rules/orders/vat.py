"""VAT rates are fractions, 0.21 for 21 %, and those that the country had at the time.

`vat` has been a fraction wherever it was seen live; a percentage would make every sum a hundred times too large. Rates
of before a change are good for orders that were open while it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

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


class KnownRates(NamedTuple):
    """The rates a country had while an order was open, and since when it was."""

    country: str
    day: str
    rates: Rates

    def __str__(self) -> str:
        return ", ".join(f"{rate:f}" for rate in sorted(self.rates, reverse=True))


def _rates(*texts: str) -> Rates:
    return frozenset(map(Decimal, texts))


#: By country, latest first: the day from which on (inclusive) rates hold. 0 is for reverse charge and deposits.
_RATES: Final[Mapping[str, tuple[tuple[str, Rates], ...]]] = MappingProxyType(
    {
        "RO": (("2025-08-01", _rates("0.21", "0.11", "0")), ("", _rates("0.19", "0.09", "0.05", "0"))),
        "BG": (("", _rates("0.2", "0.09", "0")),),
        "HU": (("", _rates("0.27", "0.18", "0.05", "0")),),
    }
)
_COUNTRY_OF_CURRENCY: Final[Mapping[str, str]] = MappingProxyType({"RON": "RO", "BGN": "BG", "HUF": "HU"})


def known_rates(check: OrderCheck) -> KnownRates | None:
    """What the lines of an order may have; None where country or day cannot be told."""
    order, day = check.order, check.day
    if check.platform is not None:
        country = check.platform.country
    else:
        currency = order.currency or (order.products[0].currency if order.products else None)
        country = _COUNTRY_OF_CURRENCY.get(currency or "", "")
    if day is None or country not in _RATES:
        return None
    last = check.changed or day
    rates: Rates = frozenset()
    for since, new in _RATES[country]:
        if last >= since:
            rates = rates | new if rates else new
        if day >= since:
            break
    return KnownRates(country, day, rates)


def check_rate(check: OrderCheck, line: OrderLine, place: int, known: KnownRates | None) -> None:
    """A line has a VAT rate, a fraction, one that the country had while the order was open."""
    rate = line.vat
    if known is not None and rate in known.rates:
        return
    if rate is None:
        if not (check.short_form and "vat" not in line.model_fields_set):
            check.report_amount(MISSING, "products", place, "vat")
    elif not 0 <= rate < 1:
        check.report_amount(FRACTION, "products", place, "vat")
    elif known is not None:
        check.report(UNKNOWN, "products", place, "vat", country=known.country, day=known.day[:10], rates=known)
