"""`magflow limits`: use of the marketplace's rate limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.grammar import Group, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.printing import Column, Printer
from magflow_tui.cli.wording import count, duration

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.snapshot import PoolGauge

_COLUMNS = (
    Column("ACCOUNT"),
    Column("POOL"),
    Column("SECOND", right=True),
    Column("MINUTE", right=True),
    Column("WAITING", right=True),
    Column("REQUESTS", right=True),
    Column("WAITED", right=True),
    Column("REFUSED", right=True),
    Column("STATE", flexible=True),
)


@click.group(cls=Group, default="show", example="magflow limits --json")
def limits() -> None:
    """Use of the marketplace's rate limits."""


@limits.command("show", example="magflow limits show --json")
@json_option
@pass_invocation
def show_limits(invocation: Invocation) -> None:
    """Show each account's pools: what the last second and minute hold, waits and refusals."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        stats = await client.limiter_stats()
        if printer.json:
            printer.document(stats)
            return
        printer.table(_COLUMNS, (_row(gauge) for pools in stats.accounts.values() for gauge in pools.values()))

    with_engine(invocation, run)


@limits.command("reset", example="magflow limits reset")
@json_option
@pass_invocation
def reset_limits(invocation: Invocation) -> None:
    """Begin the statistics anew. What the windows hold stays: it is the marketplace's."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        answer = await client.reset_limiter()
        if printer.json:
            printer.document(answer)
        else:
            printer.sentence(answer.message)

    with_engine(invocation, run)


def _row(gauge: PoolGauge) -> tuple[str, ...]:
    return (
        gauge.account,
        gauge.pool,
        f"{gauge.second_used}/{gauge.second_limit}",
        f"{gauge.minute_used}/{gauge.minute_limit}",
        count(gauge.waiting),
        count(gauge.requests),
        duration(gauge.total_wait_seconds),
        count(gauge.hits),
        _state(gauge),
    )


def _state(gauge: PoolGauge) -> str:
    if gauge.paused_seconds > 0:
        return f"paused, {duration(gauge.paused_seconds)} left"
    return "full pace" if gauge.pace >= 1 else f"{gauge.pace:.0%} of full pace"
