"""Who is let in, how often, and what spoils an answer: over real HTTP."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from magflow_tui.sandbox import Burst, Faults, Latency, Limits, PageFault, SandboxAccount

NO_LIMITS = Limits(enabled=False)


async def test_wrong_credentials_get_the_403_envelope_and_no_user_id(serve):
    main = await serve()
    for auth in (("u", "wrong"), ("nobody", "p")):
        answer = await main.post("order/read", auth=auth)
        assert answer.status_code == 403
        assert answer.json() == {
            "isError": True,
            "messages": ["You are not allowed to use this API."],
            "errors": [],
            "results": [],
        }
        assert "X-User-Id" not in answer.headers
    assert main.server.stats.strangers == 1


async def test_a_call_without_credentials_is_not_allowed(serve):
    main = await serve()
    async with httpx.AsyncClient(base_url=main.server.base_url("main"), trust_env=False) as stranger:
        assert (await stranger.post("/order/read", json={})).status_code == 403


async def test_right_credentials_get_the_user_id_and_the_fossil_headers(serve):
    main = await serve()
    answer = await main.post("vat/read")
    assert answer.headers["X-User-Id"].isdecimal()
    assert (answer.headers["Server"], answer.headers["X-RateLimit-Limit-3second"]) == ("nginx", "1")
    assert answer.headers["X-RateLimit-Remaining-3second"] == "0"


async def test_a_refused_address_is_told_with_http_200(serve):
    main = await serve()
    main.server.control.refuse_ip(True)
    answer = await main.post("order/read")
    assert answer.status_code == 200
    assert answer.json()["isError"] is True
    assert answer.json()["messages"] == ["ERROR: Invalid vendor ip [127.0.0.1]"]
    main.server.control.refuse_ip(False, account="main")
    assert len(await main.results("order/read")) == 100


async def test_accounts_of_one_platform_are_told_apart_by_username(serve):
    accounts = tuple(SandboxAccount(name=n, username=n, password="p", orders=k) for n, k in (("a", 30), ("b", 40)))
    first = await serve(accounts[0], accounts=accounts)
    second = await serve.sign_in(first.server, accounts[1])
    assert (await first.count({"type": 3}), await second.count({"type": 3})) == (24, 32)


async def test_unknown_paths_are_404_from_the_gateway_without_an_envelope(serve):
    main = await serve()
    answer = await main.post("invoice/guess")
    assert answer.status_code == 404
    assert "isError" not in answer.json()
    assert (await main.client.post(f"{main.server.url}/emag-hu/api-3/order/read")).status_code == 404


async def test_the_thirteenth_order_call_in_a_second_gets_the_documented_429(serve):
    main = await serve()
    codes = [(await main.post("order/count")).status_code for _ in range(13)]
    assert codes == [200] * 12 + [429]
    refused = await main.post("order/save", {"data": []})
    assert refused.status_code == 429
    assert refused.json() == {"message": "API rate limit exceeded"}
    assert refused.headers["Content-Type"] == "application/json; charset=utf-8"
    assert (refused.headers["Server"], refused.headers["X-RateLimit-Limit-3second"]) == ("kong/0.12.1", "1")
    assert "Retry-After" not in refused.headers


async def test_a_window_opens_one_second_after_what_filled_it(serve):
    main = await serve()
    for _ in range(12):
        await main.post("order/count")
        main.monotonic.move(0.0625)
    main.monotonic.move(0.1875)  # 0.9375 s after the first
    assert (await main.post("order/count")).status_code == 429
    main.monotonic.move(0.0625)
    assert (await main.post("order/count")).status_code == 200
    assert (await main.post("order/count")).status_code == 429


async def test_the_minute_is_full_after_720_order_calls(serve):
    main = await serve(limits=Limits(orders_per_second=12, orders_per_minute=24))
    for _ in range(24):
        assert (await main.post("order/count")).status_code == 200
        main.monotonic.move(0.5)
    main.monotonic.move(47.75)  # 59.75 s after the first
    assert (await main.post("order/count")).status_code == 429
    main.monotonic.move(0.25)
    assert (await main.post("order/count")).status_code == 200


async def test_other_routes_share_three_a_second_apart_from_orders(serve):
    main = await serve()
    routes = ("product_offer/count", "rma/count", "vat/read", "handling_time/read")
    assert [(await main.post(route)).status_code for route in routes] == [200, 200, 200, 429]
    assert (await main.post("order/count")).status_code == 200
    pools = main.server.stats.of("main").pools
    assert (pools["other"].served, pools["other"].refused, pools["orders"].refused) == (3, 1, 0)


async def test_each_account_has_windows_of_its_own(serve):
    accounts = tuple(SandboxAccount(name=n, username=n, password="p", orders=5) for n in "ab")
    first = await serve(accounts[0], accounts=accounts, limits=Limits(orders_per_second=1))
    second = await serve.sign_in(first.server, accounts[1])
    assert [(await each.post("order/count")).status_code for each in (first, second, first)] == [200, 200, 429]


async def test_wrong_passwords_and_unknown_routes_use_up_the_account_s_room(serve):
    main = await serve(limits=Limits(orders_per_second=2, other_per_second=1))
    await main.post("order/read", auth=("u", "wrong"))
    await main.post("order/unheard")
    assert (await main.post("order/read")).status_code == 429


async def test_refused_calls_count_only_when_told_so(serve):
    main = await serve(limits=Limits(orders_per_second=1, count_refused=True, retry_after=3))
    await main.post("order/count")
    main.monotonic.move(0.9)
    assert (await main.post("order/count")).headers["Retry-After"] == "3"
    main.monotonic.move(0.9)
    assert (await main.post("order/count")).status_code == 429


async def test_without_limits_nothing_is_refused_but_peaks_are_seen(serve):
    main = await serve(limits=NO_LIMITS)
    for _ in range(20):
        assert (await main.post("order/count")).status_code == 200
    pool = main.server.stats.of("main").pools["orders"]
    assert (pool.second.most, pool.minute.most, pool.arrivals, pool.refused) == (20, 20, 20, 0)


async def test_html_errors_are_5xx_without_json(serve):
    main = await serve(limits=NO_LIMITS, faults=Faults(server_error=1))
    codes = set()
    for _ in range(30):
        answer = await main.post("order/count")
        codes.add(answer.status_code)
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "<html>" in answer.text
    assert codes == {500, 502, 504}


async def test_a_hanging_call_ends_when_the_caller_gives_up(serve):
    main = await serve(faults=Faults(bursts=(Burst(kind="hang"),)))
    with pytest.raises(httpx.ReadTimeout):
        await main.post("order/count", timeout=0.2)
    assert (await main.post("order/count")).status_code == 200


async def test_a_hanging_call_is_broken_off_after_its_time(serve):
    main = await serve(faults=Faults(hang=1, hang_seconds=0.05))
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await main.post("order/count")


async def test_a_hanging_call_does_not_hold_up_the_end(serve):
    main = await serve(faults=Faults(hang=1))
    waiting = asyncio.create_task(main.post("order/count"))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(waiting), 0.1)
    assert main.server.stats.faults["hang"] == 1
    await main.server.__aexit__(None, None, None)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await waiting


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("reset", httpx.ReadError),
        ("cut_headers", httpx.RemoteProtocolError),
        ("truncated", httpx.RemoteProtocolError),
    ],
)
async def test_broken_connections_are_broken_and_the_next_call_works(serve, kind: str, error: type[Exception]):
    main = await serve(faults=Faults(bursts=(Burst(kind=kind),)))
    with pytest.raises(error):
        await main.post("order/read")
    assert len(await main.results("order/read")) == 100
    assert main.server.stats.faults == {kind: 1}


async def test_a_reset_is_a_real_reset(serve):
    main = await serve(faults=Faults(reset=1))
    host, port = main.server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"POST /emag-ro/api-3/order/read HTTP/1.1\r\nHost: x\r\nAuthorization: Basic dTpw\r\nContent-Length: 0\r\n\r\n"
    )
    with pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()


async def test_is_error_can_be_missing_and_results_null(serve):
    main = await serve(faults=Faults(bursts=(Burst(kind="missing_is_error"), Burst(kind="null_results"))))
    first, second = (await main.post("order/read")).json(), (await main.post("order/read")).json()
    assert set(first) == {"messages", "errors", "results"}
    assert (second["isError"], second["results"]) == (False, None)


@pytest.mark.parametrize("retry_after", [None, 7])
async def test_a_burst_of_429_comes_with_and_without_retry_after(serve, retry_after: int | None):
    main = await serve(faults=Faults(retry_after=retry_after, bursts=(Burst(kind="rate_limited", times=3),)))
    answers = [await main.post("order/count") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [429, 429, 429, 200]
    assert answers[0].headers.get("Retry-After") == (None if retry_after is None else "7")
    assert main.server.stats.refused == 0
    assert main.server.stats.faults["rate_limited"] == 3


async def test_a_page_fails_as_often_as_told_and_others_do_not(serve):
    fault = PageFault(route="order/read", page=2, times=2)
    main = await serve(faults=Faults(pages=(fault,)))
    pages = (1, 2, 3, 2, 2)
    codes = [(await main.post("order/read", {"currentPage": page})).status_code for page in pages]
    assert [code == 200 for code in codes] == [True, False, True, False, True]


async def test_a_page_can_fail_for_ever(serve):
    main = await serve(limits=NO_LIMITS, faults=Faults(pages=(PageFault(route="product_offer/read", page=1),)))
    assert all([(await main.post("product_offer/read")).status_code >= 500 for _ in range(6)])
    assert (await main.post("order/read")).status_code == 200


async def test_an_outage_answers_503_or_breaks_every_connection(serve):
    main = await serve(faults=Faults(outage="unavailable"))
    assert (await main.post("order/read")).status_code == 503
    main.server.control.set_faults(Faults(outage="refuse"))
    with pytest.raises(httpx.ReadError):
        await main.post("order/read")
    main.server.control.set_faults(Faults())
    assert (await main.post("order/read")).status_code == 200


async def test_a_save_that_hangs_has_happened_and_one_that_met_an_error_has_not(serve):
    main = await serve(faults=Faults(bursts=(Burst(kind="server_error"), Burst(kind="truncated"))))
    saved, offers = {"data": [{"id": 4_306_000, "status": 0}]}, main.seller.offers
    await main.post("offer/save", saved)
    assert offers.body(0)["status"] == 1
    with pytest.raises(httpx.RemoteProtocolError):
        await main.post("offer/save", saved)
    assert offers.body(0)["status"] == 0


async def test_a_slow_answer_is_late_and_good(serve):
    main = await serve(faults=Faults(slow=1, slow_seconds=0.1))
    before = asyncio.get_running_loop().time()
    assert (await main.post("order/read")).json()["isError"] is False
    assert asyncio.get_running_loop().time() - before >= 0.1


async def test_latency_is_waited_after_the_request_was_counted(serve):
    main = await serve(latency=Latency(mean=5))
    with pytest.raises(httpx.ReadTimeout):
        await main.post("order/count", timeout=0.1)
    assert main.server.stats.of("main").pools["orders"].arrivals == 1


async def test_arrival_jitter_is_waited_before(serve):
    main = await serve(latency=Latency(arrival_jitter=1_000))
    with pytest.raises(httpx.ReadTimeout):
        await main.post("order/count", timeout=0.1)
    assert main.server.stats.of("main").pools["orders"].arrivals == 0
