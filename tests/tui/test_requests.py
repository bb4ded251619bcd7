"""The API log: which requests are shown, what one of them tells, response times over the hour, and its keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.contract.listing import RowFilter
from magflow_tui.contract.minutes import Minutes
from magflow_tui.contract.past import RequestDetail
from magflow_tui.contract.records import RequestPage, RequestRow
from magflow_tui.tui.data.request_log import RequestLog
from magflow_tui.tui.data.request_piece import KEPT
from magflow_tui.tui.text import speak
from magflow_tui.tui.views.context import Cursor, LinkCost, ListState, View
from magflow_tui.tui.views.latency import latency_section
from magflow_tui.tui.views.request_detail import request_detail
from magflow_tui.tui.views.request_rows import attempts_of, is_error, is_fault
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

    async def requests(self, *, after: int, limit: int, newest: bool = False) -> RequestPage:
        found = [row for row in self.rows if row.seq > after]
        found = found[-limit:] if newest else found[:limit]
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


def test_the_attempts_of_a_call_are_those_that_say_so(full_view: View) -> None:
    known = full_view.requests.known
    third = next(each for each in known if each.seq == THIRD)
    chain = attempts_of(third, known)
    assert [each.attempt for each in chain] == [1, 2, 3]
    assert {(each.page, each.run_id, each.route) for each in chain} == {(88, 5120, "product_offer/read")}
    assert attempts_of(chain[0], known) == chain


def test_attempts_that_are_not_here_any_more_come_with_the_request_that_was_read() -> None:
    rows = [row(seq, attempt=seq, call="0badcafe") for seq in (1, 2, 3)]
    read = RequestDetail(row=rows[1], chain=tuple(rows[:2]))
    assert attempts_of(rows[1], rows[1:], read) == rows
    assert attempts_of(rows[2], rows[1:], read) == rows[1:]  # that one was not read


def test_what_does_not_tell_its_call_stands_alone_and_accounts_are_kept_apart() -> None:
    rows = [row(1), row(2, attempt=2), row(3, call="0badcafe"), row(4, call="0badcafe", account="fbe", attempt=2)]
    assert [attempts_of(each, rows) for each in rows] == [[each] for each in rows]


ROWS = st.lists(
    st.builds(
        lambda seq, call, attempt: row(seq, call=call, attempt=attempt),
        st.integers(1, 10_000),
        st.none() | st.sampled_from(["00000001", "00000002"]),
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
        assert all(one.seq < other.seq and one.call == other.call for one, other in pairwise(chain))


class Engine(Ring):
    """A client whose engine holds the last of its requests, and has all of them in its store."""

    def __init__(self, count: int, held: int) -> None:
        super().__init__(*(row(seq, outcome="timeout" if seq % 50 == 0 else "ok") for seq in range(1, count + 1)))
        self.held = held
        self.past = self
        self.asked: list[int | None] = []
        self.where: RowFilter | None = None

    async def requests(self, **asked: Any) -> RequestPage:
        if "before" in asked:
            return await self._kept(**asked)
        page = await super().requests(**asked)
        kept = tuple(each for each in page.requests if each.seq > len(self.rows) - self.held)
        return page.model_copy(update={"requests": kept})

    async def _kept(self, before: int | None, limit: int, where: RowFilter, **_: Any) -> RequestPage:
        self.asked.append(before)
        self.where = where
        below = [each for each in self.rows if before is None or each.seq < before]
        page = tuple(below[-limit:])
        more = page[0].seq if len(below) > limit else None
        return RequestPage(requests=page, last_seq=len(self.rows), first_seq=1, next_before=more)

    def add(self, count: int) -> None:
        self.rows += [row(seq) for seq in range(len(self.rows) + 1, len(self.rows) + count + 1)]


STEPS = st.lists(
    st.one_of(
        st.just("older"), st.just("newer"), st.just("hold"), st.just("follow"), st.integers(1, 900), st.just("around")
    ),
    max_size=14,
)


@given(steps=STEPS, count=st.integers(1, 2600))
@settings(deadline=None, max_examples=40)
def test_the_list_is_one_piece_of_the_log_whatever_is_read_of_it(steps: list[str | int], count: int) -> None:
    async def walk() -> None:
        engine, log = Engine(count, 700), RequestLog(600)
        client: Any = engine
        await log.read(client)
        for step in steps:
            if isinstance(step, int):
                engine.add(step)
                await log.read(client)
            elif step in ("older", "newer"):
                if log.shown(None, ListState()).more_older if step == "older" else log.more_newer:
                    await log.read_store(client, "older" if step == "older" else "newer")
            elif step == "around":
                log.go_around(engine.rows[len(engine.rows) // 3])
                await log.read_store(client, "older")
            else:
                log.hold() if step == "hold" else log.follow()
            shown = log.shown(None, ListState())
            numbers = [each.seq for each in shown.rows]
            assert all(newer == older + 1 for newer, older in pairwise(numbers))
            assert len(numbers) <= 600 + KEPT
            if not shown.held:
                assert numbers[:1] == [len(engine.rows)]
            if not shown.more_older:
                assert numbers[-1:] in ([1], [])

    asyncio.run(walk())


async def test_older_requests_are_read_when_the_end_comes_near_and_no_sooner() -> None:
    engine, log = Engine(2000, 500), RequestLog()
    client: Any = engine
    await log.read(client)
    assert len(log.shown(None, ListState()).rows) == 500
    assert log.purpose(0, 20) is None
    assert log.purpose(470, 20) == "older"
    await log.read_store(client, "older")
    shown = log.shown(None, ListState())
    assert (len(shown.rows), shown.looked_at, shown.more_older) == (1000, 1000, True)
    assert engine.asked == [1501]


async def test_a_filter_asks_the_store_for_nothing_else_and_says_how_far_it_has_searched() -> None:
    engine, log = Engine(2000, 500), RequestLog()
    client: Any = engine
    await log.read(client)
    state = ListState(filter="outcome:timeout")
    assert len(log.shown(None, state).rows) == 10
    assert log.purpose(0, 20) == "older"
    await log.read_store(client, "older")
    shown = log.shown(None, state)
    assert len(shown.rows) == 20
    assert shown.looked_at == 1000
    assert all(each.outcome == "timeout" for each in shown.rows)


@pytest.mark.parametrize(
    ("text", "faults", "alternatives"),
    [
        ("", False, []),
        ("status:500 ~gave", False, [["status"]]),
        ("status:500 or ~gave", False, []),
        ("status:500 or >800", False, [["status"], [None]]),
        ("", True, [["outcome"], ["ms"]]),
        ("acct:fbe", True, [["acct", "outcome"], ["acct", "ms"]]),
    ],
)
async def test_the_store_is_asked_for_no_less_than_what_is_wanted(
    text: str, faults: bool, alternatives: list[list[str | None]]
) -> None:
    engine, log = Engine(2000, 500), RequestLog()
    client: Any = engine
    await log.read(client)
    log.shown(None, ListState(filter=text, faults=faults))
    await log.read_store(client, "older")
    assert engine.where is not None
    assert [[term.field for term in group] for group in engine.where.alternatives] == alternatives


async def test_more_than_a_page_that_came_meanwhile_is_read_without_a_gap() -> None:
    engine, log = Engine(100, 5000), RequestLog()
    client: Any = engine
    await log.read(client)
    engine.add(1700)
    await log.read(client)
    assert [each.seq for each in log.shown(None, ListState()).rows] == list(range(1800, 0, -1))


async def test_an_engine_that_remembers_none_since_it_began_has_them_in_its_store() -> None:
    engine, log = Engine(30, 0), RequestLog()
    client: Any = engine
    await log.read(client)
    assert log.shown(None, ListState()).rows == ()
    assert log.purpose(0, 20) == "older"
    await log.read_store(client, "older")
    assert len(log.shown(None, ListState()).rows) == 30


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


@pytest.fixture
async def long_log(standin: Any, session: Any, watch: Any) -> Any:
    """An operator who looks at a log of 20 300 requests, of which the engine holds the last 300."""
    standin.kept.add_older(20_000, fault_every=1500)
    standin.publish(last_request_seq=20_300)
    async with watch(session) as operator:
        await operator.until("Health")
        await operator.press("6")
        await operator.until("300 of >300")
        yield operator


async def test_the_list_goes_on_into_the_store_where_the_cursor_nears_its_end(long_log: Any, standin: Any) -> None:
    assert "/requests/past" not in {path for path, _ in standin.queries}
    await long_log.press("G")
    await long_log.until("800 of >800")
    key = long_log.app.place.cursor.key
    await long_log.press("G")
    await long_log.until("1 300 of >1 300")
    await long_log.press("G", "k")
    numbers = [each.seq for each in long_log.app.view().requests.rows]
    assert numbers == list(range(20_300, 20_300 - len(numbers), -1))
    assert key in numbers
    await long_log.press("g")
    await long_log.until("follow on")


async def test_a_filter_searches_the_store_and_tells_how_far_it_has_come(long_log: Any, standin: Any) -> None:
    standin.kept.patience = 3000
    gate = standin.gates["/requests/past"] = asyncio.Event()
    await long_log.press("slash", *"status:502", "enter")
    await long_log.until("searching… 300 looked at")
    gate.set()
    await long_log.until("13 of 20 300")


async def test_n_finds_the_next_error_in_the_store_and_lists_what_is_around_it(long_log: Any) -> None:
    await long_log.press("G")
    await long_log.until("800 of >800")
    await long_log.press("n")
    await long_log.until("follow off")
    await long_log.until(lambda: long_log.app.place.cursor.key == 19_500)
    numbers = [each.seq for each in long_log.app.view().requests.rows]
    assert {19_400, 19_600} <= set(numbers)
    assert max(numbers) < 20_000
    await long_log.press("n")
    await long_log.until(lambda: long_log.app.place.cursor.key == 18_000)
    await long_log.press("N")
    await long_log.until(lambda: long_log.app.place.cursor.key == 19_500)
    await long_log.press("g")
    await long_log.until("follow on")
    assert long_log.app.view().requests.rows[0].seq == 20_300


async def test_n_keeps_to_the_filter_also_beyond_the_list(long_log: Any) -> None:
    await long_log.press("slash", *"page:45", "enter")
    await long_log.until(lambda: not long_log.app.view().requests.reading)
    await long_log.press("n")
    await long_log.until(lambda: long_log.app.place.cursor.key == 1500)
    assert {each.page for each in long_log.app.view().requests.rows} == {45}
    await long_log.press("n")
    await long_log.until("no failed request further down")


async def test_the_list_moves_up_again_to_what_is_newer_than_a_place_far_back(long_log: Any) -> None:
    await long_log.press("G", "n")
    await long_log.until(lambda: long_log.app.place.cursor.key == 19_500)
    for _ in range(12):
        await long_log.press("pageup")
    await long_log.until(lambda: max(each.seq for each in long_log.app.view().requests.rows) > 19_999)


async def test_bodies_come_when_the_cursor_rests_and_once_only(log: Any, standin: Any) -> None:
    await log.press("j")
    await log.until('"currentPage"')
    row = log.app.view().requests.rows[1]
    assert [path for path, _ in standin.queries if path.startswith("/requests/")] == [f"/requests/{row.seq}"]
    await log.press("tab")
    await log.until("curl -sS -g -X POST")
    await log.press("tab")
    await log.until('"noOfItems"' if row.route.endswith("count") else '"results"')
    assert len([path for path, _ in standin.queries if path.startswith("/requests/")]) == 1


async def test_h_and_l_go_along_the_attempts_of_a_call(log: Any) -> None:
    await log.press("slash", *"page:88 run:5120", "enter")
    await log.until("3 of 300")
    await log.press("l")
    await log.until("no further attempt of this call")
    await log.press("h")
    assert log.app.place.cursor.key == 209
    await log.press("h")
    assert log.app.place.cursor.key == 205
    await log.press("l", "l")
    assert log.app.body.keys[log.app.body.cursor.index] == THIRD


async def test_an_attempt_that_the_filter_leaves_out_is_told(log: Any) -> None:
    await log.press("slash", *"try:3 run:5120 page:88", "enter")
    await log.until("1 of 300")
    await log.press("h")
    await log.until("attempt 2 is not in the list")


async def test_a_copied_request_is_read_first_and_says_what_is_missing(log: Any, monkeypatch: Any) -> None:
    copied: list[tuple[str, str]] = []
    monkeypatch.setattr(log.app.despatch, "copy", lambda text, name: copied.append((text, name)))
    await log.press("y")
    await log.until(lambda: bool(copied))
    text, name = copied[0]
    assert text.startswith('curl -sS -g -X POST -u "$MAGFLOW_USER:$MAGFLOW_PASSWORD"')
    assert "\\u2026" in text
    assert "put in what" in name
    await log.press("Y")
    await log.until(lambda: len(copied) > 1)
    assert RequestDetail.model_validate_json(copied[1][0]).row.seq == 300


async def test_what_the_store_refuses_is_said_in_place_and_r_tries_again(long_log: Any, standin: Any) -> None:
    standin.failing = "/requests/past"
    await long_log.press("G")
    await long_log.until("The store is busy.")
    standin.failing = None
    await long_log.press("r")
    await long_log.until("800 of >800")


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


def lasts(log: Any) -> tuple[int, datetime]:
    """How many requests are listed, and when the last of them began."""
    rows = log.app.view().requests.rows
    return len(rows), max(each.at for each in rows)


async def test_the_past_lists_the_requests_up_to_its_minute(log: Any, standin: Any) -> None:
    await log.press("less_than_sign")
    await log.until("PAST")
    await log.until(lambda: log.app.view().requests.rows and lasts(log)[1] <= datetime(2026, 3, 14, 10, 4, tzinfo=UTC))
    count, _ = lasts(log)
    await log.until(f"{count} of {count}")
    assert "follow" not in log.screen()
    asked = len([path for path, _ in standin.queries if path == "/requests/past"])
    await log.press("less_than_sign")
    await log.until(lambda: lasts(log)[1] <= datetime(2026, 3, 14, 10, 3, tzinfo=UTC))
    fewer, _ = lasts(log)
    assert 0 < fewer < count
    # What is left of a minute later is what was then: nothing has to be read.
    assert len([path for path, _ in standin.queries if path == "/requests/past"]) == asked
    await log.press("greater_than_sign")
    await log.until(lambda: lasts(log)[0] == count)
    await log.press("f")
    await log.until(lambda: all(is_fault(each) for each in log.app.view().requests.rows))
    await log.press("f", "slash", *"status:500", "enter")
    await log.until(lambda: {each.status for each in log.app.view().requests.rows} == {500})
    assert lasts(log)[1] <= datetime(2026, 3, 14, 10, 4, tzinfo=UTC)
    await log.press("escape", "L")
    await log.until("300 of 300")


async def test_n_in_the_past_keeps_to_what_had_been_then(long_log: Any) -> None:
    await long_log.press("less_than_sign")
    await long_log.until("PAST")
    await long_log.until(lambda: long_log.app.view().requests.rows)
    await long_log.press("G", "n")
    await long_log.until(lambda: (long_log.app.place.cursor.key or 10**9) <= 19_500)
    assert lasts(long_log)[1] <= datetime(2026, 3, 14, 10, 4, tzinfo=UTC)
    await long_log.press("g")
    await long_log.until(lambda: lasts(long_log)[1] > datetime(2026, 3, 14, 10, 3, 58, tzinfo=UTC))
