"""The ring of the last requests."""

from __future__ import annotations

from collections.abc import Callable

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
