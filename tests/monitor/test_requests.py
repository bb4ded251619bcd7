"""The ring of the last requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.monitor.requests import RequestLog


def test_requests_are_numbered_and_asked_for_behind_a_number(request_of: Callable[..., RequestRecord]) -> None:
    log = RequestLog(size=10)
    for page in range(1, 8):
        log.add(request_of(elapsed_ms=float(page)))
    page = log.page(after=4, limit=2)
    assert [row.seq for row in page.requests] == [5, 6]
    assert [row.elapsed_ms for row in page.requests] == [5.0, 6.0]
    assert (page.first_seq, page.last_seq) == (1, 7)


def test_the_oldest_requests_are_forgotten_and_the_numbers_stay(request_of: Callable[..., RequestRecord]) -> None:
    log = RequestLog(size=3)
    for _ in range(8):
        log.add(request_of())
    page = log.page(after=0, limit=100)
    assert [row.seq for row in page.requests] == [6, 7, 8]
    assert page.first_seq == 6
    assert [row.seq for row in log.page(after=0, limit=2, newest=True).requests] == [7, 8]


def test_an_empty_log_gives_an_empty_page() -> None:
    page = RequestLog().page(after=0, limit=5)
    assert (page.requests, page.first_seq, page.last_seq) == ((), 1, 0)


def test_numbers_go_on_behind_those_of_an_earlier_life(request_of: Callable[..., RequestRecord]) -> None:
    log = RequestLog(size=3)
    log.begin_at(41)
    assert (log.last_seq, log.first_seq, log.after(0, 10)) == (41, 42, ())
    for _ in range(4):
        log.add(request_of())
    page = log.page(after=0, limit=10)
    assert [row.seq for row in page.requests] == [43, 44, 45]
    assert (page.first_seq, page.last_seq) == (43, 45)


def test_requests_that_came_before_the_number_was_known_count_behind_it(
    request_of: Callable[..., RequestRecord],
) -> None:
    log = RequestLog()
    log.add(request_of())
    log.begin_at(10)
    log.add(request_of())
    assert [seq for seq, _ in log.after(0, 10)] == [11, 12]


def test_records_behind_a_number_are_read_in_steps(request_of: Callable[..., RequestRecord]) -> None:
    log = RequestLog(size=5)
    records = [request_of(elapsed_ms=float(number)) for number in range(1, 8)]
    for record in records:
        log.add(record)
    assert log.after(0, 2) == ((3, records[2]), (4, records[3]))
    assert log.after(4, 10) == tuple(enumerate(records[4:], start=5))
    assert log.after(7, 10) == log.after(99, 10) == ()


def test_a_row_names_the_call_and_the_job(request_of: Callable[..., RequestRecord]) -> None:
    log = RequestLog()
    log.add(replace(request_of(job="sync orders"), call="0a1b2c3d"))
    log.add(request_of())
    rows = log.page(after=0, limit=2).requests
    assert [(row.call, row.job) for row in rows] == [("0a1b2c3d", "sync orders"), (None, None)]
