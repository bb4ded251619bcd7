"""One offer with everything that decides whether it can be sold, and the counts of all of them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from magflow_tui.contract.base import Instant, Model, Money
from magflow_tui.contract.records import OfferRow

StateName = Literal["documentation", "price", "translation"]
CheckName = Literal["stock", "status", "price", "documentation"]


class OfferCheck(Model):
    """A condition that an offer has to meet to be sold. `text` says how things stand, in English and Romanian."""

    name: CheckName
    ok: bool
    text: str
    text_ro: str


class OfferState(Model):
    """Where one validation of the marketplace stands; `remark` are its own words, where it says more."""

    name: StateName
    value: int | None
    text: str
    text_ro: str
    remark: str = ""


class WarehouseStock(Model):
    warehouse: str
    pieces: int


class OfferDetail(Model):
    """One offer: its row, what decides whether it can be sold, and the payload as JSON. Prices are without VAT."""

    row: OfferRow
    checks: tuple[OfferCheck, ...]
    states: tuple[OfferState, ...]
    brand: str | None = None
    part_number_key: str | None = None
    ean: tuple[str, ...] = ()
    category_id: int | None = None
    vat_id: int | None = None
    recommended_price: Money | None = None
    min_sale_price: Money | None = None
    max_sale_price: Money | None = None
    best_offer_sale_price: Money | None = None
    buy_button_rank: int | None = Field(default=None, description="place among the offers of the same product")
    number_of_offers: int | None = None
    general_stock: int | None = None
    estimated_stock: int | None = None
    warehouses: tuple[WarehouseStock, ...] = ()
    handling_days: int | None = None
    warranty_months: int | None = None
    fetched_at: Instant
    offer: dict[str, Any]


class OfferCounts(Model):
    """Offers of one account."""

    account: str
    total: int
    active: int
    sellable: int
    without_stock: int
    recently_synced_24h: int


class ValidationCount(Model):
    """Offers whose documentation has one validation status; null where none is known."""

    value: int | None
    text: str
    text_ro: str
    offers: int
