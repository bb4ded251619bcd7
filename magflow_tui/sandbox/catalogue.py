"""The products an account sells: one variant of a catalogue product for each of its offers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from magflow_tui.sandbox.datafiles import read_toml
from magflow_tui.sandbox.entropy import Entropy
from magflow_tui.sandbox.jsontypes import JsonObject, objects_in
from magflow_tui.sandbox.platforms import Currency, Market, VatKind

_COLOURS = {
    "ro": ("alb", "negru", "albastru", "verde", "roșu", "gri", "bej", "galben"),
    "bg": ("бял", "черен", "син", "зелен", "червен", "сив", "бежов", "жълт"),
    "hu": ("fehér", "fekete", "kék", "zöld", "piros", "szürke", "bézs", "sárga"),
}
_KEY_LETTERS = "BCDFGHJKLMNPQRSTVWXYZ0123456789"


@dataclass(frozen=True)
class Variant:
    """A product as one account sells it. `bottles` is how many deposit containers one piece holds."""

    offer_id: int
    name: str
    brand: str
    part_number: str
    part_number_key: str
    ext_part_number: str
    euro: float
    vat: VatKind
    bottles: int
    weight: float
    category_id: int
    ean: str

    def price(self, currency: Currency) -> int:
        """The price with VAT, in cents."""
        amount = self.euro * currency.per_euro
        return max(round(amount / 10), 1) * 1000 if currency.whole else int(amount) * 100 + 99


class Catalogue:
    """The variants of one account by offer index, made on demand."""

    def __init__(self, market: Market, name: str, offers: int) -> None:
        self._market = market
        self._products = objects_in(read_toml("catalogue.toml")["product"])
        self._entropy = Entropy(f"{name}/catalogue")
        self.size = max(offers, 200)
        self.variant = lru_cache(maxsize=20_000)(self._variant)

    def _variant(self, index: int) -> Variant:
        product = self._products[index % len(self._products)]
        series = index // len(self._products)
        bits = self._entropy.at(index)
        colours = _COLOURS[self._market.language]
        name = f"{product['brand']} {product[self._market.language]}"
        if series:
            name = f"{name}, {colours[series % len(colours)]}, M{series:03d}"
        key = "".join(_KEY_LETTERS[(bits >> 5 * place & 31) % len(_KEY_LETTERS)] for place in range(6))
        return Variant(
            offer_id=offer_id(index),
            name=name,
            brand=str(product["brand"]),
            part_number=f"{product['part_number']}-{series:03d}",
            part_number_key=f"D{key}BM",
            ext_part_number=f"{product['part_number']}-{series:03d}"[:25],
            euro=cast("float", product["euro"]) * (0.8 + (bits >> 40 & 63) / 126),
            vat=cast("VatKind", product["vat"]),
            bottles=cast("int", product["bottles"]),
            weight=cast("float", product["weight"]),
            category_id=cast("int", product["category_id"]),
            ean=f"594{index:08d}"[:11] + f"{bits >> 50 & 63:02d}",
        )


def offer_id(index: int) -> int:
    """The seller's id of an offer."""
    return 4_306_000 + index


def offer_index(number: int) -> int:
    """The index of an offer id; below 0 for ids that no offer can have."""
    return number - 4_306_000


def categories(market: Market) -> list[JsonObject]:
    """The categories of the market: id and name in its language."""
    return [
        {"id": item["id"], "name": item[market.language]}
        for item in objects_in(read_toml("catalogue.toml")["category"])
    ]
