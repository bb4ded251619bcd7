"""The API log: which requests are shown, what one of them tells, response times over the hour, and its keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.contract.minutes import Minutes
from magflow_tui.contract.records import RequestPage, RequestRow
from magflow_tui.tui.data.request_log import RequestLog
from magflow_tui.tui.text import speak
from magflow_tui.tui.views.context import Cursor, LinkCost, ListState, View
from magflow_tui.tui.views.latency import latency_section
from magflow_tui.tui.views.request_detail import request_detail
from magflow_tui.tui.views.request_rows import attempts_of, is_error
from magflow_tui.tui.views.requests import body
from magflow_tui.tui.views.spans import Line, join, line_cells

#: The third attempt at a page, in the recorded requests.
THIRD = 213
BEGAN = datetime(2026, 3, 14, 10, tzinfo=UTC)


def row(seq: int, **changes: Any) -> RequestRow:
    """A request, well unless changed."""
    made: dict[str, Any] = {
        "seq": seq,
        "at": BEGAN + timedelta(seconds=seq),
        "account": "main",
        "method": "POST",
        "route": "order/read",
        "pool": "orders",
        "status": 200,
        "outcome": "ok",
        "attempt": 1,
        "elapsed_ms": 300.0,
        "first_byte_ms": 250.0,
        "waited_ms": 5.0,
        "bytes_received": 900,
        "page": 3,
        "run_id": 7,
        "note": None,
    }
    return RequestRow(**made | changes)


def text_of(lines: list[Line]) -> str:
    return "\n".join(join(line) for line in lines)


class Ring:
    """A client whose engine keeps these requests."""

    def __init__(self, *rows: RequestRow) -> None:
        self.rows = list(rows)

    async def requests(self, *, after: int, limit: int, newest: bool) -> RequestPage:
        found = [row for row in self.rows if row.seq > after][-limit:]
        last = self.rows[-1].seq if self.rows else 0
        return RequestPage(requests=tuple(found), last_seq=last, first_seq=1)


async def test_the_log_is_filtered_sorted_and_counted() -> None:
    log = RequestLog()
    ring = Ring(row(1, elapsed_ms=900.0), row(2, status=500, outcome="server_error"), row(3, elapsed_ms=2500.0))
    assert await log.read(ring)  # type: ignore[arg-type]
    assert [each.seq for each in log.shown(None, ListState()).rows] == [3, 2, 1]
    assert [each.seq for each in log.shown(None, ListState(filter="status:>=400")).rows] == [2]
    assert [each.seq for each in log.shown(None, ListState(filter=">800")).rows] == [3, 1]
    assert [each.seq for each in log.shown(None, ListState(faults=True)).rows] == [3, 2]
    assert [each.seq for each in log.shown(None, ListState(sort="ms", descending=True)).rows] == [3, 1, 2]
    assert [each.seq for each in log.shown(None, ListState(sort="time")).rows] == [1, 2, 3]
    assert log.shown("fbe", ListState()).known == ()
    assert len(log.shown(None, ListState(filter="nothing like it")).known) == 3


async def test_a_held_log_counts_what_came_since_as_far_as_it_is_asked_for() -> None:
    log = RequestLog()
    ring = Ring(row(1))
    await log.read(ring)  # type: ignore[arg-type]
    log.hold()
    ring.rows += [row(2), row(3, status=500, outcome="server_error")]
    assert await log.read(ring)  # type: ignore[arg-type]
    shown = log.shown(None, ListState())
    assert ([each.seq for each in shown.rows], shown.unseen, shown.held) == ([1], 2, True)
    assert log.shown(None, ListState(faults=True)).unseen == 1
    log.follow()
    assert [each.seq for each in log.shown(None, ListState()).rows] == [3, 2, 1]


async def test_an_engine_that_counts_from_the_start_again_has_another_log() -> None:
    log = RequestLog()
    await log.read(Ring(row(40), row(41)))  # type: ignore[arg-type]
    fresh = Ring(row(1, status=500, outcome="server_error"))
    await log.read(fresh)  # type: ignore[arg-type]
    await log.read(fresh)  # type: ignore[arg-type]
    shown = log.shown(None, ListState(filter="status:500"))
    assert [each.seq for each in shown.known] == [1]
    assert [each.seq for each in shown.rows] == [1]


async def test_a_log_in_which_nothing_happened_is_the_same_object() -> None:
    log = RequestLog()
    await log.read(Ring(row(1)))  # type: ignore[arg-type]
    assert log.shown(None, ListState()) is log.shown(None, ListState())


def test_the_attempts_of_a_call_are_those_at_its_page_in_its_run(full_view: View) -> None:
    known = full_view.requests.known
    third = next(each for each in known if each.seq == THIRD)
    chain = attempts_of(third, known)
    assert [each.attempt for each in chain] == [1, 2, 3]
    assert {(each.page, each.run_id, each.route) for each in chain} == {(88, 5120, "product_offer/read")}
    assert attempts_of(chain[0], known) == chain


def test_a_second_call_for_the_same_page_has_attempts_of_its_own() -> None:
    failed = {"outcome": "timeout", "status": None}
    rows = [row(seq, attempt=attempt, **failed) for seq, attempt in enumerate((1, 2, 3, 1, 2), start=1)]
    known = rows[::-1]
    assert [each.seq for each in attempts_of(rows[1], known)] == [1, 2, 3]
    assert [each.seq for each in attempts_of(rows[4], known)] == [4, 5]


def test_what_was_answered_well_is_not_tried_again() -> None:
    rows = [row(1), row(2, attempt=2, outcome="timeout"), row(3, attempt=3)]
    assert attempts_of(rows[0], rows[::-1]) == rows[:1]
    assert attempts_of(rows[1], rows[::-1]) == rows[1:]


def test_a_call_without_a_page_stands_alone() -> None:
    rows = [row(1, page=None), row(2, page=None, attempt=2)]
    assert attempts_of(rows[1], rows[::-1]) == [rows[1]]


ROWS = st.lists(
    st.builds(
        lambda seq, page, run, attempt: row(seq, page=page, run_id=run, attempt=attempt),
        st.integers(1, 10_000),
        st.none() | st.integers(1, 3),
        st.none() | st.integers(1, 2),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda each: each.seq,
)


@given(rows=ROWS)
@settings(deadline=None, max_examples=60)
def test_every_request_is_in_its_own_chain_which_counts_up(rows: list[RequestRow]) -> None:
    known = sorted(rows, key=lambda each: -each.seq)
    for each in rows:
        chain = attempts_of(each, known)
        assert each in chain
        assert all(one.attempt < other.attempt and one.seq < other.seq for one, other in pairwise(chain))


def test_a_request_tells_what_became_of_it_where_its_time_went_and_of_which_run_it_is(full_view: View) -> None:
    third = next(each for each in full_view.requests.known if each.seq == THIRD)
    for lines in (request_detail(full_view, third, 80, 8), request_detail(full_view, third, 53, 36)):
        text = text_of(lines)
        assert "500" in join(lines[0])
        assert "the marketplace failed" in text
        assert "page 88" in text
        assert "310 ms" in text
        assert "398" in text  # the attempt before
        assert "#5120 offers MAIN" in text


def test_a_request_of_no_run_says_so_and_offers_no_way_to_one(full_view: View) -> None:
    alone = row(1, run_id=None, page=None)
    text = text_of(request_detail(full_view, alone, 53, 36))
    assert "of no sync" in text
    assert "enter shows it" not in text


def test_every_outcome_is_explained_in_both_languages(full_view: View) -> None:
    for outcome in RequestRow.model_fields["outcome"].annotation.__args__:  # type: ignore[union-attr]
        for language in ("en", "ro"):
            view = replace(full_view, say=speak(language))
            assert text_of(request_detail(view, row(1, outcome=outcome, status=None), 80, 8))


def test_a_filter_that_cannot_be_meant_is_named_in_its_row(full_view: View) -> None:
    view = replace(full_view, screen="api", list_state=ListState(filter="~( status:500"))
    assert "not a pattern: (" in join(body(view, 80, 20).lines[0])
    view = replace(full_view, screen="api", list_state=ListState(filter="colour:red"))
    assert "no such field: colour" in join(body(view, 80, 20).lines[0])


def test_a_filter_that_nothing_passes_says_how_to_be_rid_of_it(full_view: View) -> None:
    nothing = replace(full_view.requests, rows=())
    view = replace(full_view, screen="api", requests=nothing, list_state=ListState(filter="acct:nobody"))
    assert "esc takes it away" in text_of(body(view, 80, 20).lines)


def test_the_row_says_how_many_of_all_are_shown_and_what_came_since(full_view: View) -> None:
    held = replace(full_view.requests, rows=full_view.requests.rows[:7], held=True, unseen=41)
    line = join(body(replace(full_view, screen="api", requests=held), 80, 20).lines[0])
    assert "follow off" in line
    assert "+41 new" in line
    assert "7 of 300" in line


def test_response_times_are_drawn_with_the_minutes_in_which_requests_failed(full_view: View) -> None:
    lines = latency_section(full_view, 84, 10)
    text = text_of(lines)
    assert "p95 4 388" in text
    assert "p50 1 971" in text
    assert full_view.minutes is not None
    failing = sum(1 for count in full_view.minutes.errors if count)
    assert next(join(line) for line in lines if "failed" in join(line)).count("✗") == failing == 5


def test_response_times_are_left_out_where_there_is_no_room_or_the_link_is_slow(full_view: View) -> None:
    assert latency_section(full_view, 84, 6) == []
    assert latency_section(replace(full_view, link_cost=LinkCost(0.2, 900.0, slow=True)), 84, 10) == []
    assert latency_section(replace(full_view, minutes=None), 84, 10) == []
    assert "drawn when" in text_of(latency_section(replace(full_view, minutes=Minutes()), 84, 10))


MINUTE = st.none() | st.integers(0, 10**6)


@given(
    hour=st.lists(st.tuples(MINUTE, MINUTE, MINUTE, MINUTE, MINUTE), max_size=60),
    width=st.integers(60, 200),
    height=st.integers(7, 14),
)
@settings(deadline=None, max_examples=60)
def test_any_hour_is_drawn_within_its_width(
    full_view: View, hour: list[tuple[int | None, ...]], width: int, height: int
) -> None:
    p50, p95, highest, requests, errors = ([each[index] for each in hour] for index in range(5))
    minutes = Minutes(
        until=BEGAN,
        mean_ms=tuple(p50),
        p95_ms=tuple(p95),
        p50_ms=tuple(p50),
        max_ms=tuple(highest),
        requests=tuple(requests),
        errors=tuple(errors),
    )
    lines = latency_section(replace(full_view, minutes=minutes), width, height)
    assert len(lines) <= height
    assert all(line_cells(line) <= width for line in lines)


TEXT = st.text(st.characters() | st.sampled_from("\x1b[]\u202e漢👩\u0301\n\x9b"), max_size=60)


@given(
    texts=st.tuples(TEXT, TEXT, TEXT),
    numbers=st.tuples(st.floats(0, 1e12), st.floats(0, 1e12), st.integers(0, 10**15), st.integers(1, 10**9)),
    width=st.integers(60, 200),
    height=st.integers(4, 60),
    opened=st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_no_request_breaks_a_line_or_gets_an_escape_through(
    full_view: View, texts: tuple[str, str, str], numbers: Any, width: int, height: int, opened: bool
) -> None:
    elapsed, waited, size, page = numbers
    odd = row(
        9,
        account=texts[0],
        route=texts[1],
        note=texts[2],
        elapsed_ms=elapsed,
        first_byte_ms=elapsed,
        waited_ms=waited,
        bytes_received=size,
        page=page,
        status=599,
        outcome="server_error",
        attempt=page,
    )
    requests = replace(full_view.requests, rows=(odd, row(8)), known=(odd, row(8)))
    state = ListState(filter=texts[0])
    view = replace(full_view, screen="api", requests=requests, opened=opened, list_state=state, cursor=Cursor(9))
    lines = body(view, width, height).lines
    assert len(lines) == height
    for line in lines:
        assert line_cells(line) <= width
        assert all(character.isprintable() for character in join(line))


Begin = Callable[..., Any]


@pytest.fixture
async def log(operator: Any) -> Any:
    """An operator who looks at the API log."""
    await operator.press("6")
    await operator.until("300 of 300")
    return operator


async def test_a_filter_takes_effect_while_it_is_typed_and_esc_puts_the_old_one_back(log: Any) -> None:
    await log.press("slash", *"status:>=500")
    await log.until("/ status:>=500")
    await log.until("9 of 300")
    await log.press("escape")
    await log.until("300 of 300")
    await log.press("slash", *"sta", "tab", *"500", "enter")
    await log.until("9 of 300")
    await log.press("escape")
    await log.until("300 of 300")


async def test_n_goes_from_error_to_error_and_says_where_there_are_no_more(log: Any) -> None:
    rows = log.app.view().requests.rows
    errors = [each.seq for each in rows if is_error(each)]
    for expected in errors[:3]:
        await log.press("n")
        assert log.app.place.cursor.key == expected
    await log.press("N")
    assert log.app.place.cursor.key == errors[1]
    await log.press("G", "n")
    await log.until("no failed request further down")


async def test_a_request_opens_and_leads_to_its_run(log: Any) -> None:
    await log.press("slash", *"page:88 run:5120", "enter")
    await log.until("3 of 300")
    await log.press("enter")
    await log.until("Where the time went")
    await log.until("Attempts 3")
    await log.press("enter")
    await log.until("[3 Sync]")
    assert log.app.keys.inspecting.run_under_cursor().run_id == 5120
    await log.press("minus", "escape")
    await log.until("3 of 300")


async def test_faults_alone_are_shown_and_all_again(log: Any) -> None:
    await log.press("f")
    await log.until("faults only")
    assert "300 of 300" not in log.screen()
    await log.press("escape")
    await log.until("300 of 300")
