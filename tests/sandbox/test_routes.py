"""What the routes answer: filters, paging, counts, offers, returns, nomenclatures."""

from __future__ import annotations

from itertools import chain

import pytest

from magflow_tui.sandbox import Limits, SandboxAccount
from magflow_tui.sandbox.localtime import wall_text

NO_LIMITS = Limits(enabled=False)
HOUR, DAY = 3_600, 86_400


def wall(main, seconds_ago: float = 0) -> str:
    """Local text of a moment before the world began."""
    return main.seller.time.text(int(main.wall.now - seconds_ago))


async def test_only_the_seller_s_own_orders_come_unless_fbe_is_asked_for(serve):
    main = await serve(limits=NO_LIMITS)
    assert {order["type"] for order in await main.results("order/read")} == {3}
    assert {order["type"] for order in await main.results("order/read", {"type": 2})} == {2}
    assert (await main.count(), await main.count({"type": 2})) == (320, 80)


async def test_several_types_at_once_are_refused(serve):
    main = await serve()
    assert (await main.post("order/read", {"type": [2, 3]})).json()["isError"] is True


async def test_orders_come_newest_first_and_pages_do_not_overlap(serve):
    main = await serve(limits=NO_LIMITS)
    pages = [await main.results("order/read", {"currentPage": page}) for page in (1, 2, 3, 4, 5)]
    assert [len(page) for page in pages] == [100, 100, 100, 20, 0]
    ids = [order["id"] for order in chain(*pages)]
    assert ids == sorted(set(ids), reverse=True)


async def test_pages_of_more_than_100_are_cut_without_a_word(serve):
    main = await serve()
    assert len(await main.results("order/read", {"itemsPerPage": 250})) == 100
    assert len(await main.results("order/read", {"itemsPerPage": 7})) == 7
    assert (await main.post("order/read", {"currentPage": 65_536})).json()["isError"] is True


async def test_counts_are_texts(serve):
    main = await serve()
    answer = (await main.post("order/count", {"itemsPerPage": 50})).json()
    assert answer["results"] == {"noOfItems": "320", "noOfPages": "7", "itemsPerPage": "50"}


async def test_filters_inside_data_and_unknown_filters_are_ignored(serve):
    main = await serve()
    assert await main.count({"data": {"type": 2, "status": 1}}) == 320
    assert await main.count({"colour": "red"}) == 320


async def test_form_encoded_filters_work_at_the_top_level(serve):
    main = await serve()
    answer = await main.client.post("/order/read", data={"type": "2", "status[]": ["4", "5"], "itemsPerPage": "3"})
    orders = answer.json()["results"]
    assert len(orders) == 3
    assert {order["type"] for order in orders} == {2}
    assert {order["status"] for order in orders} <= {4, 5}


async def test_an_order_is_read_by_id_as_a_list_and_none_is_an_empty_list(serve):
    main = await serve(limits=NO_LIMITS)
    own, fbe = (await main.results("order/read"))[5], (await main.results("order/read", {"type": 2}))[5]
    assert await main.results("order/read", {"id": own["id"]}) == [own]
    assert await main.results("order/read", {"id": own["id"] + 1}) == []
    assert await main.results("order/read", {"id": fbe["id"]}) == []
    assert await main.results("order/read", {"id": str(fbe["id"]), "type": 2}) == [fbe]


@pytest.mark.parametrize(
    ("filters", "key", "allowed"),
    [
        ({"status": 0}, "status", {0}),
        ({"status": [1, 2, 3]}, "status", {1, 2, 3}),
        ({"payment_mode_id": [2]}, "payment_mode_id", {2}),
        ({"is_complete": 0}, "is_complete", {0}),
        ({"is_complete": 1, "status": 1}, "is_complete", {1}),
    ],
)
async def test_orders_are_filtered_by_their_values(serve, filters, key, allowed):
    account = SandboxAccount(name="main", username="u", password="p", orders=900, days=3, fbe=0)
    main = await serve(account, limits=NO_LIMITS)
    everything = [order for page in range(1, 10) for order in await main.results("order/read", {"currentPage": page})]
    expected = [
        o for o in everything if o[key] in allowed and ("status" not in filters or o["status"] in _set(filters))
    ]
    assert await main.count(filters) == len(expected) > 0
    assert await main.results("order/read", filters) == expected[:100]


def _set(filters: dict) -> set[int]:
    status = filters["status"]
    return set(status) if isinstance(status, list) else {status}


@pytest.mark.parametrize("exclusive", [False, True])
async def test_creation_bounds_include_or_exclude_their_own_second(serve, exclusive):
    main = await serve(limits=NO_LIMITS, exclusive_bounds=exclusive)
    newest = (await main.results("order/read"))[:5]
    span = {"createdAfter": newest[4]["created"], "createdBefore": newest[1]["created"]}
    found = [order["id"] for order in await main.results("order/read", span)]
    assert found == [order["id"] for order in (newest[2:4] if exclusive else newest[1:5])]
    assert await main.count(span) == len(found)


async def test_modified_windows_find_what_was_changed_and_nothing_else(serve):
    main = await serve(limits=NO_LIMITS)
    before = wall(main)
    main.wall.move(600)
    changed = main.server.control.change_orders(20)["main"] + main.server.control.add_orders(5)["main"]
    span = {"modifiedAfter": before, "modifiedBefore": wall(main)}
    found = []
    for order_type in (2, 3):
        span["modifiedAfter"] = wall(main, 300)
        found += [order["id"] for order in await main.results("order/read", {**span, "type": order_type})]
        assert await main.count({**span, "type": order_type}) == len(
            await main.results("order/read", {**span, "type": order_type})
        )
    assert sorted(found) == sorted(changed)


async def test_modified_windows_agree_with_each_order_s_modified(serve):
    main = await serve(limits=NO_LIMITS)
    main.server.control.change_orders(30)
    first, last = wall(main, 20 * DAY), wall(main, 2 * DAY)
    everything = [order for page in range(1, 5) for order in await main.results("order/read", {"currentPage": page})]
    expected = [order["id"] for order in everything if first <= order["modified"] <= last]
    found = await main.results("order/read", {"modifiedAfter": first, "modifiedBefore": last})
    assert [order["id"] for order in found] == expected[:100]


@pytest.mark.parametrize(
    ("route", "filters"),
    [
        ("order/read", {"createdBefore": 0}),
        ("order/read", {"modifiedBefore": 0}),
        ("order/read", {"createdAfter": 32 * DAY, "createdBefore": 0}),
        ("order/read", {"createdAfter": 32 * DAY}),
        ("order/count", {"createdAfter": DAY}),
        ("order/count", {"modifiedAfter": DAY}),
    ],
)
async def test_spans_without_a_start_or_too_long_are_refused_in_an_envelope(serve, route, filters):
    main = await serve()
    answer = await main.post(route, {key: wall(main, ago) for key, ago in filters.items()})
    assert answer.status_code == 200
    assert answer.json()["isError"] is True
    assert answer.json()["messages"][0].startswith("ERROR: ")


async def test_a_time_in_another_form_is_refused(serve):
    main = await serve()
    answer = (await main.post("order/read", {"createdAfter": "2026-09-01"})).json()
    assert "Y-m-d H:i:s" in answer["messages"][0]


async def test_the_fold_hour_matches_both_passes(serve):
    serve.wall.now = 1_792_888_200.0 + 2 * HOUR  # after the fold of 2026-10-25 in Bucharest
    account = SandboxAccount(name="main", username="u", password="p", orders=400, days=1, fbe=0)
    main = await serve(account, limits=NO_LIMITS)
    first, last = "2026-10-25 03:20:00", "2026-10-25 03:40:00"
    everything = [order for page in range(1, 5) for order in await main.results("order/read", {"currentPage": page})]
    for name in ("created", "modified"):
        expected = [order["id"] for order in everything if first <= order[name] <= last]
        found = await main.results("order/read", {f"{name}After": first, f"{name}Before": last})
        assert [order["id"] for order in found] == expected
        assert expected


async def test_pages_shift_while_orders_arrive(serve):
    main = await serve()
    first = await main.results("order/read", {"itemsPerPage": 10})
    arrived = main.server.control.add_orders(10)["main"]
    own = [number for number in arrived if main.seller.orders.timeline.order_type(_index(main, number)) == 3]
    second = await main.results("order/read", {"itemsPerPage": 10, "currentPage": 2})
    doubled = [order["id"] for order in second if order["id"] in {each["id"] for each in first}]
    assert len(doubled) == len(own) == 8


async def test_pages_of_a_modified_window_shift_while_orders_change(serve):
    main = await serve(limits=NO_LIMITS)
    span = {"modifiedAfter": wall(main, 20 * DAY), "modifiedBefore": wall(main, DAY), "itemsPerPage": 5}
    before = await main.results("order/read", span)
    main.wall.move(10)
    index = _index(main, before[0]["id"])
    main.seller.orders.change(index, int(main.wall.now), lambda order: None)
    after = await main.results("order/read", span)
    assert [order["id"] for order in after[:4]] == [order["id"] for order in before[1:]]


def _index(main, order_id: int) -> int:
    return main.seller.orders.timeline.find(order_id)


async def test_a_body_that_is_no_json_is_invalid_content(serve):
    main = await serve()
    answer = await main.client.post("/order/read", content=b'{"type":', headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["messages"] == ["Invalid content"]


async def test_offers_come_in_order_with_their_shapes(serve):
    main = await serve()
    offers = await main.results("product_offer/read")
    assert [offer["id"] for offer in offers] == [4_306_000 + place for place in range(100)]
    offer = offers[0]
    assert isinstance(offer["sale_price"], float)
    assert isinstance(offer["ownership"], bool)
    assert isinstance(offer["validation_status"], list)
    assert isinstance(offer["offer_validation_status"], dict)
    assert len(await main.results("product_offer/read", {"currentPage": 2})) == 20


async def test_the_stock_filter_is_a_range(serve):
    main = await serve(limits=NO_LIMITS)
    offers = await main.results("product_offer/read") + await main.results("product_offer/read", {"currentPage": 2})
    expected = sum(1 for offer in offers if offer["general_stock"] <= 20)
    assert await main.count({"general_stock": 20}, "product_offer/count") == expected
    assert 0 < expected < 120


async def test_offers_are_filtered_by_status_and_validation(serve):
    main = await serve(limits=NO_LIMITS)
    assert {offer["status"] for offer in await main.results("product_offer/read", {"status": 0})} == {0}
    found = await main.results("product_offer/read", {"validation_status": 11})
    assert {offer["validation_status"][0]["value"] for offer in found} == {11}
    key = found[0]["part_number_key"]
    assert [o["id"] for o in await main.results("product_offer/read", {"part_number_key": key})] == [found[0]["id"]]
    assert [o["id"] for o in await main.results("product_offer/read", {"id": found[0]["id"]})] == [found[0]["id"]]
    assert await main.results("product_offer/read", {"id": 5}) == []


async def test_stock_takes_an_int_and_answers_204(serve):
    main = await serve(limits=NO_LIMITS)
    answer = await main.client.patch("/offer_stock/4306003", json={"stock": 21})
    assert (answer.status_code, answer.content) == (204, b"")
    offer = (await main.results("product_offer/read", {"id": 4_306_003}))[0]
    assert (offer["general_stock"], offer["stock"]) == (21, [{"warehouse_id": 1, "value": 21}])
    for body in (
        {"stock": "21"},
        {"stock": [{"warehouse_id": 1, "value": 21}]},
        {"data": {"stock": 1}},
        {"stock": True},
    ):
        refused = await main.client.patch("/offer_stock/4306003", json=body)
        assert (refused.status_code, refused.json()["messages"]) == (400, ["Invalid content"])
    assert (await main.client.patch("/offer_stock/7", json={"stock": 1})).status_code == 404
    bounds = await main.client.patch("/offer_stock/4306003", json={"stock": -1})
    assert bounds.json()["errors"][0]["field"] == "stock"


async def test_offer_save_changes_what_is_sent_and_names_what_it_refuses(serve):
    main = await serve(limits=NO_LIMITS)
    offers = await main.results("product_offer/read")
    alive = [offer for offer in offers if offer["status"] == 1]
    ended = next(offer for offer in offers if offer["status"] == 2)
    good, costly = alive[0], alive[1]
    price = round(good["sale_price"] * 1.1, 4)
    answer = await main.post(
        "offer/save",
        {
            "data": [
                {"id": good["id"], "sale_price": price, "stock": [{"warehouse_id": 1, "value": 3}]},
                {"id": costly["id"], "sale_price": costly["max_sale_price"] * 2},
                {"id": ended["id"], "stock": 4},
                {"id": 77},
            ]
        },
    )
    messages = answer.json()["messages"]
    assert len(messages) == 3
    assert "Offer 77 not found" in messages
    after = (await main.results("product_offer/read", {"id": good["id"]}))[0]
    assert (after["sale_price"], after["general_stock"]) == (price, 3)


async def test_saves_take_a_list_of_at_most_50_entities_and_4000_inputs(serve):
    main = await serve(limits=NO_LIMITS)
    offer = {"id": 4_306_000, "status": 0}
    single = (await main.post("offer/save", {"data": offer})).json()
    assert single["messages"] == ["Expected list of arrays, single array received"]
    assert (await main.post("offer/save", [offer] * 51)).json()["isError"] is True
    huge = (await main.post("offer/save", {"data": [{**offer, "x": [0] * 4_000}]})).json()
    assert huge["messages"] == ["Maximum input vars of 4000 exceeded"]
    assert main.seller.offers.body(0)["status"] == 1
    form = await main.client.post("/offer/save", data={"0[id]": "4306000", "0[status]": "0"})
    assert form.json()["isError"] is False


async def test_returns_are_read_counted_and_filtered(serve):
    main = await serve(limits=NO_LIMITS)
    returns = await main.results("rma/read")
    assert len(returns) == int(await main.count(route="rma/count")) == 15
    assert all(isinstance(each["order_id"], str) and each["locker"] == [] for each in returns)
    wanted = returns[3]
    assert await main.results("rma/read", {"emag_id": wanted["emag_id"]}) == [wanted]
    closed = await main.results("rma/read", {"request_status": 7})
    assert closed == [each for each in returns if each["request_status"] == 7]
    dated = await main.results("rma/read", {"date_start": returns[4]["date"], "date_end": returns[2]["date"]})
    assert dated == returns[2:5]


async def test_nomenclatures_are_those_of_the_platform(serve):
    account = SandboxAccount(name="main", platform="emag-hu", username="u", password="p", orders=5)
    main = await serve(account, limits=NO_LIMITS)
    assert [rate["vat_rate"] for rate in await main.results("vat/read")] == [0.27, 0.18, 0.05, 0]
    assert {"id": 30} in await main.results("handling_time/read")
    categories = await main.results("category/read")
    assert (await main.results("category/read", {"id": categories[0]["id"]}))[0]["characteristics"]
    assert categories[0]["characteristics"] == []


async def test_times_are_the_platform_s_own(serve):
    accounts = tuple(
        SandboxAccount(name=p, platform=p, username="u", password="p", orders=50) for p in ("emag-ro", "emag-hu")
    )
    main = await serve(accounts[0], accounts=accounts)
    moment = int(main.wall.now)
    walls = {name: seller.time.text(moment) for name, seller in main.server.app.world.sellers.items()}
    assert walls == {"emag-ro": wall_text(moment + 3 * HOUR), "emag-hu": wall_text(moment + 2 * HOUR)}
