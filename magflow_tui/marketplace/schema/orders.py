"""Orders as `order/read` sends them (API 4.4.7 §5, live payloads up to 2026).

Everything but the id may be missing: life omits it, and a value that cannot be read is left out and reported beside
the order. Times are the marketplace's own platform-local text (`magflow_tui.marketplace.localtime` reads it). Prices
of lines, vouchers and SGR are without VAT; `shipping_tax` is with VAT. `vat` is a fraction: 0.21 is 21 %.
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


class Attachment(Payload):
    """A file by address. Types: 1 invoice, 3 warranty, 4 manual, 8 guide, 10 AWB, 11 proforma, 13 shipping invoice."""

    name: str | None = None
    url: str | None = None
    visibility: TextOrNumber | None = None
    type: Whole | None = None
    force_download: Flag | None = None


class Customer(Payload):
    """Who buys. `shipping_suburb` is the county; the e-mail is a hash and never reaches anybody."""

    id: Whole | None = None
    mkt_id: Whole | None = None
    name: AbsentText = None
    company: AbsentText = None
    gender: AbsentText = None
    phone_1: AbsentText = None
    phone_2: AbsentText = None
    phone_3: AbsentText = None
    registration_number: AbsentText = None
    code: AbsentText = None
    bank: AbsentText = None
    iban: AbsentText = None
    email: AbsentText = None
    fax: AbsentText = None
    legal_entity: Flag | None = None
    is_vat_payer: Flag | None = None
    liable_person: AbsentText = None
    billing_name: AbsentText = None
    billing_phone: AbsentText = None
    billing_country: AbsentText = None
    billing_suburb: AbsentText = None
    billing_city: AbsentText = None
    billing_locality_id: TextOrNumber | None = None
    billing_street: AbsentText = None
    billing_postal_code: AbsentText = None
    shipping_country: AbsentText = None
    shipping_suburb: AbsentText = None
    shipping_city: AbsentText = None
    shipping_locality_id: TextOrNumber | None = None
    shipping_postal_code: AbsentText = None
    shipping_contact: AbsentText = None
    shipping_phone: AbsentText = None
    shipping_street: AbsentText = None
    created: str | None = None
    modified: str | None = None


class VoucherSplit(Payload):
    """The part of a voucher that falls on a line, on SGR or on shipping. Amounts are negative."""

    voucher_id: Whole | None = None
    value: Amount | None = None
    vat_value: Amount | None = None
    vat: Amount | None = None
    offered_by: str | None = None
    voucher_name: str | None = None


class Voucher(Payload):
    """A discount on the whole order. Amounts are negative; what the customer saves is net and VAT together."""

    id: TextOrNumber | None = None
    voucher_id: Whole | None = None
    voucher_name: str | None = None
    status: Whole | None = None
    sale_price: Amount | None = None
    sale_price_vat: Amount | None = None
    vat: Amount | None = None
    issue_date: str | None = None
    created: str | None = None
    modified: str | None = None


class RecycleWarranty(Payload):
    """Deposit for packaging (SGR) that is paid on top of a line. `quantity` counts the line's packages."""

    quantity: Whole | None = None
    sale_price: Amount | None = None
    vat_rate: Amount | None = None
    product_name: str | None = None
    recycle_warranty_voucher_split: tuple[VoucherSplit, ...] | None = None


class Campaign(Payload):
    id: Whole | None = None
    name: str | None = None


class OrderLine(Payload):
    """One product of an order. `quantity` = `initial_qty` − `storno_qty`, 0 after a full storno; `status` 0 is removed.

    `product_id` is the seller's offer id, which sellers use again for other products.
    """

    id: Whole | None = None
    product_id: Whole | None = None
    mkt_id: Whole | None = None
    name: str | None = None
    ext_part_number: TextOrNumber | None = None
    part_number: TextOrNumber | None = None
    part_number_key: TextOrNumber | None = None
    currency: str | None = None
    quantity: Whole | None = None
    initial_qty: Whole | None = None
    storno_qty: Whole | None = None
    sale_price: Amount | None = None
    original_price: Amount | None = None
    vat: Amount | None = None
    retained_amount: Amount | None = None
    status: Whole | None = None
    reversible_vat_charging: Flag | None = None
    product_voucher_split: tuple[VoucherSplit, ...] | None = None
    recycle_warranties: tuple[RecycleWarranty, ...] | None = None
    attachments: tuple[Attachment, ...] | None = None
    serial_numbers: str | None = None
    campaign: Annotated[Campaign, OrEmptyList()] | None = None
    created: str | None = None
    modified: str | None = None


class OrderDetails(Payload):
    """Where a parcel waits. `locker_delivery_eligible` is also there for home deliveries."""

    locker_id: TextOrNumber | None = None
    locker_name: str | None = None
    locker_delivery_eligible: Flag | None = None
    courier_external_office_id: TextOrNumber | None = None


class CancellationReason(Payload):
    """Why an order was cancelled. Both None where the marketplace sends `{"id": null, "name": null}`."""

    id: Whole | None = None
    name: str | None = None


class _ReasonShapes:
    """The reason's shapes through the versions: a bare code, an object, an empty object as `[]`."""

    def __get_pydantic_core_schema__(
        self, source: type[CancellationReason], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        code = core_schema.no_info_after_validator_function(
            lambda number: CancellationReason.model_construct(_fields_set={"id"}, id=number),
            handler.generate_schema(Whole),
        )
        return core_schema.union_schema(
            [OrEmptyList().__get_pydantic_core_schema__(source, handler), code], mode="left_to_right"
        )


class OrderFlag(Payload):
    flag: TextOrNumber | None = None
    value: JsonValue = None


class ProformaLine(Payload):
    """`vendor_order_product_id` is the order line's id."""

    id: Whole | None = None
    vendor_proform_id: Whole | None = None
    vendor_order_product_id: Whole | None = None
    vendor_product_id: Whole | None = None
    vendor_product_ext_name: str | None = None
    vendor_order_product_quantity: Whole | None = None
    vendor_order_product_sale_price: Amount | None = None
    vendor_order_product_vat_rate: Amount | None = None
    created: str | None = None
    modified: str | None = None


class Proforma(Payload):
    """A proforma invoice. `mkt_order_id` is the order's id; `vendor_order_id` is an internal one."""

    id: Whole | None = None
    vendor_id: Whole | None = None
    vendor_name: str | None = None
    vendor_bank: str | None = None
    vendor_iban: str | None = None
    customer_name: str | None = None
    vendor_order_id: Whole | None = None
    mkt_order_id: Whole | None = None
    proforma_number: TextOrNumber | None = None
    created: str | None = None
    date_expire: str | None = None
    net_value: Amount | None = None
    gross_value: Amount | None = None
    status: Whole | None = None
    is_payed: Flag | None = None
    modified: str | None = None
    products: tuple[ProformaLine, ...] | None = None


class Order(Payload):
    """One order, newest state.

    `enforced_vendor_courier_accounts` means: None any courier, a list one of these, an empty list no AWB through eMAG.
    `payment_status` stays 0 for cash on delivery until eMAG has the cash, also when the order is finalised.
    """

    id: Identity
    vendor_name: str | None = None
    type: Whole | None = None
    parent_id: Whole | None = None
    date: str | None = None
    payment_mode: str | None = None
    detailed_payment_method: str | None = None
    payment_mode_id: Whole | None = None
    delivery_mode: str | None = None
    delivery_payment_mode: TextOrNumber | None = None
    observation: str | None = None
    status: Whole | None = None
    payment_status: Whole | None = None
    customer: Annotated[Customer, OrEmptyList()] | None = None
    products: tuple[OrderLine, ...] | None = None
    shipping_tax: Amount | None = None
    shipping_tax_voucher_split: tuple[VoucherSplit, ...] | None = None
    vouchers: tuple[Voucher, ...] | None = None
    proforms: tuple[Proforma, ...] | None = None
    attachments: tuple[Attachment, ...] | None = None
    cashed_co: Amount | None = None
    cashed_cod: Amount | None = None
    cancellation_request: str | None = None
    has_editable_products: Flag | None = None
    refunded_amount: Amount | None = None
    is_complete: Flag | None = None
    refund_status: TextOrNumber | None = None
    maximum_date_for_shipment: str | None = None
    late_shipment: Flag | None = None
    emag_club: Flag | None = None
    finalization_date: str | None = None
    details: Annotated[OrderDetails, OrEmptyList()] | None = None
    weekend_delivery: Flag | None = None
    reason_cancellation: Annotated[CancellationReason, _ReasonShapes()] | None = None
    cancellation_reason: Annotated[CancellationReason, _ReasonShapes()] | None = None
    flags: tuple[OrderFlag, ...] | None = None
    enforced_vendor_courier_accounts: tuple[TextOrNumber, ...] | None = None
    is_storno: Flag | None = None
    currency: str | None = None
    created: str | None = None
    modified: str | None = None

    @property
    def cancellation_code(self) -> int | None:
        """The reason's number, under today's key or the one used before API 4.4.7."""
        reason = self.reason_cancellation or self.cancellation_reason
        return None if reason is None else reason.id
