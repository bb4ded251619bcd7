"""Tables of what the engine saw of its own work: minutes that are over, requests one by one, limits that were set.

`minute` counts minutes since 1970 UTC. Every key begins with the time, so that what is new lies at the end of a table
and what is too old at its beginning.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Float, Index, Integer, LargeBinary, Text, text
from sqlmodel import Field

from magflow_tui.store.columns import UtcTime
from magflow_tui.store.tables import Json, Record, Whole, Words, table

_COMPACT = {"sqlite_with_rowid": False}


class FrameRecord(Record, table=True):
    """The live view as it was at the end of a minute: a snapshot as JSON, deflated, without what other tables have."""

    __tablename__ = "frames"

    minute: int = Field(sa_type=Integer, primary_key=True)
    snapshot: bytes = Field(sa_type=LargeBinary)


class HealthMinuteRecord(Record, table=True):
    """Score and readings of an account at the end of a minute; of all of them where `account` is empty.

    The last five columns are of the requests that ended in the minute, response times in ms; null without requests.
    """

    __tablename__ = "health_minutes"
    __table_args__ = (_COMPACT,)

    minute: int = Field(sa_type=Integer, primary_key=True)
    account: str = Field(sa_type=Text, primary_key=True)
    score: Whole = None
    error_rate: float | None = Field(default=None, sa_type=Float)
    response_ms: float | None = Field(default=None, sa_type=Float)
    limit_use: float | None = Field(default=None, sa_type=Float)
    sync_success: float | None = Field(default=None, sa_type=Float)
    requests: int = Field(default=0, sa_type=Integer)
    errors: int = Field(default=0, sa_type=Integer)
    mean_ms: Whole = None
    p50_ms: Whole = None
    p95_ms: Whole = None
    max_ms: Whole = None


class PoolMinuteRecord(Record, table=True):
    """One pool of one account in a minute: requests in its window at the end, time waited for slots, 429 answers."""

    __tablename__ = "pool_minutes"
    __table_args__ = (_COMPACT,)

    minute: int = Field(sa_type=Integer, primary_key=True)
    account: str = Field(sa_type=Text, primary_key=True)
    pool: str = Field(sa_type=Text, primary_key=True)
    used: int = Field(sa_type=Integer)
    waited_ms: int = Field(default=0, sa_type=BigInteger)
    hits: int = Field(default=0, sa_type=Integer)


class RouteMinuteRecord(Record, table=True):
    """The requests to one route of one account that ended in a minute; a minute without any has no row.

    `total_us` is their time together in microseconds, `jobs` a JSON object of requests by job, `bins` the response
    times as a mergeable histogram in the words of `magflow_tui.monitor.sketch`.
    """

    __tablename__ = "route_minutes"
    __table_args__ = (_COMPACT,)

    minute: int = Field(sa_type=Integer, primary_key=True)
    account: str = Field(sa_type=Text, primary_key=True)
    route: str = Field(sa_type=Text, primary_key=True)
    pool: str = Field(sa_type=Text)
    requests: int = Field(sa_type=Integer)
    errors: int = Field(default=0, sa_type=Integer)
    rate_limited: int = Field(default=0, sa_type=Integer)
    retries: int = Field(default=0, sa_type=Integer)
    total_us: int = Field(default=0, sa_type=BigInteger)
    p95_ms: Whole = None
    max_ms: Whole = None
    waited_ms: int = Field(default=0, sa_type=BigInteger)
    jobs: Json = None
    bins: bytes = Field(sa_type=LargeBinary)


class RequestRecordRow(Record, table=True):
    """One request to the marketplace, numbered as they ended. `at` is when it began; `fault` 1 when it was not answered
    well. `call` is the same for every attempt of one call. `path` is the route with its id where it has one. `sent` and
    `received` are JSON without anything personal.
    """

    __tablename__ = "requests"
    __table_args__ = (
        Index("ix_requests_at", "at"),
        Index("ix_requests_fault", "seq", sqlite_where=text("fault = 1"), postgresql_where=text("fault = 1")),
    )

    seq: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    account: str = Field(sa_type=Text)
    method: str = Field(sa_type=Text)
    route: str = Field(sa_type=Text)
    pool: str = Field(sa_type=Text)
    job: Words = None
    status: Whole = None
    outcome: str = Field(sa_type=Text)
    fault: int = Field(default=0, sa_type=Integer)
    attempt: int = Field(default=1, sa_type=Integer)
    elapsed_us: int = Field(sa_type=BigInteger)
    first_byte_us: Whole = None
    waited_us: int = Field(default=0, sa_type=BigInteger)
    bytes_received: int = Field(default=0, sa_type=BigInteger)
    page: Whole = None
    run_id: int | None = Field(default=None, sa_type=Integer)
    note: Words = None
    call: Words = None
    path: Words = None
    sent: Json = None
    received: Json = None


class LimitSettingRecord(Record, table=True):
    """A cap of a job in a pool, or, where `job` is empty, the pool's reserve: requests a minute, as somebody set it."""

    __tablename__ = "limit_settings"

    account: str = Field(sa_type=Text, primary_key=True)
    pool: str = Field(sa_type=Text, primary_key=True)
    job: str = Field(sa_type=Text, primary_key=True)
    per_minute: int = Field(sa_type=Integer)
    by: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcTime)


FRAMES = table("frames")
HEALTH_MINUTES = table("health_minutes")
POOL_MINUTES = table("pool_minutes")
ROUTE_MINUTES = table("route_minutes")
REQUESTS = table("requests")
LIMIT_SETTINGS = table("limit_settings")
