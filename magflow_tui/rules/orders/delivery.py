"""Where an order goes: a street and a town for the courier, a locker for a pickup, the country of the platform.

Sources: API 4.4.7 §5.1, and for lockers payloads measured live. Modes of delivery other than `courier` and `pickup` are
not checked: what they need is not known. Nor is the address of orders that eMAG ships (FBE) or that are over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from magflow_tui.marketplace.schema import Customer, OrderDetails
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.check import OrderCheck

_SOURCE: Final = "API 4.4.7 §5.1"

STREET: Final = Rule(
    "delivery.street",
    "error",
    _SOURCE,
    Words("A courier is told the street", "Curierul știe strada"),
    Words("street and number", "strada și numărul"),
    Words(
        "The order goes by courier, but there is no street to bring it to.",
        "Comanda merge prin curier, dar nu există o stradă la care să ajungă.",
    ),
)
CITY: Final = Rule(
    "delivery.city",
    "error",
    _SOURCE,
    Words("A courier is told the town", "Curierul știe localitatea"),
    Words("the town", "localitatea"),
    Words(
        "The order goes by courier, but there is no town to bring it to.",
        "Comanda merge prin curier, dar nu există o localitate la care să ajungă.",
    ),
)
COUNTRY: Final = Rule(
    "delivery.country",
    "warning",
    "API 4.4.7 §1",
    Words("An order goes to the platform's country", "O comandă merge în țara platformei"),
    Words("{country}", "{country}"),
    Words(
        "The order goes to {value}, but was placed on the marketplace of {country}.",
        "Comanda merge în {value}, dar a fost plasată pe platforma din {country}.",
    ),
)
LOCKER_MISSING: Final = Rule(
    "locker.missing",
    "warning",
    "measured live",
    Words("A pickup says where", "O ridicare spune de unde"),
    Words("locker_id and locker_name", "locker_id și locker_name"),
    Words(
        "The customer picks the order up, but details name no locker and no office.",
        "Clientul ridică comanda, dar details nu numește niciun locker sau oficiu.",
    ),
)
LOCKER_ID: Final = Rule(
    "locker.id",
    "error",
    "measured live",
    Words("A locker has an id", "Un locker are id"),
    Words("the locker's id", "id-ul lockerului"),
    Words(
        "The order goes to a locker, but the locker's id is empty: no AWB can be issued to it.",
        "Comanda merge la un locker, dar id-ul lockerului este gol: nu se poate emite AWB către el.",
    ),
)
LOCKER_NAME: Final = Rule(
    "locker.name",
    "warning",
    "measured live",
    Words("A locker has a name", "Un locker are nume"),
    Words("the locker's name", "numele lockerului"),
    Words("The order goes to a locker without a name.", "Comanda merge la un locker fără nume."),
)
LOCKER_STREET: Final = Rule(
    "locker.street",
    "warning",
    "measured live",
    Words("The street of a locker names it", "Strada unui locker îl numește"),
    Words("a street ending in [EasyBox #NNNN]", "o stradă care se termină cu [EasyBox #NNNN]"),
    Words(
        "The order goes to an easybox, but its street does not end in [EasyBox #NNNN]: it may be sent to the door.",
        "Comanda merge la un easybox, dar strada nu se termină cu [EasyBox #NNNN]: poate fi trimisă la ușă.",
    ),
)

RULES: Final = (STREET, CITY, COUNTRY, LOCKER_MISSING, LOCKER_ID, LOCKER_NAME, LOCKER_STREET)

_COUNTRIES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "RO": frozenset(("ro", "rou", "romania", "românia")),
        "BG": frozenset(("bg", "bgr", "bulgaria", "българия")),
        "HU": frozenset(("hu", "hun", "hungary", "magyarország")),
    }
)
_LOCKER_MARK: Final = "[easybox #"


def check_address(check: OrderCheck) -> None:
    """The address has what the mode of delivery needs, in the platform's country."""
    order = check.order
    customer = order.customer
    if customer is None or not customer.model_fields_set:
        return
    country = customer.shipping_country
    if check.platform is not None and country is not None and country != check.platform.country:
        _check_country(check, country, check.platform.country)
    if check.short_form or check.fulfilled_by_emag or check.is_over:
        return
    if order.delivery_mode == "courier":
        if customer.shipping_street is None:
            check.report(STREET, "customer", "shipping_street")
        if customer.shipping_city is None:
            check.report(CITY, "customer", "shipping_city")
    elif order.delivery_mode == "pickup":
        _check_pickup(check, customer, order.details)


def _check_country(check: OrderCheck, sent: str, country: str) -> None:
    if sent.strip().casefold() not in _COUNTRIES.get(country, frozenset()):
        check.report(COUNTRY, "customer", "shipping_country", country=country)


def _check_pickup(check: OrderCheck, customer: Customer, details: OrderDetails | None) -> None:
    """A pickup goes to a locker with id, name and a street that says so, or to a courier's office."""
    if details is not None and details.courier_external_office_id:
        return
    if details is None or details.model_fields_set.isdisjoint(("locker_id", "locker_name")):
        # `details` came with the lockers; orders of before have none.
        if "details" in check.order.model_fields_set:
            check.report(LOCKER_MISSING, "details")
        return
    if not details.locker_id:
        check.report(LOCKER_ID, "details", "locker_id")
    elif not details.locker_name:
        check.report(LOCKER_NAME, "details", "locker_name")
    elif "easybox" in details.locker_name.lower() and _LOCKER_MARK not in (customer.shipping_street or "").lower():
        check.report(LOCKER_STREET, "customer", "shipping_street")


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (check_address,)
