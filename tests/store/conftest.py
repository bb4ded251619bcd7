"""A store on disk, and invented orders, offers and returns to put into it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from magflow_tui.marketplace.schema import Item, Offer, Order, Rma, read_item
from magflow_tui.store import Store
from magflow_tui.store.changes import PageOutcome
from magflow_tui.store.offers import store_offers
from magflow_tui.store.orders import store_orders
from magflow_tui.store.payloads import Source
from magflow_tui.store.rma import store_rma

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def order_json(id_: int, **changes: object) -> dict[str, object]:
    """A sound order for 312.40 RON, placed on 2026-05-20 10:00:00 in Bucharest."""
    return {
        "vendor_name": "Magazin Inventat",
        "id": id_,
        "type": 3,
        "date": "2026-05-20 10:00:00",
        "payment_mode": "CARD online",
        "payment_mode_id": 3,
        "payment_status": 1,
        "delivery_mode": "courier",
        "status": 1,
        "customer": {
            "id": 77,
            "name": "Ana Inventata",
            "phone_1": "0700000000",
            "shipping_country": "RO",
            "shipping_suburb": "Cluj",
            "shipping_city": "Cluj-Napoca",
            "shipping_street": "Strada Inventata 1",
        },
        "products": [
            {
                "id": 315_800_000_000 + id_,
                "product_id": "4306",
                "name": "Ceainic",
                "part_number": "CEA-1",
                "quantity": 2,
                "initial_qty": 2,
                "storno_qty": 0,
                "sale_price": "122.9260",
                "original_price": "122.9260",
                "currency": "RON",
                "vat": "0.2100",
                "status": 1,
                "product_voucher_split": [],
            }
        ],
        "shipping_tax": 14.92,
        "shipping_tax_voucher_split": [],
        "vouchers": [],
        "created": "2026-05-20 10:00:00",
        "modified": "2026-05-20 10:05:00",
        "currency": "RON",
    } | changes


def offer_json(id_: int, **changes: object) -> dict[str, object]:
    """An offer that can be sold."""
    return {
        "id": id_,
        "name": f"Ceainic {id_}",
        "part_number": f"CEA-{id_}",
        "status": 1,
        "sale_price": 99.5,
        "currency": "RON",
        "general_stock": 4,
        "validation_status": [{"value": 9, "description": "Approved"}],
        "offer_validation_status": {"value": 1, "description": "Valid"},
    } | changes


def item(model: type, payload: dict[str, object] | bytes) -> Item:
    return read_item(model, payload if isinstance(payload, bytes) else json.dumps(payload).encode())


@dataclass
class Shelf:
    """A store with shortcuts to put pages into it."""

    store: Store
    source: Source = field(default_factory=lambda: Source("main", "Europe/Bucharest", NOON))

    async def put(self, *payloads: dict[str, object] | bytes, account: str = "main", later: float = 0) -> PageOutcome:
        """Store a page of orders, read `later` seconds after noon."""
        return await self._put(store_orders, Order, payloads, account, later)

    async def put_offers(
        self, *payloads: dict[str, object] | bytes, account: str = "main", later: float = 0
    ) -> PageOutcome:
        return await self._put(store_offers, Offer, payloads, account, later)

    async def put_rma(self, *payloads: dict[str, object] | bytes) -> PageOutcome:
        return await self._put(store_rma, Rma, payloads, "main", 0)

    async def _put(self, store: Callable, model: type, payloads: tuple, account: str, later: float) -> PageOutcome:
        source = replace(self.source, account=account, fetched_at=NOON + timedelta(seconds=later))
        items = [item(model, payload) for payload in payloads]
        return await self.store.write(lambda connection: store(connection, source, items))

    async def rows(self, sql: str) -> list[dict[str, object]]:
        return await self.store.read(
            lambda connection: [dict(row) for row in connection.exec_driver_sql(sql).mappings().all()]
        )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "magflow.db"


@pytest.fixture
async def shelf(path: Path) -> AsyncIterator[Shelf]:
    async with await Store.open(path) as store:
        yield Shelf(store)


@pytest.fixture
def make() -> dict[str, Callable]:
    """Payloads by kind: `make["order"](1, status=2)`."""
    return {"order": order_json, "offer": offer_json}
