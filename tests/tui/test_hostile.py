"""Whatever an engine sends, every screen is drawn of it: each line fits, and nothing that a terminal obeys is in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from random import Random
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.contract.alerts import Alert, AlertDetail, Runbook
from magflow_tui.contract.events import Event
from magflow_tui.contract.minutes import Minutes
from magflow_tui.contract.records import OfferRow, OrderDetail, OrderRow, RequestRow
from magflow_tui.contract.runs import MissedPage, Run, Throughput
from magflow_tui.contract.snapshot import Snapshot
from magflow_tui.tui.text import speak
from magflow_tui.tui.views.bodies import BODIES
from magflow_tui.tui.views.context import (
    Cursor,
    Link,
    LinkCost,
    ListState,
    PaneState,
    RequestsShown,
    RowsShown,
    RunShown,
    ScreenName,
    View,
    Watched,
)
from magflow_tui.tui.views.frame import event_line, status_line, tabs_line
from magflow_tui.tui.views.glyphs import ASCII, UNICODE
from magflow_tui.tui.views.spans import clip, join, line_cells

CLOCKS = (
    datetime(2026, 3, 14, 10, 4, 20, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, tzinfo=UTC),
)
SIZES = ((1, 1), (5, 3), (10, 3), (40, 10), (80, 20), (100, 26), (140, 36), (220, 60))


def hostile_view(hostile: ModuleType, rng: Random, screen: ScreenName) -> View:
    """A view of anything at all."""

    def some(kind: type, most: int = 5) -> tuple:  # type: ignore[type-arg]
        return tuple(hostile.made(kind, rng) for _ in range(rng.randint(0, most)))

    snapshot = hostile.made(Snapshot, rng)
    rows = some(OrderRow)
    requests = some(RequestRow, 8)
    missed = rng.choice([None, some(MissedPage)])
    pace = rng.choice([None, hostile.made(Throughput, rng, most=60)])
    runs = [*snapshot.recent_runs, *snapshot.running]
    names = [account.name for account in snapshot.accounts]
    return View(
        now=rng.choice(CLOCKS),
        say=speak(rng.choice(["en", "ro"])),
        snapshot=rng.choice([None, *[snapshot] * 12]),
        screen=screen,
        account=rng.choice([None, None, *names]),
        link=rng.choice([Link("live", 0.1), Link("stale", 30.0), Link("gone", 1e18, rng.choice(hostile.TEXTS))]),
        frozen_at=rng.choice([None, snapshot.at]),
        zone=rng.choice([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=12)), None]),
        glyphs=rng.choice([UNICODE, ASCII]),
        reveal=rng.random() < 0.5,
        zoomed=rng.random() < 0.3,
        cursor=Cursor(None, rng.randint(0, 9), rng.randint(0, 9)),
        list_state=ListState(
            rng.choice(["", *hostile.TEXTS]), wide=rng.random() < 0.5, faults=rng.random() < 0.5,
            sort=rng.choice(["", "total"]),
        ),
        orders=RowsShown(rows, rng.choice([None, 0, 10**18]), total=rng.choice([None, 0, 10**18]), detail=rng.choice(
            [None, hostile.made(OrderDetail, rng).model_copy(update={"row": rows[0]} if rows else {})]
        ), error=rng.choice([None, *hostile.TEXTS]), fresh=rng.choice([0, 10**18])),
        offers=RowsShown(some(OfferRow), rng.choice([None, 0, 10**18])),
        offers_open=rng.random() < 0.5,
        pane=PaneState(rng.randint(0, 3), rng.randint(0, 3), rng.random() < 0.5),
        requests=RequestsShown(requests, known=requests, unseen=rng.choice([0, 10**18])),
        older_runs=some(Run),
        runs_complete=rng.random() < 0.5,
        run_details={run.run_id: RunShown(run.run_id, missed, pace) for run in runs},
        events=some(Event),
        watched=Watched(
            rng.choice([None, snapshot.at]), some(Alert), {(book.code, book.cause): book for book in some(Runbook)},
            rng.choice([None, hostile.made(AlertDetail, rng)]),
        ),
        minutes=rng.choice([None, Minutes(), hostile.made(Minutes, rng, most=60)]),
        opened=rng.random() < 0.5,
        scenario=rng.choice([None, *hostile.TEXTS]),
        read_only=rng.random() < 0.5,
        link_cost=rng.choice([None, LinkCost(1e18, 1e18), LinkCost(0.0, None, slow=True)]),
    )  # fmt: skip


@pytest.mark.parametrize("screen", BODIES)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_every_screen_stands_whatever_comes(hostile: ModuleType, screen: ScreenName, seed: int) -> None:
    rng = Random(seed)
    view = hostile_view(hostile, rng, screen)
    for width, height in rng.sample(SIZES, 3):
        body = BODIES[screen](view, width, height)
        around = [status_line(view, width), tabs_line(view, width)[0], event_line(view, width, None)]
        for line in (*around, *body.lines):
            assert line_cells(clip(line, width)) == width
            assert view.glyphs.fold(join(line)).isprintable()
        assert len(body.lines) == height
        if body.keys:
            assert 0 <= body.cursor.index < len(body.keys)
