"""The small tables a seller reads once: VAT rates, handling times, categories."""

from __future__ import annotations

from magflow_tui.sandbox.catalogue import categories
from magflow_tui.sandbox.jsontypes import JsonObject, whole
from magflow_tui.sandbox.platforms import Market, VatKind

_HANDLING_DAYS = (0, 1, 2, 3, 6, 9, 30, 60, 90)


def vat_rates(market: Market, local_date: str) -> list[JsonObject]:
    """`vat/read`: rates as fractions, the standard one the default."""
    kinds: tuple[VatKind, ...] = ("standard", "reduced", "book") if market.language == "hu" else ("standard", "reduced")
    rates: list[JsonObject] = [
        {"vat_id": number, "vat_rate": market.vat(kind, local_date) / 10_000, "is_default": int(kind == "standard")}
        for number, kind in enumerate(kinds, start=1)
    ]
    return [*rates, {"vat_id": len(kinds) + 1, "vat_rate": 0, "is_default": 0}]


def handling_times() -> list[JsonObject]:
    """`handling_time/read`: the days a seller may promise."""
    return [{"id": days} for days in _HANDLING_DAYS]


def category_list(market: Market, filters: JsonObject) -> list[JsonObject]:
    """`category/read`: all categories, or one by `id` with its characteristics."""
    number = whole(filters.get("id"))
    rows = [{**item, "parent_id": None, "is_allowed": 1, "is_ean_mandatory": 1} for item in categories(market)]
    if number is None:
        return [{**row, "characteristics": [], "family_types": []} for row in rows]
    colour: JsonObject = {"id": 38, "name": "Cod producător", "type_id": 1, "is_mandatory": 1, "values": []}
    return [{**row, "characteristics": [colour], "family_types": []} for row in rows if row["id"] == number]
