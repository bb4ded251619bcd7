"""The live view as it was at the end of each minute: packed small, and whole again with what other tables have of it.

A frame is a snapshot as JSON, deflated, without the courses of the hour and the last runs: those are read from the
minutes and the runs. The five minutes of each pool stay in it, for nothing else counts in steps of five seconds.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Connection, RowMapping, func, select

from magflow_tui.contract.past import PastMoment
from magflow_tui.contract.runs import Run
from magflow_tui.contract.snapshot import HealthLine, HealthMetric, Snapshot
from magflow_tui.store.minutes import ALL, instant_of
from magflow_tui.store.monitor_tables import FRAMES, HEALTH_MINUTES
from magflow_tui.store.runs import runs_as_of
from magflow_tui.store.upsert import upsert_rows

log = logging.getLogger(__name__)

#: Minutes of a course that a snapshot shows, and the runs that had ended last.
HISTORY_MINUTES: Final = 60
RECENT_RUNS: Final = 20
_LEFT_OUT: Final[dict[str, Any]] = {
    "recent_runs": True,
    "health": {"history": True, "lines": {"__all__": {"history"}}},
}
_READING_COLUMNS: Final[Mapping[HealthMetric, str]] = {
    "error_rate": "error_rate",
    "response_time": "response_ms",
    "limit_use": "limit_use",
    "sync_success": "sync_success",
}


@dataclass(frozen=True, slots=True)
class KeptMoment:
    """What is kept of the end of a minute: its frame, None where there is none, and what belongs to it."""

    minute: int
    frame: bytes | None
    earlier: int | None
    later: int | None
    first: int | None
    course: Sequence[RowMapping]
    runs: tuple[Run, ...]


def pack(snapshot: Snapshot) -> bytes:
    """A snapshot as a frame."""
    return zlib.compress(snapshot.model_dump_json(exclude=_LEFT_OUT).encode())


def unpack(frame: bytes) -> Snapshot:
    """A frame as a snapshot, without what was left out of it. Raises ValueError for one that cannot be read."""
    try:
        return Snapshot.model_validate_json(zlib.decompress(frame))
    except zlib.error as error:
        raise ValueError(str(error)) from None
    except ValidationError as error:
        raise ValueError(f"{error.error_count()} of its values cannot be read") from None


def keep_frame(connection: Connection, minute: int, frame: bytes) -> None:
    """Write the frame of a minute, in the place of one that it has."""
    upsert_rows(connection, FRAMES, [(minute, frame)])


def read_moment(connection: Connection, minute: int) -> KeptMoment:
    """Everything that `moment_of` needs of a minute."""
    number = FRAMES.c.minute
    frame = connection.execute(select(FRAMES.c.snapshot).where(number == minute)).scalar()
    earlier = connection.execute(select(func.max(number)).where(number < minute)).scalar()
    later = connection.execute(select(func.min(number)).where(number > minute)).scalar()
    first = connection.execute(select(func.min(number))).scalar()
    if frame is None:
        return KeptMoment(minute, None, earlier, later, first, (), ())
    column = HEALTH_MINUTES.c
    course = connection.execute(
        select(column.minute, column.score, *(column[name] for name in _READING_COLUMNS.values())).where(
            column.minute > minute - HISTORY_MINUTES, column.minute <= minute, column.account == ALL
        )
    )
    runs = runs_as_of(connection, instant_of(minute + 1), RECENT_RUNS)
    return KeptMoment(minute, frame, earlier, later, first, course.mappings().all(), runs)


def moment_of(kept: KeptMoment) -> PastMoment:
    """The snapshot of a minute as it was, or none. A frame that cannot be read is a gap, and the log says so."""
    snapshot: Snapshot | None = None
    if kept.frame is not None:
        try:
            snapshot = _whole(unpack(kept.frame), kept)
        except ValueError as error:
            log.error("the frame of %s is damaged: %s", instant_of(kept.minute).isoformat(), error)
    earlier, later, first = (
        None if minute is None else instant_of(minute) for minute in (kept.earlier, kept.later, kept.first)
    )
    return PastMoment(at=instant_of(kept.minute), snapshot=snapshot, earlier=earlier, later=later, first=first)


def _whole(snapshot: Snapshot, kept: KeptMoment) -> Snapshot:
    """A snapshot with the courses and the runs that it was packed without."""
    begin = min((row["minute"] for row in kept.course), default=kept.minute)
    courses: dict[str, list[Any]] = {
        name: [None] * (kept.minute - begin + 1) for name in ("score", *_READING_COLUMNS.values())
    }
    for row in kept.course:
        for name, values in courses.items():
            values[row["minute"] - begin] = row[name]

    def with_course(line: HealthLine) -> HealthLine:
        return line.model_copy(update={"history": tuple(courses[_READING_COLUMNS[line.metric]])})

    health = snapshot.health.model_copy(
        update={"lines": tuple(map(with_course, snapshot.health.lines)), "history": tuple(courses["score"])}
    )
    return snapshot.model_copy(update={"health": health, "recent_runs": kept.runs})
