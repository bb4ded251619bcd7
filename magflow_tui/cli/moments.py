"""Times behind and ahead as options of commands; days begin where this machine is."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime

import click

from magflow_tui.tui.views.moments import moment, past_moment


def _now() -> datetime:
    return datetime.now(UTC)


class _MomentType(click.ParamType[datetime]):
    """An aware time. `refusal` says what is wrong with what was written, and what could be."""

    name = "time"
    refusal: str

    def __init__(self, now: Callable[[], datetime] = _now) -> None:
        self._now = now

    @abstractmethod
    def read(self, text: str, now: datetime) -> datetime | None:
        """The moment that is meant, None where it is none."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        found = self.read(str(value), self._now())
        if found is None:
            raise click.BadParameter(f"{str(value).strip()!r} {self.refusal}", ctx, param)
        return found


class SinceType(_MomentType):
    """`24h`, `7d`, `2026-03-01`, `2026-03-01 03:00`, `03:00`: a time that has been."""

    refusal = (
        "is no time that has been; write how long ago it was (24h, 7d) or when (03:00, 2026-03-01, 2026-03-01 18:00)"
    )

    def read(self, text: str, now: datetime) -> datetime | None:
        return past_moment(text, now, None)


class UntilType(_MomentType):
    """`7d`, `1d12h`, `2026-03-01`, `2026-03-01 18:00`: a time to come."""

    refusal = (
        "is no time within a year from now; write how far away it is (7d, 12h) or when (2026-03-01, 2026-03-01 18:00)"
    )

    def read(self, text: str, now: datetime) -> datetime | None:
        return moment(text, now, None)
