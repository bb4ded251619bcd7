"""`magflow findings`: what is wrong with stored orders, and what becomes of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.commands import triage
from magflow_tui.cli.grammar import Group, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.paging import limit_option, more_remark, rows_to_show, walk
from magflow_tui.cli.printing import Column, JsonValue, Printer
from magflow_tui.cli.wording import NOTHING, count, moment

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.findings import BrokenItem, Finding

_STATES = ("open", "seen", "ignored", "snoozed", "resolved")
_SEVERITIES = ("error", "warning", "info")
_CSV_COLUMNS = (
    *("finding_id", "order", "account", "rule", "severity", "path", "message", "value", "state", "until", "opened"),
)
_COLUMNS = (
    Column("FINDING", right=True),
    Column("ORDER", right=True),
    Column("ACCOUNT"),
    Column("SEVERITY"),
    Column("RULE"),
    Column("STATE"),
    Column("PATH", flexible=True),
    Column("MESSAGE", flexible=True),
)
_COUNT_COLUMNS = (
    Column("RULE"),
    Column("SEVERITY"),
    *(Column(state.upper(), right=True) for state in ("open", "seen", "ignored", "snoozed")),
    Column("ORDERS", right=True),
)
_BROKEN_COLUMNS = (
    Column("ACCOUNT"),
    Column("RESOURCE"),
    Column("LAST SEEN"),
    Column("BYTES", right=True),
    Column("WHY", flexible=True),
)


@click.group(cls=Group, default="list", example="magflow findings ignore --rule customer.phone --until 7d")
def findings() -> None:
    """What is wrong with stored orders, and what becomes of it."""


for _command in triage.COMMANDS:
    findings.add_command(_command)


@findings.command("list", example="magflow findings list --rule customer.phone --limit 20")
@click.option("--state", type=click.Choice(_STATES), help="Only in this state.  [default: all but resolved]")
@click.option("--rule", metavar="R", help="Only of this rule.")
@click.option("--severity", type=click.Choice(_SEVERITIES), help="Only of this severity.")
@click.option("--account", metavar="NAME", help="Only of this account.")
@click.option("--order", "order_id", type=click.IntRange(min=1), metavar="ID", help="Only of this order.")
@click.option("--csv", "csv_file", metavar="FILE", help="Write CSV to a file, - for stdout.")
@click.option("--broken", is_flag=True, help="Items that were too broken to have a number, instead.")
@click.option("--reveal", is_flag=True, help="Show customers' data that a finding quotes.")
@limit_option
@json_option
@pass_invocation
def list_findings(
    invocation: Invocation,
    state: str | None,
    rule: str | None,
    severity: str | None,
    account: str | None,
    order_id: int | None,
    csv_file: str | None,
    broken: bool,
    reveal: bool,
    limit: int | None,
) -> None:
    """List findings, newest first."""
    printer = Printer(json=invocation.json)
    wanted = rows_to_show(limit, json=invocation.json or csv_file is not None)
    owner = account and account.lower()

    async def run(client: EngineClient) -> None:
        from magflow_tui.client.list_part import ListPart

        if broken:
            _print_broken(printer, (await client.triage.broken(account=owner, limit=wanted or 500)).items)
            return

        async def read(most: int, after: str | None) -> tuple[Sequence[Finding], str | None]:
            part = ListPart(owner, limit=most, after=after)
            page = await client.triage.findings(
                part,
                state=state,  # type: ignore[arg-type]  # click lets no other through
                rule=rule,
                severity=severity,
                order_id=order_id,
            )
            return page.findings, page.next_after

        if csv_file is not None:
            rows: list[Finding] = []
            await walk(read, wanted, rows.append)
            _write_csv(csv_file, rows, reveal=reveal)
            if csv_file != "-":
                printer.remark(f"{count(len(rows))} findings written to {csv_file}")
            return
        if printer.json:
            await walk(read, wanted, lambda finding: printer.document(finding_line(finding)))
            return
        shown: list[Finding] = []
        more = await walk(read, wanted, shown.append)
        printer.table(_COLUMNS, (_row(finding, reveal=reveal) for finding in shown))
        if more:
            printer.remark(more_remark(len(shown)))

    with_engine(invocation, run)


@findings.command("counts", example="magflow findings counts --account main")
@click.option("--account", metavar="NAME", help="Only of this account.")
@json_option
@pass_invocation
def count_findings(invocation: Invocation, account: str | None) -> None:
    """Count unresolved findings by rule."""
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> None:
        counts = await client.triage.counts(account=account and account.lower())
        if printer.json:
            printer.document(counts)
            return
        printer.table(
            _COUNT_COLUMNS,
            (
                (rule.rule, rule.severity, *map(count, (rule.open, rule.seen, rule.ignored, rule.snoozed, rule.orders)))
                for rule in counts.rules
            ),
        )
        if counts.broken:
            items = "1 item is" if counts.broken == 1 else f"{count(counts.broken)} items are"
            printer.remark(f"{items} too broken to be checked: `magflow findings --broken`")

    with_engine(invocation, run)


def finding_line(finding: Finding) -> dict[str, JsonValue]:
    """A finding as programs read it."""
    return {
        "finding_id": finding.finding_id,
        "order": finding.order_id,
        "account": finding.account,
        "rule": finding.rule,
        "severity": finding.severity,
        "path": finding.path,
        "message": finding.message,
        "value": finding.value,
        "state": finding.state,
        "until": None if finding.until is None else finding.until.isoformat(),
        "opened": None if finding.opened_at is None else finding.opened_at.isoformat(),
    }


def _row(finding: Finding, *, reveal: bool) -> tuple[str, ...]:
    until = f" until {moment(finding.until)}" if finding.until else ""
    return (
        str(finding.finding_id),
        str(finding.order_id),
        finding.account,
        finding.severity,
        finding.rule,
        finding.state + until,
        finding.path.removeprefix("$."),
        finding.message if reveal else _hidden(finding.message, finding),
    )


def _print_broken(printer: Printer, items: Sequence[BrokenItem]) -> None:
    if printer.json:
        for item in items:
            printer.document(item)
        return
    printer.table(
        _BROKEN_COLUMNS,
        (
            (
                item.account,
                item.resource,
                moment(item.last_seen),
                count(item.raw_bytes),
                "; ".join(item.issues) or NOTHING,
            )
            for item in items
        ),
    )


def _write_csv(target: str, rows: Sequence[Finding], *, reveal: bool) -> None:
    """CSV for spreadsheets; a file is its owner's alone. Raises `OSError`."""
    from magflow_tui.tui.output.export import ENCODINGS, CsvRows
    from magflow_tui.tui.output.private_file import PrivateFile

    encode = CsvRows(_CSV_COLUMNS)
    text = encode.begin() + encode.rows([_csv_row(finding, reveal=reveal) for finding in rows])
    if target == "-":
        sys.stdout.write(text)
        return
    file = PrivateFile(Path(target), encoding=ENCODINGS["csv"])
    try:
        file.write(text)
        file.finish()
    except OSError:
        file.abandon()
        raise


def _csv_row(finding: Finding, *, reveal: bool) -> dict[str, JsonValue]:
    row = finding_line(finding)
    if not reveal:
        row |= {name: _hidden(text, finding) for name in ("message", "value") if isinstance(text := row[name], str)}
    return row


def _hidden(text: str, finding: Finding) -> str:
    """What a finding says, without what it quotes of a customer."""
    from magflow_tui.tui.views.masking import hides, scrubbed

    return scrubbed(hides(text, finding.path, finding.value))
