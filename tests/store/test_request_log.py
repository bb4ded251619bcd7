"""The log of requests in the store: pages backwards, filters in slices, one request with its call, the next fault."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from magflow_tui.contract.listing import Condition, RowFilter
from magflow_tui.contract.records import RequestPage
from magflow_tui.marketplace.limiter import Lane, Pool
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.store.conditions import Moment
from magflow_tui.store.request_log import (
    KeptRequest,
    RequestsAsked,
    append_requests,
    find_fault,
    get_request,
    last_request_seq,
    list_requests,
    requests_behind,
)
from tests.store.conftest import NOON, Shelf

AT = Moment(NOON + timedelta(hours=1), UTC)


def record(**changes: Any) -> RequestRecord:
    """A page of orders, read at noon."""
    plain = RequestRecord(
        account="shop",
        method="POST",
        route="order/read",
        pool=Pool.ORDERS,
        lane=Lane.BACKGROUND,
        job="sync orders",
        attempt=1,
        started_at=NOON,
        waited_ms=12.5,
        elapsed_ms=180.25,
        first_byte_ms=90.5,
        status=200,
        outcome="ok",
        note=None,
        bytes_received=20_000,
        page=3,
        run_id=7,
        call="c0ffee00",
    )
    return replace(plain, **changes)


async def keep(shelf: Shelf, records: Iterable[RequestRecord], first: int = 1) -> None:
    numbered = list(enumerate(records, start=first))
    await shelf.store.write(partial(append_requests, requests=numbered))


async def a_minute_apart(shelf: Shelf, count: int, **changes: Any) -> None:
    """So many requests, a minute apart from noon on."""
    await keep(shelf, (record(started_at=NOON + timedelta(minutes=n), **changes) for n in range(count)))


async def page(shelf: Shelf, where: RowFilter | None = None, **asked: Any) -> RequestPage:
    wanted = RequestsAsked(AT, where=where or RowFilter(), **asked)
    return await shelf.store.read(partial(list_requests, asked=wanted))


async def show(shelf: Shelf, seq: int) -> KeptRequest | None:
    return await shelf.store.read(partial(get_request, seq=seq))


def seqs(found: RequestPage) -> list[int]:
    return [row.seq for row in found.requests]


def only(*conditions: Condition) -> RowFilter:
    return RowFilter(alternatives=(conditions,))


async def test_a_request_comes_back_as_it_was_observed(shelf):
    sent, received = '{"data":{"currentPage":3}}', '{"results":100}'
    await keep(shelf, [record(sent=sent, received=received, note="Ai depășit", path="offer_stock/7")], first=41)
    kept = await show(shelf, 41)
    assert kept is not None
    assert kept.row.model_dump() == {
        "seq": 41,
        "at": NOON,
        "account": "shop",
        "method": "POST",
        "route": "order/read",
        "pool": "orders",
        "status": 200,
        "outcome": "ok",
        "attempt": 1,
        "elapsed_ms": 180.25,
        "first_byte_ms": 90.5,
        "waited_ms": 12.5,
        "bytes_received": 20_000,
        "page": 3,
        "run_id": 7,
        "note": "Ai depășit",
        "call": "c0ffee00",
        "job": "sync orders",
    }
    assert (kept.path, kept.sent, kept.received, kept.chain) == ("offer_stock/7", sent, received, (kept.row,))
    assert await show(shelf, 42) is None


async def test_the_log_is_paged_backwards_to_its_beginning(shelf):
    await a_minute_apart(shelf, 25)
    newest = await page(shelf, limit=10)
    assert (seqs(newest), newest.next_before) == (list(range(16, 26)), 16)
    assert (newest.first_seq, newest.last_seq) == (1, 25)
    middle = await page(shelf, limit=10, before=newest.next_before)
    assert (seqs(middle), middle.next_before) == (list(range(6, 16)), 6)
    oldest = await page(shelf, limit=10, before=middle.next_before)
    assert (seqs(oldest), oldest.next_before) == ([1, 2, 3, 4, 5], None)


async def test_a_page_that_ends_with_the_log_says_that_there_is_no_more(shelf):
    await a_minute_apart(shelf, 10)
    assert (await page(shelf, limit=10)).next_before is None
    assert (await page(shelf, limit=9)).next_before == 2


async def test_without_requests_there_is_an_empty_page(shelf):
    empty = await page(shelf)
    assert (empty.requests, empty.last_seq, empty.next_before) == ((), 0, None)
    assert await shelf.store.read(last_request_seq) == 0
    found = await shelf.store.read(partial(find_fault, seq=5, direction="previous"))
    assert (found.request, found.searched_to) == (None, None)


async def test_the_past_has_no_request_that_began_later(shelf):
    await a_minute_apart(shelf, 60)
    at_ten = await page(shelf, until=NOON + timedelta(minutes=9, seconds=59), limit=3)
    assert seqs(at_ten) == [8, 9, 10]
    assert seqs(await page(shelf, until=NOON, limit=5)) == [1]
    assert seqs(await page(shelf, until=NOON - timedelta(seconds=1))) == []
    long_after = await page(shelf, until=NOON + timedelta(days=9), limit=2)
    assert seqs(long_after) == [59, 60]


async def test_a_long_request_that_began_before_is_there_although_others_ended_sooner(shelf):
    began = [NOON, NOON + timedelta(seconds=40), NOON + timedelta(seconds=50), NOON + timedelta(seconds=1)]
    await keep(shelf, (record(started_at=at) for at in began))
    assert seqs(await page(shelf, until=NOON + timedelta(seconds=30))) == [1, 4]


async def test_long_after_the_last_requests_those_of_the_same_instant_are_all_there(shelf):
    await keep(shelf, (record() for _ in range(3)))
    assert seqs(await page(shelf, until=NOON + timedelta(days=9))) == [1, 2, 3]


async def test_only_faults_and_only_one_account(shelf):
    outcomes = ["ok", "timeout", "cancelled", "rate_limited", "ok", "validation"]
    accounts = ["shop", "shop", "shop", "bg", "bg", "shop"]
    await keep(shelf, (record(outcome=o, account=a) for o, a in zip(outcomes, accounts, strict=True)))
    assert seqs(await page(shelf, faults=True)) == [2, 4, 6]
    assert seqs(await page(shelf, account="bg")) == [4, 5]
    assert seqs(await page(shelf, faults=True, account="shop", limit=1)) == [6]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (Condition(field="status", value="429"), [2]),
        (Condition(field="status", operator=">=", value="400"), [2, 3]),
        (Condition(field="ms", operator=">", value="2000"), [3]),
        (Condition(field="slow", operator=">", value="2k"), [3]),
        (Condition(operator=">", value="2000"), [3]),
        (Condition(field="wait", operator=">", value="1000"), [2]),
        (Condition(field="try", value="2"), [3]),
        (Condition(field="endpoint", value="COUNT"), [4]),
        (Condition(field="route", value="offer"), [1]),
        (Condition(field="acct", value="bg"), [4]),
        (Condition(field="bytes", operator=">", value="50k"), [1]),
        (Condition(field="note", value="depasit"), [2]),
        (Condition(field="note", operator="any"), [2]),
        (Condition(field="outcome", value="timeout"), [3]),
        (Condition(field="job", value="offers"), [1]),
        (Condition(field="run", value="9"), [1]),
        (Condition(field="page", operator="any", negated=True), [4]),
        (Condition(field="pool", value="other"), [1]),
        (Condition(field="call", value="ab"), [2, 3]),
        (Condition(field="time", operator="<", value="2026-06-01 12:10"), [1, 2]),
        (Condition(field="age", operator=">", value="45m"), [1, 2]),
        (Condition(value="bg"), [4]),
        (Condition(value="429 post"), [2]),
        (Condition(value="post", negated=True), [4]),
    ],
)
async def test_the_log_can_be_asked_what_its_screen_can(shelf, condition, found):
    await keep(
        shelf,
        [
            record(route="product_offer/read", pool=Pool.OTHER, job="sync offers", run_id=9, bytes_received=90_000),
            record(outcome="rate_limited", status=429, waited_ms=4_000.0, note="Ai depășit limita", call="ab1"),
            record(outcome="timeout", status=504, elapsed_ms=2_500.0, attempt=2, call="ab1"),
            record(method="GET", route="order/count", account="bg", page=None),
        ],
    )
    moved = [
        f"UPDATE requests SET at = {1000 * int((NOON + timedelta(minutes=m)).timestamp())} WHERE seq = {s}"  # noqa: S608
        for s, m in ((1, 0), (2, 5), (3, 20), (4, 30))
    ]
    await shelf.store.write(lambda connection: [connection.exec_driver_sql(sql) for sql in moved])
    assert seqs(await page(shelf, only(condition))) == found


async def test_a_field_that_requests_do_not_have_is_refused(shelf):
    with pytest.raises(ValueError, match="no field 'colour'"):
        await page(shelf, only(Condition(field="colour", value="red")))


async def test_a_search_stops_when_its_patience_ends_and_goes_on_from_there(shelf):
    await keep(shelf, (record(account="bg" if n == 3 else "shop") for n in range(9_000)))
    ticks = itertools.count()
    asked = partial(page, shelf, account="bg", patience=1.0, clock=lambda: float(next(ticks)))
    first = await asked()
    assert (first.requests, first.next_before) == ((), 5_001)
    second = await asked(before=first.next_before)
    assert (second.requests, second.next_before) == ((), 1_001)
    third = await asked(before=second.next_before)
    assert (seqs(third), third.next_before) == ([4], None)


async def test_a_patient_search_looks_at_everything_at_once(shelf):
    await keep(shelf, (record(account="bg" if n == 3 else "shop") for n in range(9_000)))
    assert seqs(await page(shelf, account="bg", patience=60.0)) == [4]


async def test_a_call_is_told_with_all_its_attempts_whatever_was_asked_meanwhile(shelf):
    def attempt(number: int, seconds: int, outcome: str, call: str = "c1") -> RequestRecord:
        at = NOON + timedelta(seconds=seconds)
        return record(call=call, attempt=number, outcome=outcome, started_at=at)

    await keep(
        shelf,
        [
            attempt(1, 0, "ok", call="c0"),
            attempt(1, 1, "rate_limited"),
            attempt(1, 2, "ok", call="c2"),
            attempt(2, 3, "timeout"),
            attempt(3, 70, "ok"),
            attempt(1, 80, "ok", call="c3"),
        ],
    )
    for seq in (2, 4, 5):
        kept = await show(shelf, seq)
        assert kept is not None
        assert [(row.seq, row.attempt) for row in kept.chain] == [(2, 1), (4, 2), (5, 3)]
    alone = await show(shelf, 3)
    assert alone is not None
    assert [row.seq for row in alone.chain] == [3]


async def test_the_next_and_the_previous_fault(shelf):
    faults = {3: "shop", 7: "bg", 9: "shop"}
    await keep(
        shelf,
        (
            record(
                outcome="timeout" if n in faults else "ok",
                account=faults.get(n, "shop"),
                started_at=NOON + timedelta(minutes=n),
            )
            for n in range(1, 11)
        ),
    )

    async def fault(seq: int, direction: str, **asked: Any) -> int | None:
        found = await shelf.store.read(partial(find_fault, seq=seq, direction=direction, **asked))
        assert found.searched_to is None
        return found.request and found.request.seq

    assert [await fault(5, "next"), await fault(7, "next"), await fault(9, "next")] == [7, 9, None]
    assert [await fault(7, "previous"), await fault(3, "previous")] == [3, None]
    assert [await fault(3, "next", account="shop"), await fault(9, "previous", account="bg")] == [9, 7]
    assert await fault(3, "next", until=NOON + timedelta(minutes=6)) is None
    assert await fault(3, "next", until=NOON + timedelta(minutes=7)) == 7
    assert await fault(99, "previous", until=NOON + timedelta(minutes=8)) == 7


async def test_a_search_for_a_fault_stops_when_its_patience_ends_and_says_where(shelf):
    await keep(shelf, (record(outcome="timeout", account="bg" if n == 8_999 else "shop") for n in range(9_000)))
    found = await shelf.store.read(partial(find_fault, seq=0, direction="next", account="bg", patience=0.0))
    assert (found.request, found.searched_to) == (None, 4_000)
    again = partial(find_fault, seq=8_000, direction="next", account="bg", patience=0.0)
    assert (await shelf.store.read(again)).request.seq == 9_000


async def test_who_fell_behind_reads_on_in_order(shelf):
    await a_minute_apart(shelf, 9)
    found = await shelf.store.read(partial(requests_behind, seq=4, limit=3))
    assert (seqs(found), found.last_seq) == ([5, 6, 7], 9)


async def test_what_is_kept_twice_stays_as_it_was(shelf):
    await keep(shelf, [record(note="first")])
    await keep(shelf, [record(note="second"), record(note="new")])
    assert [row.note for row in (await page(shelf)).requests] == ["first", "new"]
    assert await shelf.store.read(last_request_seq) == 2


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])  # emptied for each of them
@given(
    faults=st.sets(st.integers(1, 30)),
    before=st.integers(1, 40) | st.none(),
    until=st.integers(0, 31),
    limit=st.integers(1, 12),
)
async def test_pages_put_together_are_the_log(shelf, faults, before, until, limit):
    await shelf.store.write(lambda connection: connection.exec_driver_sql("DELETE FROM requests"))
    outcomes = ["timeout" if number in faults else "ok" for number in range(1, 31)]
    began = [NOON + timedelta(minutes=number) for number in range(1, 31)]
    await keep(shelf, (record(outcome=o, started_at=at) for o, at in zip(outcomes, began, strict=True)))
    expected = [number for number in range(1, 31) if number <= until and (before is None or number < before)]
    for only_faults in (False, True):
        read: list[int] = []
        mark, more = before, True
        while more:
            part = await page(
                shelf, limit=limit, before=mark, until=NOON + timedelta(minutes=until), faults=only_faults
            )
            read = seqs(part) + read
            mark = part.next_before
            more = mark is not None
        assert read == [number for number in expected if not only_faults or number in faults]
