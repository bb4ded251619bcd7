"""Offers as the stand-in for the engine shows them whole and counts them, made of the recorded list."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from magflow_tui.contract.management import ProductStats
from magflow_tui.contract.offers import (
    OfferCheck,
    OfferCounts,
    OfferDetail,
    OfferState,
    ValidationCount,
    WarehouseStock,
)
from magflow_tui.contract.records import OfferRow
from magflow_tui.marketplace.codes import get_validation_status_text

Row = dict[str, Any]
_MET = {
    "stock": ("in stock: {stock}", "în stoc: {stock}"),
    "status": ("offer: active", "ofertă: activă"),
    "price": ("price valid", "preț valid"),
    "documentation": ("documentation: approved", "documentație: aprobată"),
}
_BEGINNINGS = {
    "no stock": "stock",
    "stock": "stock",
    "offer": "status",
    "price": "price",
    "documentation": "documentation",
}


def detail(row: Row, at: str) -> OfferDetail:
    """An offer whole; what its list row does not tell is invented."""
    failing = {
        _name(english): (english, romanian) for english, romanian in zip(row["reasons"], row["reasons_ro"], strict=True)
    }
    checks = []
    for name, met in _MET.items():
        english, romanian = failing.get(name, tuple(text.format(stock=row["stock"]) for text in met))
        checks.append(OfferCheck(name=name, ok=name not in failing, text=english, text_ro=romanian))
    number = 9 if "documentation" not in failing else 5
    remark = "" if number == 9 else "Brandul nu a fost acceptat · lipsă certificat"
    texts = [get_validation_status_text(number, language) for language in ("en", "ro")]
    return OfferDetail(
        row=OfferRow.model_validate(row),
        checks=tuple(checks),
        states=(
            OfferState(name="documentation", value=number, text=texts[0], text_ro=texts[1], remark=remark),
            OfferState(name="price", value=1, text="valid", text_ro="valid"),
        ),
        brand="Casa Bună",
        part_number_key="DKR8YMBBM",
        ean=("5941234567899",),
        category_id=506,
        vat_id=1,
        recommended_price="519.00",
        min_sale_price="200.00",
        max_sale_price="900.00",
        best_offer_sale_price="430.00",
        buy_button_rank=2,
        number_of_offers=5,
        general_stock=row["stock"],
        estimated_stock=(row["stock"] or 0) + 2,
        warehouses=(WarehouseStock(warehouse="1", pieces=row["stock"] or 0),),
        handling_days=1,
        warranty_months=24,
        fetched_at=at,
        offer={
            "id": row["id"],
            "name": row["name"],
            "images": [],
            "stock": [{"warehouse_id": 1, "value": row["stock"]}],
        },
    )


def stats(rows: list[Row]) -> ProductStats:
    """The counts of a list of offers."""
    accounts = tuple(
        _counts(account, [row for row in rows if row["account"] == account]) for account in ("fbe", "main")
    )
    documentation = Counter(5 if any(r.startswith("documentation") for r in row["reasons"]) else 9 for row in rows)
    return ProductStats(
        total_products=len(rows),
        active_products=sum(each.active for each in accounts),
        inactive_products=len(rows) - sum(each.active for each in accounts),
        by_account={each.account: each.total for each in accounts},
        recently_synced_24h=sum(each.recently_synced_24h for each in accounts),
        sellable=sum(each.sellable for each in accounts),
        without_stock=sum(each.without_stock for each in accounts),
        by_validation_status=tuple(
            ValidationCount(
                value=value,
                text=get_validation_status_text(value, "en"),
                text_ro=get_validation_status_text(value, "ro"),
                offers=offers,
            )
            for value, offers in documentation.most_common()
        ),
        accounts=accounts,
    )


def answer(path: str, rows: list[Row], at: str) -> tuple[int, Any] | None:
    """The answer to a request about one offer or the counts of all; None for any other."""
    parts = path.strip("/").split("/")
    if path == "/monitoring/product-stats":
        return 200, json.loads(stats(rows).model_dump_json())
    if parts[0] == "offers" and parts[-1].isdecimal():
        row = next((row for row in rows if row["id"] == int(parts[-1])), None)
        if row is None:
            return 404, {"code": "not_found", "message": "There is no such offer."}
        return 200, json.loads(detail(row, at).model_dump_json())
    return None


def _counts(account: str, rows: list[Row]) -> OfferCounts:
    return OfferCounts(
        account=account,
        total=len(rows),
        active=sum(row["status"] == 1 for row in rows),
        sellable=sum(row["sellable"] for row in rows),
        without_stock=sum(not row["stock"] for row in rows),
        recently_synced_24h=len(rows),
    )


def _name(reason: str) -> str:
    return next(name for beginning, name in _BEGINNINGS.items() if reason.startswith(beginning))
