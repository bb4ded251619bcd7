"""Whatever is read, done, undone and due, in whatever order: orders say what their findings are, and undo is exact."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import create_engine, func, select
from sqlalchemy.pool import StaticPool

from magflow_tui.contract.findings import FindingChoice, OrderKey, Triage
from magflow_tui.marketplace.schema import Order, read_item
from magflow_tui.rules.findings import SEVERITIES
from magflow_tui.rules.orders import check_order
from magflow_tui.store.findings import COUNTED
from magflow_tui.store.findings_list import UNRESOLVED
from magflow_tui.store.orders import store_orders
from magflow_tui.store.payloads import Source
from magflow_tui.store.tables import ORDERS, TALLIES, metadata
from magflow_tui.store.triage import apply_triage
from magflow_tui.store.triage_tables import FINDINGS, IGNORES, TRIAGE_BATCHES
from magflow_tui.store.triage_undo import BatchStateError, lift_ignore, open_due, redo_batch, undo_batch

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ACCOUNTS, NUMBERS = ("main", "fbe"), (1, 2, 3)
FAULTS = {"status": "soon", "is_complete": {"a": 1}, "shipping_tax": [1], "date": "2026-05-20 25:00:00", "type": 9}
RULES = ("schema.number", "schema.container")
STAMPS = ("changed_at", "changed_by")

orders = st.builds(OrderKey, account=st.sampled_from(ACCOUNTS), id=st.sampled_from(NUMBERS))
choices = st.builds(
    FindingChoice,
    finding_ids=st.just(()),
    orders=st.lists(orders, max_size=2).map(tuple),
    rules=st.lists(st.sampled_from(RULES), max_size=2).map(tuple),
    account=st.none() | st.sampled_from(ACCOUNTS),
)


class TriageMachine(RuleBasedStateMachine):
    """The store's functions on a database in memory; the clock moves with every step."""

    @initialize()
    def begin(self):
        self.engine = create_engine("sqlite://", poolclass=StaticPool)
        metadata.create_all(self.engine)
        self.now = NOON
        self.payloads: dict[tuple[str, int], tuple[bytes, datetime]] = {}

    def teardown(self):
        if hasattr(self, "engine"):
            self.engine.dispose()

    def run(self, work, *arguments, **named):
        self.now += timedelta(minutes=1)
        with self.engine.begin() as connection:
            return work(connection, *arguments, **named)

    def rows(self, statement):
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(statement)]

    @rule(order=orders, faults=st.sets(st.sampled_from(sorted(FAULTS))))
    def read_an_order(self, order, faults):
        payload = {"id": order.id, "status": 1, "type": 3, "date": "2026-05-20 10:00:00", "modified": "now"}
        payload |= {name: FAULTS[name] for name in faults}
        raw = json.dumps({**payload, "observation": str(self.now)}).encode()
        source = Source(order.account, "Europe/Bucharest", self.now)
        self.payloads[order.account, order.id] = raw, self.now
        self.run(store_orders, source, [read_item(Order, raw)])

    def command(self, action, choice, hours, standing):
        until = None if hours is None or action in ("see", "open") else self.now + timedelta(hours=hours)
        if action in ("ignore", "snooze") and until is None and (action == "snooze" or not choice.orders):
            until = self.now + timedelta(hours=1)
        return Triage(
            action=action, choice=choice, until=until, standing=standing and action == "ignore" and bool(choice.rules)
        )

    @rule(
        action=st.sampled_from(["see", "open", "ignore", "snooze"]),
        choice=choices,
        hours=st.none() | st.integers(1, 3),
        standing=st.booleans(),
    )
    def triage(self, action, choice, hours, standing):
        before = self.everything()
        batch = self.run(apply_triage, self.command(action, choice, hours, standing), self.now)
        after = self.everything()
        if not batch.batch_id:
            assert after == before
            return
        undone = self.run(undo_batch, batch.batch_id, "ana", self.now)
        assert self.everything() == before
        assert (undone.findings, undone.skipped) == (batch.findings, 0)
        redone = self.run(redo_batch, batch.batch_id, "ana", self.now)
        assert self.everything(but=STAMPS) == self.without(after, STAMPS)
        assert redone.findings == batch.findings

    @rule(back=st.integers(1, 4), again=st.booleans())
    def undo_or_redo(self, back, again):
        numbers = [row[0] for row in self.rows(select(TRIAGE_BATCHES.c.batch_id).order_by(TRIAGE_BATCHES.c.batch_id))]
        if numbers:
            work = redo_batch if again else undo_batch
            with suppress(BatchStateError):
                self.run(work, numbers[-back % len(numbers)], "ion", self.now)

    @rule(pick=st.integers(0, 5))
    def lift(self, pick):
        holding = self.rows(select(IGNORES.c.ignore_id).where(IGNORES.c.ended_at.is_(None)))
        if holding:
            [ignore_id] = holding[pick % len(holding)]
            assert self.run(lift_ignore, ignore_id, "ion", self.now) is not None
            kept = select(func.count()).where(FINDINGS.c.ignore_id == ignore_id, FINDINGS.c.state == "ignored")
            assert self.rows(kept) == [(0,)]

    @rule(hours=st.integers(0, 4))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)
        self.run(open_due, self.now)
        put_off = select(func.count()).where(FINDINGS.c.until <= self.now, UNRESOLVED)
        assert self.rows(put_off) == [(0,)]

    def everything(self, but=()):
        """All findings whole, and the ignores that hold."""
        with self.engine.connect() as connection:
            findings = [dict(row) for row in connection.execute(select(FINDINGS)).mappings()]
        holding = self.rows(select(IGNORES.c.ignore_id).where(IGNORES.c.ended_at.is_(None)))
        return self.without((findings, holding), but)

    @staticmethod
    def without(everything, names):
        findings, holding = everything
        return [{name: row[name] for name in row if name not in names} for row in findings], holding

    @invariant()
    def orders_say_what_their_findings_are(self):
        if not hasattr(self, "engine"):
            return
        columns = ("account", "order_id", "severity", "path", "rule", "state")
        counted: dict[tuple[str, int], list[tuple[int, str, str]]] = {}
        unresolved: dict[tuple[str, int], set[tuple[str, str]]] = {}
        for account, order_id, severity, path, of_rule, state in self.rows(
            select(*(FINDINGS.c[name] for name in columns)).where(UNRESOLVED)
        ):
            unresolved.setdefault((account, order_id), set()).add((of_rule, path))
            if state in COUNTED:
                counted.setdefault((account, order_id), []).append((severity, path, of_rule))
        invalid = dict.fromkeys(ACCOUNTS, 0)
        standing = ORDERS.c.account, ORDERS.c.id, ORDERS.c.findings, ORDERS.c.worst_severity, ORDERS.c.worst_rule
        for account, order_id, findings, severity, worst in self.rows(select(*standing)):
            expected = sorted(counted.get((account, order_id), []))
            assert findings == len(expected)
            assert (severity, worst) == ((expected[0][0], expected[0][2]) if expected else (None, None))
            invalid[account] += severity is not None and SEVERITIES[severity] != "info"
            raw, read_at = self.payloads[account, order_id]
            found = check_order(read_item(Order, raw), now=read_at)
            assert unresolved.get((account, order_id), set()) == {(each.rule.code, each.path) for each in found}
        for account, count in self.rows(select(TALLIES.c.account, TALLIES.c.invalid)):
            assert count == invalid[account]


TestTriage = TriageMachine.TestCase
TestTriage.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
