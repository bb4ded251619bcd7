"""What an operator should know of, and why: each metric of the score, accounts in trouble, open alerts.

A `Concern` is a row of the health screen and, opened, its explanation: what it is, since when, why, what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.figures import percent, response
from magflow_tui.tui.views.levels import account_role, penalty_role, severity_role
from magflow_tui.tui.views.spans import Role, clean

if TYPE_CHECKING:
    from magflow_tui.contract.snapshot import AccountState, Alert, HealthLine, HealthMetric, Snapshot


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence of an explanation, and the key of the word that stands before it (`fact.why`)."""

    word: str
    text: str
    role: Role = "text"


@dataclass(frozen=True, slots=True)
class Concern:
    """A row and its explanation. `key` is its place in the list; `metric` names the score's metric, if it is one."""

    key: object
    title: str
    role: Role
    since: datetime | None = None
    facts: tuple[Fact, ...] = ()
    metric: HealthMetric | None = None


def concerns(view: View, snapshot: Snapshot) -> list[Concern]:
    """Every row of the health screen, in its order: the metrics worst first, then what is in trouble."""
    return [metric_concern(view, snapshot, line) for line in snapshot.health.lines] + troubles(view, snapshot)


def troubles(view: View, snapshot: Snapshot) -> list[Concern]:
    """What is wrong beside the score: no accounts, accounts that cannot work, open alerts worst first."""
    missing = [] if snapshot.accounts else [_no_accounts(view)]
    accounts = [_account_concern(view, account) for account in troubled_accounts(view, snapshot)]
    return missing + accounts + [_alert_concern(view, alert) for alert in alerts_shown(view, snapshot)]


def trouble_count(view: View, snapshot: Snapshot) -> int:
    """How many `troubles` there are."""
    return (
        (not snapshot.accounts) + len(troubled_accounts(view, snapshot)) + len(alerts_shown(view, snapshot))
    )  # fmt: skip


def troubled_accounts(view: View, snapshot: Snapshot) -> list[AccountState]:
    """Shown accounts that the marketplace does not serve."""
    return [
        account
        for account in snapshot.accounts
        if view.account in (None, account.name) and account_role(account.status) == "crit"
    ]


def alerts_shown(view: View, snapshot: Snapshot) -> list[Alert]:
    """Open alerts of the chosen account and of none: worst first, then newest first."""
    worst = ("critical", "warning", "info", "ok")
    shown = [alert for alert in snapshot.alerts if alert.account is None or view.account in (None, alert.account)]
    newest = sorted(shown, key=lambda alert: alert.opened_at, reverse=True)
    return sorted(newest, key=lambda alert: worst.index(alert.severity))


def shown_value(line: HealthLine, value: float | None) -> str:
    """A reading or bound of a metric in its unit: `1.2 %`, `2.4 s`."""
    if line.unit == "ms":
        return response(value)
    # A value is never rounded to its own bound, and a share of what succeeded not to all.
    fine = value is not None and (value < 10 or line.metric == "sync_success" or round(value) == line.threshold)
    return percent(value, digits=1 if fine and value != 100 else 0)


def shown_bound(line: HealthLine) -> str:
    """The threshold of a metric in its unit: `5 %`, `2.0 s`."""
    return percent(line.threshold) if line.unit == "%" else response(line.threshold)


def metric_concern(view: View, snapshot: Snapshot, line: HealthLine) -> Concern:
    """A metric of the score: its reading, what it costs and when, why, and where to look."""
    say = view.say
    name = say(f"metric.{line.metric}")
    side = "below" if line.metric == "sync_success" else "above"
    rule = Fact("rule", say(f"rule.{side}", bound=shown_bound(line), points=line.points))
    if line.value is None:
        facts = [Fact("now", say(f"unread.{line.metric}"), "muted"), rule]
        if not snapshot.accounts:
            facts.append(Fact("do", say("setup.first"), "info"))
        elif not snapshot.engine.schedules_on:
            facts.append(Fact("do", say("unread.start"), "info"))
        return Concern(f"metric.{line.metric}", name, "muted", None, tuple(facts), line.metric)
    role = penalty_role(line.penalty)
    facts = [Fact("now", say(f"reading.{line.metric}", value=shown_value(line, line.value)), role), rule]
    if not line.penalty:
        facts[0] = Fact("now", facts[0].text)
        return Concern(f"metric.{line.metric}", name, "ok", None, tuple(facts), line.metric)
    if line.cause:
        facts.append(Fact("why", clean(line.cause)))
    if line.advice:
        facts.append(Fact("do", say(f"advice.{line.metric}"), "info"))
    facts.append(Fact("look", say(f"look.{line.metric}"), "info"))
    return Concern(f"metric.{line.metric}", f"{name} -{line.penalty}", role, line.since, tuple(facts), line.metric)


def _account_concern(view: View, account: AccountState) -> Concern:
    say, name = view.say, clean(account.name)
    facts: list[Fact] = []
    if account.message:
        facts.append(Fact("why", clean(account.message)))
    values = {"name": name, "variable": name.upper(), "url": clean(account.base_url)}
    facts.append(Fact("do", say(f"account.{account.status}.do", **values), "info"))
    facts.append(Fact("try", say("account.try", name=name), "info"))
    title = f"{name.upper()}: {say(f'account.{account.status}')}"
    return Concern(f"account.{name}", title, "crit", account.since, tuple(facts))


def _no_accounts(view: View) -> Concern:
    say = view.say
    facts = (
        Fact("do", say("setup.first"), "info"),
        Fact("set", say("setup.keys")),
        Fact("", say("setup.variables")),
        Fact("then", say("setup.then"), "info"),
    )
    return Concern("setup", say("setup.none"), "warn", None, facts)


def _alert_concern(view: View, alert: Alert) -> Concern:
    say = view.say
    role = severity_role(alert.severity)
    facts = [Fact("what", clean(alert.message), role if role in ("warn", "crit") else "text")]
    metric = alert.code.removeprefix("health.")
    known = alert.code.startswith("health.") and metric in {line.metric for line in _lines(view)}
    if alert.advice:
        facts.append(Fact("do", say(f"advice.{metric}") if known else clean(alert.advice), "info"))
    if known:
        facts.append(Fact("look", say(f"look.{metric}"), "info"))
    elif not alert.advice:
        facts.append(Fact("look", say("look.alert"), "info"))
    return Concern(alert.alert_id, clean(alert.message), role, alert.opened_at, tuple(facts))


def _lines(view: View) -> Sequence[HealthLine]:
    return view.snapshot.health.lines if view.snapshot else ()
