"""An alert in words: what it is called, its state, why it is, what to do about it, and what was said of it so far."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.bilingual import of_two
from magflow_tui.tui.views.context import Say, View
from magflow_tui.tui.views.diagnosis import Concern, Fact, account_facts, cause_text, shown_amount, shown_limit
from magflow_tui.tui.views.figures import age, day
from magflow_tui.tui.views.levels import account_role, alert_role
from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from magflow_tui.contract.alerts import Alert, AlertChange, AlertDetail, Runbook
    from magflow_tui.contract.snapshot import AccountState, HealthMetric, Snapshot

METRICS: tuple[HealthMetric, ...] = ("error_rate", "response_time", "limit_use", "sync_success")
#: Changes that are told of an alert, the last ones.
CHANGES = 8


def alert_text(say: Say, alert: Alert) -> str:
    """What was found, in the operator's language, and whose it is where that is not said."""
    text, account = of_two(say, alert.message, alert.message_ro), clean(alert.account or "")
    return text if not account or account.lower() in text.lower() else f"{account_name(account)}: {text}"


def row_text(view: View, alert: Alert) -> str:
    """What an alert is, on a row: of a metric its value now, or how bad it was, and the job or route behind it."""
    metric = metric_of(alert.code)
    if metric is None:
        return alert_text(view.say, alert)
    over = alert.state == "resolved"
    figure = shown_amount(alert.peak if over or alert.value is None else alert.value, alert.unit, alert.threshold)
    cause = alert.cause
    behind = "" if cause is None else (cause.job if metric == "limit_use" else cause.route) or cause.job or ""
    # Of the chosen account it need not be said whose it is.
    whose = None if view.account == alert.account else alert.account
    text = f"{subject_name(view, alert.code, whose)} {figure}"
    return f"{text} · {clean(behind)}" if behind else text


def value_now(view: View, alert: Alert) -> str:
    """`now 2h52m`, of what grows or shrinks meanwhile; nothing where the row has its value, or what it says has it."""
    if alert.value is None or not alert.unit or alert.state == "resolved" or metric_of(alert.code):
        return ""
    shown = shown_amount(alert.value, alert.unit, alert.threshold)
    return "" if shown in alert_text(view.say, alert) else view.say("alert.value_now", value=shown)


def metric_of(code: str) -> HealthMetric | None:
    """The metric of the score that alerts of a code are of."""
    return next((metric for metric in METRICS if code == f"health.{metric}"), None)


def alert_name(view: View, alert: Alert) -> str:
    """What an alert is of, in a few words: `MAIN: response time`."""
    return subject_name(view, alert.code, alert.account)


def subject_name(view: View, code: str, account: str | None) -> str:
    """What a code and an account are called: by the metric, else the runbook's title, else the code."""
    metric, book = metric_of(code), view.watched.runbooks.get((code, None))
    if metric is not None:
        name = view.say(f"metric.{metric}")
    else:
        name = clean(code) if book is None else of_two(view.say, book.title, book.title_ro)
    return f"{account_name(account)}: {name}" if account else name


def alert_concern(view: View, alert: Alert) -> Concern:
    """The row of an alert; its explanation is made when it is looked at (`explained`)."""
    since = alert.closed_at if alert.state == "resolved" else alert.opened_at
    return Concern(alert.alert_id, row_text(view, alert), alert_role(alert), since, alert=alert)


def explained(view: View, snapshot: Snapshot, concern: Concern) -> Concern:
    """A row with its facts: those of an alert are made here."""
    if concern.alert is None:
        return concern
    return replace(concern, facts=alert_facts(view, snapshot, concern.alert))


def alert_facts(view: View, snapshot: Snapshot, alert: Alert) -> tuple[Fact, ...]:
    """What an alert is, how bad, why, what to do about it, and what was said of it."""
    role = alert_role(alert)
    what, why = alert_text(view.say, alert), "" if alert.cause is None else cause_text(view, alert.cause)
    # What an alert says ends with its cause; that is told by itself, as it is by now.
    what = what.removesuffix(why).removesuffix(": ") if why else what
    facts = [Fact("what", what, role if role in ("warn", "crit") else "text")] if what else []
    facts += _figures(view, alert)
    account = _troubled(snapshot, alert)
    if why:
        facts.append(Fact("why", why))
    if alert.advice and alert.state != "resolved":
        facts.append(Fact("do", of_two(view.say, alert.advice, alert.advice_ro or ""), "info"))
    if account is not None:
        told = {fact.word for fact in facts}
        facts += [fact for fact in account_facts(view, account) if fact.word not in told]
    facts += _said(view, alert)
    detail = view.watched.detail
    if detail is not None and detail.alert.alert_id != alert.alert_id:
        detail = None
    return (*facts, *_told(view, alert, detail))


def runbook_of(view: View, alert: Alert) -> Runbook | None:
    """What to do about an alert: by its cause, else as there is for any."""
    books = view.watched.runbooks
    kind = alert.cause.kind if alert.cause is not None else None
    return books.get((alert.code, kind)) or books.get((alert.code, None))


def _figures(view: View, alert: Alert) -> list[Fact]:
    """The value now, its limit, and the worst it has been."""
    say = view.say
    if alert.value is None and alert.peak is None:
        return []
    over = alert.state == "resolved"
    amounts = [] if over else [shown_amount(alert.value, alert.unit, alert.threshold)]
    if alert.threshold is not None:
        amounts.append(say("alert.limit", value=shown_limit(alert.threshold, alert.unit)))
    if alert.peak is not None:
        amounts.append(say("alert.peak", value=shown_amount(alert.peak, alert.unit, alert.threshold)))
    return [Fact("was" if over else "now", " · ".join(amounts))]


def _troubled(snapshot: Snapshot, alert: Alert) -> AccountState | None:
    """The account that an alert is about, while the marketplace does not serve it."""
    if not alert.code.startswith("account."):
        return None
    named = (account for account in snapshot.accounts if account.name == alert.account)
    return next((account for account in named if account_role(account.status) == "crit"), None)


def _said(view: View, alert: Alert) -> list[Fact]:
    """Who has taken note of it, who has muted it and until when."""
    say, facts = view.say, []
    if alert.acked_at is not None:
        at = day(alert.acked_at, view.shown_at, view.zone)
        facts.append(Fact("state", say("alert.acked_by", at=at, by=clean(alert.acked_by or "-"))))
    if alert.muted_until is not None and alert.state != "resolved":
        until = day(alert.muted_until, view.shown_at, view.zone)
        facts.append(Fact("state", say("alert.muted_by", at=until, by=clean(alert.muted_by or "-"))))
    return facts


def _told(view: View, alert: Alert, detail: AlertDetail | None) -> list[Fact]:
    """The steps of the runbook, what the alert means, how often there was one, and what has happened to this one."""
    say = view.say
    book = (detail.runbook if detail is not None else None) or runbook_of(view, alert)
    facts: list[Fact] = []
    if book is not None:
        steps = book.steps_ro if say("language.code") == "ro" and book.steps_ro else book.steps
        if alert.state != "resolved":
            facts += [Fact("step", clean(step), number=number) for number, step in enumerate(steps, 1)]
        facts.append(Fact("means", of_two(say, book.meaning, book.meaning_ro)))
    if detail is not None:
        seen = say("alert.seen_once") if detail.times <= 1 else say("alert.seen", count=detail.times)
        if detail.median_seconds is not None:
            seen = f"{seen}, {say('alert.median', time=age(detail.median_seconds))}"
        facts.append(Fact("seen", seen, "muted"))
        if detail.changes:
            changes = " · ".join(_change(view, change) for change in detail.changes[-CHANGES:])
            facts.append(Fact("so_far", changes, "muted"))
    return facts


def _change(view: View, change: AlertChange) -> str:
    """`12:01 acked by ana`."""
    text = f"{day(change.at, view.shown_at, view.zone)} {view.say(f'alert_change.{change.kind}')}"
    if change.until is not None:
        text += f" {view.say('triage.until', at=day(change.until, view.shown_at, view.zone))}"
    return f"{text} ({clean(change.by)})" if change.by else text
