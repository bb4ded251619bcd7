"""What the marketplace sends, as tolerant pydantic models, and the reading of it that no input can break.

* `fields`        the kinds of value: whole numbers as text, amounts, flags, empty objects as `[]`
* `orders`        order, line, customer, voucher, split, proforma
* `offers`        product offers
* `rma`           returns
* `nomenclature`  VAT rates, handling times, categories
* `reading`       bytes of one item → `Item(raw, value, issues)`
"""

from __future__ import annotations

from magflow_tui.marketplace.schema.fields import Payload
from magflow_tui.marketplace.schema.nomenclature import Category, HandlingTime, VatRate
from magflow_tui.marketplace.schema.offers import Offer, ValidationState, WarehouseValue
from magflow_tui.marketplace.schema.orders import (
    Attachment,
    CancellationReason,
    Customer,
    Order,
    OrderDetails,
    OrderLine,
    Proforma,
    RecycleWarranty,
    Voucher,
    VoucherSplit,
)
from magflow_tui.marketplace.schema.reading import Item, SchemaIssue, read_item
from magflow_tui.marketplace.schema.rma import Rma, RmaProduct

__all__ = [
    "Attachment",
    "CancellationReason",
    "Category",
    "Customer",
    "HandlingTime",
    "Item",
    "Offer",
    "Order",
    "OrderDetails",
    "OrderLine",
    "Payload",
    "Proforma",
    "RecycleWarranty",
    "Rma",
    "RmaProduct",
    "SchemaIssue",
    "ValidationState",
    "VatRate",
    "Voucher",
    "VoucherSplit",
    "WarehouseValue",
    "read_item",
]
