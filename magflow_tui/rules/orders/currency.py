"""One currency in the whole order: that of the platform on the day of the order (API 4.4.7 §1, lines measured live).

Bulgaria trades in euro from 2026-01-01. The order itself has named its currency only since 2026; lines always have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from magflow_tui.marketplace.platforms import PLATFORMS, Platform
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.check import OrderCheck

_SOURCE: Final = "API 4.4.7 §1; euro in Bulgaria from 2026-01-01"

MISSING: Final = Rule(
    "currency.missing",
    "warning",
    "API 4.4.7 §5.1",
    Words("Prices have a currency", "Prețurile au o monedă"),
    Words("a currency", "o monedă"),
    Words("Neither line nor order names a currency.", "Nici linia, nici comanda nu numește o monedă."),
)
UNKNOWN: Final = Rule(
    "currency.unknown",
    "error",
    _SOURCE,
    Words("The currency is one of the marketplace's", "Moneda este a marketplace-ului"),
    Words("RON, BGN, EUR or HUF", "RON, BGN, EUR sau HUF"),
    Words("{value} is no currency of any platform.", "{value} nu este moneda niciunei platforme."),
)
PLATFORM: Final = Rule(
    "currency.platform",
    "error",
    _SOURCE,
    Words("The currency is the platform's on that day", "Moneda este a platformei în acea zi"),
    Words("{currency}", "{currency}"),
    Words(
        "On {day} {platform} trades in {currency}, but here is {value}.",
        "La {day} {platform} lucrează în {currency}, dar aici este {value}.",
    ),
)
MIXED: Final = Rule(
    "currency.mixed",
    "error",
    _SOURCE,
    Words("An order has one currency", "O comandă are o singură monedă"),
    Words("{currency}", "{currency}"),
    Words("The line is in {value}, the order in {currency}.", "Linia este în {value}, comanda în {currency}."),
)
EURO_CHANGE: Final = Rule(
    "currency.date",
    "error",
    _SOURCE,
    Words("Leva until 2025, euro from 2026 on", "Leva până în 2025, euro din 2026"),
    Words("{currency}", "{currency}"),
    Words(
        "On {day} no platform traded in {value}: Bulgaria went from leva to euro on 2026-01-01.",
        "La {day} nicio platformă nu lucra în {value}: Bulgaria a trecut de la leva la euro la 2026-01-01.",
    ),
)

RULES: Final = (MISSING, UNKNOWN, PLATFORM, MIXED, EURO_CHANGE)

_CURRENCIES: Final = frozenset(
    currency
    for platform in PLATFORMS.values()
    for currency in (platform.first_currency, *(change.currency for change in platform.currency_changes))
)
_EURO_SINCE: Final = "2026-01-01"
#: By the name of the platform: the first currency, and what it changed to with the day as text.
_BY_PLATFORM: Final[Mapping[str, tuple[str, tuple[tuple[str, str], ...]]]] = MappingProxyType(
    {
        platform.name: (
            platform.first_currency,
            tuple((change.since.isoformat(), change.currency) for change in platform.currency_changes),
        )
        for platform in PLATFORMS.values()
    }
)


def currency_at(platform: Platform, day: str) -> str:
    """The currency of orders placed on a platform at a platform-local date text."""
    currency, changes = _BY_PLATFORM[platform.name]
    for since, changed in changes:
        if day >= since:
            currency = changed
    return currency


def check_currency(check: OrderCheck) -> None:
    """Order and lines are in the currency of platform and day; without these, in one that exists, and in the same."""
    order = check.order
    lines = order.products or ()
    day = check.day
    right = None
    if check.platform is not None and day and check.platform.name in _BY_PLATFORM:
        right = currency_at(check.platform, day)
        if order.currency is None or order.currency == right:
            for line in lines:
                if line.currency != right:
                    break
            else:
                return  # as nearly always
    _name_faults(check, right, day)


def _name_faults(check: OrderCheck, right: str | None, day: str | None) -> None:
    """Go through the currencies one by one. One fault on the order is not told again for each line that shares it."""
    order = check.order
    whole = order.currency
    if whole is not None and not _is_right(check, whole, right, day, ("currency",)):
        return
    first = whole
    for place, line in enumerate(order.products or ()):
        path = ("products", place, "currency")
        if line.currency is None:
            if line.model_fields_set and first is None and not check.short_form:
                check.report(MISSING, *path)
        elif first is not None and line.currency != first:
            check.report_amount(MIXED, *path, currency=first)
        elif _is_right(check, line.currency, right, day, path):
            first = line.currency
        else:
            return


def _is_right(
    check: OrderCheck, currency: str, right: str | None, day: str | None, path: tuple[str | int, ...]
) -> bool:
    if currency not in _CURRENCIES:
        check.report(UNKNOWN, *path)
    elif right is not None and currency != right and check.platform is not None:
        check.report(PLATFORM, *path, day=(day or "")[:10], platform=check.platform.title, currency=right)
    elif right is None and day and currency == ("BGN" if day >= _EURO_SINCE else "EUR"):
        check.report(EURO_CHANGE, *path, day=day[:10], currency="EUR" if currency == "BGN" else "BGN")
    else:
        return True
    return False


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (check_currency,)
