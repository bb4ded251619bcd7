"""Times behind as options of commands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import click

from magflow_tui.tui.views.moments import past_moment


def _now() -> datetime:
    return datetime.now(UTC)


class SinceType(click.ParamType[datetime]):
    """`24h`, `7d`, `2026-03-01`, `2026-03-01 03:00`, `03:00` as an aware time; days begin where this machine is."""

    name = "time"

    def __init__(self, now: Callable[[], datetime] = _now) -> None:
        self._now = now

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        found = past_moment(str(value), self._now(), None)
        if found is None:
            message = (
                f"{str(value).strip()!r} is no time that has been; "
                "write how long ago it was (24h, 7d) or when (03:00, 2026-03-01, 2026-03-01 18:00)"
            )
            raise click.BadParameter(message, ctx, param)
        return found
