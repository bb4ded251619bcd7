"""The engine's monitor: takes in every request, knows metrics, health, alerts and the standing of each account."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.events import EventKind, Severity
from magflow_tui.contract.minutes import Minutes
from magflow_tui.contract.snapshot import Alert, Health, HealthMetric, Metrics, PoolGauge, RouteUse
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.monitor.accounts import AccountStandings, Standing
from magflow_tui.monitor.health import HealthWatch
from magflow_tui.monitor.minutes import MinuteBook
from magflow_tui.monitor.requests import RequestLog
from magflow_tui.monitor.score import Readings
from magflow_tui.monitor.traffic import Traffic

#: At most one `rate_limited` event per account and pool in so many seconds.
RATE_LIMITED_EVENT_SECONDS = 10.0

Notify = Callable[[EventKind, Severity, str, str | None], None]


class Monitor:
    """`notify` takes events: kind, severity, message, account. Clocks: `clock` monotonic seconds, `now` aware time."""

    def __init__(
        self,
        accounts: tuple[str, ...],
        notify: Notify,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._notify = notify
        self._clock = clock
        self._now = now
        self.requests = RequestLog()
        self._traffic = Traffic(clock)
        self._minute_book = MinuteBook()
        self._watch = HealthWatch()
        self._standings = AccountStandings(accounts, self._tell_standing)
        self._limit_use: float | None = None
        self._fullest: PoolGauge | None = None
        self._sync_success: float | None = None
        self._unfinished: str | None = None
        self._refusals: dict[tuple[str, PoolName], int] = {}
        self._refusals_told: dict[tuple[str, PoolName], float] = {}

    def observe(self, record: RequestRecord) -> None:
        """Take in one finished request. This is the marketplace client's observer."""
        self.requests.add(record)
        self._traffic.add(record)
        self._minute_book.add(record)
        self._standings.add(record.account, record.outcome, record.note, self._now())
        if record.outcome == "rate_limited":
            pool: tuple[str, PoolName] = (record.account, record.pool.value)
            self._refusals[pool] = self._refusals.get(pool, 0) + 1
            self._tell_refusals()

    def tick(self, pools: tuple[PoolGauge, ...], *, sync_success: float | None, unfinished: str | None) -> None:
        """Once a second: the gauges now, the success of syncs in %, and why the last of them did not complete."""
        self._fullest = max(pools, key=_use, default=None)
        self._limit_use = _use(self._fullest) if self._fullest else None
        self._sync_success = sync_success
        self._unfinished = unfinished
        self._traffic.expire()
        self._minute_book.tick(pools, self._now())
        self._tell_refusals()
        for change in self._watch.observe(self._readings(), self._now(), self._cause):
            alert = change.alert
            if change.kind == "opened":
                self._notify("alert.opened", alert.severity, alert.message, alert.account)
            else:
                self._notify("alert.closed", "ok", f"Over: {alert.message}", alert.account)

    def standing(self, account: str) -> Standing:
        return self._standings[account]

    @property
    def alerts(self) -> tuple[Alert, ...]:
        return self._watch.alerts

    def health(self) -> Health:
        return self._watch.health(self._cause)

    def metrics(self) -> Metrics:
        return self._traffic.metrics(limit_use=self._limit_use, sync_success=self._sync_success)

    def minutes(self) -> Minutes:
        """The last hour, a value a minute."""
        return self._minute_book.minutes()

    def routes(self) -> tuple[RouteUse, ...]:
        return self._traffic.routes()

    def _readings(self) -> Readings:
        return Readings(
            error_rate=self._traffic.error_rate,
            mean_ms=self._traffic.mean_ms,
            limit_use=self._limit_use,
            sync_success=self._sync_success,
        )

    def _cause(self, metric: HealthMetric) -> str | None:
        match metric:
            case "error_rate":
                failing = self._traffic.most_failing()
                if failing is None:
                    return None
                key, failed, total = failing
                return f"{key.route} of {key.account}: {failed} of {total} requests failed in 5 minutes"
            case "response_time":
                slowest = self._traffic.slowest()
                return None if slowest is None else f"{slowest[0].route} of {slowest[0].account}: {slowest[1]:.0f} ms"
            case "limit_use":
                gauge = self._fullest
                if gauge is None:
                    return None
                use = f"{gauge.pool} of {gauge.account}: {gauge.minute_used} of {gauge.minute_limit} this minute"
                spender = self._traffic.busiest(gauge.account, gauge.pool)
                return use if spender is None else f"{use}, {spender[0].route} {spender[1]:.0f} % of it"
            case "sync_success":
                return self._unfinished

    def _tell_standing(self, account: str, standing: Standing) -> None:
        severity = _STANDING_SEVERITY.get(standing.status, "critical")
        self._notify("account.state", severity, standing.message or f"The marketplace answers {account}", account)

    def _tell_refusals(self) -> None:
        """One event for the refusals of each pool, at once for the first, then coalesced."""
        now = self._clock()
        for pool, count in list(self._refusals.items()):
            told = self._refusals_told.get(pool)
            if told is not None and now - told < RATE_LIMITED_EVENT_SECONDS:
                continue
            del self._refusals[pool]
            self._refusals_told[pool] = now
            account, name = pool
            times = "" if count == 1 else f" {count} times"
            message = f"{name} requests of {account} were refused{times} (429): the pool pauses, then goes slower"
            self._notify("rate_limited", "warning", message, account)


_STANDING_SEVERITY: Mapping[str, Severity] = {"ok": "ok", "unreachable": "warning"}


def _use(gauge: PoolGauge) -> float:
    return 100.0 * gauge.minute_used / gauge.minute_limit if gauge.minute_limit else 0.0
