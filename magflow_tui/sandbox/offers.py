"""The offers of one account as `product_offer/read` sends them, and what saving does to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

import orjson

from magflow_tui.sandbox.catalogue import Catalogue, offer_index
from magflow_tui.sandbox.entropy import Entropy
from magflow_tui.sandbox.jsontypes import JsonObject, as_object, objects_in, whole
from magflow_tui.sandbox.localtime import LocalTime
from magflow_tui.sandbox.money import net_of
from magflow_tui.sandbox.platforms import Market

_VALIDATIONS = (9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 11, 12, 3, 1, 4, 8)
_VALIDATION_NAMES = {
    1: "Validare MKTP",
    3: "Așteaptă aprobarea EAN",
    4: "Documentație nouă în așteptare",
    8: "Documentație respinsă",
    9: "Aprobat",
    11: "Actualizare în așteptarea aprobării",
    12: "Actualizare respinsă",
}
_PLAIN_KEYS = ("id", "status", "part_number", "part_number_key")
_RANGE_KEYS = ("general_stock", "estimated_stock")
END_OF_LIFE = 2


@dataclass(frozen=True)
class ItemTruth:
    """What an offer or a return is, exactly: its id, and the SHA-256 of its JSON bytes as served."""

    id: int
    sha256: str


class OfferBook:
    """The offers of one account, newest (highest id) last, written on demand; changed ones are remembered."""

    def __init__(
        self, *, market: Market, time: LocalTime, catalogue: Catalogue, name: str, count: int, began: int
    ) -> None:
        self._market = market
        self._catalogue = catalogue
        self._entropy = Entropy(f"{name}/offers")
        self._count = count
        self._currency = market.currency(time.text(began))
        self._today = time.text(began)
        self._changed: dict[int, JsonObject] = {}

    def __len__(self) -> int:
        return self._count

    def find(self, number: int) -> int | None:
        """The index of an offer id, or None."""
        index = offer_index(number)
        return index if 0 <= index < self._count else None

    def body(self, index: int) -> JsonObject:
        """An offer as it is now; not to be changed in place."""
        return self._changed.get(index) or self._write(index)

    def payload(self, index: int) -> bytes:
        """The JSON of an offer as it is served."""
        return orjson.dumps(self.body(index))

    def truth(self, index: int) -> ItemTruth:
        """What the offer at `index` is."""
        return ItemTruth(self._catalogue.variant(index).offer_id, sha256(self.payload(index)).hexdigest())

    def select(self, filters: JsonObject) -> Sequence[int]:
        """The indices that the filters let through, in order. Stock filters are ranges from 0 to the value."""
        number = whole(filters.get("id"))
        if number is not None:
            index = self.find(number)
            return [index] if index is not None and self._passes(self.body(index), filters) else []
        narrowing = (*_PLAIN_KEYS, *_RANGE_KEYS, "validation_status", "offer_validation_status")
        if all(filters.get(key) is None for key in narrowing):
            return range(self._count)
        return [index for index in range(self._count) if self._passes(self.body(index), filters)]

    def save(self, entity: JsonObject, *, existing_only: bool) -> str | None:
        """Apply one entity of `product_offer/save` or `offer/save`; returns what is wrong with it, or None."""
        number = whole(entity.get("id"))
        index = self.find(number) if number is not None else None
        if index is None:
            return f"Offer {number} not found" if existing_only or number else "Offer id is required"
        offer = dict(self.body(index))
        if offer["status"] == END_OF_LIFE and ("sale_price" in entity or "stock" in entity):
            return f"Offer {number} is end of life"
        problem = _check(entity, offer)
        if problem:
            return f"Offer {number}: {problem}"
        for key in ("status", "vat_id"):
            if key in entity:
                offer[key] = whole(entity[key])
        for key in ("sale_price", "recommended_price", "min_sale_price", "max_sale_price"):
            if key in entity:
                offer[key] = _amount(entity[key])
        if "stock" in entity:
            self._put_stock(offer, _stock_value(entity["stock"]))
        if "handling_time" in entity:
            offer["handling_time"] = entity["handling_time"]
        self._changed[index] = offer
        return None

    def set_stock(self, index: int, stock: int) -> None:
        """Set the stock of an offer (0 to 65 535)."""
        offer = dict(self.body(index))
        self._put_stock(offer, stock)
        self._changed[index] = offer

    def _put_stock(self, offer: JsonObject, stock: int) -> None:
        offer["stock"] = [{"warehouse_id": 1, "value": stock}]
        offer["general_stock"] = offer["estimated_stock"] = stock

    def _passes(self, offer: JsonObject, filters: JsonObject) -> bool:
        for key in _PLAIN_KEYS:
            if filters.get(key) is not None and str(offer[key]) != str(filters[key]):
                return False
        for key in _RANGE_KEYS:
            limit = whole(filters.get(key))
            if limit is not None and not 0 <= cast("int", offer[key]) <= limit:
                return False
        wanted = whole(filters.get("validation_status"))
        if wanted is not None and all(item["value"] != wanted for item in objects_in(offer["validation_status"])):
            return False
        wanted = whole(filters.get("offer_validation_status"))
        return wanted is None or as_object(offer["offer_validation_status"])["value"] == wanted

    def _write(self, index: int) -> JsonObject:
        variant, bits = self._catalogue.variant(index), self._entropy.at(index)
        rate = self._market.vat(variant.vat, self._today)
        price = net_of(variant.price(self._currency), rate) / 10_000
        stock = 0 if bits & 15 == 0 else bits >> 4 & 127
        validation = _VALIDATIONS[bits >> 11 & 15]
        status = (1, 1, 1, 1, 1, 1, 0, END_OF_LIFE if bits & 64 else 1)[bits >> 15 & 7]
        valid_price = bits >> 18 & 31 != 0
        return {
            "part_number_key": variant.part_number_key,
            "brand_name": variant.brand,
            "buy_button_rank": None if bits >> 23 & 7 == 0 else 1 + (bits >> 23 & 3),
            "category_id": variant.category_id,
            "id": variant.offer_id,
            "brand": variant.brand,
            "vendor_category_id": None,
            "name": variant.name,
            "part_number": variant.part_number,
            "sale_price": price,
            "currency": self._currency.code,
            "description": "".join(f"&#{ord(char)};" if ord(char) > 127 else char for char in variant.name),
            "url": "",
            "warranty": 24 if variant.vat == "standard" else 0,
            "general_stock": stock,
            "weight": f"{variant.weight:.2f}",
            "status": status,
            "recommended_price": 0 if bits >> 26 & 1 else round(price * 1.2, 4),
            "images": [{"url": f"https://images.example.com/{variant.part_number.lower()}.jpg", "display_type": 1}],
            "characteristics": [{"id": 38, "value": variant.part_number}],
            "attachments": [],
            "vat_id": 1 if variant.vat == "standard" else 2,
            "family": {"id": index // 40, "name": variant.brand, "family_type_id": 95} if bits >> 27 & 1 else None,
            "start_date": [],
            "estimated_stock": stock,
            "min_sale_price": round(price * 0.7, 4),
            "max_sale_price": round(price * 1.6, 4),
            "offer_details": {
                "warranty_type": 1,
                "supply_lead_time": 14,
                "emag_club": bits >> 28 & 1,
                "id": variant.offer_id,
            },
            "content_details": {"content_language": f"{self._market.language}_{self._market.country}"},
            "offer_properties": [],
            "availability": [{"warehouse_id": 1, "id": 3 if stock else 5}],
            "stock": [{"warehouse_id": 1, "value": stock}],
            "handling_time": [{"warehouse_id": 1, "value": bits >> 29 & 1}],
            "barcode": [],
            "ean": [variant.ean],
            "commission": None if bits >> 30 & 1 else 18,
            "validation_status": [
                {
                    "value": validation,
                    "description": _VALIDATION_NAMES[validation],
                    "errors": [{"message": "Imagine neconformă"}] if validation == 8 else None,
                }
            ],
            "offer_validation_status": {
                "value": 1 if valid_price else 2,
                "description": "Validă" if valid_price else "Preț invalid",
                "errors": None,
            },
            "ownership": bool(bits >> 31 & 1),
            "best_offer_sale_price": round(price * 0.98, 4),
            "best_offer_recommended_price": round(price * 1.2, 4),
            "number_of_offers": 1 + (bits >> 32 & 7),
            "rrp_guidelines": "",
            "translation_validation_status": [{"value": 9, "description": "Aprobat", "errors": None}],
            "auto_translated": 0,
            "genius_eligibility": bits >> 35 & 1,
            "genius_eligibility_type": 1 + (bits >> 36 & 1),
            "genius_computed": bits >> 35 & 1,
            "recycleWarranties": variant.bottles,
            "has_smart_deals_badge": bool(bits >> 37 & 1),
            "manufacturer": bool(bits >> 38 & 1),
            "eu_representative": False,
            "safety_information": "",
            "currency_type": None,
            "offer_price_other_currency": [],
            "start_date_other_currency": [],
            "reversible_vat_charging": False,
            "doc_errors": None,
        }


def _check(entity: JsonObject, offer: JsonObject) -> str | None:
    """What is wrong with the values of one entity, or None."""
    low, high = (_amount(entity.get(key, offer[key])) for key in ("min_sale_price", "max_sale_price"))
    price = _amount(entity.get("sale_price", offer["sale_price"]))
    if price is None or price <= 0:
        return "sale_price must be greater than 0"
    if low is None or high is None or high <= low:
        return "max_sale_price must be greater than min_sale_price"
    if not low <= price <= high:
        return f"sale_price must be between {low} and {high}"
    if "stock" in entity and not 0 <= _stock_value(entity["stock"]) <= 65_535:
        return "stock must be between 0 and 65535"
    return "status must be 0, 1 or 2" if whole(entity.get("status", 1)) not in (0, 1, 2) else None


def _amount(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _stock_value(value: object) -> int:
    """The stock of `21`, `"21"` or `[{"warehouse_id": 1, "value": 21}]`; -1 when it is none of these."""
    entries = objects_in(value)
    number = whole(entries[0].get("value")) if entries else whole(value)
    return -1 if number is None else number
