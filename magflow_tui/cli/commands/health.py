"""`magflow health`: one word for a probe, and where every lost point went."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import with_engine
from magflow_tui.cli.grammar import Command, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.printing import Printer
from magflow_tui.cli.wording import count, milliseconds, percent

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.management import HealthAnswer

EXIT_CODES = {"healthy": 0, "degraded": 1, "warning": 1, "critical": 2, "unknown": 3}


@click.command(cls=Command, example="magflow health --json")
@json_option
@pass_invocation
def health(invocation: Invocation) -> int:
    """Tell how well requests and syncs go.

    Exit code: 0 healthy, 1 degraded or warning, 2 critical, 3 unknown (nothing to judge by).
    """
    printer = Printer(json=invocation.json)

    async def run(client: EngineClient) -> int:
        answer = await client.health()
        if printer.json:
            printer.document(answer)
        else:
            printer.sentence(_headline(answer))
            printer.facts(_facts(answer))
            for alert in answer.alerts:
                account = f"{alert.account}: " if alert.account else ""
                advice = f" {alert.advice}" if alert.advice else ""
                printer.sentence(f"{alert.severity}  {account}{alert.message}{advice}")
        return EXIT_CODES[answer.status]

    return with_engine(invocation, run)


def _headline(answer: HealthAnswer) -> str:
    score = "no data yet" if answer.health_score is None else f"{answer.health_score} of 100"
    return f"{answer.status}, {score}"


def _facts(answer: HealthAnswer) -> list[tuple[str, str]]:
    metrics = answer.metrics
    return [
        ("requests, 5 min", f"{count(metrics.requests)}, {metrics.requests_per_minute:.0f} a minute"),
        ("error rate", percent(metrics.error_rate)),
        ("response time", f"{milliseconds(metrics.mean_ms)} mean, {milliseconds(metrics.p95_ms)} p95"),
        ("limit use", percent(metrics.limit_use)),
        ("refused by the limit", count(metrics.rate_limited)),
        ("syncs that succeeded", percent(metrics.sync_success)),
    ]
