"""One offer whole: what decides whether it can be sold, condition by condition, and where its validations stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, select

from magflow_tui.contract.offers import CheckName, OfferCheck, OfferDetail, OfferState, StateName, WarehouseStock
from magflow_tui.marketplace.codes import (
    SELLABLE_VALIDATION_STATUSES,
    SHOWN_TRANSLATION_STATUSES,
    VALID_OFFER,
    get_offer_status_text,
    get_translation_status_text,
    get_validation_status_text,
)
from magflow_tui.marketplace.schema import Offer, ValidationState, read_item
from magflow_tui.rules.sellability import failing_conditions, offer_stock
from magflow_tui.store.offer_list import LISTED, listed
from magflow_tui.store.tables import OFFERS, TALLIES

#: Columns that a detail has under their own names.
_AS_STORED: Final = (
    "brand",
    "part_number_key",
    "category_id",
    "vat_id",
    "recommended_price",
    "min_sale_price",
    "max_sale_price",
    "best_offer_sale_price",
    "buy_button_rank",
    "number_of_offers",
    "general_stock",
    "estimated_stock",
    "fetched_at",
)
_COLUMNS: Final = [*LISTED, *(OFFERS.c[name] for name in (*_AS_STORED, "warranty", "raw"))]
#: The conditions in the order in which they are told, by the codes of the rules that fail them.
_CHECKS: Final[dict[CheckName, tuple[str, ...]]] = {
    "stock": ("offer.stock", "offer.stock_unknown"),
    "status": ("offer.status",),
    "price": ("offer.price", "offer.price_unknown"),
    "documentation": ("offer.documentation",),
}
#: Characters of what the marketplace says of a validation that are kept.
_LONGEST_REMARK: Final = 500


def accounts_of_offer(connection: Connection, offer_id: int) -> tuple[str, ...]:
    """The accounts that have an offer of this id: ids are the seller's own."""
    statement = select(OFFERS.c.account).where(OFFERS.c.account.in_(select(TALLIES.c.account)), OFFERS.c.id == offer_id)
    return tuple(connection.execute(statement.order_by(OFFERS.c.account)).scalars())


def get_offer(connection: Connection, offer_id: int, account: str | None) -> OfferDetail | None:
    """One offer with its payload as JSON; None when it is not stored. Without an account, the first that has it."""
    accounts = accounts_of_offer(connection, offer_id)[:1] if account is None else (account,)
    statement = select(*_COLUMNS).where(OFFERS.c.account.in_(accounts), OFFERS.c.id == offer_id)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _detail(row)


def _detail(row: RowMapping) -> OfferDetail:
    # It was readable when it was stored; should it not be by now, nothing is known of its conditions.
    offer = read_item(Offer, bytes(row["raw"])).value or Offer(id=row["id"])
    document: dict[str, Any] = json.loads(row["raw"].decode("utf-8", errors="replace"))
    return OfferDetail(
        row=listed(row),
        checks=tuple(_checks(offer)),
        states=tuple(_states(offer)),
        **{name: row[name] for name in _AS_STORED},
        ean=tuple(str(ean) for ean in offer.ean or ()),
        warehouses=tuple(
            WarehouseStock(warehouse=str(each.warehouse_id), pieces=each.value)
            for each in offer.stock or ()
            if each.value is not None
        ),
        handling_days=next((each.value for each in offer.handling_time or () if each.value is not None), None),
        warranty_months=row["warranty"],
        offer=document,
    )


def _checks(offer: Offer) -> Iterator[OfferCheck]:
    failing = {condition.code: condition.words for condition in failing_conditions(offer)}
    for name, codes in _CHECKS.items():
        words = next((failing[code] for code in codes if code in failing), None)
        if words is not None:
            yield OfferCheck(name=name, ok=False, text=words.en, text_ro=words.ro)
        else:
            english, romanian = _met(name, offer)
            yield OfferCheck(name=name, ok=True, text=english, text_ro=romanian)


def _met(name: CheckName, offer: Offer) -> tuple[str, str]:
    """What is to be said of a condition that is met."""
    documentation = offer.validation_status[0].value if offer.validation_status else None
    match name:
        case "stock":
            return f"in stock: {offer_stock(offer)}", f"în stoc: {offer_stock(offer)}"
        case "status":
            english, romanian = (get_offer_status_text(offer.status, language).lower() for language in ("en", "ro"))
            return f"offer: {english}", f"ofertă: {romanian}"
        case "price":
            return "price valid", "preț valid"
        case "documentation":
            texts = (get_validation_status_text(documentation, language).lower() for language in ("en", "ro"))
            english, romanian = texts
            return f"documentation: {english}", f"documentație: {romanian}"


def _states(offer: Offer) -> Iterator[OfferState]:
    for state in offer.validation_status or ():
        texts = [get_validation_status_text(state.value, language) for language in ("en", "ro")]
        yield _state("documentation", state, texts, accepted=state.value in SELLABLE_VALIDATION_STATUSES)
    price = offer.offer_validation_status
    if price is not None:
        valid = price.value == VALID_OFFER
        yield _state("price", price, ["valid", "valid"] if valid else ["not valid", "nevalid"], accepted=valid)
    for state in offer.translation_validation_status or ():
        texts = [get_translation_status_text(state.value, language) for language in ("en", "ro")]
        yield _state("translation", state, texts, accepted=state.value in SHOWN_TRANSLATION_STATUSES)


def _state(name: StateName, state: ValidationState, texts: Sequence[str], *, accepted: bool) -> OfferState:
    """A validation, with what the marketplace says of it itself: its errors as they came, and of one that is not
    accepted its description.
    """
    parts = [] if accepted else [state.description or ""]
    if state.errors:
        parts.append(state.errors if isinstance(state.errors, str) else json.dumps(state.errors, ensure_ascii=False))
    remark = " · ".join(part for part in parts if part)[:_LONGEST_REMARK]
    return OfferState(name=name, value=state.value, text=texts[0], text_ro=texts[1], remark=remark)
