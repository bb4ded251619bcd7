"""Lists of the store: pages in both directions, sorting, filters, searches in slices, counts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select
from sqlalchemy.dialects.sqlite import dialect

from magflow_tui.contract.listing import Condition, RowFilter
from magflow_tui.store import order_list
from magflow_tui.store.list_query import ListQuery
from magflow_tui.store.notes import add_note
from magflow_tui.store.searching import contains, plain

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Bucharest")
NAMES = ("Ștefan Țară", "Ana Pop", "MARIA ȘERBAN", "ion [popa]", "Kovács Ödön", "Иван Петров", None)


def wants(*terms: dict[str, object], or_: tuple[dict[str, object], ...] = ()) -> RowFilter:
    groups = [tuple(Condition(**term) for term in group) for group in (terms, or_) if group]
    return RowFilter(alternatives=tuple(groups))


@pytest.fixture
async def many(shelf, make):
    """Sixty orders: three a day from 1 May, of two accounts, named in turn; the seventh have no readable date."""
    pages: dict[str, list[dict[str, object]]] = {"main": [], "fbe": []}
    for number in range(1, 61):
        name = NAMES[number % len(NAMES)]
        changes = {
            "status": number % 6,
            "type": 2 + number % 2,
            "payment_mode_id": 1 + number % 3,
            "date": f"2026-05-{1 + number // 3:02} {number % 24:02}:00:00",
            "modified": f"2026-05-{1 + number // 3:02} {number % 24:02}:30:00",
            "customer": {**make["order"](number)["customer"], "name": name} if name else None,
            "shipping_tax": number,
        }
        if number % 7 == 0:
            changes |= {"date": "0000-00-00 00:00:00", "created": None}
        if number % 13 == 0:
            changes["is_complete"] = {"a": 1}
        pages["main" if number % 4 else "fbe"].append(make["order"](number, **changes))
    for account, page in pages.items():
        await shelf.put(*page, account=account)
    await shelf.store.write(lambda connection: add_note(connection, "main", 5, "Sună înainte", "ana", NOW))
    return shelf


async def listed(shelf, **query):
    return [row.id for row in (await shelf.store.list_orders(ListQuery(limit=1000, **query))).orders]


async def matching(shelf, *terms, **more):
    return await listed(shelf, where=wants(*terms, **more), now=NOW, zone=ZONE)


@pytest.mark.parametrize("sort", list(order_list.SORTS))
@pytest.mark.parametrize("descending", [False, True])
async def test_pages_put_together_are_the_list_whichever_way_they_are_read(many, sort, descending):
    for where in (RowFilter(), wants({"field": "status", "operator": ">", "value": "2"})):
        for limit in (1, 7, 60):
            await _check_pages(many, limit, {"sort": sort, "descending": descending, "where": where})


async def _check_pages(many, limit, query):
    whole = await listed(many, **query)
    assert len(whole) == len(set(whole)) > 0
    down, after = [], None
    while True:
        page = await many.store.list_orders(ListQuery(limit=limit, after=after, **query))
        down += [row.id for row in page.orders]
        assert (page.next_before is None) == (after is None)
        if (after := page.next_after) is None:
            break
    up, before = [], None
    while True:
        page = await many.store.list_orders(ListQuery(limit=limit, before=before, from_end=before is None, **query))
        up[:0] = [row.id for row in page.orders]
        assert (page.next_after is None) == (before is None)
        if (before := page.next_before) is None:
            break
    assert down == up == whole


async def test_a_list_is_read_again_from_any_of_its_rows(many):
    page = await many.store.list_orders(ListQuery(limit=10))
    again = await many.store.list_orders(ListQuery(limit=3, start_at=page.last))
    assert again.orders[0] == page.orders[-1]
    assert again.first == page.last


async def test_a_mark_of_another_order_is_refused_and_so_are_two_at_once(many):
    by_total = await many.store.list_orders(ListQuery(limit=5, sort="total"))
    with pytest.raises(ValueError, match="sorted by total, not by modified"):
        await many.store.list_orders(ListQuery(after=by_total.next_after, sort="modified"))
    with pytest.raises(ValueError, match="no mark of this list"):
        await many.store.list_orders(ListQuery(after=by_total.next_after))
    with pytest.raises(ValueError, match="one of them"):
        await many.store.list_orders(ListQuery(after=by_total.next_after, sort="total", from_end=True))
    with pytest.raises(ValueError, match="cannot be sorted by 'colour', only by date"):
        await many.store.list_orders(ListQuery(sort="colour"))


CONDITIONS = [
    ([{"field": "customer", "value": "stefan"}], {number for number in range(1, 61) if number % 7 == 0}),
    ([{"field": "customer", "value": "ȘERBAN"}], {number for number in range(1, 61) if number % 7 == 2}),
    ([{"field": "customer", "value": "[pop"}], {number for number in range(1, 61) if number % 7 == 3}),
    ([{"field": "customer", "value": "odon"}], {number for number in range(1, 61) if number % 7 == 4}),
    ([{"field": "customer", "value": "иван"}], {number for number in range(1, 61) if number % 7 == 5}),
    ([{"field": "customer", "operator": "any", "negated": True}], {n for n in range(1, 61) if n % 7 == 6}),
    ([{"field": "status", "value": "new"}], {number for number in range(1, 61) if number % 6 == 1}),
    ([{"field": "status", "value": "in_progress"}], {number for number in range(1, 61) if number % 6 == 2}),
    ([{"field": "status", "value": "nouă"}], {number for number in range(1, 61) if number % 6 == 1}),
    ([{"field": "status", "value": "4"}], {number for number in range(1, 61) if number % 6 == 4}),
    ([{"field": "status", "operator": ">=", "value": "4"}], {n for n in range(1, 61) if n % 6 >= 4}),
    ([{"field": "status", "value": "nothing"}], set()),
    ([{"field": "type", "value": "fbe"}], {number for number in range(1, 61) if number % 2 == 0}),
    ([{"field": "payment", "value": "card"}], {number for number in range(1, 61) if number % 3 == 2}),
    ([{"field": "acct", "value": "FBE"}], {number for number in range(1, 61) if number % 4 == 0}),
    ([{"field": "id", "value": "17"}], {17}),
    ([{"value": "17"}], {17}),
    ([{"value": "pop"}], {number for number in range(1, 61) if number % 7 in (1, 3)}),
    ([{"operator": ">", "value": "350"}], {number for number in range(1, 61) if 297.48 + number > 350}),
    ([{"field": "total", "operator": "<=", "value": "0,3k"}], {n for n in range(1, 61) if 297.48 + n <= 300}),
    ([{"field": "total", "value": "307.48"}], {10}),
    ([{"field": "rule", "value": "SCHEMA.cont"}], {13, 26, 39, 52}),
    ([{"field": "rule", "value": "no.such"}], set()),
    ([{"field": "rule", "value": "schema"}, {"field": "severity", "value": "err"}], {13, 26, 39, 52}),
    ([{"field": "rule", "value": "schema"}, {"field": "state", "value": "deschis"}], {13, 26, 39, 52}),
    ([{"field": "rule", "value": "schema"}, {"field": "state", "value": "ignored"}], set()),
    ([{"field": "note", "operator": "any"}], {5}),
    ([{"field": "note", "value": "suna"}], {5}),
    ([{"field": "note", "value": "other"}], set()),
    ([{"field": "date", "value": "2026-05-02"}], {3, 4, 5}),
    ([{"field": "date", "operator": "<=", "value": "2026-05-02"}], {1, 2, 3, 4, 5}),
    ([{"field": "date", "operator": "<", "value": "2026-05-02"}], {1, 2}),
    ([{"field": "date", "value": "2026"}], {number for number in range(1, 61) if number % 7}),
    ([{"field": "modified", "value": "2026-05-02 04:30"}], {4}),
    ([{"field": "age", "operator": ">", "value": "40d"}], {1, 2}),
    ([{"field": "age", "value": "20d14h"}], {60}),
    ([{"field": "total", "value": "much"}], set()),
    ([{"field": "date", "value": "2026-13-40"}], set()),
    ([{"field": "customer", "value": "pop", "negated": True}], {n for n in range(1, 61) if n % 7 not in (1, 3)}),
]


async def test_a_condition_means_what_people_write(many):
    for terms, expected in CONDITIONS:
        assert set(await matching(many, *terms)) == expected, terms


async def test_a_condition_on_findings_is_held_against_those_of_each_order(many):
    rows = (await many.store.list_orders(ListQuery(limit=100))).orders
    found = {row.id: await many.store.get_order(row.id, row.account) for row in rows}
    for severity in ("error", "warning", "info"):
        expected = {id_ for id_, order in found.items() if severity in {each.severity for each in order.findings}}
        assert set(await matching(many, {"field": "severity", "value": severity})) == expected, severity
    with_any = {id_ for id_, order in found.items() if order.findings}
    assert {row.id for row in rows if row.findings} == with_any != set(found)
    for field in ("findings", "rule", "severity", "state"):
        assert set(await matching(many, {"field": field, "operator": "any"})) == with_any


async def test_several_terms_are_all_to_be_met(many):
    found = await matching(many, {"field": "customer", "value": "pop"}, {"field": "status", "value": "new"})
    assert set(found) == {number for number in range(1, 61) if number % 7 in (1, 3) and number % 6 == 1}


async def test_alternatives_are_either_and_terms_all(many):
    found = await matching(many, {"field": "id", "value": "17"}, or_=({"field": "id", "value": "23"},))
    assert set(found) == {17, 23}


async def test_a_field_that_a_list_does_not_have_is_named_with_those_it_has(many):
    with pytest.raises(ValueError, match="no field 'colour' in this list, only id, account"):
        await matching(many, {"field": "colour", "value": "red"})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(max_size=12), field=st.sampled_from([None, *order_list.FIELDS.named]), negated=st.booleans())
async def test_no_text_breaks_a_filter_and_what_is_negated_is_the_rest(many, text, field, negated):
    found = await matching(many, {"field": field, "value": text, "negated": negated})
    rest = await matching(many, {"field": field, "value": text, "negated": not negated})
    assert sorted(found + rest) == list(range(1, 61))


LETTERS = st.text("aAăÂșŞtȚiÎxéÖű1 -*?[]^и", max_size=6)


@given(LETTERS, LETTERS, LETTERS)
def test_text_contains_its_parts_and_nothing_else_whatever_case_and_marks(before, part, behind):
    with closing(sqlite3.connect(":memory:")) as database:
        for text in (before + part + behind, before + behind):
            written = select(contains(literal(text), part)).compile(
                dialect=dialect(), compile_kwargs={"literal_binds": True}
            )
            [(found,)] = database.execute(str(written)).fetchall()
            assert bool(found) == (plain(part) in plain(text))


async def test_a_search_that_runs_out_of_patience_says_how_far_it_came_and_goes_on(many, monkeypatch):
    monkeypatch.setattr("magflow_tui.store.listing._SLICE", 8)
    where = wants({"field": "id", "value": "1", "negated": True}, {"field": "customer", "value": "stefan"})
    whole = await listed(many, where=where, patience=60)
    for backwards in (False, True):
        found, mark, looked_at = [], None, 0
        while True:
            way = {"before": mark, "from_end": mark is None} if backwards else {"after": mark}
            page = await many.store.list_orders(ListQuery(limit=100, where=where, patience=0, **way))
            ids = [row.id for row in page.orders]
            found = ids + found if backwards else found + ids
            looked_at += page.looked_at or 0
            mark = page.next_before if backwards else page.next_after
            assert (page.looked_at is None) == (mark is None)
            if mark is None:
                break
        assert found == whole
        assert looked_at == 56


async def test_a_list_that_is_wanted_whole_has_its_number_of_rows_and_others_are_counted(many, monkeypatch):
    assert (await many.store.list_orders(ListQuery(limit=5))).total == 60
    assert (await many.store.list_orders(ListQuery(limit=5, account="fbe"))).total == 15
    where = wants({"field": "type", "value": "2"})
    assert (await many.store.list_orders(ListQuery(limit=5, where=where))).total is None
    assert (await many.store.list_orders(ListQuery(limit=5, where=where, with_total=True))).total == 30
    count = await many.store.count_orders(ListQuery(limit=100, where=where))
    assert (count.rows, count.capped, count.next_after) == (30, False, None)
    count = await many.store.count_orders(ListQuery(limit=10, where=where))
    assert (count.rows, count.capped) == (10, True)
    monkeypatch.setattr("magflow_tui.store.listing._SLICE", 25)
    rows, after, readings = 0, None, 0
    while True:
        count = await many.store.count_orders(ListQuery(limit=100, where=where, after=after, patience=0))
        rows, after, readings = rows + count.rows, count.next_after, readings + 1
        if after is None:
            break
    assert (rows, readings) == (30, 3)


async def test_what_came_after_a_row_is_counted_before_it(many, make):
    head = (await many.store.list_orders(ListQuery(limit=5))).first
    await many.put(*(make["order"](number, date="2026-06-30 10:00:00") for number in (501, 502)))
    assert (await many.store.count_orders(ListQuery(limit=100, before=head))).rows == 2


@pytest.mark.parametrize(
    "query",
    [
        ListQuery(),
        ListQuery(account="main"),
        ListQuery(from_end=True, account="main"),
        ListQuery(sort="total"),
        ListQuery(where=wants({"value": "pop"})),
        ListQuery(sort="customer", where=wants({"field": "status", "value": "new"})),
    ],
)
async def test_lists_are_read_from_the_index_alone_and_never_sorted_where_it_has_their_order(many, query):
    plans: list[str] = []

    def watched(connection):
        run = connection.exec_driver_sql
        statements: list[tuple[str, object]] = []
        from sqlalchemy import event

        def note(_connection, _cursor, statement, parameters, _context, _many):
            statements.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", note)
        order_list.list_orders(connection, query)
        event.remove(connection, "before_cursor_execute", note)
        for statement, parameters in statements:
            plans.extend(str(row[-1]) for row in run(f"EXPLAIN QUERY PLAN {statement}", parameters))

    await many.store.read(watched)
    on_orders = [plan for plan in plans if "orders" in plan]
    assert on_orders
    assert all("COVERING INDEX ix_orders_list" in plan for plan in on_orders)
    if query.sort is None:
        assert not [plan for plan in plans if "TEMP B-TREE" in plan]


async def test_offers_are_sorted_and_searched_too(shelf, make):
    await shelf.put_offers(
        make["offer"](1, name="Ceainic roșu", sale_price=30, general_stock=0),
        make["offer"](2, name="Cană", sale_price=20, general_stock=9),
        make["offer"](3, name="Ăstă-vară", sale_price=10, general_stock=5, status=0),
    )

    async def found(*terms, sellable=None, **query):
        page = await shelf.store.list_offers(ListQuery(where=wants(*terms), **query), sellable=sellable)
        return [row.id for row in page.offers]

    assert await found(sort="price") == [3, 2, 1]
    assert await found(sort="stock", descending=True) == [2, 3, 1]
    assert await found({"field": "name", "value": "rosu"}) == [1]
    assert await found({"value": "cana"}) == [2]
    assert await found({"operator": ">", "value": "15"}) == [1, 2]
    assert await found({"field": "sellable", "value": "no"}) == await found(sellable=False) == [1, 3]
    assert await found({"field": "reason", "value": "stock"}) == [1]
    assert await found({"field": "status", "value": "inactive"}) == [3]
    assert await found({"field": "status", "value": "active"}) == [1, 2]
    assert (await shelf.store.count_offers(ListQuery(), sellable=False)).rows == 2
    with pytest.raises(ValueError, match="offers cannot be sorted by 'colour'"):
        await shelf.store.list_offers(ListQuery(sort="colour"))
