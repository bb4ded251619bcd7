"""Findings over the management API: lists, triage, ignores, notes, history, saved views, checking again."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

import pytest

from magflow_tui.client import EngineClient, EngineError
from magflow_tui.client.list_part import ListPart
from magflow_tui.config import Settings
from magflow_tui.contract.findings import AddNote, FindingChoice, OrderKey, SavedView, Triage, Undo
from magflow_tui.contract.listing import Condition, RowFilter
from magflow_tui.engine.engine import Engine
from magflow_tui.engine.triage import TriageDesk
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.marketplace.schema import Order, read_item
from magflow_tui.rules.catalogue import RULES, VERSION
from magflow_tui.store.checking import begin_checking, check_slice
from magflow_tui.store.orders import store_orders
from magflow_tui.store.payloads import Source

WEEK = datetime.now(UTC) + timedelta(days=7)
FLAG = "schema.container"


@pytest.fixture
async def stored(engine: Engine) -> None:
    """Order 1 in two accounts, orders 2 to 20 in one; the even ones have a flag that is an object."""
    for account in ("shop", "bg"):
        source = Source(account, "Europe/Bucharest", datetime(2026, 6, 1, tzinfo=UTC))
        orders = [_order(number) for number in range(1, 21 if account == "shop" else 2)]
        await engine.store.write(
            lambda connection, source=source, orders=orders: store_orders(connection, source, orders)
        )


def _order(number: int) -> object:
    order = {"id": number, "status": 1, "is_complete": {"a": 1} if number % 2 == 0 else 1}
    return read_item(Order, json.dumps(order).encode())


def flags(**more: object) -> FindingChoice:
    return FindingChoice.model_validate({"rules": (FLAG,), **more})


async def refused(call: Awaitable[object]) -> tuple[str, str]:
    with pytest.raises(EngineError) as error:
        await call
    return error.value.body.code, error.value.body.message


@pytest.mark.usefixtures("stored")
async def test_findings_are_listed_in_pages_and_counted_by_rule(client: EngineClient) -> None:
    page = await client.triage.findings(ListPart("SHOP", limit=4), rule=FLAG, count=True)
    assert (len(page.findings), page.total) == (4, 10)
    rest = await client.triage.findings(ListPart("SHOP", limit=500, after=page.next_after), rule=FLAG)
    numbers = [finding.order_id for finding in (*page.findings, *rest.findings)]
    assert numbers == list(range(20, 0, -2))
    where = RowFilter(alternatives=((Condition(field="id", value="12"),),))
    of_one = await client.triage.findings(ListPart(where=where), rule=FLAG, severity="error")
    assert [finding.order_id for finding in of_one.findings] == [12]
    assert (await client.triage.findings(order_id=3, rule=FLAG)).findings == ()
    counts = {count.rule: count for count in (await client.triage.counts(account="shop")).rules}
    assert (counts[FLAG].open, counts[FLAG].orders, counts[FLAG].severity) == (10, 10, "error")


async def test_every_rule_is_told_with_its_source_in_both_languages(client: EngineClient) -> None:
    rules = await client.triage.rules()
    assert rules.version == VERSION
    assert {rule.code for rule in rules.rules} == set(RULES)
    assert all(rule.source and rule.title and rule.title_ro for rule in rules.rules)


@pytest.mark.usefixtures("stored")
async def test_a_batch_is_told_to_everybody_and_can_be_taken_back_once(client: EngineClient, engine: Engine) -> None:
    command = Triage(action="ignore", choice=flags(), until=WEEK, by="ana")
    tried = await client.triage.apply(command.model_copy(update={"dry_run": True}))
    assert (tried.batch_id, tried.findings) == (0, 10)
    batch = await client.triage.apply(command)
    assert (batch.findings, batch.orders, batch.by) == (10, 10, "ana")
    assert (await client.triage.findings(rule=FLAG, state="ignored")).findings[0].changed_by == "ana"
    undone = await client.triage.undo(batch.batch_id, Undo(by="ion"))
    assert (undone.findings, undone.skipped, undone.undone_by) == (10, 0, "ion")
    assert await refused(client.triage.undo(batch.batch_id, Undo())) == (
        "conflict",
        f"Batch {batch.batch_id} was undone already.",
    )
    assert (await client.triage.redo(batch.batch_id, Undo())).findings == 10
    assert [each.batch_id for each in (await client.triage.batches()).batches] == [batch.batch_id]
    assert (await refused(client.triage.undo(99, Undo())))[0] == "not_found"
    await engine.events.stop()
    told = [event.message for event in (await client.events(limit=50)).events if event.kind == "triage"]
    assert len(told) == 3
    assert told[0].startswith(f"ana: 10 findings of {FLAG} ignored, until ")


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (Triage(action="snooze", choice=flags()), "Snoozing needs until, the time at which findings open again."),
        (Triage(action="ignore", choice=flags()), "Ignoring without naming findings or orders needs until."),
        (Triage(action="see", choice=FindingChoice(rules=("no.such",))), "There is no rule 'no.such'"),
        (Triage(action="ignore", choice=flags(), until=datetime(2020, 1, 1, tzinfo=UTC)), "Until is in the past."),
    ],
    ids=lambda value: value.action if isinstance(value, Triage) else "",
)
async def test_a_command_that_lacks_something_is_a_bad_request(
    client: EngineClient, command: Triage, sentence: str
) -> None:
    code, message = await refused(client.triage.apply(command))
    assert code == "bad_request"
    assert message.startswith(sentence)


@pytest.mark.usefixtures("stored")
async def test_a_standing_ignore_is_listed_and_lifted(client: EngineClient) -> None:
    key = OrderKey(account="shop", id=2)
    await client.triage.apply(Triage(action="ignore", choice=flags(orders=(key,)), standing=True, by="ana"))
    [ignore] = (await client.triage.ignores()).ignores
    assert (ignore.rule, ignore.account, ignore.order_id, ignore.findings) == (FLAG, "shop", 2, 1)
    lifted = await client.triage.lift(ignore.ignore_id, Undo(by="ion"))
    assert (lifted.action, lifted.findings) == ("lift", 1)
    assert (await client.triage.ignores()).ignores == ()
    assert (await refused(client.triage.lift(ignore.ignore_id, Undo())))[0] == "not_found"


@pytest.mark.usefixtures("stored")
async def test_what_was_put_off_opens_again_by_the_engines_clock(client: EngineClient, engine: Engine) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    await client.triage.apply(Triage(action="snooze", choice=flags(), until=soon))
    assert await engine.desk.open_due() == 0
    an_hour_later = TriageDesk(engine.store, notify=engine.notify, now=lambda: soon)
    assert await an_hour_later.open_due() == 10
    assert len((await client.triage.findings(rule=FLAG, state="open")).findings) == 10


@pytest.mark.usefixtures("stored")
async def test_notes_and_history_are_of_one_order_of_one_account(client: EngineClient) -> None:
    note = await client.triage.add_note(2, AddNote(text="Sunat, revine mâine", by="ana"))
    assert (await client.triage.notes(2)).notes == (note,)
    assert (await client.order(2)).notes == (note,)
    entries = (await client.triage.history(2)).entries
    assert (entries[0].kind, entries[0].by, entries[0].text) == ("note", "ana", note.text)
    assert entries[-1].kind == "finding"
    assert (await refused(client.triage.notes(1)))[0] == "ambiguous"
    assert (await client.triage.notes(1, account="BG")).notes == ()
    assert (await refused(client.triage.notes(2, account="bg")))[0] == "not_found"
    assert (await refused(client.triage.add_note(99, AddNote(text="x"))))[0] == "not_found"


async def test_saved_views_are_kept_by_name_and_forgotten(client: EngineClient) -> None:
    await client.triage.save_view(SavedView(name="Zi", filter="state:open", sort="total", descending=False, by="ana"))
    await client.triage.save_view(SavedView(name="Azi", filter="age:<1d"))
    [first, second] = (await client.triage.save_view(SavedView(name="Zi", filter="status:new"))).views
    assert (first.name, second.name, second.filter, second.sort) == ("Azi", "Zi", "status:new", None)
    assert second.at is not None
    assert [view.name for view in (await client.triage.delete_view("Azi")).views] == ["Zi"]
    assert (await client.triage.views()).views == (second,)
    assert (await refused(client.triage.delete_view("Azi")))[0] == "not_found"


@pytest.mark.usefixtures("stored")
async def test_an_order_shows_its_unresolved_findings_and_the_snapshot_counts_invalid_orders(
    client: EngineClient,
) -> None:
    order = await client.order(4)
    assert FLAG in {finding.rule for finding in order.findings}
    assert (order.row.findings, order.row.worst_severity) == (len(order.findings), "error")
    accounts = {account.name: account for account in (await client.snapshot()).accounts}
    assert accounts["shop"].orders_invalid >= 10


@pytest.mark.usefixtures("stored")
async def test_stored_orders_are_checked_again_and_a_second_call_joins(client: EngineClient, engine: Engine) -> None:
    before = await client.triage.revalidation()
    assert (before.running, before.checked, before.rules_version) == (False, 0, VERSION)
    await engine.store.write(lambda connection: connection.exec_driver_sql("DELETE FROM findings"))
    first = await client.triage.revalidate()
    assert (await client.triage.revalidate()).started_at == first.started_at
    await engine.checking.wait()
    done = await client.triage.revalidation()
    assert (done.running, done.checked, done.orders) == (False, 21, 21)
    assert done.opened == len((await client.triage.findings(ListPart(limit=500))).findings) >= 10


@pytest.mark.usefixtures("stored")
async def test_a_checking_that_an_engine_left_goes_on_when_the_next_one_starts(
    client: EngineClient, engine: Engine
) -> None:
    platforms = {"shop": PLATFORMS["emag-ro"]}
    now = datetime(2026, 6, 2, tzinfo=UTC)
    await engine.store.write(lambda connection: begin_checking(connection, VERSION, now))
    await engine.store.write(lambda connection: check_slice(connection, platforms, now, size=5))
    left = await client.triage.revalidation()
    assert (left.running, left.checked) == (False, 5)
    await engine.checking.start_if_due()
    await engine.checking.wait()
    done = await client.triage.revalidation()
    assert (done.checked, done.started_at) == (21, now)
    await engine.checking.start_if_due()
    assert not engine.checking.running


async def test_an_engine_with_schedules_checks_at_its_start_what_was_not_checked_with_these_rules(
    settings: Settings,
) -> None:
    first = Engine(settings, schedules=False)
    async with first.running():
        source = Source("shop", "Europe/Bucharest", datetime(2026, 6, 1, tzinfo=UTC))
        orders = [_order(number) for number in range(1, 6)]
        await first.store.write(lambda connection: store_orders(connection, source, orders))
        await first.store.write(lambda connection: begin_checking(connection, "older rules", source.fetched_at))
        assert (await first.checking.look()).rules_version == "older rules"
    second = Engine(settings, schedules=True)
    async with second.running():
        await second.checking.wait()
        done = await second.checking.look()
        assert (done.rules_version, done.checked, done.running) == (VERSION, 5, False)
        await second.events.stop()
        [told] = [event for event in (await second.events.page(0, 50)).events if event.kind == "orders.checked"]
        assert told.message.startswith("Stored orders checked again: 5 orders, 0 findings opened")


async def test_items_without_a_number_are_listed(client: EngineClient, engine: Engine) -> None:
    source = Source("shop", "Europe/Bucharest", datetime(2026, 6, 1, tzinfo=UTC))
    item = read_item(Order, b'{"id": null, "observation": "' + b"x" * 500 + b'"}')
    await engine.store.write(lambda connection: store_orders(connection, source, [item]))
    [broken] = (await client.triage.broken()).items
    assert (broken.account, broken.resource, broken.raw_bytes) == ("shop", "orders", len(item.raw))
    assert broken.issues[0].startswith("$.id: ")
    assert len(broken.raw) < 300
    assert (await client.triage.broken(account="bg")).items == ()
    assert (await client.triage.counts()).broken == 1
