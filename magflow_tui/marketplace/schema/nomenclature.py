"""The lists that offers refer to: VAT rates, handling times, categories (API 4.4.7 §3)."""

from __future__ import annotations

from magflow_tui.marketplace.schema.fields import Amount, Flag, Identity, Payload, Whole


class VatRate(Payload):
    """`vat_rate` is a fraction: 0.21 is 21 %."""

    vat_id: Identity
    vat_rate: Amount | None = None
    is_default: Flag | None = None


class HandlingTime(Payload):
    """Days until an offer ships; the id is the number of days."""

    id: Whole


class Category(Payload):
    """`characteristics` and `family_types` come only when one category is read by id, and stay in `model_extra`."""

    id: Identity
    name: str | None = None
    parent_id: Whole | None = None
    is_allowed: Flag | None = None
    is_ean_mandatory: Flag | None = None
    is_warranty_mandatory: Flag | None = None
