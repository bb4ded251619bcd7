"""Product offers as `product_offer/read` sends them (API 4.4.7 §4, live Bulgarian and Romanian payloads).

Prices are without VAT. Everything but the id may be missing; keys that MagFlow does nothing with (`characteristics`,
`content_details`, `safety_information`, …) stay in `model_extra`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import GetCoreSchemaHandler, JsonValue
from pydantic_core import CoreSchema, core_schema

from magflow_tui.marketplace.schema.fields import (
    AbsentText,
    Amount,
    Flag,
    Identity,
    OrEmptyList,
    Payload,
    TextOrNumber,
    Whole,
)


class OfferImage(Payload):
    url: str | None = None
    display_type: Whole | None = None


class WarehouseValue(Payload):
    """A count at one warehouse: pieces in `stock`, days in `handling_time`."""

    warehouse_id: TextOrNumber | None = None
    value: Whole | None = None


class Availability(Payload):
    warehouse_id: TextOrNumber | None = None
    id: Whole | None = None


class OfferFamily(Payload):
    id: Whole | None = None
    name: str | None = None
    family_type_id: Whole | None = None


class OfferDetails(Payload):
    warranty_type: TextOrNumber | None = None
    supply_lead_time: Whole | None = None
    emag_club: Flag | None = None


class ValidationState(Payload):
    """Where validation stands: a code, its text, and what is wrong when it was rejected."""

    value: Whole | None = None
    description: str | None = None
    errors: JsonValue = None


class _StateList:
    """A list of states; some payloads send the one state bare."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        bare = core_schema.no_info_after_validator_function(
            lambda state: (state,), handler.generate_schema(ValidationState)
        )
        return core_schema.union_schema([handler(source), bare], mode="left_to_right")


class _OneState:
    """A state as an object; documented, and `[]` when empty, as a list."""

    def __get_pydantic_core_schema__(self, source: type[ValidationState], handler: GetCoreSchemaHandler) -> CoreSchema:
        listed = core_schema.no_info_after_validator_function(
            lambda states: states[0] if states else ValidationState(),
            core_schema.list_schema(handler(source)),
        )
        return core_schema.union_schema([handler(source), listed], mode="left_to_right")


ValidationStates = Annotated[tuple[ValidationState, ...], _StateList()]


class Offer(Payload):
    """One of the seller's offers, with the values the seller last sent."""

    id: Identity
    part_number_key: TextOrNumber | None = None
    brand_name: str | None = None
    brand: str | None = None
    name: str | None = None
    part_number: TextOrNumber | None = None
    category_id: Whole | None = None
    vendor_category_id: Whole | None = None
    buy_button_rank: Whole | None = None
    number_of_offers: Whole | None = None
    description: str | None = None
    url: AbsentText = None
    warranty: Whole | None = None
    weight: Amount | None = None
    status: Whole | None = None
    currency: str | None = None
    sale_price: Amount | None = None
    recommended_price: Amount | None = None
    min_sale_price: Amount | None = None
    max_sale_price: Amount | None = None
    best_offer_sale_price: Amount | None = None
    best_offer_recommended_price: Amount | None = None
    commission: Amount | None = None
    currency_type: str | None = None
    offer_price_other_currency: JsonValue = None
    vat_id: Whole | None = None
    general_stock: Whole | None = None
    estimated_stock: Whole | None = None
    stock: tuple[WarehouseValue, ...] | None = None
    handling_time: tuple[WarehouseValue, ...] | None = None
    availability: tuple[Availability, ...] | None = None
    images: tuple[OfferImage, ...] | None = None
    family: Annotated[OfferFamily, OrEmptyList()] | None = None
    offer_details: Annotated[OfferDetails, OrEmptyList()] | None = None
    ean: tuple[TextOrNumber, ...] | None = None
    barcode: tuple[TextOrNumber, ...] | None = None
    validation_status: ValidationStates | None = None
    offer_validation_status: Annotated[ValidationState, _OneState()] | None = None
    translation_validation_status: ValidationStates | None = None
    auto_translated: Flag | None = None
    ownership: Flag | Whole | None = None
    genius_eligibility: Whole | None = None
    genius_eligibility_type: Whole | None = None
    has_smart_deals_badge: Flag | None = None
    reversible_vat_charging: Flag | None = None
    rrp_guidelines: str | None = None
