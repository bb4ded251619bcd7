"""The marketplace's API for one account, as typed calls.

Every call waits for its slot in the account's limiter, is retried where that is safe, and tells an observer about
each HTTP request. Reads are retried after anything that can pass. Writes are retried only when it is certain that
they did not happen; otherwise the error has `maybe_applied` set, and reading back is the way to know.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import ssl
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import count
from types import TracebackType
from typing import Final, Protocol, TypeVar

import httpx
import msgspec

from magflow_tui import __version__
from magflow_tui.contract.records import RequestOutcome
from magflow_tui.marketplace.codes import OrderType
from magflow_tui.marketplace.envelope import Answer, read_answer, read_elements
from magflow_tui.marketplace.errors import EmagApiError, MalformedAnswerError, RateLimitError, ServerError
from magflow_tui.marketplace.exchange import Progress, RawAnswer, exchange
from magflow_tui.marketplace.filters import CategoryFilter, Filter, OfferFilter, OrderFilter, RmaFilter
from magflow_tui.marketplace.limiter import AccountLimiter, Lane, Pool
from magflow_tui.marketplace.observer import PauseObserver, RequestObserver, RequestRecord
from magflow_tui.marketplace.paging import FailedPage, Page, walk
from magflow_tui.marketplace.platforms import Platform
from magflow_tui.marketplace.redaction import (
    redacted_answer,
    redacted_count,
    redacted_list,
    redacted_refusal,
    redacted_request,
    scrubbed,
)
from magflow_tui.marketplace.retry import RetryPolicy, Sleep, call_with_retry
from magflow_tui.marketplace.schema import Category, HandlingTime, Item, Offer, Order, Payload, Rma, VatRate, read_item
from magflow_tui.marketplace.schema.fields import Whole

R = TypeVar("R")
T = TypeVar("T", bound=Payload)
F_contra = TypeVar("F_contra", contravariant=True)
F = TypeVar("F", bound=Filter)
T_co = TypeVar("T_co", bound=Payload, covariant=True)

#: Entities in one save, at most (API 4.4.7 §2).
SAVE_LIMIT: Final = 50
#: Items on one page, at most.
PAGE_LIMIT: Final = 100

_API_PATH: Final = "/api-3"
_KEEPALIVE_SECONDS: Final = 15.0
_CALL_BITS: Final = 32
_JSON: Final = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class CallContext:
    """On whose behalf a call is made: lane and job for the limiter, run for the request log.

    `slot_timeout` is how many seconds it may wait for a slot (`SlotTimeoutError` after that), None without limit.
    """

    lane: Lane = Lane.BACKGROUND
    job: str | None = None
    run_id: int | None = None
    slot_timeout: float | None = None


_BACKGROUND: Final = CallContext()


@dataclass(frozen=True, slots=True)
class Count:
    """How much a read would give: items, and pages of `page_size`."""

    items: int
    pages: int
    page_size: int


class _CountResult(Payload):
    """`{"noOfItems": "797", "noOfPages": "8", "itemsPerPage": "100"}`: numbers as text."""

    noOfItems: Whole  # noqa: N815 - the marketplace's spelling
    noOfPages: Whole  # noqa: N815 - the same
    itemsPerPage: Whole  # noqa: N815 - the same


class ReadCall(Protocol[F_contra, T_co]):
    """Any of the client's paged reads."""

    async def __call__(
        self, filters: F_contra, page: int = 1, page_size: int = PAGE_LIMIT, *, context: CallContext = _BACKGROUND
    ) -> Page[T_co]: ...


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    route: str
    path: str
    body: bytes
    is_write: bool
    page: int | None = None
    #: What `body` was made of, None where there is none.
    data: object = None


@dataclass(frozen=True, slots=True)
class _Told:
    """What the observer hears of a call whichever attempt it is: its name, and what it asks for, redacted."""

    call: str
    sent: str | None


class MarketplaceClient:
    """Typed calls for one seller account. Use as an async context manager, on one event loop.

    `base_url` replaces the platform's, with or without a slash at its end; a bare host gets `/api-3`. Timeouts are
    seconds: `connect_timeout` for the connection, `read_timeout` for every wait on it. `concurrency` is how many idle
    connections are kept for the next request. `sleep` and `rng` serve the pauses between retries.
    """

    def __init__(
        self,
        *,
        account: str,
        platform: Platform,
        username: str,
        password: str,
        limiter: AccountLimiter,
        base_url: str | None = None,
        observer: RequestObserver | None = None,
        on_pause: PauseObserver | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        connect_timeout: float = 10.0,
        read_timeout: float = 30.0,
        retry: RetryPolicy | None = None,
        concurrency: int = 24,
        sleep: Sleep = asyncio.sleep,
        rng: random.Random | None = None,
    ) -> None:
        self.account = account
        self.platform = platform
        self.base_url = _api_base(base_url or platform.base_url)
        self.limiter = limiter
        self._headers = _headers(self.base_url, httpx.BasicAuth(username, password))
        self._observer = observer
        self._on_pause = on_pause
        self._transport = transport
        self._timeout = httpx.Timeout(read_timeout, connect=connect_timeout).as_dict()
        # Against an answer that trickles: each wait is short, the whole never ends.
        self._deadline = connect_timeout + 4 * read_timeout
        self._retry = retry or RetryPolicy()
        self._concurrency = concurrency
        self._sleep = sleep
        self._rng = rng or random.SystemRandom()
        self._http: httpx.AsyncBaseTransport | None = None
        self._calls = count(secrets.randbits(_CALL_BITS))

    def __repr__(self) -> str:
        return f"MarketplaceClient(account={self.account!r}, base_url={self.base_url!r})"

    async def __aenter__(self) -> MarketplaceClient:
        self._http = self._transport or await self._connections()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. Calls still under way fail."""
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    async def _connections(self) -> httpx.AsyncBaseTransport:
        """Connections alone: a whole `httpx.AsyncClient` adds cookies, redirects, and a fifth to what a request costs.

        No proxy and no certificates named by the environment are used.
        """
        # Loading the certificates takes tens of milliseconds, and plain HTTP (a sandbox) needs none.
        verify: bool | ssl.SSLContext = True
        if self.base_url.startswith("https:"):
            verify = await asyncio.to_thread(httpx.create_ssl_context, trust_env=False)
        limits = httpx.Limits(
            max_connections=None,
            max_keepalive_connections=self._concurrency,
            keepalive_expiry=_KEEPALIVE_SECONDS,
        )
        return httpx.AsyncHTTPTransport(verify=verify, trust_env=False, limits=limits)

    # Orders

    async def read_orders(
        self,
        filters: OrderFilter,
        page: int = 1,
        page_size: int = PAGE_LIMIT,
        *,
        context: CallContext = _BACKGROUND,
    ) -> Page[Order]:
        """A page of orders. FBE orders come only when the filter says `type=2`."""
        return await self._read_page(Order, "order/read", filters, page, page_size, context)

    async def count_orders(self, filters: OrderFilter, *, context: CallContext = _BACKGROUND) -> Count:
        """How many orders a filter finds."""
        return await self._count("order/count", filters, context)

    async def acknowledge_order(self, order_id: int, *, context: CallContext = _BACKGROUND) -> Answer:
        """Take a new order (1 → 2). BusinessLogicError with code `already_acknowledged` when it is not new."""
        return await self._write("POST", "order/acknowledge", f"order/acknowledge/{order_id:d}", None, context)

    async def save_orders(
        self, orders: Sequence[Mapping[str, object]], *, context: CallContext = _BACKGROUND
    ) -> Answer:
        """Save up to 50 orders, each with all the fields that were read. Read the messages: they may name refusals."""
        return await self._save("order/save", orders, context)

    async def read_order(
        self,
        order_id: int,
        *,
        types: Sequence[int] = (OrderType.SELLER, OrderType.FBE),
        context: CallContext = _BACKGROUND,
    ) -> Item[Order] | None:
        """One order, None when the account has none of that number. A request for each of `types` until it is found."""
        for type_ in types:
            page = await self.read_orders(OrderFilter(id=order_id, type=type_), context=context)
            for item in page.items:
                if item.value is not None and item.value.id == order_id:
                    return item
        return None

    async def save_attachments(
        self, attachments: Sequence[Mapping[str, object]], *, context: CallContext = _BACKGROUND
    ) -> Answer:
        """Attach up to 50 PDF files, to FBE orders too.

        Each has `order_id`, or `order_product_id` for a warranty, and `name`, `url`, `type`, `order_type` (API 4.4.9).
        """
        return await self._save("order/attachments/save", attachments, context)

    # Offers

    async def read_offers(
        self,
        filters: OfferFilter,
        page: int = 1,
        page_size: int = PAGE_LIMIT,
        *,
        context: CallContext = _BACKGROUND,
    ) -> Page[Offer]:
        """A page of the seller's offers, with the values last sent."""
        return await self._read_page(Offer, "product_offer/read", filters, page, page_size, context)

    async def count_offers(self, filters: OfferFilter, *, context: CallContext = _BACKGROUND) -> Count:
        """How many offers a filter finds."""
        return await self._count("product_offer/count", filters, context)

    async def save_offers(
        self, offers: Sequence[Mapping[str, object]], *, context: CallContext = _BACKGROUND
    ) -> Answer:
        """Change up to 50 existing offers (`offer/save`): `id` and any of price, stock, VAT, handling time, status."""
        return await self._save("offer/save", offers, context)

    async def update_offer_stock(self, offer_id: int, stock: int, *, context: CallContext = _BACKGROUND) -> Answer:
        """Set one offer's stock. For many, `save_offers` costs a fiftieth of the requests."""
        return await self._write("PATCH", "offer_stock", f"offer_stock/{offer_id:d}", {"stock": stock}, context)

    # Returns and nomenclatures

    async def read_rma(
        self,
        filters: RmaFilter,
        page: int = 1,
        page_size: int = PAGE_LIMIT,
        *,
        context: CallContext = _BACKGROUND,
    ) -> Page[Rma]:
        """A page of returns."""
        return await self._read_page(Rma, "rma/read", filters, page, page_size, context)

    async def count_rma(self, filters: RmaFilter, *, context: CallContext = _BACKGROUND) -> Count:
        """How many returns a filter finds."""
        return await self._count("rma/count", filters, context)

    async def read_vat_rates(self, *, context: CallContext = _BACKGROUND) -> Page[VatRate]:
        """The VAT rates that offers name by `vat_id`."""
        return await self._read_page(VatRate, "vat/read", None, 1, PAGE_LIMIT, context)

    async def read_handling_times(self, *, context: CallContext = _BACKGROUND) -> Page[HandlingTime]:
        """The handling times, in days, that offers may have."""
        return await self._read_page(HandlingTime, "handling_time/read", None, 1, PAGE_LIMIT, context)

    async def read_categories(
        self,
        filters: CategoryFilter,
        page: int = 1,
        page_size: int = PAGE_LIMIT,
        *,
        context: CallContext = _BACKGROUND,
    ) -> Page[Category]:
        """A page of categories; with characteristics when one is asked for by id."""
        return await self._read_page(Category, "category/read", filters, page, page_size, context)

    def pages(
        self,
        read: ReadCall[F, T],
        filters: F,
        *,
        first: int = 1,
        last: int | None = None,
        ahead: int = 8,
        page_size: int = PAGE_LIMIT,
        context: CallContext = _BACKGROUND,
    ) -> AsyncGenerator[Page[T] | FailedPage, None]:
        """Walk one of the paged reads in order with up to `ahead` pages under way; see `paging.walk`."""

        async def one(number: int) -> Page[T]:
            return await read(filters, number, page_size, context=context)

        return walk(one, first=first, last=last, ahead=ahead)

    # How a call is made

    async def _read_page(
        self, model: type[T], route: str, filters: Filter | None, page: int, page_size: int, context: CallContext
    ) -> Page[T]:
        wanted = {"currentPage": page, "itemsPerPage": page_size} | (filters.to_json() if filters else {})
        request = _Request("POST", route, route, _JSON.encode(wanted), is_write=False, page=page, data=wanted)
        slices = await self._call(request, _elements, context)
        return Page(page, page_size, slices, partial(read_item, model))

    async def _count(self, route: str, filters: Filter, context: CallContext) -> Count:
        wanted = filters.to_json()
        request = _Request("POST", route, route, _JSON.encode(wanted), is_write=False, data=wanted)
        return await self._call(request, _read_count, context)

    async def _save(self, route: str, entities: Sequence[Mapping[str, object]], context: CallContext) -> Answer:
        if not 1 <= len(entities) <= SAVE_LIMIT:
            raise ValueError(f"a save takes 1 to {SAVE_LIMIT} entities, not {len(entities)}")
        return await self._write("POST", route, route, {"data": list(entities)}, context)

    async def _write(self, method: str, route: str, path: str, data: object, context: CallContext) -> Answer:
        body = b"" if data is None else _JSON.encode(data)
        return await self._call(_Request(method, route, path, body, is_write=True, data=data), _answer, context)

    async def _call(self, request: _Request, interpret: Callable[[RawAnswer], R], context: CallContext) -> R:
        """Make a call, retries included. `interpret` judges and reads the answer."""
        attempts = 0
        told = self._told(request)

        async def attempt() -> R:
            nonlocal attempts
            attempts += 1
            return await self._attempt(request, interpret, context, attempts, told)

        async def pause(seconds: float) -> None:
            if self._on_pause is not None:
                self._on_pause(context.run_id, seconds)
            await self._sleep(seconds)

        try:
            return await call_with_retry(attempt, self._retry, rng=self._rng, sleep=pause)
        except EmagApiError as error:
            error.attempts = attempts
            raise

    def _told(self, request: _Request) -> _Told:
        if self._observer is None:
            return _Told("", None)
        call = next(self._calls) % (1 << _CALL_BITS)
        return _Told(f"{call:08x}", None if request.data is None else redacted_request(request.data))

    async def _attempt(
        self, request: _Request, interpret: Callable[[RawAnswer], R], context: CallContext, attempt: int, told: _Told
    ) -> R:
        if self._http is None:
            raise RuntimeError("the client is used outside of its context")
        pool = pool_of(request.route)
        async with self.limiter.slot(pool, lane=context.lane, job=context.job, timeout=context.slot_timeout) as slot:
            started_at = datetime.now(UTC)
            progress = Progress(time.monotonic())
            outcome: RequestOutcome = "cancelled"
            note: str | None = None
            received: str | None = None
            raw: RawAnswer | None = None
            try:
                raw = await exchange(
                    self._http,
                    httpx.Request(
                        request.method,
                        _url(f"{self.base_url}/{request.path}"),
                        headers=self._headers,
                        content=request.body,
                        extensions={"timeout": self._timeout},
                    ),
                    signals=slot,
                    progress=progress,
                    deadline=self._deadline,
                )
                result = interpret(raw)
                outcome, received = "ok", _kept(result)
            except EmagApiError as error:
                # What the marketplace says may name a customer.
                outcome, note = error.outcome, error.message if raw is None else scrubbed(error.message)
                received = None if raw is None else redacted_refusal(error, raw.body)
                if isinstance(error, RateLimitError):
                    slot.refused(error.remaining_seconds)
                error.maybe_applied = request.is_write and (
                    error.maybe_applied or isinstance(error, ServerError | MalformedAnswerError)
                )
                raise
            finally:
                if self._observer is not None:
                    ended = time.monotonic()
                    self._observer(
                        RequestRecord(
                            account=self.account,
                            method=request.method,
                            route=request.route,
                            pool=pool,
                            lane=context.lane,
                            job=context.job,
                            attempt=attempt,
                            started_at=started_at,
                            waited_ms=slot.waited * 1000,
                            elapsed_ms=(ended - progress.began) * 1000,
                            first_byte_ms=(
                                None if progress.first_byte is None else (progress.first_byte - progress.began) * 1000
                            ),
                            status=progress.status,
                            outcome=outcome,
                            note=note,
                            bytes_received=progress.bytes_received,
                            page=request.page,
                            run_id=context.run_id,
                            call=told.call,
                            sent=told.sent,
                            received=received,
                            path="" if request.path == request.route else request.path,
                        )
                    )
        return result


def pool_of(route: str) -> Pool:
    """The pool whose limits a route counts against: every path that starts with `order`, EAN search, the rest."""
    if route.startswith("order"):
        return Pool.ORDERS
    return Pool.EAN if route.endswith("find_by_eans") else Pool.OTHER


def _api_base(url: str) -> str:
    """The address that routes are appended to. ValueError for one that is no http address or holds credentials."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"the base URL cannot be read: {error}") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ValueError("the base URL must begin with http:// or https:// and name a host")
    if parsed.userinfo:
        raise ValueError("the base URL must not hold credentials")
    trimmed = url.rstrip("/")
    return trimmed + _API_PATH if parsed.path.strip("/") == "" else trimmed


def _headers(base_url: str, credentials: httpx.BasicAuth) -> httpx.Headers:
    """The headers of every request, the account's credentials among them."""
    ours = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
        "User-Agent": f"magflow/{__version__}",
        "Content-Type": "application/json",
    }
    return next(credentials.auth_flow(httpx.Request("GET", base_url, headers=ours))).headers


@lru_cache(maxsize=256)
def _url(text: str) -> httpx.URL:
    return httpx.URL(text)  # which takes as long as a good part of sending the request


def _answer(raw: RawAnswer) -> Answer:
    return read_answer(raw.status, raw.body, retry_after=raw.retry_after)


def _elements(raw: RawAnswer) -> list[bytes]:
    return read_elements(raw.status, raw.body, retry_after=raw.retry_after)


def _kept(result: object) -> str | None:
    """What the observer hears of a result."""
    if isinstance(result, list):
        return redacted_list(len(result))
    if isinstance(result, Count):
        return redacted_count(result.items, result.pages)
    return redacted_answer(result.messages, result.results) if isinstance(result, Answer) else None


def _read_count(raw: RawAnswer) -> Count:
    count = read_item(_CountResult, _answer(raw).results).value
    if count is None or min(count.noOfItems, count.noOfPages) < 0:
        raise MalformedAnswerError("a count without numbers", "no_count", 200)
    return Count(count.noOfItems, count.noOfPages, count.itemsPerPage)
