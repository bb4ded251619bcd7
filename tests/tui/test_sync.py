"""The sync screen: the history, what a run tells of itself, and the way to the page that failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.contract.runs import ErrorGroup, MissedPage, Run, RunPage, RunPages, Silence, Throughput
from magflow_tui.contract.snapshot import Snapshot
from magflow_tui.tui.data.run_history import RunHistory
from magflow_tui.tui.views.context import Cursor, LinkCost, ListState, RunShown, View
from magflow_tui.tui.views.run_detail import progress_detail, run_detail
from magflow_tui.tui.views.run_rows import chosen_runs, known_runs, run_before, runs_of_account, wait_share
from magflow_tui.tui.views.spans import Line, join, line_cells
from magflow_tui.tui.views.sync import body

BEGAN = datetime(2026, 3, 14, 6, tzinfo=UTC)
#: The partial run of the recorded snapshot.
PARTIAL = 5108


def run(number: int, **changes: Any) -> Run:
    """A run that is over, well unless changed."""
    at = BEGAN + timedelta(minutes=number)
    made: dict[str, Any] = {
        "run_id": number,
        "account": "main",
        "resource": "orders",
        "kind": "incremental",
        "result": "completed",
        "requested_by": "schedule",
        "started_at": at,
        "finished_at": at + timedelta(seconds=10),
        "seconds": 10.0,
        "items": 100,
    }
    return Run(**made | changes)


def text_of(lines: list[Line]) -> str:
    return "\n".join(join(line).rstrip() for line in lines)


def on_partial(view: View) -> View:
    return replace(view, screen="sync", cursor=Cursor(key=PARTIAL))


@pytest.mark.parametrize(("width", "height"), [(80, 20), (100, 26), (140, 36), (200, 56)])
def test_the_failed_page_of_a_run_is_named_with_attempts_and_error(full_view: View, width: int, height: int) -> None:
    text = text_of(body(on_partial(full_view), width, height).lines)
    assert "Failed pages 1" in text
    assert "✗  page 88  offers  12 attempts, last 09:12" in text
    assert "HTTP 500: Internal error" in text
    assert "ok page 41  offers  read after all 09:12" in text


def test_a_run_on_all_of_the_screen_tells_everything_its_record_holds(full_view: View) -> None:
    text = text_of(body(replace(on_partial(full_view), opened=True), 80, 40).lines)
    for words in (
        "14 of 9 802 offers could not be read",
        "11x sale_price below min_sale_price",
        "9 802 items · pages 98 · 32.5/s",
        "updated 211",
        "18 % waiting for slots (54s)",
        "82 % the rest",
        "1x after an interruption",
        "Items a second, over the run",
        "Since run #5061",
        "duration +41 % ▲",
        "failed +14 ▲",
    ):
        assert words in text


def test_nothing_is_told_that_is_not_known(full_view: View) -> None:
    view = replace(on_partial(full_view), run_details={}, older_runs=())
    text = text_of(body(replace(view, opened=True), 80, 40).lines)
    for words in ("Failed pages", "Items a second", "Since run"):
        assert words not in text


def test_waits_side_by_side_are_no_share_of_the_time(full_view: View) -> None:
    busy = run(1, seconds=10.0, waited_seconds=64.0, requests=50)
    text = text_of(run_detail(full_view, busy, 80, 30))
    assert "1m04s waiting for slots, several side by side" in text
    assert wait_share(busy) == 1.0


def test_the_pace_is_left_out_on_a_slow_link_and_before_there_is_one(full_view: View, snapshot: Snapshot) -> None:
    running = snapshot.running[0]
    assert "Items a second" in text_of(progress_detail(full_view, running, 53, 36))
    slow = replace(full_view, link_cost=LinkCost(0.2, 900.0, slow=True))
    assert "Items a second" not in text_of(progress_detail(slow, running, 53, 36))
    fresh = running.model_copy(update={"throughput": Throughput(seconds=5.0, items_per_second=(3.0,))})
    assert "Items a second" not in text_of(progress_detail(full_view, fresh, 53, 36))


def test_the_pace_of_a_running_run_changes_only_when_a_step_is_over(full_view: View, snapshot: Snapshot) -> None:
    running = snapshot.running[0]
    assert running.throughput is not None
    filling = running.throughput.model_copy(
        update={"items_per_second": (*running.throughput.items_per_second[:-1], 999.0)}
    )
    later = replace(full_view, snapshot=snapshot.model_copy(update={"at": snapshot.at + timedelta(seconds=1)}))
    drawn = progress_detail(full_view, running, 53, 36)
    assert drawn == progress_detail(later, running.model_copy(update={"throughput": filling}), 53, 36)


def test_a_run_that_is_not_answered_says_so_and_when_it_asks_again(full_view: View, snapshot: Snapshot) -> None:
    since = datetime(2026, 3, 14, 10, 1, 5, tzinfo=UTC)  # two hours earlier than where it is shown
    silence = Silence(since=since, said="HTTP 503 with an HTML page", retry_at=since + timedelta(seconds=64))
    waiting = snapshot.running[0].model_copy(update={"silence": silence})
    view = replace(full_view, screen="sync", snapshot=snapshot.model_copy(update={"running": (waiting,)}))
    text = text_of(body(view, 80, 40).lines)
    assert "waits for an answer · asks again at 12:02:09" in text
    assert "no answer since 12:01:05 · HTTP 503 with an HTML page" in text
    asking = waiting.model_copy(update={"silence": silence.model_copy(update={"retry_at": None})})
    assert "asks again now · goes on by itself" in text_of(progress_detail(view, asking, 80, 12))


def test_the_history_is_filtered_and_sorted(full_view: View) -> None:
    def shown(**state: Any) -> list[int]:
        return [each.run_id for each in chosen_runs(runs_of_account(full_view), ListState(**state))]

    everything = shown()
    assert everything == sorted(everything, reverse=True)
    assert shown(filter="result:partial") == [PARTIAL]
    assert shown(filter="fail:>0") == [PARTIAL]
    assert set(shown(filter="result:failed or result:cancelled")) == {5100, 5093, 5044}
    assert set(shown(faults=True)) == {PARTIAL, 5100, 5093, 5044}
    assert shown(sort="items", descending=True)[0] == 5101
    assert shown(sort="when") == everything[::-1]
    assert PARTIAL not in shown(filter="!what:offers")


def test_the_rule_says_what_of_the_history_is_shown(full_view: View) -> None:
    view = replace(full_view, screen="sync", list_state=ListState(filter="what:offers", faults=True))
    rule = next(join(line) for line in body(view, 80, 20).lines if "History" in join(line))
    assert "/ what:offers" in rule
    assert "faults only" in rule
    assert "1 of 84+" in rule
    nothing = replace(view, list_state=ListState(filter="acct:nobody"))
    assert "esc takes the filter away" in text_of(body(nothing, 80, 20).lines)


def test_a_frozen_view_does_not_know_what_ended_since(full_view: View) -> None:
    later = run(6000, started_at=full_view.shown_at, finished_at=full_view.shown_at + timedelta(seconds=3))
    view = replace(full_view, older_runs=(later, *full_view.older_runs))
    assert 6000 in [each.run_id for each in known_runs(view)]
    assert 6000 not in [each.run_id for each in known_runs(replace(view, frozen_at=view.shown_at))]


def test_a_run_is_compared_with_the_one_before_of_its_kind_that_read_something() -> None:
    runs = [
        run(1),
        run(2, result="failed"),
        run(3, resource="offers"),
        run(4, account="fbe"),
        run(5, kind="full"),
        run(6),
        run(7),
    ]
    known = runs[::-1]
    before = run_before(runs[5], known)
    assert before is not None
    assert before.run_id == 1
    assert run_before(runs[0], known) is None


def test_a_click_finds_the_running_runs_and_the_history(full_view: View) -> None:
    drawn = body(replace(full_view, screen="sync"), 80, 20)
    found = {drawn.keys[index]: join(drawn.lines[line]) for line, index in drawn.places.items()}
    assert "63 %" in text_of([drawn.lines[line] for line, index in drawn.places.items() if drawn.keys[index] == 5120])
    assert "118" in found[5119]


TEXT = st.text(st.characters() | st.sampled_from("\x1b[]\u202e漢👩\u0301\n\x9b"), max_size=50)
COUNT = st.integers(0, 10**9)


@given(
    texts=st.tuples(TEXT, TEXT, TEXT, TEXT),
    counts=st.tuples(COUNT, COUNT, COUNT, COUNT),
    seconds=st.floats(0, 1e8),
    rates=st.lists(st.floats(0, 1e6), max_size=48),
    width=st.integers(60, 200),
    height=st.integers(4, 60),
    opened=st.booleans(),
)
@settings(deadline=None, max_examples=80)
def test_no_run_breaks_a_line_or_gets_an_escape_through(
    full_view: View,
    snapshot: Snapshot,
    texts: tuple[str, str, str, str],
    counts: tuple[int, int, int, int],
    seconds: float,
    rates: list[float],
    width: int,
    height: int,
    opened: bool,
) -> None:
    items, failed, requests, attempts = counts
    odd = run(
        9000,
        account=texts[0],
        requested_by=texts[1],
        reason=texts[2],
        result="partial",
        items=items,
        created=items,
        updated=failed,
        failed=failed,
        requests=requests,
        rate_limited=attempts,
        seconds=seconds,
        waited_seconds=seconds * 1.5,
        resumed=3,
        errors=(ErrorGroup(message=texts[2], count=failed, example=texts[3]),),
    )
    page = MissedPage(
        window=texts[3], page=items, error=texts[2], attempts=attempts, first_failed=BEGAN, last_failed=BEGAN
    )
    pages = (page, page.model_copy(update={"recovered": BEGAN}))
    pace = Throughput(seconds=5.0, items_per_second=tuple(rates))
    changed = snapshot.model_copy(update={"recent_runs": (odd, run(8999, account=texts[0]))})
    for cursor in (Cursor(key=9000), Cursor()):
        view = replace(
            full_view,
            screen="sync",
            snapshot=changed,
            opened=opened,
            cursor=cursor,
            run_details={9000: RunShown(9000, pages, pace), 5120: RunShown(5120, pages, pace)},
            list_state=ListState(filter=texts[1] if width % 2 else ""),
        )
        lines = body(view, width, height).lines
        assert len(lines) == height
        for line in lines:
            assert line_cells(line) <= width
            assert all(character.isprintable() for character in join(line))


# what is read beside the snapshot


class Records:
    """A client whose engine has these runs."""

    def __init__(self, *runs: Run) -> None:
        self.all = sorted(runs, key=lambda each: -each.run_id)
        self.asked: list[int] = []

    async def runs(self, *, before: int | None, limit: int) -> RunPage:
        found = [each for each in self.all if before is None or each.run_id < before]
        more = len(found) > limit
        return RunPage(runs=tuple(found[:limit]), next_before=found[limit - 1].run_id if more else None)

    async def run_pages(self, run_id: int) -> RunPages:
        self.asked.append(run_id)
        return RunPages(run_id=run_id, missed=())

    async def run_throughput(self, run_id: int) -> Throughput:
        return Throughput(seconds=5.0, items_per_second=(1.0,))


def numbers(history: RunHistory) -> list[int]:
    return [each.run_id for each in history.older]


async def test_the_history_remembers_what_snapshots_told_and_reads_on_behind_it() -> None:
    records = Records(*(run(number) for number in range(1, 251)))
    history = RunHistory(lambda: 0.0)
    history.remember([run(250), run(249)])
    assert await history.begin(records)  # type: ignore[arg-type]
    assert not await history.begin(records)  # type: ignore[arg-type]
    assert numbers(history) == list(range(250, 148, -1))
    assert not history.complete
    while not history.complete:
        await history.read_older(records, history.oldest)  # type: ignore[arg-type]
    assert numbers(history) == list(range(250, 0, -1))
    history.remember([run(251), run(250, items=7)])
    assert numbers(history)[:2] == [251, 250]
    assert history.older[1].items == 7


async def test_a_history_with_a_gap_begins_anew() -> None:
    history = RunHistory(lambda: 0.0)
    history.remember([run(2), run(1)])
    history.remember([run(9), run(8)])
    assert numbers(history) == [9, 8]
    assert history.lacks_older


async def test_a_run_that_is_over_is_read_once_and_one_at_work_now_and_then(snapshot: Snapshot) -> None:
    time = [0.0]
    history, records = RunHistory(lambda: time[0]), Records()
    over, working = run(1), snapshot.running[0]
    for each in (over, working):
        assert history.is_due(each)
        await history.read(records, each)  # type: ignore[arg-type]
        assert not history.is_due(each)
    time[0] += 60
    assert not history.is_due(over)
    assert history.is_due(working)
    assert history.is_due(run(1, finished_at=BEGAN + timedelta(days=1)))  # it was resumed, and ended again
    assert history.details[1].throughput is not None


async def test_details_of_few_runs_are_kept() -> None:
    history, records = RunHistory(lambda: 0.0), Records()
    for number in range(1, 80):
        await history.read(records, run(number))  # type: ignore[arg-type]
    assert len(history.details) == 50
    assert 79 in history.details


async def test_the_failed_page_of_a_run_is_found_with_the_keyboard(operator: Any) -> None:
    await operator.press("3")
    await operator.until("[3 Sync]")
    await operator.press("f")
    await operator.until("faults only")
    while operator.app.keys.inspecting.run_under_cursor().run_id != PARTIAL:
        await operator.press("j")
    await operator.until("✗  page 88  offers  12 attempts")
    await operator.press("enter")
    await operator.until("HTTP 500: Internal error")
    await operator.press("escape")
    await operator.until("─ History")


async def test_a_run_that_is_open_can_be_tried_again(operator: Any, standin: Any) -> None:
    await operator.press("3", "slash", *"run:5108", "enter")
    await operator.until("1 of 84")
    await operator.press("G", "enter")
    await operator.until("Failed pages 1")
    await operator.press("r")
    await operator.until(lambda: ("POST", "/runs/5108/resume") in [asked[:2] for asked in standin.asked])


async def test_the_history_goes_back_as_far_as_there_are_runs(operator: Any) -> None:
    await operator.press("3")
    await operator.until("84 ─")
    await operator.press("G")
    await operator.until("#5021")
    assert operator.app.body.keys[-1] == 5021
    assert operator.app.runs.complete
