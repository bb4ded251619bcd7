"""The sandbox's controls: Python methods, and the same over HTTP under `/control/`.

Over HTTP, POST bodies are JSON objects. `faults`, `latency`, `limits` and `living` change the keys given and keep the
others; `PUT` instead of `POST` starts from the defaults. The answers are JSON, `{"error": …}` with status 400 when a
body is wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from typing import Literal, TypeVar, cast, get_args
from urllib.parse import parse_qsl

import orjson
from pydantic import TypeAdapter, ValidationError

from magflow_tui.sandbox.config import Burst, Faults, Latency, Limits, Living, ScenarioName
from magflow_tui.sandbox.damage import KINDS
from magflow_tui.sandbox.jsontypes import JsonObject, as_object, whole
from magflow_tui.sandbox.offers import ItemTruth
from magflow_tui.sandbox.orders import OrderTruth
from magflow_tui.sandbox.scenarios import play
from magflow_tui.sandbox.wire import Receive, Scope, Send, read_body
from magflow_tui.sandbox.world import World

Setting = TypeVar("Setting", Faults, Latency, Limits, Living)
Resource = Literal["orders", "offers", "rma"]
_DUMP_SLICE = 100


class Control:
    """Changes the world and its weather, and tells the truth about it.

    Methods that take `account` mean all accounts when it is None, and raise KeyError for a name there is not.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def add_orders(self, count: int, *, account: str | None = None, broken: int = 0) -> dict[str, list[int]]:
        """New orders arrive now, the first `broken` of each account damaged; returns their ids by account."""
        now = self._world.live()
        return {
            seller.account.name: seller.add(share, now, kinds=_kinds(broken, share))
            for seller, share in self._world.shared_out(count, account)
        }

    def change_orders(self, count: int, *, account: str | None = None, broken: int = 0) -> dict[str, list[int]]:
        """Different orders, drawn from all, change now, the first `broken` of each account damaged; returns ids."""
        now = self._world.live()
        return {
            seller.account.name: seller.change(share, now, kinds=_kinds(broken, share))
            for seller, share in self._world.shared_out(count, account)
        }

    def set_faults(self, faults: Faults) -> None:
        """Replace all faults; bursts and page faults start anew."""
        self._world.faults.set(faults)

    def burst(self, burst: Burst) -> None:
        """Let one more burst of faults come."""
        self._world.faults.add_burst(burst)

    def set_latency(self, latency: Latency) -> None:
        """Change how long answers take."""
        self._world.latency = latency

    def set_limits(self, limits: Limits) -> None:
        """Change the rate limits; the windows start empty."""
        self._world.set_limits(limits)

    def set_living(self, living: Living) -> None:
        """Change how many orders arrive and change by themselves."""
        self._world.set_living(living)

    def refuse_ip(self, refused: bool, *, account: str | None = None) -> None:
        """Refuse, or accept again, every caller's address."""
        for seller in self._world.chosen(account):
            seller.ip_refused = refused

    def scenario(self, name: ScenarioName) -> None:
        """Play a scenario."""
        play(self._world, name)

    def orders(self, account: str) -> Iterator[OrderTruth]:
        """Each order of an account as it is now, oldest first."""
        book = self._world.sellers[account].orders
        return (book.truth(index) for index in range(len(book)))

    def offers(self, account: str) -> Iterator[ItemTruth]:
        """Each offer of an account as it is now."""
        book = self._world.sellers[account].offers
        return (book.truth(index) for index in range(len(book)))

    def rmas(self, account: str) -> Iterator[ItemTruth]:
        """Each return of an account as it is now."""
        book = self._world.sellers[account].returns
        return (book.truth(index) for index in range(len(book)))

    def payload(self, account: str, order_id: int) -> bytes | None:
        """The JSON of one order exactly as `order/read` serves it, or None."""
        book = self._world.sellers[account].orders
        index = book.timeline.find(order_id)
        return None if index is None else book.payload(index)

    def stats(self) -> JsonObject:
        """All counts; see `Stats.as_json`."""
        return self._world.stats.as_json()

    def settings(self) -> JsonObject:
        """The limits, latency, faults and life that hold now."""
        world = self._world
        return {
            "faults": asdict(world.faults.faults),
            "latency": asdict(world.latency),
            "limits": asdict(world.limits),
            "living": asdict(world.living),
        }

    def update(self, name: str, body: JsonObject, *, keep: bool) -> None:
        """Set `faults`, `latency`, `limits` or `living` from JSON, on top of what holds when `keep`."""
        world = self._world
        if name == "faults":
            self.set_faults(_merged(Faults, world.faults.faults if keep else Faults(), body))
        elif name == "latency":
            self.set_latency(_merged(Latency, world.latency if keep else Latency(), body))
        elif name == "limits":
            self.set_limits(_merged(Limits, world.limits if keep else Limits(), body))
        else:
            self.set_living(_merged(Living, world.living if keep else Living(), body))


async def answer_control(control: Control, scope: Scope, path: str, receive: Receive, send: Send) -> None:
    """Answer a request under `/control/`."""
    query = dict(parse_qsl(scope["query_string"].decode()))
    name = path.removeprefix("control").strip("/")
    try:
        body = as_object(orjson.loads(await read_body(receive) or b"{}"))
        if scope["method"] == "GET" and name in get_args(Resource):
            await _dump(control, cast("Resource", name), query.get("account", ""), send)
            return
        await _send(send, 200, orjson.dumps(_control(control, scope["method"], name, body)))
    except KeyError as error:
        await _send(send, 404, orjson.dumps({"error": f"unknown: {error.args[0]}"}))
    except (ValidationError, ValueError) as error:
        await _send(send, 400, orjson.dumps({"error": str(error)}))


def _control(control: Control, method: str, name: str, body: JsonObject) -> JsonObject:
    if method == "GET":
        return {"stats": control.stats, "settings": control.settings}[name]()
    if name in ("faults", "latency", "limits", "living"):
        control.update(name, body, keep=method == "POST")
        return as_object(control.settings()[name])
    account = cast("str | None", body.get("account"))
    if name == "world":
        broken = whole(body.get("broken")) or 0
        added = control.add_orders(whole(body.get("add")) or 0, account=account, broken=broken)
        changed = control.change_orders(whole(body.get("change")) or 0, account=account, broken=broken)
        return {"added": added, "changed": changed}
    if name == "burst":
        control.burst(TypeAdapter(Burst).validate_python(body))
    elif name == "ip":
        control.refuse_ip(bool(body.get("refused")), account=account)
    elif name == "scenario":
        control.scenario(TypeAdapter[ScenarioName](ScenarioName).validate_python(body.get("name")))
    else:
        raise KeyError(name)
    return {"ok": True}


async def _dump(control: Control, name: Resource, account: str, send: Send) -> None:
    """Send the truth about a resource as JSON lines, in slices that let other requests through."""
    rows: Iterator[OrderTruth | ItemTruth]
    if name == "orders":
        rows = control.orders(account)
    else:
        rows = control.offers(account) if name == "offers" else control.rmas(account)
    headers = [(b"content-type", b"application/x-ndjson")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    async for slice_ in _slices(rows):
        await send({"type": "http.response.body", "body": slice_, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _slices(rows: Iterator[OrderTruth | ItemTruth]) -> AsyncIterator[bytes]:
    lines: list[bytes] = []
    for row in rows:
        lines.append(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        if len(lines) == _DUMP_SLICE:
            yield b"".join(lines)
            lines.clear()
            await asyncio.sleep(0)
    yield b"".join(lines)


async def _send(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _merged(kind: type[Setting], base: Setting, body: JsonObject) -> Setting:
    return TypeAdapter(kind).validate_python({**asdict(base), **body})


def _kinds(broken: int, count: int) -> tuple[str | None, ...]:
    """The damage of each of `count` orders, the first `broken` going through the kinds."""
    return tuple(KINDS[place % len(KINDS)] if place < broken else None for place in range(max(count, 1)))
