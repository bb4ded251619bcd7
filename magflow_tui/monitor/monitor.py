"""The engine's monitor: takes in every request, knows metrics, health, alerts and the standing of each account."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from magflow_tui.contract.alerts import Cause
from magflow_tui.contract.base import PoolName
from magflow_tui.contract.events import EventKind, Severity
from magflow_tui.contract.minutes import Minutes
from magflow_tui.contract.runs import Run
from magflow_tui.contract.snapshot import AccountHealth, Health, Metrics, PoolGauge, RouteUse
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.monitor import alerts, conditions
from magflow_tui.monitor.accounts import AccountStandings, Standing
from magflow_tui.monitor.alerts import AlertEvent, AlertKey, AlertWatch, Condition
from magflow_tui.monitor.causes import Scene, cause_of
from magflow_tui.monitor.conditions import DiskSpace
from magflow_tui.monitor.health import HealthWatch
from magflow_tui.monitor.minutes import ClosedMinute, MinuteBook
from magflow_tui.monitor.requests import RequestLog
from magflow_tui.monitor.score import Readings, Rule, percentage
from magflow_tui.monitor.syncs import SyncReadings, judged, overdue, success
from magflow_tui.monitor.tally import Intake
from magflow_tui.monitor.totals import Totals
from magflow_tui.monitor.traffic import Traffic

#: At most one `rate_limited` event per account and pool in so many seconds.
RATE_LIMITED_EVENT_SECONDS = 10.0

Notify = Callable[[EventKind, Severity, str, str | None], None]


class Monitor:
    """`notify` takes events: kind, severity, message, account; `on_alert` what opens and closes.

    Clocks: `clock` monotonic seconds, `now` aware time.
    """

    def __init__(
        self,
        accounts: tuple[str, ...],
        notify: Notify,
        on_alert: Callable[[AlertEvent], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._notify = notify
        self._on_alert = on_alert
        self._clock = clock
        self._now = now
        self.requests = RequestLog()
        self._intake = Intake(clock)
        self._traffic = Traffic(self._intake)
        self._minute_book = MinuteBook(self._intake)
        self.totals = Totals(self._intake, accounts)
        self._standings = AccountStandings(accounts, self._tell_standing)
        self._overall = HealthWatch()
        self._watches = {account: HealthWatch() for account in accounts}
        self._readings: Mapping[str | None, Readings] = {}
        self._gauges: Sequence[PoolGauge] = ()
        self._alerts = AlertWatch()
        self._untold: dict[tuple[str, PoolName], int] = {}
        self._told_at: dict[tuple[str, PoolName], float] = {}

    def observe(self, record: RequestRecord) -> None:
        """Take in one finished request. This is the marketplace client's observer."""
        self.requests.add(record)
        self._intake.add(record)
        standing = self._standings[record.account]
        if record.outcome == "ok" and standing.status == "ok" and not standing.silent:
            return  # nearly every request: nothing else has to be known of it
        self._standings.add(record.account, record.outcome, record.note, self._now())
        if record.outcome == "rate_limited":
            pool: tuple[str, PoolName] = (record.account, record.pool.value)
            self._untold[pool] = self._untold.get(pool, 0) + 1
            self._tell_refusals()

    def tick(
        self, pools: Sequence[PoolGauge], sync: SyncReadings, disk_free: DiskSpace | None = None
    ) -> ClosedMinute | None:
        """Once a second: the gauges now, what is known of syncs, and the disk of the data folder (None: not known).

        Answers the minute that ended with this tick, if one did.
        """
        now = self._now()
        self._traffic.expire()
        self._tell_refusals()
        # The store remembers runs of accounts that are served no more; nobody can make those good.
        runs = judged((run for run in sync.finished if run.account in self._watches), now)
        readings: dict[str | None, Readings] = {None: self._read(None, self._overall, pools, runs, now)}
        for account, watch in self._watches.items():
            own_pools = [gauge for gauge in pools if gauge.account == account]
            own_runs = [run for run in runs if run.account == account]
            readings[account] = self._read(account, watch, own_pools, own_runs, now)
        self._readings, self._gauges = readings, pools
        for event in self._alerts.observe(self._conditions(sync, disk_free, now), now):
            self._on_alert(event)
        return self._minute_book.tick(pools, now, readings)

    def _read(
        self, account: str | None, watch: HealthWatch, pools: Iterable[PoolGauge], runs: Sequence[Run], now: datetime
    ) -> Readings:
        """Take in the readings of an account, or of all together."""
        fullest = max(pools, key=_use, default=None)
        scene = Scene(account, self._traffic, fullest, runs, self._standings.all)
        readings = Readings(
            error_rate=self._traffic.error_rate(account),
            mean_ms=self._traffic.mean_ms(account),
            limit_use=None if fullest is None else _use(fullest),
            sync_success=success(runs),
        )
        watch.observe(readings, now, partial(_cause, scene))
        return readings

    def _conditions(self, sync: SyncReadings, disk: DiskSpace | None, now: datetime) -> Iterator[Condition]:
        refused = self._traffic.refused()
        late = overdue(sync.scheduled, now)
        for account, watch in self._watches.items():
            standing = self._standings[account]
            yield from conditions.of_health(account, self._readings[account], watch.cause)
            yield from conditions.of_account(account, standing)
            yield conditions.of_refusals(account, refused.get(account))
            yield conditions.of_schedules(account, late.get(account, ()), standing, now)
        yield conditions.of_disk(disk)

    def restore(
        self, opened: Iterable[tuple[AlertKey, datetime]], peaks: Mapping[AlertKey, float] | None = None
    ) -> None:
        """Go on with alerts that were open when the last engine ended; before the first tick. See `AlertWatch`."""
        self._alerts.restore(opened, self._now(), peaks)

    def standing_of(self, key: AlertKey) -> alerts.Standing | None:
        """How an open alert stands now; None when none is open."""
        return self._alerts.standing(key)

    def standing(self, account: str) -> Standing:
        """How the marketplace last answered an account."""
        return self._standings[account]

    def health(self) -> Health:
        """Over all accounts, as of the last tick."""
        return self._overall.health()

    def account_health(self) -> tuple[AccountHealth, ...]:
        """Of each account by itself, as of the last tick."""
        return tuple(
            AccountHealth(
                account=account,
                score=watch.score,
                level=watch.level,
                lines=watch.lines(history=False),
                metrics=self.metrics(account),
            )
            for account, watch in self._watches.items()
        )

    def metrics(self, account: str | None = None, pool: PoolName | None = None) -> Metrics:
        """Requests of the last 5 minutes, of an account or of all, and of a pool or of all."""
        readings = self._readings.get(account, Readings())
        limit_use = readings.limit_use
        if pool is not None:
            own = [gauge for gauge in self._gauges if gauge.pool == pool and account in (None, gauge.account)]
            limit_use = max(map(_use, own), default=None)
        return self._traffic.metrics(account, pool, limit_use=limit_use, sync_success=readings.sync_success)

    def minutes(self, account: str | None = None) -> Minutes:
        """The last hour, a value a minute, of an account or of all."""
        return self._minute_book.minutes(account)

    def routes(self) -> tuple[RouteUse, ...]:
        """Who spends the limits: every route of the last 60 s."""
        return self._traffic.routes()

    def _tell_standing(self, account: str, standing: Standing) -> None:
        severity = _STANDING_SEVERITY.get(standing.status, "critical")
        self._notify("account.state", severity, standing.message or f"The marketplace answers {account}", account)

    def _tell_refusals(self) -> None:
        """One event for the refusals of each pool, at once for the first, then coalesced."""
        now = self._clock()
        for pool, count in list(self._untold.items()):
            told = self._told_at.get(pool)
            if told is not None and now - told < RATE_LIMITED_EVENT_SECONDS:
                continue
            del self._untold[pool]
            self._told_at[pool] = now
            account, name = pool
            times = "" if count == 1 else f" {count} times"
            message = f"{name} requests of {account} were refused{times} (429): the pool pauses, then goes slower"
            self._notify("rate_limited", "warning", message, account)


_STANDING_SEVERITY: Mapping[str, Severity] = {"ok": "ok", "unreachable": "warning"}


def _cause(scene: Scene, rule: Rule) -> Cause | None:
    return cause_of(rule.metric, scene)


def _use(gauge: PoolGauge) -> float:
    """How much of a pool's minute is used, in %."""
    return percentage(gauge.minute_used, gauge.minute_limit) or 0.0
