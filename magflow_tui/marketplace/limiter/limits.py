"""Pools, lanes, the marketplace's published limits, and a pool's state as a gauge shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum


class Pool(StrEnum):
    """Requests that the marketplace counts together."""

    ORDERS = "orders"
    OTHER = "other"
    EAN = "ean"


class Lane(IntEnum):
    """Who goes first when several wait."""

    OPERATOR = 0
    BACKGROUND = 1


@dataclass(frozen=True, slots=True)
class PoolLimit:
    """Most requests in any second, any minute and, where there is such a limit, any day."""

    per_second: int
    per_minute: int
    per_day: int | None = None


#: API 4.4.7 §2 (orders, other); API 4.4.9 (EAN search).
EMAG_LIMITS: Mapping[Pool, PoolLimit] = {
    Pool.ORDERS: PoolLimit(12, 720),
    Pool.OTHER: PoolLimit(3, 180),
    Pool.EAN: PoolLimit(5, 200, 5_000),
}


@dataclass(frozen=True, slots=True)
class PoolSnapshot:
    """One pool at one instant. Counts are requests, times seconds, `pace` 0..1, `guard_ms` the learned uncertainty."""

    pool: Pool
    second_limit: int
    second_used: int
    minute_limit: int
    minute_used: int
    tokens: float
    token_capacity: float
    waiting: int
    operator_waiting: int
    next_slot_seconds: float
    paused_seconds: float
    pace: float
    reserve_per_minute: int
    guard_ms: float
    requests: int
    waits: int
    total_wait_seconds: float
    hits: int
    last_hit_at: datetime | None
    caps: Mapping[str, int] = field(default_factory=dict)
    per_minute: tuple[int, ...] = ()
