"""`magflow orders validate`: orders in a file, checked without engine, store or settings."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from magflow_tui.cli.checking import judged, plain_value
from magflow_tui.cli.failures import INCOMPLETE, OK, CommandError
from magflow_tui.cli.grammar import Command, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.paging import limit_option, rows_to_show
from magflow_tui.cli.printing import Column, JsonValue, Printer
from magflow_tui.cli.wording import NOTHING, amount, count, money, printable

if TYPE_CHECKING:
    from magflow_tui.cli.checking import Finding, Purpose, Rule, Verdict

#: As `config.PlatformName` and `rules.verdicts.PURPOSES`: written out, so that `--help` loads neither.
PLATFORMS = ("emag-ro", "emag-bg", "emag-hu", "fd-ro", "fd-bg")
PURPOSES = ("order", "update", "cancellation", "bulk")

_RULE_COLUMNS = (
    Column("RULE"),
    Column("SEVERITY"),
    Column("FINDINGS", right=True),
    Column("ORDERS", right=True),
    Column("WHAT IT CHECKS", flexible=True),
)


@click.command(cls=Command, example="magflow orders validate orders.json --platform emag-ro")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE")
@click.option(
    "--platform", type=click.Choice(PLATFORMS), help="Where the orders are from: checks currency and VAT, too."
)
@click.option(
    "--for",
    "purpose",
    type=click.Choice(PURPOSES),
    default="order",
    show_default=True,
    help="`update`: what is sent to change an order. `bulk`: the same, all in one request. `cancellation`: order and "
    "reason.",
)
@click.option("--reveal", is_flag=True, help="Show customers' data whole in what is printed for people.")
@limit_option
@json_option
@pass_invocation
def validate(
    invocation: Invocation, file: Path, platform: str | None, purpose: Purpose, reveal: bool, limit: int | None
) -> int:
    """Check the orders of a file.

    FILE is JSON: a list of orders, one order, an answer of the API, or an order a line; `-` reads standard input. Every
    fault of an order is told, errors first; an order is good when none is an error.

    Exit code 0 when every order is good, 1 when one is not, 2 when the file cannot be read.
    """
    printer = Printer(json=invocation.json)
    with _opened(file) as (stream, name):
        found = judged(stream, name, purpose, platform)
        if printer.json:
            good = True
            for verdict in found:
                printer.document(verdict_line(verdict))
                good = good and verdict.ok
            return OK if good else INCOMPLETE
        return _tell(printer, found, reveal=reveal, most=rows_to_show(limit, json=False))


def verdict_line(verdict: Verdict) -> dict[str, JsonValue]:
    """A verdict as the script contract has it."""
    return {
        "id": verdict.id,
        "ok": verdict.ok,
        "total": None if verdict.total is None else amount(verdict.total),
        "currency": verdict.currency,
        "findings": [
            {
                "rule": finding.rule.code,
                "severity": finding.severity,
                "path": finding.path,
                "message": finding.message(),
                "value": plain_value(finding.value),
            }
            for finding in verdict.findings
        ],
    }


@contextmanager
def _opened(file: Path) -> Iterator[tuple[BinaryIO, str]]:
    """The file's bytes, and what it is called in sentences."""
    if str(file) == "-":
        yield sys.stdin.buffer, "standard input"
        return
    name = f"`{printable(str(file))}`"
    try:
        stream = file.open("rb")
    except OSError as error:
        raise CommandError(
            f"{name} cannot be read: {(error.strerror or str(error)).lower()}",
            hint="is the name right? `-` reads standard input",
        ) from error
    with stream:
        yield stream, name


def _tell(printer: Printer, found: Iterable[Verdict], *, reveal: bool, most: int | None) -> int:
    """Print the findings of up to `most` orders, the count of each rule, and the sum of it."""
    findings: Counter[Rule] = Counter()
    orders: Counter[Rule] = Counter()
    checked = bad = told = faulty = 0
    for checked, verdict in enumerate(found, start=1):
        bad += not verdict.ok
        faulty += bool(verdict.findings)
        findings.update(finding.rule for finding in verdict.findings)
        orders.update({finding.rule for finding in verdict.findings})
        if verdict.findings and (most is None or told < most):
            told += 1
            printer.sentence(_heading(verdict, checked))
            for finding in verdict.findings:
                printer.sentence(f"  {finding.severity:<8} {_place(finding)}: {_message(finding, reveal=reveal)}")
    if findings:
        printer.sentence("")
        printer.table(
            _RULE_COLUMNS,
            (
                (rule.code, rule.severity, count(findings[rule]), count(orders[rule]), rule.title.of("en"))
                for rule in sorted(findings, key=lambda rule: (-orders[rule], rule.code))
            ),
        )
        printer.sentence("")
    if told < faulty:
        printer.remark(f"the first {count(told)} of {count(faulty)} orders with findings; --limit 0 shows all")
    printer.sentence(_sum(checked, bad, faulty))
    return INCOMPLETE if bad else OK


def _heading(verdict: Verdict, place: int) -> str:
    name = f"number {count(place)}, without a usable id" if verdict.id is None else str(verdict.id)
    return f"order {name}  {money(verdict.total, verdict.currency) if verdict.total is not None else NOTHING}"


def _place(finding: Finding) -> str:
    return "order" if finding.path == "$" else finding.path.removeprefix("$.")


def _message(finding: Finding, *, reveal: bool) -> str:
    if reveal:
        return finding.message()
    from magflow_tui.tui.views.masking import hides

    return hides(finding.message(), finding.path, finding.value)


def _sum(checked: int, bad: int, faulty: int) -> str:
    if not checked:
        return "no orders in it"
    orders = "1 order" if checked == 1 else f"{count(checked)} orders"
    remarks = faulty - bad
    return f"{orders}: {count(checked - bad)} good, {count(bad)} with errors" + (
        f"; {count(remarks)} of the good ones with remarks" if remarks > 0 else ""
    )
