"""`magflow runs`: the record of syncs, and going on with one that was stopped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.grammar import Group, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.paging import limit_option, more_remark, rows_to_show, walk
from magflow_tui.cli.printing import Column, Printer
from magflow_tui.cli.wording import count, duration, moment

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.runs import MissedPage, Run

_COLUMNS = (
    Column("RUN", right=True),
    Column("ACCOUNT"),
    Column("RESOURCE"),
    Column("KIND"),
    Column("RESULT"),
    Column("STARTED"),
    Column("TIME", right=True),
    Column("ITEMS", right=True),
    Column("FAILED", right=True),
    Column("REASON", flexible=True),
)


@click.group(cls=Group, default="list", example="magflow runs show 12")
def runs() -> None:
    """Syncs that ran, and those that run."""


@runs.command("list", example="magflow runs list --account main --limit 5")
@click.option("--account", metavar="NAME", help="Only of this account.")
@limit_option
@json_option
@pass_invocation
def list_runs(invocation: Invocation, account: str | None, limit: int | None) -> None:
    """List runs, newest first."""
    printer = Printer(json=invocation.json)
    wanted = rows_to_show(limit, json=invocation.json)

    async def run(client: EngineClient) -> None:
        async def read(most: int, before: str | None) -> tuple[Sequence[Run], str | None]:
            page = await client.runs(
                account=account and account.lower(), before=None if before is None else int(before), limit=most
            )
            return page.runs, None if page.next_before is None else str(page.next_before)

        if printer.json:
            await walk(read, wanted, printer.document)
            return
        shown: list[Run] = []
        more = await walk(read, wanted, shown.append)
        printer.table(_COLUMNS, (_row(each) for each in shown))
        if more:
            printer.remark(more_remark(len(shown)))

    with_engine(invocation, run)


@runs.command("show", example="magflow runs show 12 --json")
@click.argument("run_id", type=click.IntRange(min=1), metavar="ID")
@json_option
@pass_invocation
def show_run(invocation: Invocation, run_id: int) -> None:
    """Show one run, with the pages it could not read. Exit code 1 when there is none of this number."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        found = await client.run(run_id)
        missed = (await client.run_pages(run_id)).missed
        if printer.json:
            pages = [page.model_dump(mode="json") for page in missed]
            printer.document({**found.model_dump(mode="json"), "missed_pages": pages})
            return
        printer.facts(_facts(found))
        for page in missed:
            printer.sentence(missed_sentence(page))
        for group in found.errors:
            example = f" ({group.example})" if group.example else ""
            printer.sentence(f"{count(group.count)} × {group.message}{example}")

    with_engine(invocation, run)


@runs.command("resume", example="magflow runs resume 12")
@click.argument("run_id", type=click.IntRange(min=1), metavar="ID")
@json_option
@pass_invocation
def resume_run(invocation: Invocation, run_id: int) -> int:
    """Go on with a run where it was stopped, and wait for the result as `magflow sync` does."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> int:
        from magflow_tui.cli.following import follow

        return await follow(client, await client.resume_run(run_id), printer)

    return with_engine(invocation, run)


def _row(run: Run) -> tuple[str, ...]:
    return (
        str(run.run_id),
        run.account,
        run.resource,
        run.kind,
        run.result,
        moment(run.started_at),
        duration(run.seconds),
        count(run.items),
        count(run.failed),
        run.reason or "",
    )


def missed_sentence(page: MissedPage) -> str:
    """A page that failed, and what became of it."""
    tried = f"{count(page.attempts)} {'attempt' if page.attempts == 1 else 'attempts'}"
    if page.recovered is not None:
        return f"page {page.page} of {page.window} failed, and was read after all at {moment(page.recovered)}"
    return (
        f"page {page.page} of {page.window} is missing: {page.error} ({tried}, the last at {moment(page.last_failed)})"
    )


def _facts(run: Run) -> list[tuple[str, str]]:
    return [
        ("run", f"{run.run_id}, {run.kind} sync of {run.resource} of {run.account}, by {run.requested_by}"),
        ("result", run.result + (f": {run.reason}" if run.reason else "")),
        ("started", moment(run.started_at)),
        ("finished", moment(run.finished_at)),
        ("time", f"{duration(run.seconds)}, {duration(run.waited_seconds)} of them waiting for the limit"),
        ("resumed", f"{count(run.resumed)} times"),
        ("read", f"{count(run.items)} items on {count(run.pages)} pages"),
        ("stored", f"{count(run.created)} new, {count(run.updated)} changed, {count(run.unchanged)} as they were"),
        ("failed", count(run.failed)),
        ("requests", f"{count(run.requests)}, {count(run.rate_limited)} refused by the limit"),
    ]
