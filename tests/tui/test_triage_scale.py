"""Ten thousand findings on the real engine: dealt with by rule in a few keys, and every key counted."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from magflow_tui.client import EngineClient
from magflow_tui.config import load_settings
from magflow_tui.engine.engine import Engine
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.marketplace.schema import Order, read_item
from magflow_tui.store.orders import store_orders
from magflow_tui.store.payloads import Source

MOST_KEYS = 15
#: Faults of one finding each, and how many orders have them. The first ten are found 9 000 times.
FAULTS: dict[str, tuple[int, dict[str, object]]] = {
    "customer.name": (1300, {"customer": {"name": ""}}),
    "delivery.city": (1200, {"customer": {"shipping_city": ""}}),
    "line.vat.rate": (1100, {"line": {"vat": "0.9900"}}),
    "customer.gender": (1000, {"customer": {"gender": "Q"}}),
    "delivery.street": (900, {"customer": {"shipping_street": ""}}),
    "line.name": (850, {"line": {"name": ""}}),
    "schema.flag": (800, {"order": {"weekend_delivery": "perhaps"}}),
    "schema.container": (700, {"order": {"attachments": 5}}),
    "schema.type": (600, {"order": {"vendor_name": 5}}),
    "delivery.country": (550, {"customer": {"shipping_country": "Q1"}}),
    "text.control": (500, {"order": {"observation": "a\u0001b"}}),
    "schema.number": (500, {"order": {"parent_id": "x"}}),
}
ORDERS = max(count for count, _ in FAULTS.values())


def order(number: int) -> bytes:
    """An invented order with every fault that so many orders have."""
    parts: dict[str, dict[str, object]] = {
        "customer": {
            "id": 77,
            "name": "Ana Inventata",
            "phone_1": "0700000000",
            "shipping_country": "RO",
            "shipping_suburb": "Cluj",
            "shipping_city": "Cluj-Napoca",
            "shipping_street": "Strada Inventata 1",
        },
        "line": {
            "id": 315_800_000_000 + number,
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
        },
        "order": {
            "vendor_name": "Magazin Inventat",
            "id": 448_000_000 + number,
            "type": 3,
            "date": "2026-05-20 10:00:00",
            "payment_mode": "CARD online",
            "payment_mode_id": 3,
            "payment_status": 1,
            "delivery_mode": "courier",
            "status": 1,
            "shipping_tax": 14.92,
            "shipping_tax_voucher_split": [],
            "vouchers": [],
            "created": "2026-05-20 10:00:00",
            "modified": "2026-05-20 10:05:00",
            "currency": "RON",
        },
    }
    for count, changes in FAULTS.values():
        if number < count:
            for part, values in changes.items():
                assert isinstance(values, dict)
                parts[part] |= values
    whole = parts["order"] | {"customer": parts["customer"], "products": [parts["line"]]}
    return json.dumps(whole).encode()


class Served:
    """The engine's application, as the test's server wants it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.closing = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.engine.asgi_app(scope, receive, send)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    """An engine whose marketplace nobody can reach, with ten thousand findings in its store."""
    account = {
        "MAGFLOW_ACCOUNTS__SHOP__PLATFORM": "emag-ro",
        "MAGFLOW_ACCOUNTS__SHOP__USERNAME": "u",
        "MAGFLOW_ACCOUNTS__SHOP__PASSWORD": "invented",
        "MAGFLOW_ACCOUNTS__SHOP__BASE_URL": "http://127.0.0.1:1",
    }
    settings = load_settings(config_file=Path(os.devnull), data_dir=tmp_path / "data", environ=os.environ | account)
    source = Source("shop", "Europe/Bucharest", datetime(2026, 6, 1, 12, tzinfo=UTC), PLATFORMS["emag-ro"])
    engine = Engine(settings, schedules=False)
    async with engine.running():
        for first in range(0, ORDERS, 100):
            page = [read_item(Order, order(number)) for number in range(first, first + 100)]
            await engine.store.write(lambda connection, page=page: store_orders(connection, source, page))
        yield engine


async def states(client: EngineClient) -> dict[str, int]:
    """How many findings are in which state."""
    rows = (await client.triage.counts()).rules
    names = ("open", "seen", "ignored", "snoozed")
    return {name: count for name in names if (count := sum(getattr(row, name) for row in rows))}


async def test_ten_thousand_findings_are_dealt_with_in_a_few_keys_and_two_bring_them_back(
    engine: Engine, serve: Any, session: Any, watch: Any
) -> None:
    pressed: list[str] = []
    async with serve(Served(engine)), watch(session) as operator:
        await operator.until("SHOP")
        client = operator.app.client
        assert await states(client) == {"open": 10_000}
        assert len((await client.triage.counts()).rules) == len(FAULTS)

        async def press(*keys: str, until: str) -> None:
            pressed.extend(keys)
            await operator.press(*keys)
            await operator.until(until)

        await press("4", until="By rule")
        await press("b", until="1 of 12")
        await press("v", "G", "k", "k", "i", until="ignore 10 rules (9 000)")
        await press("7", until="ignored 10 rules · findings: 9 000")
        await press("j", "z", until="snooze schema.number (500)")
        await press("1", until="snoozed schema.number · findings: 500")
        assert await states(client) == {"open": 500, "ignored": 9_000, "snoozed": 500}
        assert len(pressed) < MOST_KEYS
        assert len((await client.triage.ignores()).ignores) == 10
        await press("u", until="undo: snoozed schema.number")
        assert await states(client) == {"open": 1_000, "ignored": 9_000}
        await press("u", until="undo: ignored 10 rules")
        assert await states(client) == {"open": 10_000}
        assert (await client.triage.ignores()).ignores == ()
