"""`magflow limits`: use of the marketplace's rate limits, and what is set of them: caps of jobs, reserves of pools."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.grammar import Group, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.printing import Column, Printer
from magflow_tui.cli.wording import NOTHING, clock_time, count, duration, moment

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.management import LimitSetting, Message
    from magflow_tui.contract.snapshot import PoolGauge, Snapshot

PoolName: TypeAlias = Literal["orders", "other", "ean"]
_POOLS = ("orders", "other", "ean")
#: Jobs by the words that a command takes; `sync offers` is one too.
_JOBS = ("orders", "offers", "rma")
_OFF = "off"
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
_SET_COLUMNS = (
    Column("ACCOUNT"),
    Column("POOL"),
    Column("SET", flexible=True),
    Column("A MINUTE", right=True),
    Column("BY"),
    Column("SINCE"),
)


def _user() -> str:
    from magflow_tui.client.operator import operator_name

    return operator_name()


_by_option = click.option("--by", metavar="NAME", default=_user, show_default="your name here", help="Who does it.")


@dataclass(frozen=True, slots=True)
class _Rate:
    """Requests a minute; None for `off`. A type of its own, since click takes a None for nothing given."""

    per_minute: int | None


class _RateType(click.ParamType[_Rate]):
    """Requests a minute, or `off`."""

    name = "N|off"

    def __init__(self, least: int) -> None:
        self._least = least

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> _Rate:
        text = str(value).strip().lower()
        if text == _OFF:
            return _Rate(None)
        if not (text.isascii() and text.isdecimal() and len(text) <= 6 and int(text) >= self._least):
            self.fail(f"{value!r} is not a number of requests a minute from {self._least} on, nor {_OFF}.", param, ctx)
        return _Rate(int(text))


class _Job(click.ParamType[str]):
    """A job of the engine: `offers` or `sync offers`."""

    name = "JOB"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        word = str(value).strip().lower().removeprefix("sync ").strip()
        if word not in _JOBS:
            self.fail(f"{value!r} is no job that can be capped; there are: {', '.join(_JOBS)}.", param, ctx)
        return f"sync {word}"


@click.group(cls=Group, default="show", example="magflow limits cap main other offers 120")
def limits() -> None:
    """Use of the marketplace's rate limits, caps of jobs and reserves for operators."""


@limits.command("show", example="magflow limits show --json")
@json_option
@pass_invocation
def show_limits(invocation: Invocation) -> None:
    """Show each account's pools, what is set for them and by whom, and what the last 60 s let expect."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        if printer.json:
            printer.document(await client.limiter_stats())
            return
        snapshot, known = await asyncio.gather(client.snapshot(), client.limit_settings())
        printer.table(_COLUMNS, (_row(gauge) for gauge in snapshot.pools))
        printer.sentence("")
        if known.settings:
            printer.table(_SET_COLUMNS, (_set_row(setting) for setting in known.settings))
        else:
            printer.sentence("No job is capped, and nothing is kept for operators.")
        printer.sentence("\nForecast, arithmetic on the last 60 s:")
        for line in _forecast(snapshot):
            printer.sentence(f"  {line}")

    with_engine(invocation, run)


@limits.command("cap", example="magflow limits cap main other offers 120")
@click.argument("account")
@click.argument("pool", type=click.Choice(_POOLS))
@click.argument("job", type=_Job())
@click.argument("rate", metavar="N|off", type=_RateType(1))
@_by_option
@json_option
@pass_invocation
def cap_job(invocation: Invocation, account: str, pool: PoolName, job: str, rate: _Rate, by: str) -> None:
    """Allow a job (orders, offers, rma) at most N requests a minute of a pool. It holds until it is taken off."""

    def call(client: EngineClient) -> Awaitable[Message]:
        return client.set_cap(account, pool, job, rate.per_minute, by=by)

    _change(invocation, call)


@limits.command("reserve", example="magflow limits reserve main other 20")
@click.argument("account")
@click.argument("pool", type=click.Choice(_POOLS))
@click.argument("rate", metavar="N|off", type=_RateType(0))
@_by_option
@json_option
@pass_invocation
def reserve_pool(invocation: Invocation, account: str, pool: PoolName, rate: _Rate, by: str) -> None:
    """Keep N requests of each minute of a pool for operators; `off` goes back to what the settings say."""

    def call(client: EngineClient) -> Awaitable[Message]:
        return client.set_reserve(account, pool, rate.per_minute, by=by)

    _change(invocation, call)


@limits.command("reset", example="magflow limits reset")
@json_option
@pass_invocation
def reset_limits(invocation: Invocation) -> None:
    """Begin the statistics anew. What the windows hold stays: it is the marketplace's."""
    _change(invocation, lambda client: client.reset_limiter())


def _change(invocation: Invocation, call: Callable[[EngineClient], Awaitable[Message]]) -> None:
    """Have something done, and say what the engine answers."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        answer = await call(client)
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


def _set_row(setting: LimitSetting) -> tuple[str, ...]:
    return (
        setting.account,
        setting.pool,
        "kept for operators" if setting.job is None else f"cap of {setting.job}",
        count(setting.per_minute),
        setting.by or "the settings",
        NOTHING if setting.at is None else moment(setting.at),
    )


def _forecast(snapshot: Snapshot) -> Iterable[str]:
    """What is left of each minute, when syncs at work end, and a cap that would leave others room."""
    from magflow_tui.tui.views.figures import later
    from magflow_tui.tui.views.forecast import BURST, burst_of, ends_of, spare_of, suggestion_of

    used = [pool for pool in snapshot.pools if pool.pool != "ean" or pool.requests]
    for pool in used:
        late = burst_of(pool)
        waits = f"; of {BURST} at once {late.queued} would wait {duration(late.seconds)}" if late.queued else ""
        yield f"{pool.pool} of {pool.account}: {count(spare_of(pool))} to spare a minute{waits}"
    for end in ends_of(snapshot, None):
        what = f"{end.run.resource} of {end.run.account}"
        if end.seconds is None:
            yield f"{what}: its end is not known yet"
        else:
            at = clock_time(later(snapshot.at, end.seconds))
            yield f"{what} ends about {at}; then {count(end.spare_then)} to spare a minute"
    for pool in used:
        if (found := suggestion_of(snapshot, None, pool)) is not None:
            words = f"{pool.account} {pool.pool} {found.job.removeprefix('sync ')} {found.per_minute}"
            yield f"others wait for {found.job}: magflow limits cap {words}"
