"""Times in the future as people type them: how far away, a day, or a moment."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import click

_AWAY: Final = re.compile(r"(?:(\d{1,3})w)?(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?", re.IGNORECASE)


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
        text = str(value).strip()
        away = _AWAY.fullmatch(text)
        if away is not None and any(away.groups()):
            weeks, days, hours, minutes = (int(part or 0) for part in away.groups())
            return self._now() + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            message = f"{text!r} is no time; write how far away it is (7d, 12h) or when (2026-03-01, 2026-03-01 18:00)"
            raise click.BadParameter(message, ctx, param) from None
        return moment.astimezone() if moment.tzinfo is None else moment
