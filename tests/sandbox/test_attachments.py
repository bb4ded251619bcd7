"""Files of orders and warranties of their lines, and what the sandbox counts of what was done to orders."""

from __future__ import annotations

import httpx
import pytest

from magflow_tui.sandbox import Burst, Faults, Limits, SandboxAccount

URL = "https://files.example.com/invoices/1041.pdf"


@pytest.fixture
async def main(serve):
    account = SandboxAccount(name="main", username="u", password="p", orders=300, days=12, fbe=0.2)
    return await serve(account, limits=Limits(enabled=False))


async def an_order(main, order_type: int = 3, status: int = 4) -> dict:
    orders = await main.results("order/read", {"type": order_type, "status": status})
    return next(order for order in orders if not order["attachments"])


async def attach(main, *entities: dict) -> list[str]:
    answer = (await main.post("order/attachments/save", {"data": list(entities)})).json()
    assert answer["isError"] is bool(answer["messages"])
    return answer["messages"]


async def again(main, order: dict) -> dict:
    return (await main.results("order/read", {"id": order["id"], "type": order["type"]}))[0]


async def test_an_invoice_is_attached_and_read_back_with_the_order_and_by_itself(main):
    order = await an_order(main)
    assert await attach(main, {"order_id": order["id"], "name": "Factura 1041", "url": URL}) == []
    file = {"name": "Factura 1041", "url": URL, "visibility": 1, "type": 1, "force_download": "0"}
    assert (await again(main, order))["attachments"] == [file]
    assert await main.results("order/attachments/read", {"order_id": order["id"]}) == [
        {"order_id": order["id"], **file}
    ]
    assert await main.results("order/attachments/read", {"data": {"order_id": order["id"]}}) == []


async def test_fbe_orders_take_files_when_their_type_is_named(main):
    order = await an_order(main, order_type=2)
    entity = {"order_id": order["id"], "name": "Factura", "url": URL}
    assert "not found" in (await attach(main, entity))[0]
    assert await attach(main, {**entity, "order_type": 2}) == []
    assert len((await again(main, order))["attachments"]) == 1


async def test_a_warranty_belongs_to_a_line_and_each_has_one(main):
    order = await an_order(main)
    line = order["products"][0]
    entity = {"order_product_id": line["id"], "name": "Garantie", "url": URL, "type": 3}
    assert await attach(main, entity) == []
    assert (await again(main, order))["products"][0]["attachments"][0]["type"] == 3
    assert "has a warranty already" in (await attach(main, entity))[0]
    assert "order_product_id is required" in (await attach(main, {**entity, "order_product_id": None}))[0]
    assert "not found" in (await attach(main, {**entity, "order_product_id": 5}))[0]
    (found,) = await main.results("order/attachments/read", {"order_id": order["id"]})
    assert found["order_product_id"] == line["id"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"url": ""}, "url"),
        ({"url": "https://example.com/" + "x" * 1024}, "url"),
        ({"url": "ftp://example.com/a.pdf"}, "url"),
        ({"url": "https://example.com/a.jpg"}, "only PDF"),
        ({"type": 2}, "type"),
        ({"force_download": 2}, "force_download"),
        ({"order_id": None}, "order_id is required"),
        ({"order_id": 5}, "not found"),
    ],
)
async def test_what_is_wrong_with_a_file_is_told_and_the_others_are_taken(main, change, message):
    order = await an_order(main)
    good = {"order_id": order["id"], "name": "Factura", "url": URL}
    (told,) = await attach(main, {**good, **change}, good)
    assert message in told
    assert len((await again(main, order))["attachments"]) == 1


async def test_what_was_done_to_which_order_is_counted(main):
    applied = main.server.stats.of("main").applied
    order = await an_order(main, status=3)
    other = (await main.results("order/read", {"status": 2}))[0]
    data = [{**order, "status": 4}, {**other, "status": 0, "reason_cancellation": 24}]
    await main.post("order/save", {"data": data})
    await main.post("order/save", {"data": [{"id": other["id"], "type": 3, "status": 0, "reason_cancellation": 24}]})
    new = main.server.control.add_orders(10)["main"]
    seller_s, *_ = [number for number in new if await main.results("order/read", {"id": number})]
    await main.post(f"order/acknowledge/{seller_s}")
    await main.post(f"order/acknowledge/{seller_s}")
    assert dict(applied["saved"]) == {order["id"]: 1}
    assert dict(applied["cancelled"]) == {other["id"]: 2}
    assert dict(applied["incomplete"]) == {other["id"]: 1}
    assert dict(applied["acknowledged"]) == {seller_s: 1}
    told = (await main.client.get(f"{main.server.url}/control/stats")).json()["accounts"]["main"]["applied"]
    assert told["cancelled"] == {str(other["id"]): 2}


@pytest.mark.parametrize(("fault", "happened"), [("reset_after", True), ("hang_before", False), ("late", True)])
async def test_a_save_without_an_answer_happened_or_not_as_its_fault_says(main, fault, happened):
    order = await an_order(main, status=3)
    main.server.control.set_faults(Faults(hang_seconds=0.05, late_seconds=0.01))
    main.server.control.burst(Burst(kind=fault, route="order/save"))
    with pytest.raises(httpx.TransportError):
        await main.post("order/save", {"data": [{**order, "status": 4}]})
    assert (await again(main, order))["status"] == (4 if happened else 3)


async def test_a_save_can_fail_for_its_caller_alone(main):
    order = await an_order(main, status=3)
    main.server.control.burst(Burst(kind="server_error_after", route="order/save"))
    answer = await main.post("order/save", {"data": [{**order, "status": 4}]})
    assert answer.status_code in (500, 502, 504)
    assert (await again(main, order))["status"] == 4
