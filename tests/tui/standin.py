"""A stand-in for the engine: a plain ASGI application that serves recorded answers over a unix socket.

Run by path it serves until it is ended: `python standin.py SOCKET [still|live [PERIOD]]`. Every second, or PERIOD,
`still` sends the same snapshot, and `live` one in which a sync goes on, as the engine does.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from magflow_tui.contract.listing import RowFilter

sys.path.insert(0, str(Path(__file__).parent))
import standin_offers
from standin_actions import Actions
from standin_alerts import Alerts
from standin_limits import Limits
from standin_past import Past
from standin_requests import Kept
from standin_triage import Findings

RECORDED = Path(__file__).parent / "recorded"
BASE = "/api/v1/emag/management"

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def recorded(name: str) -> dict[str, Any]:
    """A recorded answer."""
    answer: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text())
    return answer


class Standin:
    """Recorded answers, and a log of what was asked for. `tick` moves the live parts on by a second."""

    def __init__(self, mode: str = "still", period: float = 1.0) -> None:
        self.mode = mode
        self.period = period
        self.snapshot = recorded("snapshot")
        self.requests = recorded("requests")
        self.kept = Kept(self.requests)
        self.orders = recorded("orders")
        self.offers = recorded("offers")
        self.offer_answers = standin_offers
        self.actions = Actions(self.orders["orders"], self.snapshot["at"], _chosen)
        self.alerts = Alerts(self.snapshot, self.publish)
        self.limits = Limits(self.snapshot)
        self.triage = Findings(self.orders["orders"], self.snapshot, _chosen)
        self.events = recorded("events")
        self.runs = recorded("runs")
        self.pages = recorded("run_pages")
        self.throughput = recorded("run_throughput")
        self.minutes = recorded("minutes")
        self.past = Past(self.snapshot, self.minutes, self.events, self.runs)
        #: Orders whole, by number, where they are another than any.
        self.payloads: dict[int, dict[str, Any]] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.queries: list[tuple[str, str]] = []
        self.failing: str | None = None
        self.ticks = 0
        self.streams = 0
        self.refuse: tuple[int, dict[str, Any]] | None = None
        self.changed = asyncio.Event()
        self.closing = asyncio.Event()
        #: Paths whose answers wait for an event.
        self.gates: dict[str, asyncio.Event] = {}

    def publish(self, **changes: Any) -> None:
        """Change the snapshot and send it to everyone now."""
        self.snapshot.update(changes)
        self.snapshot["seq"] += 1
        self.changed.set()
        self.changed = asyncio.Event()

    def tick(self) -> None:
        """A second of a sync that goes on."""
        self.ticks += 1
        n = self.ticks
        snapshot = self.snapshot
        run = snapshot["running"][0]
        run["items"] = min(run["items_total"], run["items"] + 41)
        run["page"] = run["items"] // 100
        run["phase"] = f"offers, page {run['page']} of 197"
        run["updated"] += 3
        run["eta_seconds"] = max(0.0, (run["eta_seconds"] or 0) - 1)
        run["items_per_second"] = 40 + n % 3
        for index, pool in enumerate(snapshot["pools"][:2]):
            pool["second_used"] = (n * 7 + index) % (pool["second_limit"] + 1)
            pool["minute_used"] = pool["minute_used"] + (1 if n % 2 else -1)
            pool["tokens"] = round((n * 1.7) % pool["token_capacity"], 1)
            pool["requests"] += 3
            if n % 5 == 0:
                pool["per_minute"] = [*pool["per_minute"][1:], (n * 3) % (pool["minute_limit"] // 12)]
        snapshot["routes"][0]["per_minute"] = 140 + n % 9
        if n % 20 == 0:
            self._new_event(f"page {run['page']}/197 saved (100 offers, 0.{n % 10} s)")
        for _ in range(4):
            self.add_request()

    def _new_event(self, message: str) -> None:
        last = self.snapshot["last_event"]
        event = dict(last, seq=last["seq"] + 1, message=message, severity="ok")
        self.snapshot["last_event"] = event
        self.events["events"].append(event)
        self.events["last_seq"] = event["seq"]

    def add_request(self, **changed: Any) -> None:
        """One more request to the marketplace."""
        rows = self.requests["requests"]
        seq = rows[-1]["seq"] + 1
        row = dict(rows[-37], seq=seq, call=f"{seq:08x}") | changed
        rows.append(row)
        self.requests["last_seq"] = self.snapshot["last_request_seq"] = row["seq"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        path, query = scope["path"].removeprefix(BASE), dict(_pairs(scope["query_string"].decode()))
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.asked.append((scope["method"], path, body.decode()))
        self.queries.append((path, scope["query_string"].decode()))
        if path == "/snapshot/stream":
            await self._stream(send)
            return
        if path in self.gates:
            await self.gates[path].wait()
        status, answer = self._answer(scope["method"], path, query, body)
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/json")],
            }
        )
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    async def _stream(self, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/x-ndjson")]}
        )
        self.streams += 1
        try:
            while not self.closing.is_set():
                line = json.dumps(self.snapshot).encode() + b"\n"
                await send({"type": "http.response.body", "body": line, "more_body": True})
                waits = [asyncio.ensure_future(self.changed.wait()), asyncio.ensure_future(self.closing.wait())]
                await asyncio.wait(waits, timeout=self.period, return_when=asyncio.FIRST_COMPLETED)
                for wait in waits:
                    wait.cancel()
                if self.mode == "live":
                    self.tick()
            await send({"type": "http.response.body", "body": b""})
        finally:
            self.streams -= 1

    def _answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> tuple[int, Any]:
        if path == "/snapshot":
            return 200, self.snapshot
        if path != self.failing and (past := self.past.answer(path, query)) is not None:
            return past
        if path == "/monitoring/minutes":
            return 200, self.minutes
        if path == "/requests":
            after, limit = int(query.get("after", 0)), int(query.get("limit", 500))
            rows = [row for row in self.requests["requests"] if row["seq"] > after]
            return 200, dict(self.requests, requests=rows[-limit:])
        if path == "/events":
            after = int(query.get("after") or 0)
            rows = [event for event in self.events["events"] if event["seq"] > after]
            return 200, dict(self.events, events=rows[-int(query.get("limit", 200)) :])
        if path == self.failing:
            return 503, {"code": "store", "message": "The store is busy."}
        if (kept := self.kept.answer(path, query)) is not None:
            return kept
        acted = self.actions.answer(method, path, query, body)
        acted = acted or standin_offers.answer(path, self.offers["offers"], self.snapshot["at"])
        if acted is not None:
            return acted
        said = self.triage.answer(method, path, query, body) or self.alerts.answer(method, path, query, body)
        if said is not None:
            return said
        if path in ("/orders", "/offers"):
            name = path[1:]
            return 200, self._list(getattr(self, name)[name], name, query)
        if path in ("/orders/count", "/offers/count"):
            name = path.split("/")[1]
            return 200, self._count(getattr(self, name)[name], query)
        if path.startswith("/orders/"):
            number = int(path.split("/")[2])
            row = next(row for row in self.orders["orders"] if row["id"] == number)
            product = {"quantity": 2, "part_number": "CBL-2M", "name": "Cablu HDMI 2 m", "sale_price": "24.9000"}
            order = self.payloads.get(number, {"id": number, "products": [product]})
            detail = {"row": row, "order": order, "fetched_at": row["date"]}
            return 200, detail | self.triage.of(row) | self.actions.of(row)
        if method == "POST" and self.refuse is not None:
            return self.refuse
        if path == "/runs" and method == "POST":
            wanted = json.loads(body)
            run = dict(self.snapshot["recent_runs"][0], run_id=6001, resource=wanted["resources"][0], result="running")
            return 200, {"runs": [run], "joined": []}
        if path == "/runs":
            return 200, self._runs(query)
        if path in (f"/runs/{self.pages['run_id']}/pages", f"/runs/{self.pages['run_id']}/throughput"):
            return 200, self.pages if path.endswith("/pages") else self.throughput
        if path.startswith("/runs/") and path.endswith("/pages"):
            return 200, {"run_id": int(path.split("/")[2]), "missed": []}
        if path.startswith("/runs/") and method == "POST":
            run = self.snapshot["recent_runs"][0]
            return 200, run if path.endswith("/cancel") else {"runs": [run], "joined": []}
        limited = self.limits.answer(method, path, body)
        if limited is not None:
            return limited
        if path == "/rate-limiter/reset":
            return 200, {"message": "reset"}
        if path == "/engine/stop":
            return 200, {"stopping": True, "message": "stopping"}
        return 404, {"code": "not_found", "message": "There is no such thing."}

    def _runs(self, query: dict[str, str]) -> dict[str, Any]:
        before, limit = int(query.get("before") or 1 << 60), int(query.get("limit", 50))
        rows = [run for run in (*self.snapshot["recent_runs"], *self.runs["runs"]) if run["run_id"] < before]
        return {"runs": rows[:limit], "next_before": rows[limit - 1]["run_id"] if len(rows) > limit else None}

    def _list(self, rows: list[dict[str, Any]], name: str, query: dict[str, str]) -> dict[str, Any]:
        """A page of a list that stands in its own order. A row's mark is its account and number."""
        marks = [_mark(row) for row in rows]
        wanted = [index for index, row in enumerate(rows) if _wanted(row, query)]
        if query.get("descending") == ("false" if name == "orders" else "true"):
            rows, marks = rows[::-1], marks[::-1]
            wanted = sorted(len(rows) - 1 - index for index in wanted)
        limit = int(query.get("limit", 100))
        if "before" in query or "from_end" in query:
            place = marks.index(query["before"]) if "before" in query else len(rows)
            found = [index for index in wanted if index < place][-limit:]
        else:
            place = marks.index(query["after"]) + 1 if "after" in query else 0
            place = marks.index(query["start_at"]) if "start_at" in query else place
            found = [index for index in wanted if index >= place][:limit]
        whole = not ({"where", "findings", "sellable"} & query.keys())
        return {
            name: [rows[index] for index in found],
            "total": len(wanted) if whole or query.get("count") else None,
            "first": marks[found[0]] if found else None,
            "last": marks[found[-1]] if found else None,
            "next_before": marks[found[0]] if found and found[0] > wanted[0] else None,
            "next_after": marks[found[-1]] if found and found[-1] < wanted[-1] else None,
        }

    def _count(self, rows: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any]:
        end = [_mark(row) for row in rows].index(query["before"]) if "before" in query else len(rows)
        found, most = sum(_wanted(row, query) for row in rows[:end]), int(query.get("most", 10_000))
        return {"rows": min(found, most), "capped": found > most, "looked_at": end}


def _mark(row: dict[str, Any]) -> str:
    return f"{row['account']}:{row['id']}"


def _wanted(row: dict[str, Any], query: dict[str, str]) -> bool:
    """Whether a row meets a query; of a filter's conditions, as far as a field's text has the value in it."""
    if query.get("account") not in (None, row["account"]):
        return False
    if (query.get("findings") and not row["findings"]) or (query.get("sellable") == "false" and row["sellable"]):
        return False
    alternatives = json.loads(query.get("where", "{}")).get("alternatives", [])
    return not alternatives or any(all(_meets(row, term) for term in group) for group in alternatives)


def _meets(row: dict[str, Any], term: dict[str, Any]) -> bool:
    named = {"acct": "account", "status": "status_text"}.get(term.get("field") or "", term.get("field"))
    if named == "status_text" and term["value"].isdecimal():
        return (str(row["status"]) == term["value"]) != term.get("negated", False)
    if named == "rule":
        return row.get("worst_rule") == term["value"]
    texts = [row[named]] if named else [row["id"], row["account"], row.get("customer"), row.get("name")]
    return any(term["value"].lower() in str(text).lower() for text in texts) != term.get("negated", False)


def _chosen(row: dict[str, Any], where: RowFilter) -> bool:
    """Whether a row meets a filter as actions send it."""
    return not where.alternatives or any(
        all(_meets(row, term.model_dump()) for term in group) for group in where.alternatives
    )


def _pairs(query: str) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(query)


def main() -> None:
    """Serve on a socket until ended."""
    import uvicorn

    app = Standin(*sys.argv[2:3], *map(float, sys.argv[3:4]))
    uvicorn.run(app, uds=sys.argv[1], log_level="critical", lifespan="off", timeout_graceful_shutdown=0)


if __name__ == "__main__":
    main()
