"""What stands behind lost points and open alerts: the account, route, pool, job or run to look at first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from magflow_tui.contract.alerts import Cause, CauseKind
from magflow_tui.contract.records import RequestOutcome
from magflow_tui.contract.runs import Run
from magflow_tui.contract.snapshot import HealthMetric, PoolGauge
from magflow_tui.monitor import sentences
from magflow_tui.monitor.accounts import Standing
from magflow_tui.monitor.score import RULE_OF
from magflow_tui.monitor.syncs import Overdue, last_unfinished
from magflow_tui.monitor.traffic import Failures, Refused, Slowest, Spender, Traffic

#: Requests that did not succeed, by what that says of where to look.
KIND_OF: Mapping[RequestOutcome, CauseKind] = {
    "rate_limited": "rate_limited",
    "server_error": "server_error",
    "malformed": "server_error",
    "network": "no_answer",
    "timeout": "no_answer",
    "authentication": "credentials",
    "refused_ip": "credentials",
    "validation": "refused",
    "business": "refused",
    "not_found": "refused",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What causes are looked for in: one account, or all of them when `account` is None, with its fullest pool, its
    judged runs, and how the marketplace treats every account.
    """

    account: str | None
    traffic: Traffic
    fullest: PoolGauge | None
    runs: Sequence[Run]
    standings: Mapping[str, Standing]


def cause_of(metric: HealthMetric, scene: Scene) -> Cause | None:
    """What breaks the rule of a metric; None where it cannot be told."""
    match metric:
        case "error_rate":
            failing = scene.traffic.failures(scene.account)
            return None if failing is None else of_failures(failing)
        case "response_time":
            slowest = scene.traffic.slowest(scene.account, beyond_ms=RULE_OF[metric].threshold)
            return None if slowest is None else of_slowness(slowest)
        case "limit_use":
            gauge = scene.fullest
            return None if gauge is None else of_fullness(gauge, scene.traffic.busiest(gauge.account, gauge.pool))
        case "sync_success":
            run = last_unfinished(scene.runs)
            return None if run is None else of_unfinished(run, scene.standings.get(run.account))


def of_failures(failing: Failures) -> Cause:
    """The route that fails most, and in what way most of its failures do."""
    kinds: Counter[CauseKind] = Counter()
    for outcome, count in failing.outcomes.items():
        kinds[KIND_OF.get(outcome, "none")] += count
    kind, like = kinds.most_common(1)[0] if kinds else ("none", 0)
    key = failing.key
    text = sentences.failures(key.account, key.route, kind, failing.failed, failing.total, like)
    return Cause(
        kind=kind,
        text=text.en,
        text_ro=text.ro,
        account=key.account,
        route=key.route,
        pool=key.pool,
        job=failing.job,
        share=round(failing.share, 3),
    )


def of_slowness(slowest: Slowest) -> Cause:
    key = slowest.key
    text = sentences.slowness(key.account, key.route, slowest.mean_ms)
    return Cause(
        kind="slow_route",
        text=text.en,
        text_ro=text.ro,
        account=key.account,
        route=key.route,
        pool=key.pool,
        job=slowest.job,
    )


def of_fullness(gauge: PoolGauge, spender: Spender | None) -> Cause:
    """A pool's minute that is nearly used up, and who spends it. Nobody in particular, when the window remembers
    requests of an earlier life.
    """
    if spender is None:
        text = sentences.fullness(gauge, None, 0.0, None, 0.0)
        return Cause(kind="full_pool", text=text.en, text_ro=text.ro, account=gauge.account, pool=gauge.pool)
    text = sentences.fullness(gauge, spender.key.route, spender.share, spender.job, spender.job_share)
    return Cause(
        kind="full_pool",
        text=text.en,
        text_ro=text.ro,
        account=gauge.account,
        route=spender.key.route,
        pool=gauge.pool,
        job=spender.job,
        share=round(spender.share, 3),
    )


def of_unfinished(run: Run, standing: Standing | None) -> Cause:
    """A run that did not complete; where the account itself is in trouble, that comes first."""
    text = sentences.unfinished(run)
    return Cause(
        kind=_trouble(standing) or "unfinished_run",
        text=text.en,
        text_ro=text.ro,
        account=run.account,
        job=f"sync {run.resource}",
        run_id=run.run_id,
    )


def of_standing(account: str, standing: Standing) -> Cause | None:
    """Why an account cannot work; None while it can."""
    kind = _trouble(standing)
    if kind is None:
        return None
    text = sentences.standing(account, standing.status, standing.silent, standing.note)
    return Cause(kind=kind, text=text.en, text_ro=text.ro, account=account)


def of_refusals(refused: Refused) -> Cause:
    text = sentences.refusals(refused)
    return Cause(
        kind="rate_limited",
        text=text.en,
        text_ro=text.ro,
        account=refused.account,
        route=refused.route,
        pool=refused.pool,
        job=refused.job,
        share=round(refused.most / refused.count, 3),
    )


def of_lateness(late: Overdue, standing: Standing | None) -> Cause:
    """A sync that has not completed for long; where the account itself is in trouble, that comes first."""
    text = sentences.lateness(late)
    return Cause(
        kind=_trouble(standing) or "none",
        text=text.en,
        text_ro=text.ro,
        account=late.sync.account,
        job=f"sync {late.sync.resource}",
    )


def _trouble(standing: Standing | None) -> CauseKind | None:
    """What is wrong with an account, None when nothing is or nothing is known."""
    if standing is None or standing.status in {"ok", "unknown"}:
        return None
    return "none" if standing.outcome is None else KIND_OF.get(standing.outcome, "none")
