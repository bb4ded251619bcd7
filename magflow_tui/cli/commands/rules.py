"""`magflow rules`: what orders are checked for."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from magflow_tui.cli.checking import every_rule
from magflow_tui.cli.failures import INCOMPLETE, CommandError
from magflow_tui.cli.grammar import Command, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.printing import Column, JsonValue, Printer

if TYPE_CHECKING:
    from magflow_tui.cli.checking import Rule

_COLUMNS = (
    Column("CODE"),
    Column("SEVERITY"),
    Column("WHAT IT CHECKS", flexible=True),
    Column("SOURCE", flexible=True),
)


@click.command(cls=Command, example="magflow rules line.quantity")
@click.argument("code", required=False, metavar="[CODE]")
@click.option("--markdown", is_flag=True, help="The list as a table in Markdown, as the README has it.")
@json_option
@pass_invocation
def rules(invocation: Invocation, code: str | None, markdown: bool) -> None:
    """List the rules that orders, updates and cancellations are checked by, or tell all about one.

    With --json a rule a line. Exit code 1 when there is no rule of that code.
    """
    printer = Printer(json=invocation.json)
    listed = every_rule()
    if code is not None:
        rule = _rule(listed, code)
        if printer.json:
            printer.document(rule_line(rule))
        else:
            printer.facts(_facts(rule))
        return
    if printer.json:
        for rule in listed:
            printer.document(rule_line(rule))
        return
    if markdown:
        printer.sentence("\n".join(markdown_lines()))
        return
    printer.table(_COLUMNS, ((rule.code, rule.severity, rule.title.en, rule.source) for rule in listed))


def markdown_lines() -> list[str]:
    """The table of the README, a line each."""
    rows = (f"| `{rule.code}` | {rule.severity} | {rule.title.en} | {rule.source} |" for rule in every_rule())
    return ["| Rule | Severity | What it checks | Source |", "|---|---|---|---|", *rows]


def rule_line(rule: Rule) -> dict[str, JsonValue]:
    """All of a rule, in both languages. In texts, `{name}` stands for what a finding puts there."""
    return {
        "code": rule.code,
        "severity": rule.severity,
        "title": rule.title.en,
        "title_ro": rule.title.ro,
        "expected": rule.expected.en,
        "expected_ro": rule.expected.ro,
        "message": rule.sentence.en,
        "message_ro": rule.sentence.ro,
        "source": rule.source,
    }


def _rule(listed: tuple[Rule, ...], code: str) -> Rule:
    by_code = {rule.code: rule for rule in listed}
    found = by_code.get(code.lower())
    if found is not None:
        return found
    near = get_close_matches(code.lower(), by_code, n=1, cutoff=0.5)
    raise CommandError(
        f"there is no rule {code!r}",
        hint=f"did you mean `{near[0]}`?" if near else "`magflow rules` lists them",
        exit_code=INCOMPLETE,
    )


def _facts(rule: Rule) -> list[tuple[str, str]]:
    return [
        ("code", rule.code),
        ("severity", rule.severity),
        ("checks", rule.title.en),
        ("", rule.title.ro),
        ("expected", rule.expected.en),
        ("", rule.expected.ro),
        ("says", rule.sentence.en),
        ("", rule.sentence.ro),
        ("source", rule.source),
    ]
