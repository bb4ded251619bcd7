"""What people do to findings at once, its undoing, standing ignores, and what opens again when its time has come."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from pydantic import ValidationError

from magflow_tui.contract.findings import FindingChoice, OrderKey, Triage
from magflow_tui.contract.listing import Condition, RowFilter
from magflow_tui.rules.catalogue import RULES
from magflow_tui.store.findings_list import FindingsAsked
from magflow_tui.store.ignores import list_ignores
from magflow_tui.store.list_query import ListQuery
from magflow_tui.store.triage import apply_triage, list_batches
from magflow_tui.store.triage_undo import BatchStateError, any_due, lift_ignore, open_due, redo_batch, undo_batch

NOW = datetime(2026, 6, 1, 13, tzinfo=UTC)
WEEK = NOW + timedelta(days=7)
STATUS, FLAG = "schema.number", "schema.container"


class Faulty(NamedTuple):
    """A store with findings, and shortcuts to what is done to them."""

    shelf: object

    async def do(self, action, now=NOW, *, until=None, standing=False, by="ana", dry_run=False, **choice):
        chosen = FindingChoice(**choice)
        command = Triage(action=action, choice=chosen, until=until, standing=standing, by=by, dry_run=dry_run)
        return await self.shelf.store.write(lambda connection: apply_triage(connection, command, now))

    async def states(self, state=None):
        page = await self.shelf.store.list_findings(ListQuery(limit=500), FindingsAsked(state=state))
        return {(row.account, row.order_id, row.rule): row.state for row in page.findings}

    async def on(self, work, *arguments):
        return await self.shelf.store.write(lambda connection: work(connection, *arguments))


@pytest.fixture
async def faulty(shelf, make):
    """Orders 1 to 4 of two accounts: a bad status in all of them, a bad flag in the even ones."""
    for account in ("main", "fbe"):
        page = [
            make["order"](number, status="soon", **({"is_complete": {"a": 1}} if number % 2 == 0 else {}))
            for number in range(1, 5)
        ]
        await shelf.put(*page, account=account)
    return Faulty(shelf)


async def invalid(faulty):
    return {account: counts.orders_invalid for account, counts in (await faulty.shelf.store.counts()).items()}


async def test_a_batch_says_who_did_what_to_how_many_and_orders_count_what_is_left(faulty):
    batch = await faulty.do("ignore", account="MAIN", rules=(STATUS,), until=WEEK)
    assert (batch.by, batch.action, batch.at, batch.until) == ("ana", "ignore", NOW, WEEK)
    assert (batch.findings, batch.orders, batch.rules) == (4, 4, (STATUS,))
    assert await invalid(faulty) == {"main": 2, "fbe": 4}
    order = await faulty.shelf.store.get_order(2, "main")
    assert (order.row.findings, order.row.worst_rule) == (1, FLAG)
    ignored = next(finding for finding in order.findings if finding.rule == STATUS)
    assert (ignored.state, ignored.until, ignored.changed_by, ignored.changed_at) == ("ignored", WEEK, "ana", NOW)
    listed = await faulty.shelf.store.read(lambda connection: list_batches(connection, 10))
    assert listed.batches == (batch,)


async def test_a_choice_meets_everything_that_is_given(faulty):
    eight = RowFilter(alternatives=((Condition(field="id", value="2"),),))
    keys = (OrderKey(account="main", id=2), OrderKey(account="main", id=3))
    assert (await faulty.do("see", dry_run=True, orders=keys)).findings == 3
    assert (await faulty.do("see", dry_run=True, orders=keys, rules=(FLAG,))).findings == 1
    assert (await faulty.do("see", dry_run=True, where=eight)).findings == 4
    assert (await faulty.do("see", dry_run=True, where=eight, account="fbe", rules=(STATUS,))).findings == 1
    assert (await faulty.do("see", dry_run=True, finding_ids=(1, 2, 99))).findings == 2
    assert (await faulty.do("see", dry_run=True)).findings == 12


async def test_a_dry_run_changes_nothing_and_neither_does_doing_what_is_done(faulty):
    tried = await faulty.do("snooze", until=WEEK, dry_run=True)
    assert (tried.batch_id, tried.findings, tried.orders, tried.rules) == (0, 12, 8, (FLAG, STATUS))
    assert set((await faulty.states()).values()) == {"open"}
    await faulty.do("see")
    assert (await faulty.do("see")).batch_id == 0
    listed = await faulty.shelf.store.read(lambda connection: list_batches(connection, 10))
    assert len(listed.batches) == 1


async def test_seen_ones_still_count_and_seeing_or_snoozing_leaves_ignored_ones_alone(faulty):
    await faulty.do("see", account="main")
    assert await invalid(faulty) == {"main": 4, "fbe": 4}
    await faulty.do("ignore", finding_ids=(1,))
    assert (await faulty.do("see", account="main")).batch_id == 0
    assert (await faulty.do("snooze", account="main", until=WEEK)).findings == 5
    assert (await faulty.do("open", account="main")).findings == 6


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"action": "ignore", "rules": ("no.such",), "until": WEEK}, "there is no rule 'no.such'"),
        ({"action": "ignore", "rules": (STATUS,), "until": NOW}, "until is in the past"),
        ({"action": "snooze", "rules": (STATUS,)}, "snoozing needs until"),
        ({"action": "see", "until": WEEK}, "leave out until"),
        ({"action": "ignore", "rules": (STATUS,)}, "without naming findings or orders needs until"),
        ({"action": "ignore", "account": "main"}, "without naming findings or orders needs until"),
        ({"action": "see", "rules": (STATUS,), "standing": True}, "only ignoring by rule can be standing"),
        ({"action": "ignore", "account": "main", "until": WEEK, "standing": True}, "name the rules"),
        (
            {"action": "ignore", "rules": (STATUS,), "finding_ids": (1,), "until": WEEK, "standing": True},
            "leave out finding_ids",
        ),
        (
            {"action": "see", "where": RowFilter(alternatives=((Condition(field="colour", value="red"),),))},
            "there is no field 'colour'",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "-",
)
async def test_a_command_that_lacks_what_its_action_needs_is_refused_in_a_sentence(shelf, asked, sentence):
    asked = dict(asked)
    with pytest.raises(ValueError, match=sentence):
        await Faulty(shelf).do(asked.pop("action"), **asked)


def test_an_action_that_does_not_exist_is_no_command():
    with pytest.raises(ValidationError):
        Triage(action="resolve", choice=FindingChoice())


async def test_a_standing_ignore_covers_what_comes_later_in_its_account_alone(faulty, make):
    batch = await faulty.do("ignore", rules=(FLAG,), account="main", until=WEEK, standing=True)
    assert batch.findings == 2
    later = make["order"](7, is_complete={"a": 1})
    await faulty.shelf.put(later, account="main", later=60)
    await faulty.shelf.put(later, account="fbe", later=60)
    states = await faulty.states()
    assert (states["main", 7, FLAG], states["fbe", 7, FLAG]) == ("ignored", "open")
    [ignore] = (await faulty.on(list_ignores)).ignores
    assert (ignore.rule, ignore.account, ignore.order_id, ignore.expires_at) == (FLAG, "main", None, WEEK)
    assert (ignore.created_by, ignore.findings) == ("ana", 3)


async def test_a_standing_ignore_of_an_order_lasts_through_its_repair(faulty, make):
    await faulty.do("ignore", rules=(FLAG,), orders=(OrderKey(account="main", id=2),), standing=True)
    await faulty.shelf.put(make["order"](2, modified="2026-05-20 11:00:00"), later=60)
    broken_again = make["order"](2, modified="2026-05-20 11:01:00", is_complete={"a": 1})
    await faulty.shelf.put(broken_again, later=120)
    assert (await faulty.states())["main", 2, FLAG] == "ignored"


async def test_lifting_an_ignore_opens_what_it_kept_and_can_be_taken_back(faulty):
    await faulty.do("ignore", rules=(FLAG,), until=WEEK, standing=True)
    [ignore] = (await faulty.on(list_ignores)).ignores
    lifted = await faulty.on(lift_ignore, ignore.ignore_id, "ion", NOW)
    assert (lifted.action, lifted.by, lifted.findings, lifted.rules) == ("lift", "ion", 4, (FLAG,))
    assert set((await faulty.states()).values()) == {"open"}
    assert (await faulty.on(list_ignores)).ignores == ()
    assert await faulty.on(lift_ignore, ignore.ignore_id, "ion", NOW) is None
    await faulty.on(undo_batch, lifted.batch_id, "ion", NOW)
    assert (await faulty.on(list_ignores)).ignores == (ignore,)
    await faulty.on(redo_batch, lifted.batch_id, "ion", NOW)
    assert (await faulty.on(list_ignores)).ignores == ()


async def test_what_was_put_off_opens_again_when_its_time_has_come(faulty, make):
    await faulty.do("snooze", rules=(STATUS,), until=WEEK)
    await faulty.do("ignore", rules=(FLAG,), until=WEEK, standing=True)
    just_before = WEEK - timedelta(milliseconds=1)
    assert not await faulty.on(any_due, just_before)
    assert await faulty.on(open_due, just_before) == 0
    assert await faulty.on(any_due, WEEK)
    assert await faulty.on(open_due, WEEK) == 12
    assert set((await faulty.states()).values()) == {"open"}
    assert await invalid(faulty) == {"main": 4, "fbe": 4}
    assert not await faulty.on(any_due, WEEK)
    assert (await faulty.on(list_ignores)).ignores == ()
    await faulty.shelf.put(make["order"](8, is_complete={"a": 1}), later=8 * 86400)
    assert (await faulty.states())["main", 8, FLAG] == "open"


async def test_an_undo_leaves_alone_what_was_changed_or_resolved_since_and_says_how_many(faulty, make):
    batch = await faulty.do("ignore", rules=(STATUS,), account="main", until=WEEK)
    await faulty.do("open", orders=(OrderKey(account="main", id=1),), by="ion")
    await faulty.shelf.put(make["order"](3, modified="2026-05-20 11:00:00"), later=60)
    undone = await faulty.on(undo_batch, batch.batch_id, "ion", NOW)
    assert (undone.findings, undone.skipped, undone.undone_by, undone.undone_at) == (2, 2, "ion", NOW)
    states = await faulty.states()
    assert {states["main", number, STATUS] for number in (1, 2, 4)} == {"open"}
    assert ("main", 3, STATUS) not in states
    with pytest.raises(BatchStateError, match="undone already"):
        await faulty.on(undo_batch, batch.batch_id, "ion", NOW)
    redone = await faulty.on(redo_batch, batch.batch_id, "ion", NOW)
    assert (redone.findings, redone.skipped, redone.undone_at) == (2, 2, None)
    with pytest.raises(BatchStateError, match="is not undone"):
        await faulty.on(redo_batch, batch.batch_id, "ion", NOW)
    assert await faulty.on(undo_batch, 99, "ion", NOW) is None
    assert await faulty.on(redo_batch, 99, "ion", NOW) is None


async def test_a_batch_for_a_time_that_is_over_is_not_done_again(faulty):
    batch = await faulty.do("snooze", until=WEEK)
    await faulty.on(undo_batch, batch.batch_id, "ana", NOW)
    with pytest.raises(BatchStateError, match="a time that is over"):
        await faulty.on(redo_batch, batch.batch_id, "ana", WEEK)


async def test_undoing_a_standing_ignore_opens_what_came_later_too(faulty, make):
    batch = await faulty.do("ignore", rules=(FLAG,), until=WEEK, standing=True)
    await faulty.shelf.put(make["order"](7, is_complete={"a": 1}), later=60)
    await faulty.on(undo_batch, batch.batch_id, "ana", NOW)
    assert set((await faulty.states()).values()) == {"open"}
    await faulty.shelf.put(make["order"](8, is_complete={"a": 1}), later=120)
    assert (await faulty.states())["main", 8, FLAG] == "open"


@pytest.mark.slow
async def test_ten_thousand_findings_of_twelve_rules_are_put_away_and_brought_back(shelf, make, capsys):
    faulty = Faulty(shelf)
    for start in range(0, 5_000, 500):
        await shelf.put(*(make["order"](number) for number in range(start + 1, start + 501)))
    rules = sorted(RULES)[:12]
    ignored, snoozed, others = rules[:3], rules[3:5], rules[5:]

    def fill(connection):
        millis = int(NOW.timestamp() * 1000)
        plan = [(3_000, rule) for rule in ignored] + [(250, rule) for rule in snoozed]
        plan += [(72 if rule != others[-1] else 68, rule) for rule in others]
        rows = [
            ("main", 1 + number % 5_000, rule, number % 3, f"$.p[{number}]", "open", millis + number)
            for count, rule in plan
            for number in range(count)
        ]
        connection.connection.driver_connection.executemany(
            "INSERT INTO findings (account, order_id, rule, severity, path, state, opened_at) VALUES (?,?,?,?,?,?,?)",
            rows,
        )
        return len(rows)

    assert await shelf.store.write(fill) == 10_000
    began = time.perf_counter()
    first = await faulty.do("ignore", rules=tuple(ignored), until=WEEK)
    ignoring = time.perf_counter() - began
    second = await faulty.do("snooze", rules=tuple(snoozed), until=WEEK)
    assert (first.findings, second.findings) == (9_000, 500)
    assert len(await faulty.states()) <= 500
    began = time.perf_counter()
    for batch in (second, first):
        assert (await faulty.on(undo_batch, batch.batch_id, "ana", NOW)).skipped == 0
    undoing = time.perf_counter() - began
    page = await shelf.store.list_findings(ListQuery(limit=1, with_total=True), FindingsAsked(state="open"))
    assert page.total == 10_000
    with capsys.disabled():
        print(f"\n9 000 of 10 000 findings ignored in {ignoring:.2f} s, all brought back in {undoing:.2f} s")
