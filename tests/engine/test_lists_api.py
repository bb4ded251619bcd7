"""Lists over the management API: parts of them in any order and direction, filters, counts, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from magflow_tui.client import EngineClient, EngineError
from magflow_tui.client.list_part import ListPart
from magflow_tui.contract.listing import Condition, RowFilter
from magflow_tui.engine.engine import Engine
from magflow_tui.marketplace.schema import Offer, Order, read_item
from magflow_tui.store.offers import store_offers
from magflow_tui.store.orders import store_orders
from magflow_tui.store.payloads import Source

SOURCE = Source("shop", "Europe/Bucharest", datetime(2026, 6, 1, tzinfo=UTC))


@pytest.fixture
async def stored(engine: Engine) -> None:
    """Thirty orders of one account, and three offers, of which one can be sold."""
    orders = [read_item(Order, json.dumps(_order(number)).encode()) for number in range(1, 31)]
    offers = [read_item(Offer, f'{{"id": {number}, "name": "Cană {number}"}}'.encode()) for number in range(1, 4)]
    await engine.store.write(lambda connection: store_orders(connection, SOURCE, orders))
    await engine.store.write(lambda connection: store_offers(connection, SOURCE, offers))


def _order(number: int) -> dict[str, object]:
    customer = {"id": 1, "name": f"Ștefan {number}"}
    placed = f"2026-05-{number:02} 10:00:00"
    return {"id": number, "status": number % 6, "date": placed, "shipping_tax": number, "customer": customer}


def where(**condition: str) -> RowFilter:
    return RowFilter(alternatives=((Condition.model_validate(condition),),))


@pytest.mark.usefixtures("stored")
async def test_a_list_is_read_in_any_order_and_from_either_end(client: EngineClient) -> None:
    last = await client.orders_part(ListPart(limit=4, from_end=True))
    assert [row.id for row in last.orders] == [4, 3, 2, 1]
    assert (last.total, last.next_after) == (30, None)
    ahead = await client.orders_part(ListPart(limit=2, before=last.next_before))
    assert [row.id for row in ahead.orders] == [6, 5]
    rising = await client.orders_part(ListPart(sort="total", descending=False, limit=3))
    assert [row.id for row in rising.orders] == [1, 2, 3]
    again = await client.orders_part(ListPart(limit=1, start_at=ahead.last))
    assert [row.id for row in again.orders] == [5]


@pytest.mark.usefixtures("stored")
async def test_a_filter_and_its_count_go_over_the_wire(client: EngineClient) -> None:
    part = ListPart(where=where(field="customer", value="stefan 2"))
    assert {row.id for row in (await client.orders_part(part)).orders} == {2, *range(20, 30)}
    count = await client.count_orders(part, most=5)
    assert (count.rows, count.capped) == (5, True)
    assert (await client.count_offers(ListPart(), sellable=False)).rows == 3
    offers = await client.offers_part(ListPart(where=where(value="cana 3"), sort="name"), sellable=False)
    assert [row.id for row in offers.offers] == [3]


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (ListPart(where=where(field="colour", value="red")), "no field 'colour'"),
        (ListPart(after="bm9uZQ"), "no mark"),
        (ListPart(limit=501), "limit"),
    ],
)
async def test_what_a_list_does_not_have_is_refused_by_name(client: EngineClient, part: ListPart, reason: str) -> None:
    with pytest.raises(EngineError, match=reason) as refused:
        await client.orders_part(part)
    assert refused.value.body.code == "bad_request"


async def test_a_filter_that_is_none_is_refused(client: EngineClient) -> None:
    class Broken(ListPart):
        def params(self) -> dict[str, str | int | bool | None]:
            return {"where": '{"alternatives": 7}'}

    with pytest.raises(EngineError, match="Where is no filter"):
        await client.orders_part(Broken())
