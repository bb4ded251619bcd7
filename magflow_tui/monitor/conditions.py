"""What alerts are raised for, read from what the monitor knows: one condition per code and account, every second."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor

from magflow_tui.contract.alerts import Cause
from magflow_tui.contract.events import Severity
from magflow_tui.contract.snapshot import AccountStatus
from magflow_tui.monitor import causes, sentences
from magflow_tui.monitor.accounts import Standing
from magflow_tui.monitor.advice import advice_for
from magflow_tui.monitor.alerts import OPEN_AFTER, AlertKey, Condition
from magflow_tui.monitor.score import RULES, Readings, Rule
from magflow_tui.monitor.syncs import Overdue, is_stale
from magflow_tui.monitor.traffic import Refused
from magflow_tui.rules.findings import Words

#: So many 429 answers in a pool's minute are no accident: after one the pool pauses and goes slower, which puts an end
#: to what our own requests could do. A share would not tell: of ten requests one is 10 %, and harmless.
REFUSALS = 3
#: The disk of the data folder: bytes, and part of its size, that should be free.
FREE_BYTES = 500_000_000
FREE_SHARE = 0.02

#: Every code there can be an alert of.
HEALTH_CODES = tuple(f"health.{rule.metric}" for rule in RULES)
ACCOUNT_CODES = ("account.unauthorised", "account.refused_ip", "account.unreachable")
CODES = (*HEALTH_CODES, *ACCOUNT_CODES, "limit.refused", "sync.stale", "store.disk")

#: Trouble that does not pass by itself is told of at once.
_AT_ONCE = frozenset({"unauthorised", "refused_ip"})
_TROUBLES: tuple[AccountStatus, ...] = ("unauthorised", "refused_ip", "unreachable")


@dataclass(frozen=True, slots=True)
class DiskSpace:
    """The disk of the data folder, in bytes."""

    free: int
    total: int


def severity_of(rule: Rule) -> Severity:
    """A rule that costs 30 points is critical, one that costs 20 a warning."""
    return "critical" if rule.points >= 30 else "warning"


def of_health(account: str, readings: Readings, cause: Callable[[Rule], Cause | None]) -> Iterator[Condition]:
    """The rules of the score, each by itself. `cause` is asked only of broken ones."""
    for rule in RULES:
        key, severity = (f"health.{rule.metric}", account), severity_of(rule)
        value = readings.of(rule.metric)
        if value is None or not rule.broken_by(value):
            shown = None if value is None else sentences.rounded(value, rule.threshold)
            yield _kept(key, severity, shown, rule.threshold, rule.unit)
            continue
        because = cause(rule)
        found = sentences.reading(rule, value)
        if because is not None:
            found = sentences.followed_by(found, Words(because.text, because.text_ro))
        yield Condition(
            key,
            severity,
            broken=True,
            message=found,
            advice=advice_for(key[0], because, account=account),
            value=sentences.rounded(value, rule.threshold),
            threshold=rule.threshold,
            unit=rule.unit,
            cause=because,
            worse=rule.wrong_side,
        )


def of_account(account: str, standing: Standing) -> Iterator[Condition]:
    """How the marketplace treats an account. Before its first request that cannot be told."""
    for status in _TROUBLES:
        key = (f"account.{status}", account)
        if standing.status != status:
            yield _kept(key, "critical", broken=None if standing.status == "unknown" else False)
            continue
        because = causes.of_standing(account, standing)
        yield Condition(
            key,
            "critical",
            broken=True,
            message=sentences.standing(account, status, standing.silent, standing.note),
            advice=advice_for(key[0], because, account=account),
            cause=because,
            open_after=0.0 if status in _AT_ONCE else OPEN_AFTER,
        )


def of_refusals(account: str, refused: Refused | None) -> Condition:
    """429 answers of the account's worst pool in the last minute."""
    key, count = ("limit.refused", account), 0 if refused is None else refused.count
    if refused is None or count < REFUSALS:
        return _kept(key, "warning", float(count), float(REFUSALS - 1))
    because = causes.of_refusals(refused)
    return Condition(
        key,
        "warning",
        broken=True,
        message=Words(because.text, because.text_ro),
        advice=advice_for(key[0], because),
        value=float(count),
        threshold=float(REFUSALS - 1),
        cause=because,
    )


def of_schedules(account: str, late: Sequence[Overdue], standing: Standing, now: datetime) -> Condition:
    """The sync of an account that is late by most of its intervals. Minutes."""
    key = ("sync.stale", account)
    stale = [found for found in late if is_stale(found, now)]
    if not stale:
        return _kept(key, "warning", broken=None if late else False)
    worst = max(stale, key=lambda found: found.seconds / found.allowed)
    because = causes.of_lateness(worst, standing)
    return Condition(
        key,
        "warning",
        broken=True,
        message=Words(because.text, because.text_ro),
        advice=advice_for(key[0], because),
        value=round(worst.seconds / 60, 1),
        threshold=round(worst.allowed / 60, 1),
        unit="min",
        cause=because,
    )


def of_disk(disk: DiskSpace | None) -> Condition:
    """Room on the disk of the data folder, in MB; None where it could not be read."""
    key: AlertKey = ("store.disk", None)
    if disk is None:
        return _kept(key, "critical", broken=None)
    needed = max(FREE_BYTES, disk.total * FREE_SHARE)
    # Rounded apart: less than is needed is never written as what is needed.
    free_mb, needed_mb = floor(disk.free / 1e6), ceil(needed / 1e6)
    if disk.free >= needed:
        return _kept(key, "critical", float(free_mb), float(needed_mb), "MB")
    return Condition(
        key,
        "critical",
        broken=True,
        message=sentences.room(free_mb, needed_mb),
        advice=advice_for(key[0], None),
        value=float(free_mb),
        threshold=float(needed_mb),
        unit="MB",
        worse="below",
    )


def _kept(
    key: AlertKey,
    severity: Severity,
    value: float | None = None,
    threshold: float | None = None,
    unit: str | None = None,
    *,
    broken: bool | None = False,
) -> Condition:
    """A condition with nothing to say: `broken` is False where it is kept, None where that cannot be told."""
    return Condition(key, severity, broken, sentences.SILENCE, value=value, threshold=threshold, unit=unit)
