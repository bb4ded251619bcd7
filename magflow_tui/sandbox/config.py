"""What a sandbox is told: its seller accounts, limits, latency, faults and how it lives.

Every class is frozen and validated; build them in Python, or read a whole `SandboxConfig` from JSON with `read_config`.
Shares and probabilities are fractions from 0 to 1, times are seconds, rates are per minute.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass

PlatformName = Literal["emag-ro", "emag-bg", "emag-hu", "fd-ro", "fd-bg"]
FaultKind = Literal[
    "server_error",
    "hang",
    "reset",
    "cut_headers",
    "truncated",
    "missing_is_error",
    "null_results",
    "rate_limited",
    "slow",
    "server_error_after",
    "reset_after",
    "hang_before",
    "late",
]
"""What can go wrong with one answer:

- `server_error`: HTTP 500, 502 or 504 with an HTML body
- `hang`: no answer until the caller gives up or `Faults.hang_seconds` have passed
- `reset`: the connection is reset (TCP RST) without an answer
- `cut_headers`: the connection is closed in the middle of the headers
- `truncated`: `Content-Length` promises more than is sent before the connection closes
- `missing_is_error`: a good answer without its `isError`
- `null_results`: a good answer whose `results` is null
- `rate_limited`: the documented 429 although there was room, with `Retry-After` when `Faults.retry_after` is set
- `slow`: a good answer, `Faults.slow_seconds` late
- `server_error_after`: as `server_error`, after a write was carried out
- `reset_after`: as `reset`, after a write was carried out
- `hang_before`: as `hang`, and a write is never carried out
- `late`: as `hang`, and a write is carried out `Faults.late_seconds` later, whoever still waits for it
"""
FAULT_KINDS: tuple[FaultKind, ...] = (
    "server_error",
    "hang",
    "reset",
    "cut_headers",
    "truncated",
    "missing_is_error",
    "null_results",
    "rate_limited",
    "slow",
    "server_error_after",
    "reset_after",
    "hang_before",
    "late",
)
Outage = Literal["off", "unavailable", "refuse"]
"""`unavailable`: everything answers 503 HTML; `refuse`: every connection is reset as soon as it asks for anything."""
ScenarioName = Literal["calm", "black-friday", "rate-storm", "outage", "dirty-data"]

Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0)]
PerMinute = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class SandboxAccount:
    """One seller account.

    `fbe` is the share of orders fulfilled by eMAG (type 2), `broken` the share of orders damaged from the start,
    `days` the age of the oldest order. `ip_refused` answers every call with `Invalid vendor ip`.
    """

    name: str
    platform: PlatformName = "emag-ro"
    username: str = "seller@example.com"
    password: str = "sandbox"  # noqa: S105 - the sandbox's own, guards nothing
    orders: Annotated[int, Field(ge=0, le=10_000_000)] = 1_000
    offers: Annotated[int, Field(ge=0, le=1_000_000)] = 500
    rmas: Annotated[int, Field(ge=0, le=1_000_000)] = 40
    fbe: Share = 0.2
    broken: Share = 0.0
    days: Annotated[float, Field(gt=0, le=5_000)] = 400.0
    ip_refused: bool = False


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Limits:
    """The rate windows of each account: requests in any one second and in any sixty, per pool.

    `count_refused` makes refused requests use up room too. `retry_after` puts that header (seconds) on the 429.
    """

    enabled: bool = True
    orders_per_second: Annotated[int, Field(ge=1)] = 12
    orders_per_minute: Annotated[int, Field(ge=1)] = 720
    other_per_second: Annotated[int, Field(ge=1)] = 3
    other_per_minute: Annotated[int, Field(ge=1)] = 180
    count_refused: bool = False
    retry_after: Annotated[int, Field(ge=0)] | None = None


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Latency:
    """How long an answer takes.

    A request first waits up to `arrival_jitter` seconds **before** it is counted in the rate windows (the way there),
    then `mean` ± `spread` seconds before it is answered. Both are drawn evenly.
    """

    mean: Seconds = 0.0
    spread: Seconds = 0.0
    arrival_jitter: Seconds = 0.0


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class PageFault:
    """`kind` for page `page` of `route` (such as `order/read`), the first `times` times, or always when None."""

    route: str
    page: Annotated[int, Field(ge=1)]
    kind: FaultKind = "server_error"
    times: Annotated[int, Field(ge=1)] | None = None
    account: str | None = None


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Burst:
    """`kind` for the next `times` requests, of `route` and `account` alone when given."""

    kind: FaultKind
    times: Annotated[int, Field(ge=1)] = 1
    route: str | None = None
    account: str | None = None


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Faults:
    """What goes wrong: a probability per kind of fault, plus pages that fail, bursts, and outages."""

    server_error: Share = 0.0
    hang: Share = 0.0
    reset: Share = 0.0
    cut_headers: Share = 0.0
    truncated: Share = 0.0
    missing_is_error: Share = 0.0
    null_results: Share = 0.0
    rate_limited: Share = 0.0
    slow: Share = 0.0
    server_error_after: Share = 0.0
    reset_after: Share = 0.0
    hang_before: Share = 0.0
    late: Share = 0.0
    retry_after: Annotated[int, Field(ge=0)] | None = None
    hang_seconds: Seconds = 300.0
    slow_seconds: Seconds = 5.0
    late_seconds: Seconds = 5.0
    outage: Outage = "off"
    pages: tuple[PageFault, ...] = ()
    bursts: tuple[Burst, ...] = ()


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class Living:
    """How each account lives by itself: orders that arrive and orders that change, per minute.

    `broken` is the share of arriving and changing orders that come out damaged.
    """

    new_orders: PerMinute = 0.0
    changes: PerMinute = 0.0
    broken: Share = 0.0


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class SandboxConfig:
    """A whole sandbox. The same seed, accounts and clock give the same world, byte for byte.

    `exclusive_bounds` makes `…After` and `…Before` leave out their own second; by default they include it.
    `warm` builds every base order at start (about 4 KB each in memory). `now` is the moment, in seconds since
    1970, at which the world begins and from which its time goes on; None is the clock's own.
    """

    accounts: tuple[SandboxAccount, ...] = ()
    seed: int = 1
    limits: Limits = Field(default_factory=Limits)
    latency: Latency = Field(default_factory=Latency)
    faults: Faults = Field(default_factory=Faults)
    living: Living = Field(default_factory=Living)
    exclusive_bounds: bool = False
    warm: bool = False
    now: float | None = None


def read_config(path: Path) -> SandboxConfig:
    """Read a `SandboxConfig` from a JSON file; raises `OSError`, or `pydantic.ValidationError` naming each bad key."""
    return TypeAdapter(SandboxConfig).validate_json(path.read_bytes())


def config_json(config: SandboxConfig) -> bytes:
    """The configuration as JSON that `read_config` reads back."""
    return TypeAdapter(SandboxConfig).dump_json(config)
