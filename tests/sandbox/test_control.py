"""The sandbox is steered, and tells the truth."""

from __future__ import annotations

from hashlib import sha256

import httpx
import msgspec
import orjson
import pytest

from magflow_tui.sandbox import Limits, Living, SandboxAccount
from magflow_tui.sandbox.damage import KINDS, UNREADABLE

NO_LIMITS = Limits(enabled=False)


async def control(main, method: str, path: str, body: object = None, **query: str) -> httpx.Response:
    return await main.client.request(method, f"{main.server.url}/control/{path}", json=body, params=query)


async def test_the_truth_is_the_sha256_of_what_is_served(serve):
    account = SandboxAccount(name="main", username="u", password="p", orders=250, broken=0.3, days=60)
    main = await serve(account, limits=NO_LIMITS)
    main.server.control.change_orders(40)
    main.server.control.add_orders(10, broken=4)
    served = set()
    for order_type in (2, 3):
        for page in (1, 2, 3):
            answer = await main.post("order/read", {"type": order_type, "currentPage": page})
            raw = msgspec.json.decode(answer.content, type=dict[str, msgspec.Raw])["results"]
            served |= {sha256(bytes(each)).hexdigest() for each in msgspec.json.decode(raw, type=list[msgspec.Raw])}
    lines = (await control(main, "GET", "orders", account="main")).text.splitlines()
    truth = [orjson.loads(line) for line in lines]
    assert len(truth) == 260
    assert {each["sha256"] for each in truth} == served
    assert [each["id"] for each in truth] == sorted(each["id"] for each in truth)
    assert any(not each["readable"] for each in truth)


async def test_offers_and_returns_have_their_truth_too(serve):
    main = await serve(limits=NO_LIMITS)
    for name, route in (("offers", "product_offer/read"), ("rma", "rma/read")):
        raw = msgspec.json.decode((await main.post(route)).content, type=dict[str, msgspec.Raw])["results"]
        served = {sha256(bytes(each)).hexdigest() for each in msgspec.json.decode(raw, type=list[msgspec.Raw])}
        truth = {
            orjson.loads(x)["sha256"] for x in (await control(main, "GET", name, account="main")).text.splitlines()
        }
        assert served <= truth


async def test_the_world_is_shared_out_between_accounts(serve):
    accounts = tuple(SandboxAccount(name=n, username=n, password="p", orders=50) for n in "abc")
    main = await serve(accounts[0], accounts=accounts, limits=NO_LIMITS)
    answer = (await control(main, "POST", "world", {"add": 7, "change": 20})).json()
    assert {name: len(ids) for name, ids in answer["added"].items()} == {"a": 3, "b": 2, "c": 2}
    assert sum(len(ids) for ids in answer["changed"].values()) == 20
    alone = (await control(main, "POST", "world", {"change": 2, "account": "b", "broken": 1})).json()
    assert list(alone["changed"]) == ["b"]
    assert (await control(main, "POST", "world", {"change": 1, "account": "zz"})).status_code == 404


async def test_settings_merge_by_post_and_start_over_by_put(serve):
    main = await serve(limits=NO_LIMITS)
    await control(main, "POST", "faults", {"server_error": 0.5})
    merged = (await control(main, "POST", "faults", {"reset": 0.25})).json()
    assert (merged["server_error"], merged["reset"]) == (0.5, 0.25)
    replaced = (await control(main, "PUT", "faults", {"slow": 0.1})).json()
    assert (replaced["server_error"], replaced["slow"]) == (0.0, 0.1)
    assert (await control(main, "POST", "latency", {"mean": 0.01})).json()["mean"] == 0.01
    assert (await control(main, "POST", "limits", {"enabled": True, "orders_per_second": 2})).json()["enabled"] is True
    assert (await control(main, "POST", "living", {"changes": 5})).json()["changes"] == 5.0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("faults", {"server_error": 2}),
        ("faults", {"sever_error": 0.1}),
        ("latency", {"mean": "long"}),
        ("scenario", {"name": "flood"}),
        ("burst", {"kind": "x"}),
    ],
)
async def test_a_wrong_setting_is_refused_with_its_name(serve, path, body):
    main = await serve()
    answer = await control(main, "POST", path, body)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_unknown_controls_are_404(serve):
    main = await serve()
    assert (await control(main, "POST", "weather")).status_code == 404
    assert (await control(main, "GET", "weather")).status_code == 404
    assert (await control(main, "GET", "orders", account="nobody")).status_code == 404


async def test_a_burst_and_a_refused_address_by_http(serve):
    main = await serve(limits=NO_LIMITS)
    await control(main, "POST", "burst", {"kind": "null_results", "times": 1, "route": "order/count"})
    assert (await main.post("order/count")).json()["results"] is None
    await control(main, "POST", "ip", {"refused": True})
    assert "Invalid vendor ip" in (await main.post("order/count")).text


async def test_stats_count_what_was_served_and_refused_by_pool_and_route(serve):
    main = await serve(limits=Limits(orders_per_second=2))
    for _ in range(3):
        await main.post("order/read")
    await main.post("rma/read")
    stats = (await control(main, "GET", "stats")).json()
    account = stats["accounts"]["main"]
    assert (stats["served"], stats["refused"]) == (3, 1)
    assert account["pools"]["orders"] == {
        "arrivals": 3,
        "served": 2,
        "refused": 1,
        "most_in_second": 3,
        "most_in_minute": 3,
    }
    assert account["served_by_route"] == {"order/read": 2, "rma/read": 1}
    assert account["refused_by_route"] == {"order/read": 1}


async def test_new_limits_start_with_empty_windows(serve):
    main = await serve(limits=Limits(orders_per_second=1))
    await main.post("order/read")
    main.server.control.set_limits(Limits(orders_per_second=1))
    assert (await main.post("order/read")).status_code == 200


async def test_life_goes_on_between_calls(serve):
    main = await serve(limits=NO_LIMITS, living=Living(new_orders=10, changes=30))
    before = await main.count()
    main.wall.move(600)
    assert await main.count() == before + 80
    newest = (await main.results("order/read"))[0]
    assert (newest["status"], newest["modified"] <= main.seller.time.text(int(main.wall.now))) == (1, True)


@pytest.mark.parametrize("name", ["calm", "black-friday", "rate-storm", "outage", "dirty-data"])
async def test_each_scenario_changes_the_weather_and_calm_clears_it(serve, name):
    main = await serve(limits=NO_LIMITS)
    calm = (await control(main, "POST", "scenario", {"name": "calm"}), await control(main, "GET", "settings"))[1].json()
    assert (await control(main, "POST", "scenario", {"name": name})).json() == {"ok": True}
    settings = (await control(main, "GET", "settings")).json()
    assert (settings == calm) is (name == "calm")
    main.server.control.scenario("calm")
    assert main.server.control.settings() == calm | {"faults": main.server.control.settings()["faults"]}


async def test_dirty_data_damages_orders_in_every_way_at_once(serve):
    main = await serve(limits=NO_LIMITS)
    main.wall.move(60)
    main.server.control.scenario("dirty-data")
    damages = [truth.damage for truth in main.server.control.orders("main") if truth.damage]
    assert sorted(damages) == sorted(KINDS)
    assert set(UNREADABLE) <= set(damages)


async def test_one_order_is_given_as_it_is_served(serve):
    main = await serve(limits=NO_LIMITS)
    order = (await main.results("order/read"))[0]
    payload = main.server.control.payload("main", order["id"])
    assert payload is not None
    assert orjson.loads(payload) == order
    assert main.server.control.payload("main", 1) is None
