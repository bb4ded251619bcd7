"""`magflow alerts`: what is wrong, since when, what to do; and what operators say of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, TypeVar

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.commands import webhook
from magflow_tui.cli.failures import INCOMPLETE, OK
from magflow_tui.cli.grammar import Group, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.looking import look_of
from magflow_tui.cli.moments import SinceType, UntilType
from magflow_tui.cli.paging import limit_option, more_remark, rows_to_show, walk
from magflow_tui.cli.printing import Column, Printer
from magflow_tui.cli.wording import NOTHING, duration, moment
from magflow_tui.config.look import LANGUAGES

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.alerts import Alert, AlertDetail, Mute, Runbook

Decorated = TypeVar("Decorated", bound=Callable[..., object])

_COLUMNS = (
    Column("ALERT", right=True),
    Column("SEVERITY"),
    Column("STATE"),
    Column("ACCOUNT"),
    Column("CODE"),
    Column("OPENED"),
    Column("LASTED", right=True),
    Column("VALUE", right=True),
    Column("WHAT", flexible=True),
)
_MUTE_COLUMNS = (
    Column("MUTE", right=True),
    Column("CODE"),
    Column("ACCOUNT"),
    Column("UNTIL"),
    Column("BY"),
    Column("SINCE"),
)
_RUNBOOK_COLUMNS = (Column("CODE"), Column("CAUSE"), Column("WHAT IT IS ABOUT", flexible=True))


def _user() -> str:
    from magflow_tui.client.operator import operator_name

    return operator_name()


_by_option = click.option("--by", metavar="NAME", default=_user, show_default="your name here", help="Who does it.")
_account_option = click.option("--account", metavar="NAME", help="Only of this account.")
_lang_option = click.option("--lang", type=click.Choice(LANGUAGES), help="Instead of the language in the settings.")


@click.group(cls=Group, default="list", example="magflow alerts show 7")
def alerts() -> None:
    """What is wrong, since when, and what to do about it.

    Exit code of what is done to alerts: 0 done, 1 when some are not there.
    """


for _command in webhook.COMMANDS:
    alerts.add_command(_command)


@alerts.command("list", example="magflow alerts list --all --since 24h")
@click.option("--all", "every", is_flag=True, help="Those that are over, too.")
@click.option("--history", "over", is_flag=True, help="Those alone that are over.")
@_account_option
@click.option("--since", type=SinceType(), metavar="T", help="Open then or later, over or not: 24h, 7d, 2026-03-01.")
@limit_option
@json_option
@pass_invocation
def list_alerts(
    invocation: Invocation, every: bool, over: bool, account: str | None, since: datetime | None, limit: int | None
) -> None:
    """List open alerts, newest first. Exit code 0, whatever is open."""
    if every and over:
        raise click.UsageError("--all has those of --history: give one of them")
    printer = Printer(json=invocation.json)
    wanted = rows_to_show(limit, json=invocation.json)
    owner = account and account.lower()

    async def run(client: EngineClient) -> None:
        async def read(most: int, after: str | None) -> tuple[Sequence[Alert], str | None]:
            before = None if after is None else int(after)
            page = await client.alerts.history(account=owner, since=since, before=before, limit=most)
            shown = [alert for alert in page.alerts if not over or alert.state == "resolved"]
            return shown, None if page.next_before is None else str(page.next_before)

        async def read_open(most: int, _: str | None) -> tuple[Sequence[Alert], str | None]:
            found = [alert for alert in (await client.alerts.open()).alerts if owner in (None, alert.account)]
            return found[: wanted or None], None if wanted is None or len(found) <= wanted else "more"

        reader = read if every or over or since is not None else read_open
        if printer.json:
            await walk(reader, wanted, printer.document)
            return
        listed: list[Alert] = []
        more = await walk(reader, wanted, listed.append)
        printer.table(_COLUMNS, map(_row, listed))
        if more:
            printer.remark(more_remark(len(listed)))
        elif not listed:
            printer.remark("nothing is wrong" if reader is read_open else "no alerts")

    with_engine(invocation, run)


@alerts.command("show", example="magflow alerts show 7 --lang ro")
@click.argument("alert_id", type=int, metavar="ALERT")
@_lang_option
@json_option
@pass_invocation
def show_alert(invocation: Invocation, alert_id: int, lang: str | None) -> None:
    """Show one alert with its cause, what to do, and what happened to it. Exit code 1 when there is none."""
    printer = Printer(json=invocation.json)
    in_romanian = _in_romanian(invocation, lang)

    async def run(client: EngineClient) -> None:
        detail = await client.alerts.show(alert_id)
        if printer.json:
            printer.document(detail)
            return
        alert = detail.alert
        printer.sentence(alert.message_ro or alert.message if in_romanian else alert.message)
        printer.facts(_facts(detail, in_romanian=in_romanian))
        if detail.runbook is not None:
            printer.sentence("")
            _tell_runbook(printer, detail.runbook, in_romanian=in_romanian)
        printer.sentence("")
        for change in detail.changes:
            by = f" by {change.by}" if change.by else ""
            until = f" until {moment(change.until)}" if change.until else ""
            printer.sentence(f"{moment(change.at)}  {change.kind}{by}{until}")

    with_engine(invocation, run)


@alerts.command("ack", example="magflow alerts ack 7 8")
@click.argument("alert_ids", nargs=-1, type=int, metavar="[ALERT]...")
@click.option("--all", "every", is_flag=True, help="Every alert that waits for somebody.")
@_by_option
@json_option
@pass_invocation
def acknowledge(invocation: Invocation, alert_ids: tuple[int, ...], every: bool, by: str) -> int:
    """Take note of open alerts: everybody sees that somebody has. Exit code 1 when some are not open."""
    if every == bool(alert_ids):
        raise click.UsageError("name the alerts, or say --all")
    return _note(invocation, None if every else alert_ids, by=by, undo=False)


@alerts.command("unack", example="magflow alerts unack 7")
@click.argument("alert_ids", nargs=-1, required=True, type=int, metavar="ALERT...")
@_by_option
@json_option
@pass_invocation
def unacknowledge(invocation: Invocation, alert_ids: tuple[int, ...], by: str) -> int:
    """Take an `ack` back: the alerts wait for somebody again. Exit code 1 when some are not open."""
    return _note(invocation, alert_ids, by=by, undo=True)


@alerts.command("mute", example="magflow alerts mute health.limit_use --account main --for 2h")
@click.argument("code", metavar="CODE")
@_account_option
@click.option("--for", "until", type=UntilType(), required=True, metavar="T", help="For how long: 30m, 2h, 1d.")
@_by_option
@json_option
@pass_invocation
def mute(invocation: Invocation, code: str, account: str | None, until: datetime, by: str) -> None:
    """Silence alerts of a code for a time, 30 days at most. They are still listed and counted."""
    printer = Printer(json=invocation.json)
    minutes = ceil((until - datetime.now(UTC)) / timedelta(minutes=1))
    if minutes > 30 * 24 * 60:
        raise click.UsageError("a mute lasts 30 days at most")

    async def run(client: EngineClient) -> None:
        owner = account and account.lower()
        muted = await client.alerts.mute(code.lower(), max(minutes, 1), account=owner, by=by)
        if printer.json:
            printer.document(muted)
            return
        place = f"{muted.code} of {muted.account or 'all accounts'}"
        ends = f"`magflow alerts unmute {muted.mute_id}` ends it"
        printer.sentence(f"{place} is muted until {moment(muted.until)}; {ends}")

    with_engine(invocation, run)


@alerts.command("unmute", example="magflow alerts unmute health.limit_use")
@click.argument("which", metavar="MUTE|CODE")
@_account_option
@_by_option
@json_option
@pass_invocation
def unmute(invocation: Invocation, which: str, account: str | None, by: str) -> int:
    """End a mute by its number, or all of a code. Exit code 1 when none holds."""
    printer = Printer(json=invocation.json)
    owner = account and account.lower()

    async def run(client: EngineClient) -> int:
        found = [
            held
            for held in (await client.alerts.mutes()).mutes
            if which.lower() in (str(held.mute_id), held.code) and owner in (None, held.account)
        ]
        for held in found:
            ended = await client.alerts.unmute(held.mute_id, by=by)
            if printer.json:
                printer.document(ended)
            else:
                printer.sentence(f"{ended.code} of {ended.account or 'all accounts'} is muted no more")
        if not found:
            printer.remark(f"no mute {which} holds; `magflow alerts mutes` lists them")
        return OK if found else INCOMPLETE

    return with_engine(invocation, run)


@alerts.command("mutes", example="magflow alerts mutes --json")
@json_option
@pass_invocation
def list_mutes(invocation: Invocation) -> None:
    """List mutes that hold now."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        held = (await client.alerts.mutes()).mutes
        if printer.json:
            for each in held:
                printer.document(each)
            return
        printer.table(_MUTE_COLUMNS, map(_mute_row, held))

    with_engine(invocation, run)


@alerts.command("runbook", example="magflow alerts runbook health.error_rate")
@click.argument("code", required=False, metavar="[CODE]")
@_lang_option
@json_option
@pass_invocation
def show_runbook(invocation: Invocation, code: str | None, lang: str | None) -> int:
    """Tell what to do about alerts of a code, or list the codes. Exit code 1 when there is none of that code."""
    printer = Printer(json=invocation.json)
    in_romanian = _in_romanian(invocation, lang)

    async def run(client: EngineClient) -> int:
        listed = (await client.alerts.runbooks()).runbooks
        found = [runbook for runbook in listed if code is None or runbook.code == code.lower()]
        if printer.json:
            for runbook in found:
                printer.document(runbook)
        elif code is None:
            printer.table(_RUNBOOK_COLUMNS, (_runbook_row(each, in_romanian=in_romanian) for each in found))
        else:
            for position, runbook in enumerate(found):
                if position:
                    printer.sentence("")
                _tell_runbook(printer, runbook, in_romanian=in_romanian)
        if not found:
            printer.remark(f"there is no alert {code!r}; `magflow alerts runbook` lists them")
        return OK if found else INCOMPLETE

    return with_engine(invocation, run)


def _note(invocation: Invocation, alert_ids: Collection[int] | None, *, by: str, undo: bool) -> int:
    """Take note of alerts (None: of all that wait for somebody), or take that back; the exit code."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> int:
        is_open = {alert.alert_id: alert for alert in (await client.alerts.open()).alerts}
        if alert_ids is None:
            wanted: Collection[int] = [number for number, alert in is_open.items() if alert.acked_at is None]
        else:
            wanted = dict.fromkeys(alert_ids)
        found = tuple(number for number in wanted if number in is_open)
        noted = (await client.alerts.acknowledge(found, by=by, undo=undo)).alerts if found else ()
        done = "waits for somebody again" if undo else "is taken note of"
        for alert in noted:
            if printer.json:
                printer.document(alert)
            else:
                printer.sentence(f"alert {alert.alert_id} {done}: {alert.message}")
        for number in wanted:
            if number not in is_open:
                printer.remark(f"there is no open alert {number}")
        if not wanted:
            printer.remark("no alert waits for somebody")
        return OK if len(found) == len(wanted) else INCOMPLETE

    return with_engine(invocation, run)


def _in_romanian(invocation: Invocation, lang: str | None) -> bool:
    return (lang or look_of(invocation).language) == "ro"


def _row(alert: Alert) -> tuple[str, ...]:
    return (
        str(alert.alert_id),
        alert.severity,
        alert.state,
        alert.account or "all",
        alert.code,
        moment(alert.opened_at),
        _lasted(alert),
        _value(alert.value, alert.unit),
        alert.message,
    )


def _lasted(alert: Alert) -> str:
    return duration(((alert.closed_at or datetime.now(UTC)) - alert.opened_at).total_seconds())


def _value(value: float | None, unit: str | None) -> str:
    return NOTHING if value is None else f"{value:.4g} {unit or ''}".rstrip()


def _facts(detail: AlertDetail, *, in_romanian: bool) -> list[tuple[str, str]]:
    alert = detail.alert
    facts = [
        ("alert", f"{alert.alert_id}, {alert.code}"),
        ("account", alert.account or "all"),
        ("severity", alert.severity),
        ("state", alert.state),
        ("opened", moment(alert.opened_at)),
    ]
    if alert.closed_at is not None:
        facts.append(("closed", moment(alert.closed_at)))
    facts.append(("lasted", _lasted(alert)))
    figures = (("value", alert.value), ("worst", alert.peak), ("threshold", alert.threshold))
    facts += [(name, _value(figure, alert.unit)) for name, figure in figures if figure is not None]
    if alert.cause is not None:
        facts.append(("cause", alert.cause.text_ro if in_romanian else alert.cause.text))
    if alert.acked_at is not None:
        facts.append(("taken note of", f"{moment(alert.acked_at)} by {alert.acked_by}"))
    if alert.muted_until is not None:
        facts.append(("muted until", f"{moment(alert.muted_until)} by {alert.muted_by}"))
    usual = "" if detail.median_seconds is None else f", usually {duration(detail.median_seconds)} long"
    facts.append(("in 30 days", f"{detail.times} time{'' if detail.times == 1 else 's'}{usual}"))
    advice = alert.advice_ro if in_romanian else alert.advice
    if advice:
        facts.append(("do", advice))
    return facts


def _tell_runbook(printer: Printer, runbook: Runbook, *, in_romanian: bool) -> None:
    title, meaning = (runbook.title_ro, runbook.meaning_ro) if in_romanian else (runbook.title, runbook.meaning)
    printer.sentence(title)
    printer.sentence(meaning)
    for number, step in enumerate(runbook.steps_ro if in_romanian else runbook.steps, 1):
        printer.sentence(f"  {number}. {step}")


def _runbook_row(runbook: Runbook, *, in_romanian: bool) -> tuple[str, ...]:
    return (runbook.code, runbook.cause or "", runbook.title_ro if in_romanian else runbook.title)


def _mute_row(held: Mute) -> tuple[str, ...]:
    since = moment(held.at)
    return (str(held.mute_id), held.code, held.account or "all", moment(held.until), held.by, since)
