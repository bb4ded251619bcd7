"""The marketplace as an ASGI application: lets requests in by the rate windows, answers them, spoils some on request.

A request is counted the moment it arrives, before its body is read and before anything else is looked at; latency
comes after.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from magflow_tui.sandbox import connection
from magflow_tui.sandbox.config import FaultKind, SandboxConfig
from magflow_tui.sandbox.control import Control, answer_control
from magflow_tui.sandbox.routes import Call, Route, answer_call, match, page_of, pool_of
from magflow_tui.sandbox.seller import Seller
from magflow_tui.sandbox.wire import (
    Answer,
    BadBodyError,
    Receive,
    Scope,
    Send,
    basic_credentials,
    headers_of,
    html_error,
    parse_body,
    read_body,
    refusal,
    too_many_requests,
    with_null_results,
    without_is_error,
)
from magflow_tui.sandbox.world import World

_FOSSIL = (("X-RateLimit-Limit-3second", "1"), ("X-RateLimit-Remaining-3second", "0"))
_NOT_ALLOWED = "You are not allowed to use this API."
_NO_ROUTE = Answer(404, b'{"message":"no Route matched with those values"}')
_UNPROCESSED: frozenset[FaultKind] = frozenset({"server_error", "rate_limited", "reset", "cut_headers", "hang_before"})
"""Faults that strike before the marketplace has done anything; after the others, a save has happened."""
_SILENT: frozenset[FaultKind] = frozenset({"hang", "hang_before", "late"})
"""Faults that give no answer at all."""


@dataclass(frozen=True)
class _Visit:
    """A request to the marketplace as far as its first line and headers tell."""

    seller: Seller
    authentic: bool
    route: Route | None
    route_name: str
    pool: str
    number: int | None
    content_type: str


class Sandbox:
    """The ASGI application. `wall_clock` tells the world's time, `monotonic` the rate windows'; both in seconds."""

    def __init__(
        self,
        config: SandboxConfig,
        *,
        wall_clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.world = World(config, wall_clock=wall_clock)
        self.control = Control(self.world)
        self._monotonic = monotonic
        self._rng = random.Random(f"{config.seed}/latency")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        arrived = self._monotonic()
        if scope["type"] != "http":
            raise NotImplementedError(f"the sandbox does not speak {scope['type']}")
        path = unquote(scope["path"]).strip("/")
        if path.partition("/")[0] == "control":
            await answer_control(self.control, scope, path, receive, send)
            return
        if self.world.latency.arrival_jitter:
            await asyncio.sleep(self._rng.uniform(0, self.world.latency.arrival_jitter))
            arrived = self._monotonic()
        if self.world.faults.faults.outage == "refuse":
            connection.reset(scope)
            await connection.gone(receive)
            return
        platform, _, rest = path.partition("/")
        base, _, below = rest.partition("/")
        if base != "api-3" or not self.world.has_platform(platform):
            await self._turn_away(_NO_ROUTE, receive, send)
            return
        visit = self._visit(platform, below, scope)
        if visit is None:
            await self._turn_away(refusal(_NOT_ALLOWED, status=403), receive, send)
        else:
            await self._receive(visit, arrived, scope, receive, send)

    def _visit(self, platform: str, path: str, scope: Scope) -> _Visit | None:
        """Who calls, and for what; None for usernames that no account has."""
        headers = headers_of(scope)
        credentials = basic_credentials(headers)
        seller = self.world.seller(platform, credentials[0]) if credentials else None
        if seller is None or credentials is None:
            return None
        matched = match(scope["method"], path)
        return _Visit(
            seller=seller,
            authentic=credentials[1] == seller.account.password,
            route=matched[0] if matched else None,
            route_name=matched[0].name if matched else path,
            pool=pool_of(path),
            number=matched[1] if matched else None,
            content_type=headers.get("content-type", ""),
        )

    async def _turn_away(self, answer: Answer, receive: Receive, send: Send) -> None:
        """Answer a request that belongs to no account."""
        self.world.stats.strangers += 1
        await read_body(receive)
        await self._latency()
        await _send(answer, send)

    async def _receive(self, visit: _Visit, arrived: float, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a request, and answer it or refuse it."""
        admitted = self._admit(visit, arrived)
        raw = await read_body(receive)
        if not admitted:
            await self._latency()
            await _send(too_many_requests(self.world.limits.retry_after), send)
            return
        try:
            body = parse_body(raw, visit.content_type)
        except BadBodyError:
            body = None
        account, faults = visit.seller.account.name, self.world.faults
        fault = faults.draw(account, visit.route_name, page_of(body))
        if faults.faults.outage == "unavailable":
            fault = "server_error"
        if fault:
            self.world.stats.of(account).faults[fault] += 1
        await self._latency()
        if fault in _SILENT:
            await self._hang(fault, visit, body, scope, receive)
            return
        answer = self._fault_answer(fault) if fault in _UNPROCESSED else self._answer(visit, body, scope)
        if fault == "server_error_after":
            answer = self._fault_answer(fault)
        await self._deliver(answer, fault, scope, receive, send)
        self.world.stats.of(account).bytes_sent += len(answer.body)

    def _admit(self, visit: _Visit, arrived: float) -> bool:
        stats = self.world.stats.of(visit.seller.account.name)
        counts = stats.pools[visit.pool]
        counts.arrived(arrived)
        if self.world.limits.enabled and not visit.seller.windows[visit.pool].admit(arrived):
            counts.refused += 1
            stats.refused_by_route[visit.route_name] += 1
            return False
        counts.served += 1
        stats.served_by_route[visit.route_name] += 1
        return True

    def _answer(self, visit: _Visit, body: object, scope: Scope) -> Answer:
        """What the marketplace has to say to a request that was let in."""
        if not visit.authentic:
            return refusal(_NOT_ALLOWED, status=403)
        identified = (*_FOSSIL, ("X-User-Id", str(visit.seller.user_id)))
        if visit.seller.ip_refused:
            answer = refusal(f"ERROR: Invalid vendor ip [{(scope.get('client') or ['unknown'])[0]}]")
        elif visit.route is None:
            answer = _NO_ROUTE
        elif body is None:
            answer = refusal("Invalid content", status=400)
        else:
            stats = self.world.stats.of(visit.seller.account.name)
            call = Call(visit.seller, stats, body, visit.number, self.world.live(), self.world.exclusive_bounds)
            answer = answer_call(visit.route, call)
        return Answer(answer.status, answer.body, answer.content_type, identified)

    def _fault_answer(self, fault: FaultKind | None) -> Answer:
        faults = self.world.faults
        if fault == "rate_limited":
            return too_many_requests(faults.faults.retry_after)
        return html_error(503 if faults.faults.outage == "unavailable" else faults.server_error())

    async def _deliver(
        self, answer: Answer, fault: FaultKind | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Send an answer, spoilt by a fault if there is one."""
        if fault in ("reset", "reset_after"):
            connection.reset(scope)
        elif fault == "cut_headers":
            connection.cut_headers(scope)
        elif fault == "truncated":
            connection.truncate(scope, answer)
        else:
            if fault == "slow":
                await asyncio.sleep(self.world.faults.faults.slow_seconds)
            if fault == "missing_is_error":
                answer = without_is_error(answer)
            elif fault == "null_results":
                answer = with_null_results(answer)
            await _send(answer, send)
            return
        await connection.gone(receive)

    async def _hang(self, fault: FaultKind | None, visit: _Visit, body: object, scope: Scope, receive: Receive) -> None:
        """Do what was asked, at once, later or never, say nothing, and break off after a long while unless the caller
        does so before.
        """
        if fault == "hang":
            self._answer(visit, body, scope)
        elif fault == "late":
            await asyncio.sleep(self.world.faults.faults.late_seconds)
            self._answer(visit, body, scope)
        try:
            await asyncio.wait_for(connection.gone(receive), self.world.faults.faults.hang_seconds)
        except TimeoutError:
            connection.reset(scope)
            await connection.gone(receive)

    async def _latency(self) -> None:
        latency = self.world.latency
        if latency.mean or latency.spread:
            await asyncio.sleep(max(0.0, latency.mean + self._rng.uniform(-latency.spread, latency.spread)))


async def _send(answer: Answer, send: Send) -> None:
    headers = answer.headers
    if all(name != "Server" for name, _ in headers):
        headers = (("Server", "nginx"), *headers)
    if answer.status != 204:
        headers = (("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body))), *headers)
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": answer.body})
