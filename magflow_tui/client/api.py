"""The engine's management API as typed calls, each answering a model of the contract."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from pydantic import BaseModel, ValidationError

from magflow_tui.client.errors import EngineError, EngineNotRunningError, EngineUnreachableError
from magflow_tui.client.list_part import ListPart
from magflow_tui.client.orders_desk import ActionCalls, TriageCalls
from magflow_tui.client.streams import OnLink, Streams
from magflow_tui.client.watching import AlertCalls, PastCalls
from magflow_tui.config.folder import DataFolder
from magflow_tui.contract.base import BASE_PATH, PoolName, Resource
from magflow_tui.contract.errors import ErrorBody
from magflow_tui.contract.events import Event, EventPage
from magflow_tui.contract.listing import RowCount
from magflow_tui.contract.management import (
    AccountList,
    HealthAnswer,
    LimiterStats,
    LimitLosses,
    LimitSettings,
    Message,
    MetricsAnswer,
    ProductStats,
    ScheduleSwitch,
    SetCap,
    SetReserve,
    StopEngine,
    Stopping,
    StoreCheck,
    SyncStats,
)
from magflow_tui.contract.minutes import Minutes
from magflow_tui.contract.offers import OfferDetail
from magflow_tui.contract.records import AccountTest, OfferPage, OrderDetail, OrderPage, RequestPage
from magflow_tui.contract.runs import CancelMode, CancelRun, Run, RunPage, RunPages, Started, StartSync, Throughput
from magflow_tui.contract.snapshot import EngineInfo, Snapshot

if TYPE_CHECKING:
    import httpx

AnswerT = TypeVar("AnswerT", bound=BaseModel)
Params = Mapping[str, str | int | bool | None]

#: A call that asks the marketplace (an account test) or walks the store may take a while, in seconds.
CALL_SECONDS = 60.0
CONNECT_SECONDS = 5.0
#: A store of many gigabytes on a slow disk is read whole in this.
STORE_CHECK_SECONDS = 3600.0


class EngineClient:
    """Talks to one engine. An async context manager; `aclose()` otherwise.

    Every call raises `EngineError` with the engine's own sentence, `EngineNotRunningError` when nothing listens, and
    `EngineUnreachableError` when no readable answer comes.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport, where: str, *, token: str | None = None) -> None:
        import httpx

        base = where if where.startswith(("http://", "https://")) else "http://engine"
        self.where = where
        self._http = httpx.AsyncClient(
            transport=transport,
            base_url=base.rstrip("/") + BASE_PATH,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=httpx.Timeout(CALL_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
        )
        self._streams = Streams(self._http, where, self._check)
        self.triage = TriageCalls(self._get, self._post)
        self.actions = ActionCalls(self._get, self._post)
        self.alerts = AlertCalls(self._get, self._post)
        self.past = PastCalls(self._get)

    @classmethod
    def connect(cls, data_dir: Path) -> Self:
        """The engine of a data folder. No I/O: the first call meets the socket."""
        from magflow_tui.client.unix_socket import UnixSocketTransport

        socket = str(DataFolder(data_dir).socket)
        return cls(UnixSocketTransport(socket), socket)

    @classmethod
    def at(cls, url: str, token: str | None = None) -> Self:
        """An engine that listens on TCP, such as `http://10.0.0.5:8100`."""
        import httpx

        return cls(httpx.AsyncHTTPTransport(), url, token=token)

    @classmethod
    def over(cls, transport: httpx.AsyncBaseTransport) -> Self:
        """An engine in this process, behind `httpx.ASGITransport`; that one holds answers back, so no streams."""
        return cls(transport, "this process")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._http.aclose()

    # live view

    async def snapshot(self) -> Snapshot:
        """The whole live view, as of now."""
        return await self._get("/snapshot", Snapshot)

    def snapshots(self, *, reconnect: bool = True, on_link: OnLink | None = None) -> AsyncGenerator[Snapshot, None]:
        """A snapshot a second, the latest each time. `on_link` is told when the connection comes and goes."""
        return self._streams.snapshots(reconnect=reconnect, on_link=on_link)

    async def events(self, *, after: int | None = None, limit: int = 200) -> EventPage:
        """Events behind `after`, or the last `limit` ones."""
        return await self._get("/events", EventPage, {"after": after, "limit": limit})

    def event_stream(
        self, *, after: int | None = None, reconnect: bool = True, on_link: OnLink | None = None
    ) -> AsyncGenerator[Event, None]:
        """Events behind `after` (from now on when None), in order, each once, whatever the connection does."""
        return self._streams.events(after=after, reconnect=reconnect, on_link=on_link)

    # runs

    async def runs(
        self,
        *,
        account: str | None = None,
        resource: Resource | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> RunPage:
        """Runs, newest first."""
        return await self._get(
            "/runs", RunPage, {"account": account, "resource": resource, "before": before, "limit": limit}
        )

    async def run(self, run_id: int) -> Run:
        return await self._get(f"/runs/{run_id}", Run)

    async def run_pages(self, run_id: int) -> RunPages:
        """The pages that a run could not read."""
        return await self._get(f"/runs/{run_id}/pages", RunPages)

    async def run_throughput(self, run_id: int) -> Throughput:
        """How fast a run that is at work, or ended lately, stored items. Code `not_found` for any other."""
        return await self._get(f"/runs/{run_id}/throughput", Throughput)

    async def start_sync(self, command: StartSync) -> Started:
        """Codes `account_unknown`, `account_disabled`, `no_accounts`."""
        return await self._post("/runs", Started, command)

    async def cancel_run(self, run_id: int, mode: CancelMode = "after_page") -> Run:
        """Code `conflict` when the run is over."""
        return await self._post(f"/runs/{run_id}/cancel", Run, CancelRun(mode=mode))

    async def resume_run(self, run_id: int) -> Started:
        """Go on with a run that was cancelled, failed or is partial. Code `conflict` while it runs."""
        return await self._post(f"/runs/{run_id}/resume", Started)

    # what is stored

    async def orders(
        self,
        *,
        account: str | None = None,
        status: int | None = None,
        findings: bool | None = None,
        limit: int = 100,
        after: str | None = None,
        count: bool = False,
    ) -> OrderPage:
        """Orders, newest first. `after` is the `next_after` of the page before; `count` asks for `total`."""
        own = {"status": status, "findings": findings, "count": count or None}
        return await self._get("/orders", OrderPage, {**ListPart(account, limit=limit, after=after).params(), **own})

    async def orders_part(self, part: ListPart, *, findings: bool | None = None) -> OrderPage:
        """A part of the list of orders. Code `bad_request` for a mark, a field or a sorting that it does not have."""
        return await self._get("/orders", OrderPage, {**part.params(), "findings": findings})

    async def count_orders(self, part: ListPart, *, most: int = 10_000, findings: bool | None = None) -> RowCount:
        """How many orders match, up to `most`, as far as a few milliseconds reach."""
        return await self._get("/orders/count", RowCount, {**part.params(), "most": most, "findings": findings})

    async def order(self, order_id: int, *, account: str | None = None) -> OrderDetail:
        """Codes `not_found`, and `ambiguous` when several accounts have the id and none is named."""
        return await self._get(f"/orders/{order_id}", OrderDetail, {"account": account})

    async def order_raw(self, order_id: int, *, account: str | None = None) -> bytes:
        """The payload exactly as received. Codes as `order`."""
        response = await self._call("GET", f"/orders/{order_id}/raw", params={"account": account})
        return response.content

    async def offers(
        self, *, account: str | None = None, limit: int = 100, after: str | None = None, count: bool = False
    ) -> OfferPage:
        """Offers by account and id; paging as for orders."""
        part = ListPart(account, limit=limit, after=after)
        return await self._get("/offers", OfferPage, {**part.params(), "count": count or None})

    async def offers_part(self, part: ListPart, *, sellable: bool | None = None) -> OfferPage:
        """A part of the list of offers. Code `bad_request` as `orders_part`."""
        return await self._get("/offers", OfferPage, {**part.params(), "sellable": sellable})

    async def count_offers(self, part: ListPart, *, most: int = 10_000, sellable: bool | None = None) -> RowCount:
        """How many offers match, up to `most`, as far as a few milliseconds reach."""
        return await self._get("/offers/count", RowCount, {**part.params(), "most": most, "sellable": sellable})

    async def offer(self, offer_id: int, *, account: str | None = None) -> OfferDetail:
        """Codes `not_found`, and `ambiguous` when several accounts have the id and none is named."""
        return await self._get(f"/offers/{offer_id}", OfferDetail, {"account": account})

    async def requests(self, *, after: int = 0, limit: int = 500, newest: bool = False) -> RequestPage:
        """Requests to the marketplace behind `after`, in order; the last `limit` of them when `newest`.

        Older ones are with `past`.
        """
        return await self._get("/requests", RequestPage, {"after": after, "limit": limit, "newest": newest or None})

    # accounts, health, limits

    async def accounts(self) -> AccountList:
        return await self._get("/accounts", AccountList)

    async def test_account(self, name: str) -> AccountTest:
        """One real call with the account's credentials."""
        return await self._post(f"/accounts/{name}/test", AccountTest)

    async def health(self) -> HealthAnswer:
        return await self._get("/health", HealthAnswer)

    async def metrics(self) -> MetricsAnswer:
        return await self._get("/monitoring/metrics", MetricsAnswer)

    async def minutes(self) -> Minutes:
        """The last hour, a value a minute; a new one is there once a minute. Other times are with `past`."""
        return await self._get("/monitoring/minutes", Minutes)

    async def sync_stats(self) -> SyncStats:
        return await self._get("/monitoring/sync-stats", SyncStats)

    async def product_stats(self) -> ProductStats:
        return await self._get("/monitoring/product-stats", ProductStats)

    async def limiter_stats(self) -> LimiterStats:
        return await self._get("/rate-limiter/stats", LimiterStats)

    async def reset_limiter(self) -> Message:
        """Set the limiter's statistics to zero; its limits and windows stay as they are."""
        return await self._post("/rate-limiter/reset", Message)

    async def set_cap(self, account: str, pool: PoolName, job: str, per_minute: int | None, *, by: str) -> Message:
        """Allow a job so many requests a minute of a pool, None: as many as there are. It stays when the engine ends.

        Codes `account_unknown`, `bad_request` for more than the pool has.
        """
        command = SetCap(account=account, pool=pool, job=job, per_minute=per_minute, by=by)
        return await self._post("/rate-limiter/cap", Message, command)

    async def set_reserve(self, account: str, pool: PoolName, per_minute: int | None, *, by: str) -> Message:
        """Keep so many requests of each minute of a pool for operators, None: as the settings say. As `set_cap`."""
        command = SetReserve(account=account, pool=pool, per_minute=per_minute, by=by)
        return await self._post("/rate-limiter/reserve", Message, command)

    async def limit_settings(self) -> LimitSettings:
        """Every cap and reserve that holds, and who set it."""
        return await self._get("/rate-limiter/settings", LimitSettings)

    async def limit_losses(self, *, until: datetime | None = None) -> LimitLosses:
        """Time lost in waiting and 429 answers, of 24 h up to `until` (now when None)."""
        return await self._get(
            "/rate-limiter/losses", LimitLosses, {"until": None if until is None else until.isoformat()}
        )

    # the engine itself

    async def engine(self) -> EngineInfo:
        return await self._get("/engine", EngineInfo)

    async def set_schedule(self, on: bool) -> EngineInfo:
        return await self._post("/schedule", EngineInfo, ScheduleSwitch(on=on))

    async def keep_engine(self) -> EngineInfo:
        """An engine that a command started only for itself stays when that command ends."""
        return await self._post("/engine/keep", EngineInfo)

    async def check_store(self) -> StoreCheck:
        """Have every page of the store read and checked; takes seconds a gigabyte."""
        response = await self._call("POST", "/engine/store-check", seconds=STORE_CHECK_SECONDS)
        return self._read(StoreCheck, response)

    async def stop_engine(self, *, unless_attached: bool = False) -> Stopping:
        """Ask the engine to end; see `launch.stop_engine`, which also sees to it."""
        return await self._post("/engine/stop", Stopping, StopEngine(unless_attached=unless_attached))

    async def _get(self, path: str, model: type[AnswerT], params: Params | None = None) -> AnswerT:
        return self._read(model, await self._call("GET", path, params=params))

    async def _post(
        self, path: str, model: type[AnswerT], command: BaseModel | None = None, params: Params | None = None
    ) -> AnswerT:
        body = command.model_dump_json().encode() if command is not None else b""
        return self._read(model, await self._call("POST", path, params=params, content=body))

    async def _call(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        content: bytes | None = None,
        seconds: float = CALL_SECONDS,
    ) -> httpx.Response:
        import httpx

        given = {name: value for name, value in (params or {}).items() if value is not None}
        headers = {"Content-Type": "application/json"} if content else {}
        try:
            patience = httpx.Timeout(seconds, connect=CONNECT_SECONDS)
            response = await self._http.request(
                method, path, params=given, content=content, headers=headers, timeout=patience
            )
        except httpx.ConnectError:
            raise EngineNotRunningError(self.where) from None
        except httpx.TransportError as error:
            raise EngineUnreachableError(self.where, type(error).__name__) from None
        await self._check(response)
        return response

    async def _check(self, response: httpx.Response) -> None:
        """Raise the error that an answer carries."""
        if response.is_success:
            return
        content = await response.aread()
        try:
            body = ErrorBody.model_validate_json(content)
        except ValidationError:
            body = ErrorBody(
                code="unexpected_answer",
                message=f"{self.where} answered {response.status_code}, not as an engine does.",
            )
        raise EngineError(body, response.status_code)

    def _read(self, model: type[AnswerT], response: httpx.Response) -> AnswerT:
        try:
            return model.model_validate_json(response.content)
        except ValidationError:
            body = ErrorBody(
                code="unexpected_answer",
                message=f"{self.where} answered something that this version cannot read.",
                hint="The engine may be of another version: restart it with `magflow engine stop`.",
            )
            raise EngineError(body, response.status_code) from None
