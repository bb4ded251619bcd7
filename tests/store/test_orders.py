"""Orders in the store: upserts, what wins, columns, lists."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from magflow_tui.store.list_query import ListQuery
from magflow_tui.store.tables import ORDER_LINES, ORDERS


async def test_the_same_page_twice_changes_nothing(shelf, make):
    page = [make["order"](number) for number in range(1, 40)]
    first = await shelf.put(*page)
    before = await shelf.rows("SELECT * FROM orders ORDER BY id")
    second = await shelf.put(*page, later=60)
    assert (first.items, first.created, first.updated, first.unchanged) == (39, 39, 0, 0)
    assert (second.items, second.created, second.updated, second.unchanged) == (39, 0, 0, 39)
    assert await shelf.rows("SELECT * FROM orders ORDER BY id") == before


async def test_the_newer_modified_wins_in_whichever_order_they_arrive(shelf, make):
    older = make["order"](1, status=1, modified="2026-05-20 10:05:00")
    newer = make["order"](1, status=2, modified="2026-05-20 11:05:00")
    assert (await shelf.put(newer)).created == 1
    assert (await shelf.put(older, later=5)).unchanged == 1
    assert (await shelf.store.get_order(1)).row.status == 2
    newest = make["order"](1, status=3, modified="2026-05-20 11:05:01")
    assert (await shelf.put(newest)).updated == 1
    assert (await shelf.store.get_order(1)).row.status == 3


async def test_two_changes_within_a_second_leave_the_one_read_later(shelf, make):
    await shelf.put(make["order"](1, status=2))
    assert (await shelf.put(make["order"](1, status=3), later=1)).updated == 1
    assert (await shelf.store.get_order(1)).row.status == 3


async def test_in_the_hour_that_repeats_the_one_read_later_wins(shelf, make):
    await shelf.put(make["order"](1, status=2, modified="2026-10-25 03:50:00"))  # first pass
    second_pass = make["order"](1, status=3, modified="2026-10-25 03:10:00")
    assert (await shelf.put(second_pass, later=1200)).updated == 1
    before_it = make["order"](1, status=4, modified="2026-10-25 02:59:59")
    assert (await shelf.put(before_it, later=1300)).unchanged == 1


async def test_an_order_twice_in_a_page_is_stored_once_in_its_better_state(shelf, make):
    outcome = await shelf.put(
        make["order"](1, status=2, modified="2026-05-20 11:00:00"),
        make["order"](2),
        make["order"](1, status=1, modified="2026-05-20 10:00:00"),
        make["order"](1, status=3, modified="2026-05-20 12:00:00"),
    )
    assert (outcome.items, outcome.created, outcome.updated, outcome.unchanged) == (4, 2, 1, 1)
    assert (await shelf.store.get_order(1)).row.status == 3
    assert (await shelf.store.counts())["main"].orders == 2


async def test_the_payload_comes_back_byte_for_byte(shelf):
    raw = '{ "id" : 5,\n "customer": {"name":"Ștefan  Inventatu\\u021b"}, "new_key":1.10 }'.encode()
    await shelf.put(raw)
    assert await shelf.store.get_order_payload(5) == raw
    assert (await shelf.store.get_order(5)).order["new_key"] == 1.1
    assert await shelf.store.get_order_payload(6) is None
    assert await shelf.store.get_order(6) is None


async def test_every_column_holds_what_its_name_says(shelf, make):
    await shelf.put(
        make["order"](
            9,
            parent_id=8,
            status=4,
            finalization_date="2026-05-21 09:00:00",
            maximum_date_for_shipment="2026-05-22 23:59:59",
            detailed_payment_method="eCREDIT",
            payment_status=1,
            delivery_mode="pickup",
            delivery_payment_mode="x",
            observation="sună înainte",
            details={"locker_id": "abc", "locker_name": "easybox"},
            cashed_co=312.40,
            cashed_cod=0,
            refunded_amount="59.0000",
            refund_status="1",
            cancellation_request="da",
            reason_cancellation={"id": 24, "name": "La cerere"},
            has_editable_products=1,
            is_complete=1,
            is_storno=True,
            late_shipment=0,
            emag_club=1,
            weekend_delivery=0,
            shipping_tax_voucher_split=[{"voucher_id": 1, "value": "-1.0000", "vat_value": "-0.2100"}],
            vouchers=[],
            proforms=[],
            attachments=[{"name": "factura.pdf"}],
            flags=[{"flag": "a", "value": 1}],
            enforced_vendor_courier_accounts=["3"],
        )
    )
    [row] = await shelf.rows("SELECT * FROM orders")
    millis = {
        name: int(datetime(*when, tzinfo=UTC).timestamp() * 1000)
        for name, when in {
            "placed": (2026, 5, 20, 7),
            "date": (2026, 5, 20, 7),
            "created": (2026, 5, 20, 7),
            "modified": (2026, 5, 20, 7, 5),
            "finalization_date": (2026, 5, 21, 6),
            "maximum_date_for_shipment": (2026, 5, 22, 20, 59, 59),
            "fetched_at": (2026, 6, 1, 12),
        }.items()
    }
    for name in ("raw", "payload_hash"):
        assert isinstance(row.pop(name), bytes)
    findings = [row.pop(name) for name in ("findings", "worst_rule", "worst_severity")]
    assert findings[0] == len((await shelf.store.get_order(9)).findings)
    assert row == millis | {
        "account": "main",
        "id": 9,
        "type": 3,
        "status": 4,
        "parent_id": 8,
        "payment_mode_id": 3,
        "payment_mode": "CARD online",
        "detailed_payment_method": "eCREDIT",
        "payment_status": 1,
        "delivery_mode": "pickup",
        "delivery_payment_mode": "x",
        "vendor_name": "Magazin Inventat",
        "observation": "sună înainte",
        "customer_id": 77,
        "customer_name": "Ana Inventata",
        "locker_id": "abc",
        "currency": "RON",
        "total": 3_111_900,
        "shipping_tax": 149_200,
        "cashed_co": 3_124_000,
        "cashed_cod": 0,
        "refunded_amount": 590_000,
        "refund_status": "1",
        "cancellation_request": "da",
        "cancellation_code": 24,
        "has_editable_products": 1,
        "is_complete": 1,
        "is_storno": 1,
        "late_shipment": 0,
        "emag_club": 1,
        "weekend_delivery": 0,
        "shipping_tax_voucher_split": '[{"voucher_id":1,"value":"-1.0000","vat_value":"-0.2100"}]',
        "schema_issues": None,
    }
    of_findings = {"findings", "worst_rule", "worst_severity"}
    assert set(row) | of_findings | {"raw", "payload_hash"} == set(ORDERS.columns.keys())
    [line] = await shelf.rows("SELECT * FROM order_lines")
    assert line == {
        "account": "main",
        "order_id": 9,
        "position": 0,
        "id": 315_800_000_009,
        "product_id": 4306,
        "mkt_id": None,
        "name": "Ceainic",
        "part_number": "CEA-1",
        "part_number_key": None,
        "ext_part_number": None,
        "status": 1,
        "quantity": 2,
        "initial_qty": 2,
        "storno_qty": 0,
        "currency": "RON",
        "sale_price": 1_229_260,
        "original_price": 1_229_260,
        "vat": 2_100,
    }
    assert set(line) == set(ORDER_LINES.columns.keys())


async def test_a_changed_order_has_the_lines_of_its_new_state_and_no_others(shelf, make):
    lines = [dict(make["order"](1)["products"][0], id=number) for number in range(30)]
    await shelf.put(make["order"](1, products=lines), make["order"](2))
    await shelf.put(make["order"](1, products=lines[3:5], modified="2026-05-20 12:00:00"))
    found = await shelf.rows("SELECT order_id, position, id FROM order_lines ORDER BY order_id, position")
    assert [(row["order_id"], row["position"], row["id"]) for row in found] == [
        (1, 0, 3),
        (1, 1, 4),
        (2, 0, 315_800_000_002),
    ]


async def test_values_that_cannot_be_read_are_left_out_and_counted(shelf, make):
    await shelf.put(make["order"](1, status="soon", shipping_tax={"a": 1}), make["order"](2))
    page = await shelf.store.list_orders(has_findings=True)
    assert [(row.id, row.findings, row.status) for row in page.orders] == [(1, 2, None)]
    assert [row.id for row in (await shelf.store.list_orders(has_findings=False)).orders] == [2]
    [row] = await shelf.rows("SELECT schema_issues FROM orders WHERE id = 1")
    assert {issue["path"] for issue in json.loads(row["schema_issues"])} == {"$.status", "$.shipping_tax"}
    found = (await shelf.store.get_order(1)).findings
    assert {finding.path for finding in found} == {"$.status", "$.shipping_tax"}
    assert all(finding.expected for finding in found)


async def test_text_that_is_not_utf8_does_not_stop_its_page(shelf, make):
    raw = json.dumps(make["order"](1)).encode().replace(b"Ceainic", b"Ceai\xffnic")
    assert (await shelf.put(raw, make["order"](2))).created == 2
    assert await shelf.store.get_order_payload(1) == raw
    assert (await shelf.store.get_order(1)).row.findings == 1


async def test_a_listed_order_says_what_a_person_wants_to_know(shelf, make):
    await shelf.put(make["order"](1))
    [row] = (await shelf.store.list_orders()).orders
    assert (row.account, row.status_text, row.customer, row.currency) == ("main", "New", "Ana Inventata", "RON")
    assert row.total == Decimal("312.40")
    assert str(row.total) == "312.40"
    assert row.date == datetime(2026, 5, 20, 7, tzinfo=UTC)


@pytest.fixture
async def many(shelf, make):
    orders = [
        make["order"](number, status=number % 3, date=f"2026-05-{1 + number % 5:02} 10:00:00")
        for number in range(1, 31)
    ]
    orders += [make["order"](number, date="0000-00-00 00:00:00", created=None) for number in (100, 101)]
    await shelf.put(*orders)
    await shelf.put(*orders[:7], account="other")
    return shelf


@pytest.mark.parametrize("limit", [1, 4, 39, 40])
@pytest.mark.parametrize(
    ("account", "filters"),
    [({}, {}), ({}, {"status": 1}), ({"account": "main"}, {}), ({"account": "other"}, {"status": 2})],
)
async def test_pages_of_a_list_put_together_are_the_list(many, limit, account, filters):
    whole = (await many.store.list_orders(ListQuery(limit=1000, **account), **filters)).orders
    found, after = [], None
    while True:
        page = await many.store.list_orders(ListQuery(limit=limit, after=after, **account), **filters)
        found += page.orders
        after = page.next_after
        if after is None:
            break
    assert tuple(found) == whole
    assert len({(row.account, row.id) for row in whole}) == len(whole) > 0


async def test_lists_begin_with_the_newest_and_end_with_those_without_a_date(many):
    page = await many.store.list_orders(ListQuery(limit=1000))
    assert page.total == 39
    assert [row.id for row in page.orders[-2:]] == [101, 100]
    dates = [row.date for row in page.orders[:-2]]
    assert dates == sorted(dates, reverse=True)


async def test_a_page_does_not_shift_when_newer_orders_arrive(many, make):
    first = await many.store.list_orders(ListQuery(limit=10))
    rest = (await many.store.list_orders(ListQuery(limit=100, after=first.next_after))).orders
    await many.put(*(make["order"](number, date="2026-05-30 10:00:00") for number in range(500, 510)))
    assert (await many.store.list_orders(ListQuery(limit=100, after=first.next_after))).orders == rest


@pytest.mark.parametrize("mark", ["", "x", "WzFd", "bm9uZQ", "WyJhIiwiYiIsImMiXQ", "ș"])
async def test_a_mark_of_something_else_is_refused(many, mark):
    with pytest.raises(ValueError, match="no mark"):
        await many.store.list_orders(ListQuery(after=mark))


async def test_an_id_of_two_accounts_is_found_in_both(many):
    assert await many.store.accounts_of_order(3) == ("main", "other")
    assert (await many.store.get_order(3, "other")).row.account == "other"
    assert await many.store.accounts_of_order(999) == ()


async def test_counts_follow_arrivals_and_changes_of_status(shelf, make):
    await shelf.put(make["order"](1, status=1), make["order"](2, status=1), make["order"](3, status=4))
    counts = (await shelf.store.counts())["main"]
    assert (counts.orders, counts.orders_new, counts.offers) == (3, 2, 0)
    await shelf.put(make["order"](1, status=2, modified="2026-05-21 10:00:00"), make["order"](4, status=1))
    await shelf.put(make["order"](3, status=1, modified="2026-05-21 10:00:00"))
    counts = (await shelf.store.counts())["main"]
    assert (counts.orders, counts.orders_new) == (4, 3)


values = st.none() | st.booleans() | st.integers(-5, 2**70) | st.text(max_size=6) | st.floats(allow_nan=False)
junk = st.recursive(
    values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
KEYS = (
    "status",
    "date",
    "modified",
    "customer",
    "products",
    "shipping_tax",
    "vouchers",
    "details",
    "flags",
    "id",
    "type",
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(changes=st.dictionaries(st.sampled_from(KEYS), junk, max_size=4))
async def test_nothing_that_arrives_stops_its_page(shelf, make, changes):
    good = make["order"](10**9)
    outcome = await shelf.put(json.dumps({**make["order"](7), **changes}).encode(), good)
    assert outcome.items == outcome.created + outcome.updated + outcome.unchanged + outcome.failed == 2
    assert await shelf.store.get_order(10**9) is not None
    await shelf.store.list_orders()
