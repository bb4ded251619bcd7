"""Who buys: a name, a phone somewhere, and for companies their tax code (API 4.4.7 §5.1, live payloads).

E-mail addresses are hashes or empty, postal codes mostly empty, `is_vat_payer` is 1 for persons too: none of that is
at fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from magflow_tui.marketplace.codes import OrderStatus
from magflow_tui.marketplace.schema import Customer
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.check import OrderCheck

_SOURCE: Final = "API 4.4.7 §5.1"

MISSING: Final = Rule(
    "customer.missing",
    "error",
    _SOURCE,
    Words("The order has a customer", "Comanda are un client"),
    Words("required", "obligatoriu"),
    Words("The order does not say who bought.", "Comanda nu spune cine a cumpărat."),
)
NAME: Final = Rule(
    "customer.name",
    "error",
    _SOURCE,
    Words("The customer has a name", "Clientul are un nume"),
    Words("a name", "un nume"),
    Words("The customer has no name.", "Clientul nu are nume."),
)
PHONE: Final = Rule(
    "customer.phone",
    "error",
    "API 4.4.7 §6.1",
    Words("A customer can be called", "Clientul poate fi sunat"),
    Words("a phone number in any of the phone fields", "un număr în oricare dintre câmpurile de telefon"),
    Words(
        "There is no phone number anywhere: no courier takes a parcel without one.",
        "Nu există niciun număr de telefon: niciun curier nu ia un colet fără el.",
    ),
)
ID: Final = Rule(
    "customer.id",
    "warning",
    _SOURCE,
    Words("The customer's id can be one", "Id-ul clientului este posibil"),
    Words("whole number, 1 or more", "număr întreg, cel puțin 1"),
    Words("{value} cannot be a customer's id.", "{value} nu poate fi id-ul unui client."),
)
COMPANY: Final = Rule(
    "customer.company",
    "warning",
    _SOURCE,
    Words("A company has its name", "O firmă are denumire"),
    Words("the company's name", "denumirea firmei"),
    Words(
        "The customer is a company, but its name is not given: no invoice can be made out to it.",
        "Clientul este o firmă, dar denumirea lipsește: nu i se poate emite factură.",
    ),
)
TAX_CODE_MISSING: Final = Rule(
    "customer.code.missing",
    "warning",
    _SOURCE,
    Words("A company has a tax code", "O firmă are cod fiscal"),
    Words("the company's tax code", "codul fiscal al firmei"),
    Words(
        "The customer is a company, but its tax code is not given: the invoice needs it.",
        "Clientul este o firmă, dar codul fiscal lipsește: factura are nevoie de el.",
    ),
)
TAX_CODE: Final = Rule(
    "customer.code",
    "warning",
    "Codul de înregistrare fiscală, Ordinul 262/2007",
    Words("A Romanian tax code has its check digit", "Un CUI are cifra de control corectă"),
    Words("a code ending in {digit}", "un cod care se termină cu {digit}"),
    Words(
        "The check digit of tax code {value} should be {digit}: probably it was mistyped.",
        "Cifra de control a CUI-ului {value} ar trebui să fie {digit}: probabil este scris greșit.",
    ),
)
GENDER: Final = Rule(
    "customer.gender",
    "info",
    "measured live",
    Words("The gender is a known one", "Genul este cunoscut"),
    Words("empty, M or F", "gol, M sau F"),
    Words("{value} has not been seen before.", "{value} nu a mai fost întâlnit."),
)

RULES: Final = (MISSING, NAME, PHONE, ID, COMPANY, TAX_CODE_MISSING, TAX_CODE, GENDER)

# A parcel of a new, open, prepared or just finalised order has yet to be handed over.
_TO_BE_SHIPPED: Final = frozenset(
    (OrderStatus.NEW, OrderStatus.IN_PROGRESS, OrderStatus.PREPARED, OrderStatus.FINALISED)
)
_GENDERS: Final = frozenset((None, "M", "F"))
_WEIGHTS: Final = (7, 5, 3, 2, 1, 7, 5, 3, 2)
_ROMANIAN_CODE: Final = re.compile(r"(?:RO)?\s?([0-9]{2,10})", re.ASCII | re.IGNORECASE)


def check_customer(check: OrderCheck) -> None:
    """There is a customer, with a name and a phone."""
    customer = check.order.customer
    if customer is None or not customer.model_fields_set:
        check.report(MISSING, "customer")
        return
    if customer.name is None or not customer.name.strip():
        check.report(NAME, "customer", "name")
    if customer.phone_1 is None and not _can_be_called(customer) and _needs_phone(check):
        check.report(PHONE, "customer", "phone_1")
    if customer.id is not None and customer.id < 1:
        check.report(ID, "customer", "id")
    if customer.gender not in _GENDERS:
        check.report(GENDER, "customer", "gender")
    if customer.legal_entity and not check.short_form:
        _check_company(check, customer)


def _can_be_called(customer: Customer) -> bool:
    # `phone1` is how callers of older systems spell it.
    other = customer.phone_2 or customer.phone_3 or customer.shipping_phone or customer.billing_phone
    return bool(other or (customer.model_extra or {}).get("phone1"))


def _needs_phone(check: OrderCheck) -> bool:
    # Orders that eMAG ships need none of the seller's couriers.
    return not check.fulfilled_by_emag and check.order.status in _TO_BE_SHIPPED


def _check_company(check: OrderCheck, customer: Customer) -> None:
    """A company has a name and a tax code, and a Romanian one its check digit."""
    if customer.company is None and customer.billing_name is None:
        check.report(COMPANY, "customer", "company")
    if customer.code is None:
        check.report(TAX_CODE_MISSING, "customer", "code")
    elif check.platform is not None and check.platform.country == "RO":
        digits = _ROMANIAN_CODE.fullmatch(customer.code.strip())
        if digits is not None and (digit := romanian_check_digit(digits[1][:-1])) != int(digits[1][-1]):
            check.report(TAX_CODE, "customer", "code", digit=digit)


def romanian_check_digit(digits: str) -> int:
    """The check digit of a Romanian tax code (CUI) whose other digits, at most nine, are given."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS[-len(digits) :], digits, strict=True))
    return total * 10 % 11 % 10


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (check_customer,)
