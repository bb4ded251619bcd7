"""What an operator should know of, and why: each metric of the score, and accounts in trouble.

A `Concern` is a row of the health screen and, opened, its explanation: what it is, since when, why, what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.bilingual import of_two
from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.figures import age, percent, response
from magflow_tui.tui.views.levels import account_role, penalty_role
from magflow_tui.tui.views.spans import Role, clean

if TYPE_CHECKING:
    from magflow_tui.contract.alerts import Alert, Cause
    from magflow_tui.contract.snapshot import (
        AccountHealth,
        AccountState,
        Health,
        HealthLevel,
        HealthLine,
        HealthMetric,
        Snapshot,
    )


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence of an explanation, and the key of the word that stands before it (`fact.why`).

    Steps to be done in order have a number instead.
    """

    word: str
    text: str
    role: Role = "text"
    number: int = 0


@dataclass(frozen=True, slots=True)
class Concern:
    """A row and its explanation. `key` is its place in the list.

    `metric` names the score's metric, `alert` is the alert, open or over, where it is one.
    """

    key: object
    title: str
    role: Role
    since: datetime | None = None
    facts: tuple[Fact, ...] = ()
    metric: HealthMetric | None = None
    alert: Alert | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """The score that is shown, of the chosen account or of all: `account` None. `history` has a score a minute."""

    account: str | None
    score: int | None
    level: HealthLevel
    lines: Sequence[HealthLine]
    history: Sequence[int | None]


def health_of(view: View, snapshot: Snapshot) -> Scored:
    """The chosen account's own score; that of all where none is chosen, or the account has none of its own."""
    own: AccountHealth | None = next(
        (each for each in snapshot.account_health if view.account is not None and each.account == view.account), None
    )
    if own is None:
        every: Health = snapshot.health
        return Scored(None, every.score, every.level, every.lines, every.history)
    minutes = view.minutes if view.minutes_of == own.account else None
    return Scored(own.account, own.score, own.level, own.lines, minutes.score if minutes is not None else ())


def troubled_accounts(view: View, snapshot: Snapshot) -> list[AccountState]:
    """Shown accounts that the marketplace does not serve."""
    return [
        account
        for account in snapshot.accounts
        if view.account in (None, account.name) and account_role(account.status) == "crit"
    ]


def shown_value(line: HealthLine, value: float | None) -> str:
    """A reading or bound of a metric in its unit: `1.2 %`, `2.4 s`."""
    return shown_amount(value, line.unit, line.threshold, fine=line.metric == "sync_success")


def shown_amount(value: float | None, unit: str | None, threshold: float | None = None, *, fine: bool = False) -> str:
    """A figure in its unit. A percentage has a decimal where it is small, or would be rounded to its own threshold.

    `fine`: of a share of what succeeded, which is never rounded to all.
    """
    if unit == "ms":
        return response(value)
    if unit == "min":
        return age(None if value is None else value * 60)
    if unit == "%":
        exact = value is not None and (value < 10 or fine or round(value) == threshold)
        return percent(value, digits=1 if exact and value != 100 else 0)
    return "-" if value is None else f"{value:.0f} {clean(unit or '')}".rstrip()


def shown_bound(line: HealthLine) -> str:
    """The threshold of a metric in its unit: `5 %`, `2.0 s`."""
    return shown_limit(line.threshold, line.unit)


def shown_limit(value: float, unit: str | None) -> str:
    """A threshold in its unit: whole per cent."""
    return percent(value) if unit == "%" else shown_amount(value, unit)


def cause_text(view: View, cause: Cause) -> str:
    """The sentence of a cause, and whose it is where that is not said by it or by what is shown."""
    text, account = of_two(view.say, cause.text, cause.text_ro), clean(cause.account or "")
    told = not account or account.lower() == (view.account or "").lower() or account.lower() in text.lower()
    return text if told else f"{account_name(account)}: {text}"


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
    if line.because is not None:
        facts.append(Fact("why", cause_text(view, line.because)))
    elif line.cause:
        facts.append(Fact("why", clean(line.cause)))
    if line.advice:
        facts.append(Fact("do", of_two(say, line.advice, line.advice_ro or ""), "info"))
    facts.append(Fact("look", say(f"look.{line.metric}"), "info"))
    return Concern(f"metric.{line.metric}", f"{name} -{line.penalty}", role, line.since, tuple(facts), line.metric)


def account_concern(view: View, account: AccountState) -> Concern:
    """An account that the marketplace does not serve."""
    name = clean(account.name)
    title = f"{account_name(account.name)}: {view.say(f'account.{account.status}')}"
    return Concern(f"account.{name}", title, "crit", account.since, account_facts(view, account))


def account_facts(view: View, account: AccountState) -> tuple[Fact, ...]:
    """Why an account is not served, and which of its settings to look at."""
    say, name = view.say, clean(account.name)
    why = (Fact("why", clean(account.message)),) if account.message else ()
    values = {"name": name, "variable": name.upper(), "url": clean(account.base_url)}
    return (
        *why,
        Fact("do", say(f"account.{account.status}.do", **values), "info"),
        Fact("try", say("account.try", name=name), "info"),
    )


def no_accounts(view: View) -> Concern:
    """That nothing has been set up, and how it is."""
    say = view.say
    facts = (
        Fact("do", say("setup.first"), "info"),
        Fact("set", say("setup.keys")),
        Fact("", say("setup.variables")),
        Fact("then", say("setup.then"), "info"),
    )
    return Concern("setup", say("setup.none"), "warn", None, facts)
