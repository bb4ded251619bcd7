"""`magflow health`: one word for a probe, and where every lost point went."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import data_folder, run_to_end, with_engine
from magflow_tui.cli.failures import NOT_RUNNING, CommandError
from magflow_tui.cli.grammar import Command, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.printing import Printer
from magflow_tui.cli.wording import NOTHING, clock_time, count, milliseconds, percent

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.management import HealthAnswer
    from magflow_tui.contract.snapshot import AccountHealth, HealthLine

#: What probes know too: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
EXIT_CODES = {"healthy": 0, "degraded": 1, "warning": 1, "critical": 2, "unknown": 3}
_PROBE_WORDS = {0: "OK", 1: "WARNING", 2: "CRITICAL", 3: "UNKNOWN"}
_TITLES = {
    "error_rate": "error rate",
    "response_time": "response time",
    "limit_use": "limit use",
    "sync_success": "sync success",
}


@click.command(cls=Command, example="magflow health --nagios")
@click.option("--account", metavar="NAME", help="The score of this account alone.")
@click.option("--nagios", is_flag=True, help="One line with performance data; implies --no-start.")
@click.option("--no-start", is_flag=True, help="Ask a running engine only: none is unknown.")
@json_option
@pass_invocation
def health(invocation: Invocation, account: str | None, nagios: bool, no_start: bool) -> int:
    """Tell how well requests and syncs go, and where every lost point went.

    Exit code: 0 healthy, 1 degraded or warning, 2 critical, 3 unknown (nothing to judge by, or with --no-start no
    engine): what Nagios and its kin expect of a check.
    """
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> int:
        answer = await client.health()
        shown = answer if account is None else _of_account(answer, account)
        if printer.json:
            printer.document(shown)
        elif nagios:
            printer.sentence(probe_line(shown))
        else:
            _tell(printer, shown)
        return EXIT_CODES[shown.status]

    if not (nagios or no_start):
        return with_engine(invocation, run)
    try:
        return run_to_end(_ask_running(invocation, run))
    except CommandError as error:
        if not nagios:
            raise CommandError(error.message, hint=error.hint, exit_code=NOT_RUNNING) from error
        printer.sentence(f"MAGFLOW UNKNOWN - {error.message}")
        return EXIT_CODES["unknown"]


async def _ask_running(invocation: Invocation, ask: Callable[[EngineClient], Awaitable[int]]) -> int:
    """Ask the engine that runs; raises `EngineNotRunningError` instead of starting one."""
    from magflow_tui.client import EngineClient

    async with EngineClient.connect(data_folder(invocation)) as client:
        return await ask(client)


def _of_account(answer: HealthAnswer, name: str) -> HealthAnswer:
    """The answer as it would be if there were no other account. Raises `CommandError` for one that does not exist."""
    found = next((account for account in answer.accounts if account.account == name.lower()), None)
    if found is None:
        known = ", ".join(account.account for account in answer.accounts) or "none"
        raise CommandError(f"there is no account {name} in use; there are: {known}")
    return answer.model_copy(
        update={
            "status": found.level,
            "health_score": found.score,
            "metrics": found.metrics,
            "alerts": tuple(alert for alert in answer.alerts if alert.account == found.account),
            "lines": found.lines,
            "accounts": (found,),
        }
    )


def probe_line(answer: HealthAnswer) -> str:
    """`MAGFLOW WARNING - 60 of 100: limit use 84.0 % (orders of main …) | score=60;90:;50: …`: a check's output."""
    word = _PROBE_WORDS[EXIT_CODES[answer.status]]
    lost = [f"{_TITLES[line.metric]} {_reading(line)}" for line in answer.lines if line.penalty]
    because = f": {', '.join(lost)}" if lost else ""
    figures = [] if answer.health_score is None else [f"score={answer.health_score};90:;50:;0;100"]
    figures += [
        f"{line.metric}={line.value:g}{line.unit};{line.threshold:g}{':' if line.metric == 'sync_success' else ''}"
        for line in answer.lines
        if line.value is not None
    ]
    figures.append(f"alerts={len(answer.alerts)}")
    # A bar would end the text for whoever reads it.
    return f"MAGFLOW {word} - {_score(answer.health_score)}{because}".replace("|", "/") + " | " + " ".join(figures)


def _tell(printer: Printer, answer: HealthAnswer) -> None:
    printer.sentence(f"{answer.status}, {_score(answer.health_score)}")
    for line in answer.lines:
        _tell_line(printer, line)
    printer.facts(_facts(answer))
    if len(answer.accounts) > 1:
        printer.facts((f"account {account.account}", _account(account)) for account in answer.accounts)
    for alert in answer.alerts:
        account = f"{alert.account}: " if alert.account else ""
        state = "" if alert.state == "new" else f" ({alert.state})"
        printer.sentence(f"{alert.severity}{state}  {account}{alert.message}")
    if answer.alerts:
        printer.remark("`magflow alerts show ID` tells what to do")


def _tell_line(printer: Printer, line: HealthLine) -> None:
    """A metric of the score; where it costs points, since when, why, and what to do."""
    side = "at least" if line.metric == "sync_success" else "at most"
    cost = f"-{line.penalty}" if line.penalty else "ok"
    since = f", since {clock_time(line.since)}" if line.since and line.penalty else ""
    printer.sentence(
        f"{cost:>4}  {_TITLES[line.metric]:<13}  {_reading(line)} ({side} {line.threshold:g} {line.unit}{since})"
    )
    if line.penalty:
        for text in (line.cause, line.advice):
            if text:
                printer.sentence(f"      {text}")


def _reading(line: HealthLine) -> str:
    return milliseconds(line.value) if line.unit == "ms" else percent(line.value)


def _score(score: int | None) -> str:
    return "no data yet" if score is None else f"{score} of 100"


def _account(account: AccountHealth) -> str:
    lost = ", ".join(f"{_TITLES[line.metric]} {_reading(line)}" for line in account.lines if line.penalty)
    score = NOTHING if account.score is None else str(account.score)
    return f"{account.level} {score}{f': {lost}' if lost else ''}"


def _facts(answer: HealthAnswer) -> list[tuple[str, str]]:
    metrics = answer.metrics
    return [
        ("requests, 5 min", f"{count(metrics.requests)}, {metrics.requests_per_minute:.0f} a minute"),
        ("response time", f"{milliseconds(metrics.p50_ms)} p50, {milliseconds(metrics.p95_ms)} p95"),
        ("refused by the limit", count(metrics.rate_limited)),
    ]
