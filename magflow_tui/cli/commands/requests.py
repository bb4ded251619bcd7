"""`magflow requests`: what was asked of the marketplace, and one request as a curl command."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.grammar import Group, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.moments import SinceType
from magflow_tui.cli.printing import Column, Printer
from magflow_tui.cli.wording import NOTHING, clock_time, count, duration, milliseconds, moment

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.listing import ConditionOperator, RowFilter
    from magflow_tui.contract.past import RequestDetail, RouteMetrics
    from magflow_tui.contract.records import RequestRow

    Conditions = tuple[tuple[ConditionOperator, str], ...]

_COLUMNS = (
    Column("TIME"),
    Column("ACCOUNT"),
    Column("ROUTE"),
    Column("STATUS", right=True),
    Column("OUTCOME"),
    Column("TRY", right=True),
    Column("WAITED", right=True),
    Column("TOOK", right=True),
    Column("BYTES", right=True),
    Column("PAGE", right=True),
    Column("RUN", right=True),
    Column("NOTE", flexible=True),
)

_ROUTE_COLUMNS = (
    Column("ACCOUNT"),
    Column("ROUTE"),
    Column("REQUESTS", right=True),
    Column("ERRORS", right=True),
    Column("REFUSED", right=True),
    Column("MEAN", right=True),
    Column("P50", right=True),
    Column("P95", right=True),
    Column("P99", right=True),
    Column("MAX", right=True),
    Column("WAITED", right=True),
    Column("FOR", flexible=True),
)

#: The most that are listed at once, and those read at once.
_MOST, _PAGE = 100_000, 500
_STATUS = re.compile(r"(?P<operator>>=|<=|>|<)?(?P<status>[1-5][0-9]{2})|(?P<kind>[1-5])xx")
_OPERATORS: dict[str, ConditionOperator] = {">": ">", ">=": ">=", "<": "<", "<=": "<="}


class _Status(click.ParamType["Conditions"]):
    """An HTTP status, one and those beyond it, or a hundred of them: `500`, `>=400`, `5xx`. Gives conditions."""

    name = "status"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Conditions:
        if isinstance(value, tuple):
            return value
        found = _STATUS.fullmatch(str(value).lower())
        if found is None:
            self.fail(f"{value!r} is no status: 500, '>=400' or 5xx", param, ctx)
        if found["kind"]:
            return ((">=", f"{found['kind']}00"), ("<=", f"{found['kind']}99"))
        return (("has" if found["operator"] is None else _OPERATORS[found["operator"]], found["status"]),)


@click.group(cls=Group, default="list", example="magflow requests --account main --faults --since 24h")
def requests() -> None:
    """Requests to the marketplace, as far back as they are kept."""


@requests.command("list", example="magflow requests list --route order/read --status 5xx --limit 20")
@click.option("--account", metavar="NAME", help="Only of this account.")
@click.option("--route", metavar="TEXT", help="Only to routes with this text: order/read.")
@click.option("--faults", is_flag=True, help="Only those that were not answered well.")
@click.option("--status", type=_Status(), metavar="S", help="Only with this HTTP status: 500, '>=400', 5xx.")
@click.option("--since", type=SinceType(), metavar="T", help="Begun then or later: 24h, 7d, 2026-03-01.")
@click.option("--until", type=SinceType(), metavar="T", help="Begun then or before.")
@click.option(
    "--limit", type=click.IntRange(1, _MOST), default=100, show_default=True, metavar="N", help="The last N of them."
)
@json_option
@pass_invocation
def list_requests(
    invocation: Invocation,
    account: str | None,
    route: str | None,
    faults: bool,
    status: Conditions | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> None:
    """List the last requests to the marketplace, oldest first."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        where = _filter(route, status)
        rows: list[RequestRow] = []
        before: int | None = None
        while len(rows) < limit:
            page = await client.past.requests(
                until=until,
                before=before,
                account=account and account.lower(),
                faults=faults,
                where=where,
                limit=min(_PAGE, limit - len(rows)),
            )
            rows += (row for row in reversed(page.requests) if since is None or row.at >= since)
            before = page.next_before
            if before is None or (since is not None and page.requests and page.requests[0].at < since):
                break
        rows.reverse()
        if printer.json:
            for row in rows:
                printer.document(row)
            return
        printer.table(_COLUMNS, (_row(row) for row in rows))
        if not rows:
            printer.remark("no such requests")

    with_engine(invocation, run)


@requests.command("show", example="magflow requests show 5120 --curl")
@click.argument("seq", type=click.IntRange(min=1), metavar="SEQ")
@click.option("--curl", "as_curl", is_flag=True, help="As a curl command, with user and password from the environment.")
@json_option
@pass_invocation
def show_request(invocation: Invocation, seq: int, as_curl: bool) -> None:
    """Show one request, its bodies without anything personal, and its attempts. Exit code 1 when it is not kept."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        detail = await client.past.request(seq)
        if as_curl:
            _print_curl(printer, detail)
        elif printer.json:
            printer.document(detail)
        else:
            printer.facts(_facts(detail))
            if len(detail.chain) > 1:
                printer.sentence("")
                printer.table(_COLUMNS, (_row(row) for row in detail.chain))

    with_engine(invocation, run)


@requests.command("routes", example="magflow requests routes --since 24h")
@click.option("--account", metavar="NAME", help="Only of this account.")
@click.option("--since", type=SinceType(), default="1h", show_default=True, metavar="T", help="From then on: 24h, 7d.")
@click.option("--until", type=SinceType(), metavar="T", help="Until then.")
@json_option
@pass_invocation
def list_routes(invocation: Invocation, account: str | None, since: datetime, until: datetime | None) -> None:
    """What each route took over whole minutes, a week at most: errors, waits, response times, who asked."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        answer = await client.past.routes(since=since, until=until, account=account and account.lower())
        if printer.json:
            for route in answer.routes:
                printer.document(route)
            return
        printer.table(_ROUTE_COLUMNS, (_route_row(route) for route in answer.routes))
        printer.remark(f"from {moment(answer.since)} until {moment(answer.until)}")

    with_engine(invocation, run)


def _route_row(route: RouteMetrics) -> tuple[str, ...]:
    return (
        route.account,
        route.route,
        count(route.requests),
        count(route.errors),
        count(route.rate_limited),
        *(milliseconds(value) for value in (route.mean_ms, route.p50_ms, route.p95_ms, route.p99_ms, route.max_ms)),
        duration(route.waited_seconds),
        ", ".join(route.jobs),
    )


def _filter(route: str | None, status: Conditions | None) -> RowFilter | None:
    from magflow_tui.contract.listing import Condition, RowFilter

    conditions = [Condition(field="status", operator=operator, value=value) for operator, value in status or ()]
    if route:
        conditions.append(Condition(field="route", value=route.strip("/")))
    return RowFilter(alternatives=(tuple(conditions),)) if conditions else None


def _print_curl(printer: Printer, detail: RequestDetail) -> None:
    from magflow_tui.client.curl import GONE, curl, is_redacted

    try:
        command = curl(detail.row.method, detail.url or "", detail.sent)
    except ValueError:
        raise click.ClickException(f"the account of request {detail.row.seq} has no address any more") from None
    if printer.json:
        printer.document({"curl": command})
    else:
        printer.sentence(command)
    if is_redacted(detail.sent):
        printer.remark(f"put in what {GONE} (\\u2026 in the command) stands for: it is not kept")


def _facts(detail: RequestDetail) -> list[tuple[str, str]]:
    row = detail.row
    return [
        ("request", f"{row.seq}, {moment(row.at)}"),
        ("to", f"{row.method} {detail.url or row.route}"),
        ("account", f"{row.account}, pool {row.pool}"),
        ("for", row.job or NOTHING),
        ("run", NOTHING if row.run_id is None else f"{row.run_id}{'' if row.page is None else f', page {row.page}'}"),
        ("outcome", f"{NOTHING if row.status is None else row.status} {row.outcome}"),
        ("note", row.note or NOTHING),
        ("waited", milliseconds(row.waited_ms)),
        ("first byte", milliseconds(row.first_byte_ms)),
        ("in all", milliseconds(row.elapsed_ms)),
        ("received", f"{count(row.bytes_received)} bytes"),
        ("attempt", f"{row.attempt} of {max(len(detail.chain), row.attempt)}, call {row.call or NOTHING}"),
        ("sent", detail.sent or NOTHING),
        ("answer", detail.received or NOTHING),
    ]


def _row(request: RequestRow) -> tuple[str, ...]:
    return (
        clock_time(request.at),
        request.account,
        f"{request.method} {request.route}",
        NOTHING if request.status is None else str(request.status),
        request.outcome,
        str(request.attempt),
        milliseconds(request.waited_ms),
        milliseconds(request.elapsed_ms),
        count(request.bytes_received),
        "" if request.page is None else str(request.page),
        "" if request.run_id is None else str(request.run_id),
        request.note or "",
    )
