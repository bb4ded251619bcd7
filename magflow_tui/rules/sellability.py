"""Whether customers can buy an offer, and which of the conditions fail (API 4.4.7 §4.1.4)."""

from __future__ import annotations

from magflow_tui.marketplace.codes import (
    SELLABLE_VALIDATION_STATUSES,
    VALID_OFFER,
    OfferStatus,
    get_offer_status_text,
    get_validation_status_text,
)
from magflow_tui.marketplace.schema import Offer


def offer_stock(offer: Offer) -> int | None:
    """Pieces for sale: `general_stock`, else the sum over warehouses, else the estimate; None when none is known."""
    if offer.general_stock is not None:
        return offer.general_stock
    values = [warehouse.value for warehouse in offer.stock or () if warehouse.value is not None]
    return sum(values) if values else offer.estimated_stock


def why_not_sellable(offer: Offer) -> tuple[str, ...]:
    """The conditions that fail, one short English phrase each; empty when the offer can be sold.

    Needed are: stock above 0, status active, a valid price, and a documentation status of 3, 9, 11 or 12. A value
    that is not known fails its condition.
    """
    reasons = []
    stock = offer_stock(offer)
    if stock is None or stock <= 0:
        reasons.append("stock not known" if stock is None else "no stock")
    if offer.status != OfferStatus.ACTIVE:
        reasons.append(f"offer: {get_offer_status_text(offer.status, 'en').lower()}")
    price = offer.offer_validation_status.value if offer.offer_validation_status else None
    if price != VALID_OFFER:
        reasons.append("price validity not known" if price is None else "price not valid")
    documentation = offer.validation_status[0].value if offer.validation_status else None
    if documentation not in SELLABLE_VALIDATION_STATUSES:
        reasons.append(f"documentation: {get_validation_status_text(documentation, 'en').lower()}")
    return tuple(reasons)
