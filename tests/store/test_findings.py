"""Findings of orders: written with their page, resolved by a clean read, kept in step with what orders say of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from magflow_tui.contract.findings import FindingChoice, Triage
from magflow_tui.contract.listing import Condition, RowFilter
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.store.findings_list import FindingsAsked, count_by_rule
from magflow_tui.store.history import order_history
from magflow_tui.store.list_query import ListQuery
from magflow_tui.store.notes import add_note
from magflow_tui.store.triage import apply_triage

#: Faults that the schema reports whatever the rules are, each with the rule that names it.
BAD_STATUS = {"status": "soon"}
BAD_FLAG = {"is_complete": {"a": 1}}


def at(minutes: int) -> str:
    return f"2026-05-20 11:{minutes:02}:00"


async def test_what_is_wrong_with_an_order_is_stored_with_its_page(shelf, make):
    await shelf.put(make["order"](1, **BAD_STATUS, **BAD_FLAG), make["order"](2))
    order = await shelf.store.get_order(1)
    assert [(finding.path, finding.state) for finding in order.findings] == [
        ("$.is_complete", "open"),
        ("$.status", "open"),
    ]
    for finding in order.findings:
        assert (finding.account, finding.order_id, finding.severity) == ("main", 1, "error")
        assert finding.opened_at == shelf.source.fetched_at
        assert finding.message
        assert finding.message_ro not in ("", finding.message)
    assert (order.row.findings, order.row.worst_severity) == (2, "error")
    assert order.row.worst_rule == order.findings[0].rule
    clean = await shelf.store.get_order(2)
    assert (clean.findings, clean.row.findings, clean.row.worst_rule) == ((), 0, None)
    assert (await shelf.store.counts())["main"].orders_invalid == 1


async def test_a_finding_is_resolved_when_a_later_read_is_clean_and_opens_again_when_it_comes_back(shelf, make):
    await shelf.put(make["order"](1, **BAD_FLAG))
    [first] = (await shelf.store.get_order(1)).findings
    await shelf.put(make["order"](1, modified=at(1)), later=60)
    assert (await shelf.store.get_order(1)).findings == ()
    assert (await shelf.store.counts())["main"].orders_invalid == 0
    [resolved] = (await shelf.store.list_findings(asked=FindingsAsked(state="resolved"))).findings
    assert resolved.finding_id == first.finding_id
    assert resolved.resolved_at == shelf.source.fetched_at + timedelta(seconds=60)
    await shelf.put(make["order"](1, modified=at(2), **BAD_FLAG), later=120)
    [again] = (await shelf.store.get_order(1)).findings
    assert (again.finding_id, again.state, again.resolved_at) == (first.finding_id, "open", None)
    assert again.opened_at == shelf.source.fetched_at + timedelta(seconds=120)


async def test_a_finding_that_stays_keeps_its_state_and_has_the_value_of_today(shelf, make):
    await shelf.put(make["order"](1, **BAD_STATUS))
    command = Triage(action="see", choice=FindingChoice(account="main"), by="ana")
    await shelf.store.write(lambda connection: apply_triage(connection, command, shelf.source.fetched_at))
    await shelf.put(make["order"](1, status="later", modified=at(1)), later=60)
    [finding] = (await shelf.store.get_order(1)).findings
    assert (finding.state, finding.changed_by, finding.value) == ("seen", "ana", '"later"')


async def test_clean_new_orders_ask_nothing_of_the_tables_of_findings(shelf, make):
    asked: list[str] = []

    def watched(connection):
        connection.connection.driver_connection.set_trace_callback(asked.append)

    await shelf.store.write(watched)
    await shelf.put(*(make["order"](number) for number in range(1, 60)))
    assert any("INTO orders" in sql for sql in asked)
    assert not [sql for sql in asked if "findings (" in sql or "FROM findings" in sql or "ignores" in sql]


async def test_orders_are_checked_as_those_of_their_platform(shelf, make):
    shelf.source = type(shelf.source)("main", "Europe/Sofia", shelf.source.fetched_at, PLATFORMS["emag-bg"])
    await shelf.put(make["order"](1))
    assert "currency" in {finding.rule.partition(".")[0] for finding in (await shelf.store.get_order(1)).findings}


async def test_changes_of_status_and_total_are_remembered_with_when_they_were_seen(shelf, make):
    await shelf.put(make["order"](1), make["order"](2))
    await shelf.put(
        make["order"](1, status=2, modified=at(1)), make["order"](2, observation="x", modified=at(1)), later=9
    )
    await shelf.put(make["order"](1, status=2, shipping_tax=0, modified=at(2)), later=20)
    rows = await shelf.rows("SELECT order_id, status_before, status, total_before, total FROM order_changes")
    assert [tuple(row.values()) for row in rows] == [
        (1, 1, 2, 3_124_000, 3_124_000),
        (1, 2, 2, 3_124_000, 2_974_800),
    ]


async def test_the_history_of_an_order_tells_everything_newest_first_in_both_languages(shelf, make):
    await shelf.put(make["order"](1, **BAD_FLAG))
    command = Triage(action="ignore", choice=FindingChoice(finding_ids=(1,)), by="ana")
    noon = shelf.source.fetched_at
    await shelf.store.write(lambda connection: apply_triage(connection, command, noon + timedelta(seconds=5)))
    await shelf.put(make["order"](1, status=2, modified=at(1)), later=10)
    await shelf.store.write(
        lambda connection: add_note(connection, "main", 1, "de sunat", "ion", noon + timedelta(seconds=20))
    )
    history = await shelf.store.read(lambda connection: order_history(connection, "main", 1))
    assert [(entry.kind, entry.by) for entry in history.entries] == [
        ("note", "ion"),
        ("read", None),
        ("finding", None),
        ("triage", "ana"),
        ("finding", None),
    ]
    texts = [entry.text for entry in history.entries]
    assert texts[1] == "status: New → In progress"
    assert texts[3].startswith("ignored: schema.")
    assert history.entries[3].text_ro.startswith("ignorat: schema.")


@pytest.fixture
async def many(shelf, make):
    """Forty orders of two accounts: every second with one fault, every fourth with two."""
    for account in ("main", "fbe"):
        orders = []
        for number in range(1, 21):
            faults = {**(BAD_STATUS if number % 2 == 0 else {}), **(BAD_FLAG if number % 4 == 0 else {})}
            orders.append(make["order"](number, **faults))
        for start in range(0, 20, 5):
            await shelf.put(*orders[start : start + 5], account=account, later=start)
    return shelf


@pytest.mark.parametrize("limit", [1, 4, 100])
@pytest.mark.parametrize("descending", [True, False])
async def test_pages_of_findings_put_together_are_the_list_whichever_way_they_are_read(many, limit, descending):
    async def whole(**query):
        return [row.finding_id for row in (await many.store.list_findings(ListQuery(limit=500, **query))).findings]

    expected = await whole(descending=descending)
    assert len(expected) == 30
    down, after = [], None
    while True:
        page = await many.store.list_findings(ListQuery(limit=limit, after=after, descending=descending))
        down += [row.finding_id for row in page.findings]
        if (after := page.next_after) is None:
            break
    up, before = [], None
    while True:
        query = ListQuery(limit=limit, before=before, from_end=before is None, descending=descending)
        page = await many.store.list_findings(query)
        up = [row.finding_id for row in page.findings] + up
        if (before := page.next_before) is None:
            break
    assert down == up == expected


async def test_findings_are_chosen_by_everything_that_a_list_asks_for(many):
    async def found(where=RowFilter(), account=None, **asked):  # noqa: B008 (frozen)
        query = ListQuery(limit=500, where=where, account=account, with_total=True)
        page = await many.store.list_findings(query, FindingsAsked(**asked))
        assert page.total == len(page.findings)
        return {(row.account, row.order_id, row.path) for row in page.findings}

    assert len(await found(account="fbe")) == 15
    assert await found(order_id=4, account="main") == {("main", 4, "$.status"), ("main", 4, "$.is_complete")}
    assert len(await found(order_id=4)) == 4
    assert {path for _, _, path in await found(rule="schema.container")} == {"$.is_complete"}
    assert len(await found(severity="error")) == 30
    assert await found(severity="info") == set()
    assert await found(state="ignored") == set()
    eight = RowFilter(alternatives=((Condition(field="id", value="8"), Condition(field="acct", value="main")),))
    assert {order for _, order, _ in await found(where=eight)} == {8, 18}


async def test_findings_are_counted_by_rule_and_state_the_most_frequent_first(many):
    await many.put(b'{"id": null, "status": 1}')
    command = Triage(action="see", choice=FindingChoice(rules=("schema.container",)))
    await many.store.write(lambda connection: apply_triage(connection, command, many.source.fetched_at))
    counts = await many.store.read(count_by_rule)
    assert counts.broken == 1
    first, second = counts.rules
    assert (first.rule, first.open, first.orders) == ("schema.number", 20, 20)
    assert (second.rule, second.open, second.seen, second.orders) == ("schema.container", 0, 10, 10)
    of_one = await many.store.read(lambda connection: count_by_rule(connection, "fbe"))
    assert (of_one.rules[0].open, of_one.broken) == (10, 0)


async def test_a_total_keeps_its_cents_in_the_history(shelf, make):
    await shelf.put(make["order"](1))
    await shelf.put(make["order"](1, shipping_tax=0.01, modified=at(1)), later=1)
    [entry] = (await shelf.store.read(lambda connection: order_history(connection, "main", 1))).entries
    assert entry.text == f"total: 312.40 → {Decimal('297.49')} RON"


async def test_a_finding_of_a_rule_that_is_no_more_or_says_other_things_by_now_is_listed_all_the_same(shelf, make):
    await shelf.put(make["order"](1, **BAD_STATUS, **BAD_FLAG))

    def age(connection):
        connection.exec_driver_sql("UPDATE findings SET facts = NULL")
        connection.exec_driver_sql("UPDATE findings SET rule = 'gone.rule' WHERE path = '$.status'")

    await shelf.store.write(age)
    other, gone = (await shelf.store.get_order(1)).findings
    assert (gone.rule, gone.message) == ("gone.rule", "gone.rule")
    assert other.rule == "schema.container"
    assert other.message
