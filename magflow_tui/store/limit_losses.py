"""What the rate limits have cost: time spent waiting for slots, and 429 answers, from the minutes that are kept."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection, Integer, Select, bindparam, case, func, select

from magflow_tui.contract.management import LimitLosses, PoolLosses, Refusals
from magflow_tui.store.monitor_tables import POOL_MINUTES

HOUR, DAY, HALF_HOUR = 60, 1440, 30
#: Minutes with a 429 that are told of each pool, of a week at most; and of all pools together.
MOST_REFUSALS, REFUSAL_MINUTES, ALL_REFUSALS = 8, 7 * DAY, 200

PoolKey = tuple[str, str]


@dataclass(slots=True)
class _Waited:
    """A pool's 24 h: milliseconds, and minutes that are known; the fullest half hour by its first minute."""

    hour: int = 0
    day: int = 0
    known: int = 0
    peak: int = 0
    peak_from: int | None = None

    def add(self, half: int, waited: int, lately: int, known: int) -> None:
        """Take in a half hour; `lately` is its part of the last hour."""
        self.hour += lately
        self.day += waited
        self.known += known
        if waited and waited >= self.peak:
            self.peak, self.peak_from = waited, half


@dataclass(slots=True)
class _Pool:
    waited: _Waited = field(default_factory=_Waited)
    refusals: list[Refusals] = field(default_factory=list)


def limit_losses(connection: Connection, until: datetime) -> LimitLosses:
    """The losses of every pool in the 24 h up to the whole minute before `until`; refusals of the week before it."""
    end = int(until.timestamp() // 60)
    pools: defaultdict[PoolKey, _Pool] = defaultdict(_Pool)
    for account, pool, half, waited, lately, known in connection.execute(_HALF_HOURS, {"end": end}):
        pools[account, pool].waited.add(half, waited, lately, known)
    for account, pool, minute, hits in connection.execute(_REFUSALS, {"end": end}):
        refusals = pools[account, pool].refusals
        if len(refusals) < MOST_REFUSALS:
            refusals.append(Refusals(at=_instant(minute), count=hits))
    return LimitLosses(
        until=_instant(end),
        pools=tuple(_losses(account, pool, pools[account, pool]) for account, pool in sorted(pools)),
    )


def _losses(account: str, pool: str, found: _Pool) -> PoolLosses:
    waited = found.waited
    return PoolLosses.model_validate(
        {
            "account": account,
            "pool": pool,
            "hour_seconds": waited.hour / 1000,
            "day_seconds": waited.day / 1000,
            "known_minutes": waited.known,
            "peak_from": None if waited.peak_from is None else _instant(waited.peak_from),
            "peak_seconds": waited.peak / 1000,
            "refusals": tuple(found.refusals),
        }
    )


def _instant(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def _half_hours() -> Select[str, str, int, int, int, int]:
    """Each pool's half hours, on the clock and in order, in which anything is known."""
    minutes, end = POOL_MINUTES.c, bindparam("end", type_=Integer)
    half = (minutes.minute - minutes.minute % HALF_HOUR).label("half")
    lately = case((minutes.minute >= end - HOUR, minutes.waited_ms), else_=0)
    return (
        select(minutes.account, minutes.pool, half, func.sum(minutes.waited_ms), func.sum(lately), func.count())
        .where(minutes.minute >= end - DAY, minutes.minute < end)
        .group_by(minutes.account, minutes.pool, half)
        .order_by(half)
    )


def _refused() -> Select[str, str, int, int]:
    """Minutes with a 429, newest first."""
    minutes, end = POOL_MINUTES.c, bindparam("end", type_=Integer)
    return (
        select(minutes.account, minutes.pool, minutes.minute, minutes.hits)
        .where(minutes.minute >= end - REFUSAL_MINUTES, minutes.minute < end, minutes.hits > 0)
        .order_by(minutes.minute.desc())
        .limit(ALL_REFUSALS)
    )


_HALF_HOURS, _REFUSALS = _half_hours(), _refused()
