"""Whether customers can buy an offer, which of the conditions fail, and what may hide it nevertheless.

Needed are (API 4.4.7 §4.1.4): stock above 0, status active, a valid price, and a documentation status of 3, 9, 11 or
12; the seller's account must be active, which an offer does not tell. "Stock" is not said to be the general or the
estimated one; the general one is what sellers set. A value that is not known fails its condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from magflow_tui.marketplace.codes import (
    SELLABLE_VALIDATION_STATUSES,
    SHOWN_TRANSLATION_STATUSES,
    VALID_OFFER,
    OfferStatus,
    get_offer_status_text,
    get_translation_status_text,
    get_validation_status_text,
)
from magflow_tui.marketplace.schema import Offer
from magflow_tui.rules.findings import Words


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that an offer fails: its stable code (`offer.stock`), and a short phrase."""

    code: str
    words: Words


_NO_STOCK: Final = Condition("offer.stock", Words("no stock", "fără stoc"))
_STOCK_UNKNOWN: Final = Condition("offer.stock_unknown", Words("stock not known", "stoc necunoscut"))
_PRICE: Final = Condition("offer.price", Words("price not valid", "preț nevalid"))
_PRICE_UNKNOWN: Final = Condition("offer.price_unknown", Words("price validity not known", "preț neverificat"))
_PHRASES: Final[Mapping[str, Condition]] = MappingProxyType(
    {condition.words.en: condition for condition in (_NO_STOCK, _STOCK_UNKNOWN, _PRICE, _PRICE_UNKNOWN)}
)

#: Codes of the marketplace that a phrase may name; a number in brackets is one that is not listed.
_LISTED_CODES: Final = range(20)
_UNLISTED: Final = re.compile(r"\((-|\d{1,19}|-\d{1,19})\)$", re.ASCII)


def offer_stock(offer: Offer) -> int | None:
    """Pieces for sale: `general_stock`, else the sum over warehouses, else the estimate; None when none is known."""
    if offer.general_stock is not None:
        return offer.general_stock
    values = [warehouse.value for warehouse in offer.stock or () if warehouse.value is not None]
    return sum(values) if values else offer.estimated_stock


def failing_conditions(offer: Offer) -> tuple[Condition, ...]:
    """The conditions that fail, empty when the offer can be sold."""
    return tuple(_failing(offer))


def why_not_sellable(offer: Offer) -> tuple[str, ...]:
    """The conditions that fail, one short English phrase each; empty when the offer can be sold."""
    return tuple(condition.words.en for condition in _failing(offer))


def condition_of(phrase: str) -> Condition | None:
    """The condition that an English phrase names, as `why_not_sellable` gave it; None for a phrase of another time."""
    found = _PHRASES.get(phrase)
    if found is not None:
        return found
    kind = phrase.partition(": ")[0]
    make = {"offer": _status, "documentation": _documentation}.get(kind)
    if make is None:
        return None
    number = _UNLISTED.search(phrase)
    codes = _LISTED_CODES if number is None else [None if number[1] == "-" else int(number[1])]
    return next((made for made in map(make, codes) if made.words.en == phrase), None)


def translation_remark(status: int | None) -> Words | None:
    """What may keep an offer hidden although it can be sold: a translation that is not shown. No failed condition.

    `status` is the offer's first `translation_validation_status`; None where it has none, as untranslated offers do.
    """
    if status is None or status in SHOWN_TRANSLATION_STATUSES:
        return None
    return Words(
        f"translation: {get_translation_status_text(status, 'en').lower()}, so the product may stay hidden",
        f"traducere: {get_translation_status_text(status, 'ro').lower()}, deci produsul poate rămâne ascuns",
    )


def _failing(offer: Offer) -> Iterator[Condition]:
    stock = offer_stock(offer)
    if stock is None or stock <= 0:
        yield _STOCK_UNKNOWN if stock is None else _NO_STOCK
    if offer.status != OfferStatus.ACTIVE:
        yield _status(offer.status)
    price = offer.offer_validation_status.value if offer.offer_validation_status else None
    if price != VALID_OFFER:
        yield _PRICE_UNKNOWN if price is None else _PRICE
    documentation = offer.validation_status[0].value if offer.validation_status else None
    if documentation not in SELLABLE_VALIDATION_STATUSES:
        yield _documentation(documentation)


def _status(status: int | None) -> Condition:
    return Condition(
        "offer.status",
        Words(
            f"offer: {get_offer_status_text(status, 'en').lower()}",
            f"ofertă: {get_offer_status_text(status, 'ro').lower()}",
        ),
    )


def _documentation(status: int | None) -> Condition:
    return Condition(
        "offer.documentation",
        Words(
            f"documentation: {get_validation_status_text(status, 'en').lower()}",
            f"documentație: {get_validation_status_text(status, 'ro').lower()}",
        ),
    )
