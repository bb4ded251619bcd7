"""Times ahead as options of commands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import click

from magflow_tui.tui.views.moments import moment


def _now() -> datetime:
    return datetime.now(UTC)


class UntilType(click.ParamType[datetime]):
    """`7d`, `1d12h`, `2026-03-01`, `2026-03-01 18:00` as an aware time; days begin where this machine is."""

    name = "time"

    def __init__(self, now: Callable[[], datetime] = _now) -> None:
        self._now = now

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        found = moment(str(value), self._now(), None)
        if found is None:
            message = (
                f"{str(value).strip()!r} is no time within a year from now; "
                "write how far away it is (7d, 12h) or when (2026-03-01, 2026-03-01 18:00)"
            )
            raise click.BadParameter(message, ctx, param)
        return found
