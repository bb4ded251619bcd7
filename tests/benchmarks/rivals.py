"""What the dashboard is measured against: a minimal Textual application, and one of stock widgets with its content.

    python tests/benchmarks/rivals.py minimal
    python tests/benchmarks/rivals.py stock SOCKET

The stock one reads the same snapshots from the same socket through the same client, and shows them as Textual's guide
has it: `Sparkline`, `ProgressBar`, `DataTable.update_cell`, `Static.update` once a second, a `Header` and a `Footer`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import DataTable, Footer, ProgressBar, Sparkline, Static

if TYPE_CHECKING:
    from magflow_tui.contract.records import RequestRow
    from magflow_tui.contract.snapshot import Snapshot

ROUTE_COLUMNS = ("endpoint", "pool", "req/min", "share", "avg ms", "p95 ms", "429", "retry")
REQUEST_COLUMNS = ("time", "ms", "st", "try", "endpoint", "acct", "note")


class Minimal(App[None]):
    """One line of text, and a key that quits."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        yield Static("MagFlow")


class Stock(App[None]):
    """Health, limits and requests on one screen of stock widgets."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "quit", "Quit"),
        Binding("2", "look_at('routes')"),
        Binding("6", "look_at('requests')"),
    ]
    CSS = """
    #main { width: 1fr; } #side { width: 53; border-left: solid $panel; }
    .line { height: 1; } .line Static { width: 60; } .line Sparkline { width: 1fr; height: 1; }
    ProgressBar { height: 1; } Bar { width: 1fr; } #routes { height: 9; } #requests { height: 1fr; }
    #score, .minute { height: 3; } #alerts { height: 5; }
    """

    def __init__(self, socket: str) -> None:
        super().__init__()
        self._socket = socket
        self._seen = 0

    def compose(self) -> ComposeResult:
        yield Static("MagFlow", id="status")
        with Horizontal():
            with Vertical(id="main"):
                for index in range(4):
                    with Horizontal(classes="line"):
                        yield Static(id=f"metric{index}")
                        yield Sparkline(id=f"history{index}")
                yield Sparkline(id="score")
                yield DataTable(id="alerts", cursor_type="row")
                yield DataTable(id="routes", cursor_type="row")
                yield DataTable(id="requests", cursor_type="row")
            with Vertical(id="side"):
                yield Static(id="now")
                yield ProgressBar(id="running", show_eta=False)
                for index in range(3):
                    yield Static(id=f"pool{index}")
                    yield ProgressBar(id=f"use{index}", total=100, show_eta=False)
                    yield Sparkline(classes="minute", id=f"minute{index}")
                yield Static(id="events")
        yield Footer()

    def on_mount(self) -> None:
        alerts, routes, requests = (self.query_one(f"#{name}", DataTable) for name in ("alerts", "routes", "requests"))
        alerts.add_columns("since", "message")
        for column in ROUTE_COLUMNS:
            routes.add_column(column, key=column)
        requests.add_columns(*REQUEST_COLUMNS)
        requests.focus()
        self.run_worker(self._follow())

    def action_look_at(self, table: str) -> None:
        self.query_one(f"#{table}").focus()

    async def _follow(self) -> None:
        import httpx

        from magflow_tui.client import EngineClient

        client = EngineClient(httpx.AsyncHTTPTransport(uds=self._socket), self._socket)
        async for snapshot in client.snapshots():
            page = await client.requests(after=self._seen, limit=200)
            self._seen = page.last_seq
            with self.batch_update():
                self._show(snapshot)
                self._add(page.requests)

    def _show(self, snapshot: Snapshot) -> None:
        health = snapshot.health
        hits = sum(pool.hits for pool in snapshot.pools)
        self._say(
            "status", f"MagFlow  {health.level.upper()} {health.score}  {len(snapshot.running)} running  429 {hits}"
        )
        for index, line in enumerate(health.lines[:4]):
            self._say(
                f"metric{index}", f"{-line.penalty:4} {line.metric}  {line.value} {line.unit}  max {line.threshold}"
            )
            self._draw(f"history{index}", line.history)
        self._draw("score", health.history)
        alerts = self.query_one("#alerts", DataTable)
        alerts.clear()
        for alert in snapshot.alerts:
            alerts.add_row(f"{alert.opened_at:%H:%M}", alert.message)
        for index, pool in enumerate(snapshot.pools[:3]):
            used = f"{pool.minute_used}/{pool.minute_limit}  tokens {pool.tokens}  waiting {pool.waiting}"
            self._say(f"pool{index}", f"{pool.account} {pool.pool}  {used}")
            self.query_one(f"#use{index}", ProgressBar).update(progress=100 * pool.minute_used / pool.minute_limit)
            self._draw(f"minute{index}", pool.per_minute)
        if snapshot.running:
            run = snapshot.running[0]
            self._say(
                "now",
                f"{run.resource} {run.items}/{run.items_total}  {run.items_per_second}/s  eta {run.eta_seconds} s",
            )
            self.query_one("#running", ProgressBar).update(total=run.items_total, progress=run.items)
        if snapshot.last_event is not None:
            self._say("events", snapshot.last_event.message)
        routes = self.query_one("#routes", DataTable)
        for route in snapshot.routes:
            key = f"{route.account}/{route.route}"
            share = f"{route.share * 100:.0f}%"
            times = (str(route.mean_ms), str(route.p95_ms), str(route.rate_limited), str(route.retries))
            cells = (route.route, route.pool, str(route.per_minute), share, *times)
            if key not in routes.rows:
                routes.add_row(*cells, key=key)
            for column, cell in zip(ROUTE_COLUMNS, cells, strict=True):
                routes.update_cell(key, column, cell)

    def _add(self, rows: Sequence[RequestRow]) -> None:
        table = self.query_one("#requests", DataTable)
        for row in rows:
            time, code = f"{row.at:%H:%M:%S}", str(row.status or "")
            table.add_row(time, f"{row.elapsed_ms:.0f}", code, str(row.attempt), row.route, row.account, row.note or "")

    def _say(self, name: str, text: str) -> None:
        self.query_one(f"#{name}", Static).update(text)

    def _draw(self, name: str, values: Sequence[float | None]) -> None:
        self.query_one(f"#{name}", Sparkline).data = [value or 0.0 for value in values]


if __name__ == "__main__":
    if sys.argv[1] == "minimal":
        Minimal().run()
    else:
        Stock(sys.argv[2]).run()
