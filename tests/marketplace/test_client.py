"""The client's calls: what they send, what they make of answers, what they tell, what they repeat."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from magflow_tui import __version__
from magflow_tui.marketplace import errors
from magflow_tui.marketplace.client import CallContext, Count, MarketplaceClient, pool_of
from magflow_tui.marketplace.exchange import parse_retry_after
from magflow_tui.marketplace.filters import CategoryFilter, OfferFilter, OrderFilter, RmaFilter
from magflow_tui.marketplace.limiter import AccountLimiter, Lane, Pool, PoolLimit, SlotTimeoutError
from magflow_tui.marketplace.paging import FailedPage, Page
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.marketplace.retry import RetryPolicy


def ok(results: object = (), messages: object = ()) -> httpx.Response:
    return httpx.Response(200, json={"isError": False, "messages": messages, "errors": [], "results": results})


def no(message: str, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json={"isError": True, "messages": [message], "errors": [], "results": []})


class Marketplace:
    """Answers from a list, the last one again and again; `seen` are the requests."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def sent(self) -> list[tuple[str, str, Any]]:
        return [
            (request.method, request.url.path, json.loads(request.content) if request.content else None)
            for request in self.seen
        ]


async def test_a_read_sends_filters_and_paging_at_the_top_level(open_client: Callable[..., Any]) -> None:
    market = Marketplace(ok([{"id": 1, "shipping_tax": 14.99}]))
    rig = await open_client(answer=market)
    page = await rig.client.read_orders(OrderFilter(type=2, status=(1, 2)), 3, 50)
    assert market.sent == [
        ("POST", "/api-3/order/read", {"currentPage": 3, "itemsPerPage": 50, "type": 2, "status": [1, 2]})
    ]
    assert (page.number, page.page_size, page.is_last) == (3, 50, True)
    assert page.items[0].value.shipping_tax == Decimal("14.99")


async def test_every_request_carries_credentials_agent_and_type(open_client: Callable[..., Any]) -> None:
    market = Marketplace(ok())
    rig = await open_client(answer=market, username="vânzător", password="p:arolă")
    await rig.client.acknowledge_order(7)
    headers = market.seen[0].headers
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")).decode() == "vânzător:p:arolă"
    assert headers["user-agent"] == f"magflow/{__version__}"
    assert headers["content-type"] == "application/json"


async def test_the_exact_bytes_of_each_order_are_kept(open_client: Callable[..., Any]) -> None:
    orders = [b'{"id": 1,\n "shipping_tax": 14.990}', b'{"id":2,"x":"\\u0103"}', b'{"id": NaN}']
    body = b'{"isError":false,"messages":[],"results":[' + b",".join(orders) + b"]}"
    rig = await open_client(answer=Marketplace(httpx.Response(200, content=body)))
    page = await rig.client.read_orders(OrderFilter())
    assert [item.raw for item in page.items] == orders
    assert [item.value is not None for item in page.items] == [True, True, False]


async def test_each_read_and_count_has_its_route(open_client: Callable[..., Any]) -> None:
    market = Marketplace(ok([]))
    client = (await open_client(answer=market)).client
    await client.read_offers(OfferFilter(status=1))
    await client.read_rma(RmaFilter(request_status=2))
    await client.read_vat_rates()
    await client.read_handling_times()
    await client.read_categories(CategoryFilter(id=5))
    assert [path for _, path, _ in market.sent] == [
        "/api-3/product_offer/read", "/api-3/rma/read", "/api-3/vat/read", "/api-3/handling_time/read",
        "/api-3/category/read",
    ]  # fmt: skip


async def test_counts_are_read_from_texts_and_numbers(open_client: Callable[..., Any]) -> None:
    counts = {"noOfItems": "797", "noOfPages": "8", "itemsPerPage": 100}
    market = Marketplace(ok(counts))
    client = (await open_client(answer=market)).client
    assert await client.count_orders(OrderFilter(type=3)) == Count(797, 8, 100)
    assert await client.count_offers(OfferFilter()) == Count(797, 8, 100)
    assert await client.count_rma(RmaFilter()) == Count(797, 8, 100)
    assert [path for _, path, _ in market.sent] == [
        "/api-3/order/count", "/api-3/product_offer/count", "/api-3/rma/count",
    ]  # fmt: skip


@pytest.mark.parametrize("results", [None, [], {}, {"noOfItems": "x", "noOfPages": 1, "itemsPerPage": 1}, "7"])
async def test_a_count_without_numbers_is_asked_for_again(open_client: Callable[..., Any], results: object) -> None:
    rig = await open_client(answer=Marketplace(ok(results), ok({"noOfItems": 1, "noOfPages": 1, "itemsPerPage": 100})))
    assert (await rig.client.count_orders(OrderFilter())).items == 1
    assert [record.outcome for record in rig.records] == ["malformed", "ok"]


async def test_saves_send_their_entities_under_data_with_exact_money(open_client: Callable[..., Any]) -> None:
    market = Marketplace(ok(messages=["Offer 8 not found"]))
    client = (await open_client(answer=market)).client
    answer = await client.save_offers([{"id": 7, "sale_price": Decimal("149.5041")}])
    await client.save_orders([{"id": 9, "status": 3}])
    assert answer.messages == ("Offer 8 not found",)
    assert b'"sale_price":149.5041' in market.seen[0].content
    assert market.sent[1] == ("POST", "/api-3/order/save", {"data": [{"id": 9, "status": 3}]})
    assert market.sent[0][1] == "/api-3/offer/save"


async def test_a_save_of_none_or_of_more_than_fifty_is_refused_unsent(open_client: Callable[..., Any]) -> None:
    market = Marketplace(ok())
    client = (await open_client(answer=market)).client
    for entities in ([], [{"id": i} for i in range(51)]):
        with pytest.raises(ValueError, match="1 to 50"):
            await client.save_orders(entities)
    assert market.seen == []


async def test_a_stock_update_is_a_patch_answered_by_nothing(open_client: Callable[..., Any]) -> None:
    market = Marketplace(httpx.Response(204))
    rig = await open_client(answer=market)
    await rig.client.update_offer_stock(7, 21)
    assert market.sent == [("PATCH", "/api-3/offer_stock/7", {"stock": 21})]
    assert (rig.records[0].route, rig.records[0].pool) == ("offer_stock", Pool.OTHER)


async def test_acknowledging_sends_an_empty_body_to_the_order(open_client: Callable[..., Any]) -> None:
    market = Marketplace(ok(), no("ERROR: Order is already in progress.", 400))
    client = (await open_client(answer=market)).client
    await client.acknowledge_order(530000001)
    assert market.sent == [("POST", "/api-3/order/acknowledge/530000001", None)]
    with pytest.raises(errors.BusinessLogicError) as raised:
        await client.acknowledge_order(530000001)
    assert raised.value.code == "already_acknowledged"


async def test_the_observer_hears_of_every_attempt(open_client: Callable[..., Any]) -> None:
    market = Marketplace(httpx.Response(502, content=b"<html>"), httpx.ReadError(""), ok([{"id": 1}]))
    rig = await open_client(answer=market)
    await rig.client.read_orders(OrderFilter(), 4, context=CallContext(Lane.OPERATOR, "triaj", 12))
    assert [(r.attempt, r.status, r.outcome, r.note) for r in rig.records] == [
        (1, 502, "server_error", "HTTP 502 with an HTML page"),
        (2, None, "network", "the connection broke"),
        (3, 200, "ok", None),
    ]
    last = rig.records[-1]
    assert (last.account, last.method, last.route, last.pool) == ("main", "POST", "order/read", Pool.ORDERS)
    assert (last.lane, last.job, last.run_id, last.page) == (Lane.OPERATOR, "triaj", 12, 4)
    assert last.started_at.tzinfo is not None
    assert last.first_byte_ms is not None
    assert 0 <= last.first_byte_ms <= last.elapsed_ms
    assert [round(pause) for pause in rig.pauses] == [2, 4]
    assert rig.told == [(12, seconds) for seconds in rig.pauses]


@pytest.mark.parametrize(
    ("answer", "kind", "outcome"),
    [
        (no("You are not allowed to use this API.", 403), errors.AuthenticationError, "authentication"),
        (no("ERROR: Invalid vendor ip [203.0.113.9]"), errors.IpRefusedError, "refused_ip"),
        (no("Invalid content", 400), errors.ValidationError, "validation"),
        (no("Not found", 404), errors.ResourceNotFoundError, "not_found"),
        (no("Order is locked"), errors.BusinessLogicError, "business"),
    ],
)
async def test_what_cannot_pass_is_asked_once(
    open_client: Callable[..., Any], answer: httpx.Response, kind: type[errors.EmagApiError], outcome: str
) -> None:
    rig = await open_client(answer=Marketplace(answer))
    with pytest.raises(kind) as raised:
        await rig.client.read_orders(OrderFilter())
    assert [record.outcome for record in rig.records] == [outcome]
    assert rig.records[0].note == raised.value.message
    assert raised.value.maybe_applied is False


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, content=b"<html>"),
        httpx.Response(200, content=b'{"isError":false,"results":[{"id":1}'),
        httpx.Response(200, json={"results": []}),
        httpx.Response(200, json={"isError": False, "results": None}),
        httpx.Response(302, headers={"location": "http://elsewhere.invalid/"}),
        httpx.Response(500),
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout(""),
        httpx.ReadTimeout(""),
        httpx.RemoteProtocolError(""),
    ],
    ids=str,
)
async def test_a_read_is_repeated_after_whatever_can_pass(
    open_client: Callable[..., Any], answer: httpx.Response | Exception
) -> None:
    market = Marketplace(answer, ok([{"id": 1}]))
    rig = await open_client(answer=market)
    assert len((await rig.client.read_orders(OrderFilter())).items) == 1
    assert len(market.seen) == len(rig.records) == 2


async def test_a_read_gives_up_after_six_repetitions(open_client: Callable[..., Any]) -> None:
    rig = await open_client(answer=Marketplace(httpx.Response(503)))
    with pytest.raises(errors.ServerError):
        await rig.client.read_orders(OrderFilter())
    assert len(rig.records) == 7


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(502), errors.ServerError),
        (httpx.Response(200, content=b"<html>"), errors.MalformedAnswerError),
        (httpx.ReadTimeout(""), errors.TimeoutError),
        (httpx.WriteError(""), errors.NetworkError),
        (httpx.RemoteProtocolError(""), errors.NetworkError),
    ],
)
async def test_a_write_that_may_have_happened_is_not_repeated_and_says_so(
    open_client: Callable[..., Any], answer: httpx.Response | Exception, kind: type[errors.EmagApiError]
) -> None:
    market = Marketplace(answer, ok())
    client = (await open_client(answer=market)).client
    with pytest.raises(kind) as raised:
        await client.save_orders([{"id": 1}])
    assert raised.value.maybe_applied is True
    assert len(market.seen) == 1


@pytest.mark.parametrize("answer", [httpx.ConnectError("refused"), httpx.ConnectTimeout(""), httpx.Response(429)])
async def test_a_write_that_cannot_have_happened_is_repeated(
    open_client: Callable[..., Any], answer: httpx.Response | Exception
) -> None:
    market = Marketplace(answer, ok())
    rig = await open_client(answer=market)
    await rig.client.acknowledge_order(1)
    assert len(market.seen) == 2


async def test_a_refusal_for_rate_reaches_the_limiter_and_pauses_its_pool(open_client: Callable[..., Any]) -> None:
    market = Marketplace(httpx.Response(429, headers={"retry-after": "0.2"}, json={"message": "slow"}), ok([]))
    rig = await open_client(answer=market)
    await rig.client.read_orders(OrderFilter())
    gauges = {gauge.pool: gauge for gauge in rig.client.limiter.snapshot()}
    assert gauges[Pool.ORDERS].hits == 1
    assert gauges[Pool.OTHER].hits == 0
    assert rig.records[1].waited_ms >= 150, "the second attempt waited for the pause to pass"


async def test_a_slot_that_does_not_come_in_time_is_named_and_no_request_is_made() -> None:
    limiter = AccountLimiter(limits={pool: PoolLimit(1, 1) for pool in Pool})
    market = Marketplace(ok([]))
    client = MarketplaceClient(
        account="main", platform=PLATFORMS["emag-ro"], username="u", password="p", limiter=limiter,
        transport=httpx.MockTransport(market),
    )  # fmt: skip
    async with client:
        await client.read_orders(OrderFilter())
        with pytest.raises(SlotTimeoutError, match="orders"):
            await client.read_orders(OrderFilter(), context=CallContext(slot_timeout=0.05))
    limiter.close()
    assert len(market.seen) == 1


async def test_pages_are_walked_through_a_read_with_failures_in_their_place(open_client: Callable[..., Any]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        number = json.loads(request.content)["currentPage"]
        if number == 2:
            return httpx.Response(500)
        return ok([{"id": number * 10 + i} for i in range(1, 3 if number < 4 else 2)])

    rig = await open_client(answer=answer, retry=RetryPolicy(max_retries=1))
    async with aclosing(rig.client.pages(rig.client.read_orders, OrderFilter(), page_size=2)) as walking:
        pages = [page async for page in walking]
    assert [page.number for page in pages] == [1, 2, 3, 4]
    assert isinstance(pages[1], FailedPage)
    assert [item.value.id for page in pages if isinstance(page, Page) for item in page.items] == [11, 12, 31, 32, 41]


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://market.invalid/api-3", "https://market.invalid/api-3"),
        ("https://market.invalid/api-3/", "https://market.invalid/api-3"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/api-3"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/api-3"),
        ("https://proxy.invalid/emag/api-3//", "https://proxy.invalid/emag/api-3"),
        (None, PLATFORMS["emag-ro"].base_url),
    ],
)
async def test_the_base_url_takes_a_slash_or_none_and_is_never_doubled(given: str | None, base: str) -> None:
    market = Marketplace(ok([]))
    limiter = AccountLimiter()
    async with MarketplaceClient(
        account="main", platform=PLATFORMS["emag-ro"], username="u", password="p", limiter=limiter, base_url=given,
        transport=httpx.MockTransport(market),
    ) as client:  # fmt: skip
        await client.read_orders(OrderFilter())
    limiter.close()
    assert client.base_url == base
    assert str(market.seen[0].url) == f"{base}/order/read"


@pytest.mark.parametrize("url", ["ftp://x.invalid", "market.invalid", "https://", "https://u:secret@x.invalid/api-3"])
async def test_a_base_url_that_is_none_or_holds_credentials_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="base URL") as raised:
        MarketplaceClient(
            account="a", platform=PLATFORMS["emag-ro"], username="u", password="p", limiter=AccountLimiter(),
            base_url=url,
        )  # fmt: skip
    assert "secret" not in str(raised.value)


async def test_the_password_is_in_no_text_about_the_client_its_errors_or_its_records(
    open_client: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    password = "parola-foarte-secreta"
    rig = await open_client(answer=Marketplace(no("You are not allowed to use this API.", 403)), password=password)
    with pytest.raises(errors.AuthenticationError) as raised:
        await rig.client.read_orders(OrderFilter())
    encoded = base64.b64encode(f"vanzator:{password}".encode()).decode()
    everything = f"{rig.client!r} {raised.value!r} {raised.value} {rig.records} {caplog.text} {raised.value.__dict__}"
    assert password not in everything
    assert encoded not in everything


async def test_an_answer_beyond_64_mib_is_refused_and_not_asked_for_again(open_client: Callable[..., Any]) -> None:
    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self):  # type: ignore[no-untyped-def]
            while True:
                yield b" " * (8 << 20)

    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, stream=Endless())

    rig = await open_client(answer=answer)
    with pytest.raises(errors.MalformedAnswerError, match="64 MiB"):
        await rig.client.read_orders(OrderFilter())
    assert len(seen) == 1


async def test_a_client_that_is_not_open_says_so() -> None:
    limiter = AccountLimiter()
    client = MarketplaceClient(account="a", platform=PLATFORMS["emag-ro"], username="u", password="p", limiter=limiter)
    with pytest.raises(RuntimeError, match="outside of its context"):
        await client.read_orders(OrderFilter())
    limiter.close()


def test_routes_count_against_the_pool_the_marketplace_counts_them_in() -> None:
    for route in ("order/read", "order/count", "order/save", "order/acknowledge", "order/attachments/save"):
        assert pool_of(route) is Pool.ORDERS
    for route in ("product_offer/read", "offer/save", "offer_stock", "rma/read", "vat/read", "awb/save"):
        assert pool_of(route) is Pool.OTHER
    assert pool_of("documentation/find_by_eans") is Pool.EAN


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None), ("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("soon", None), ("nan", None), ("inf", 3600.0),
        ("999999", 3600.0), ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0), ("Wed, 31 Dec 2025 00:00:00 GMT", 0.0),
        ("Thu, 01 Jan 2026 00:00:30", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_or_date(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, datetime(2026, 1, 1, tzinfo=UTC)) == seconds
