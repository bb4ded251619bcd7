"""Pages that a run could not read when it was their turn: why, how often it was tried, and what became of them.

Each function works inside the caller's transaction, as those of `magflow_tui.store.runs` do.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from magflow_tui.store.tables import RUN_PAGES

_INSERT: Final = insert(RUN_PAGES)
_NOTE: Final = _INSERT.on_conflict_do_update(
    index_elements=["run_id", "window", "page"],
    set_={
        **{name: _INSERT.excluded[name] for name in ("place", "error", "last_failed", "recovered")},
        "attempts": RUN_PAGES.c.attempts + _INSERT.excluded.attempts,
    },
)


@dataclass(frozen=True, slots=True)
class MissedPage:
    """A page that failed. `window` is its window's number within the run, `place` that window in the words of
    `magflow_tui.sync`. `attempts` are requests, all rounds together. `recovered` is when it was read after all.
    """

    window: int
    page: int
    place: str
    error: str
    attempts: int
    first_failed: datetime
    last_failed: datetime
    recovered: datetime | None = None


def note_missed(
    connection: Connection, run_id: int, *, window: int, page: int, place: str, error: str, attempts: int, at: datetime
) -> None:
    """A page failed, for the first time or once more: attempts add up, the latest error stays."""
    values = {"run_id": run_id, "window": window, "page": page, "place": place, "error": error, "attempts": attempts}
    connection.execute(_NOTE, {**values, "first_failed": at, "last_failed": at, "recovered": None})


def settle_missed(connection: Connection, run_id: int, window: int, at: datetime, *, but: Collection[int] = ()) -> None:
    """The pages of a window that are open are read after all, but for these."""
    open_ones = RUN_PAGES.c.run_id == run_id, RUN_PAGES.c.window == window, RUN_PAGES.c.recovered.is_(None)
    connection.execute(update(RUN_PAGES).where(*open_ones, RUN_PAGES.c.page.not_in(but)).values(recovered=at))


def settle_page(connection: Connection, run_id: int, window: int, page: int, at: datetime) -> None:
    """A page was read after all."""
    where = RUN_PAGES.c.run_id == run_id, RUN_PAGES.c.window == window, RUN_PAGES.c.page == page
    connection.execute(update(RUN_PAGES).where(*where).values(recovered=at))


def list_missed(connection: Connection, run_id: int, limit: int) -> tuple[MissedPage, ...]:
    """The pages of a run that failed: those still missing first, then by window and page."""
    columns = [column for column in RUN_PAGES.c if column.name != "run_id"]
    statement = select(*columns).where(RUN_PAGES.c.run_id == run_id)
    order = RUN_PAGES.c.recovered.is_not(None), RUN_PAGES.c.window, RUN_PAGES.c.page
    return tuple(MissedPage(*row) for row in connection.execute(statement.order_by(*order).limit(limit)))
