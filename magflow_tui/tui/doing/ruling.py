"""Findings by rule, and the rules that are ignored: lists in the place of the orders, and what is read for them."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Hashable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from magflow_tui.tui.data.desk import IGNORE_FIELDS, RULE_FIELDS, SEVERITY_NAMES
from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views.context import DeskShown, ListState
from magflow_tui.tui.views.figures import grouped
from magflow_tui.tui.views.filter import LONGEST
from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.findings import Ignore
    from magflow_tui.tui.app import MagFlowApp
    from magflow_tui.tui.views.context import DeskList

#: Seconds between two readings of what may have changed by itself.
READ_SECONDS = 1.8


class Ruling(Doing):
    """The lists of findings, and what stands beside the orders."""

    def __init__(self, app: MagFlowApp) -> None:
        super().__init__(app)
        self._read_at = float("-inf")
        self._reading = False

    # what is read

    def shown(self) -> DeskShown:
        """What is known of findings, as it is to be drawn."""
        app, lists = self._app, self._app.place.lists
        if app.place.screen != "orders":
            return DeskShown()
        detail = app.lists.order.detail
        order = None if detail is None else (detail.row.account, detail.row.id)
        return app.desk.shown(lists.get("rules", ListState()), lists.get("ignores", ListState()), order)

    def follow(self) -> None:
        """On the orders' screen: read what may have changed, at once when something was done here."""
        app, client = self._app, self._app.client
        if client is None or app.place.screen != "orders" or self._reading or app.feed.link().phase == "gone":
            return
        stamp = self._stamp()
        due = app.desk.urgent(app.account) or (app.place.frozen is None and app.clock() - self._read_at >= READ_SECONDS)
        if due and app.desk.lacks(stamp):
            self._reading, self._read_at = True, app.clock()
            app.run_worker(self._read(client, stamp), group="desk", exit_on_error=False)

    def _stamp(self) -> Hashable:
        app = self._app
        signature = None if app.snapshot is None else app.lists.orders.source.signature(app.snapshot, app.account)
        return app.desk.stamp(app.account, signature)

    async def _read(self, client: EngineClient, stamp: Hashable) -> None:
        from magflow_tui.client import EngineError

        try:
            # Kept, and shown where it is looked for.
            with contextlib.suppress(EngineError):
                ignores = self._app.place.list_name == "ignores"
                await self._app.desk.read(client, self._app.account, stamp, ignores=ignores)
        finally:
            self._reading = False
        self._app.paint(live=True)
        if self._app.desk.urgent(self._app.account):
            self.follow()  # something was done meanwhile

    def changed(self) -> None:
        """Something was done to findings: counts, rows and the opened order are read again, each in its place."""
        self._app.desk.forget()
        self._app.desk.forget_history()
        self._app.keys.reading.outdated()
        self.follow()

    def refresh(self) -> None:
        """Read the lists anew, and put them in order anew; the opened order too."""
        self._app.desk.arrange()
        self._app.desk.forget()
        self._app.desk.forget_history()
        self._app.lists.order.outdate()
        self.follow()

    def known_values(self, name: str) -> Mapping[str, Collection[str]]:
        """The fields that a list of the orders' screen can be filtered by, with the values that are known of them."""
        app = self._app
        accounts = tuple(clean(account.name) for account in app.snapshot.accounts) if app.snapshot is not None else ()
        values: dict[str, Collection[str]] = {
            "rule": tuple(app.desk.known),
            "acct": accounts,
            "severity": SEVERITY_NAMES,
        }
        if name == "orders":
            return {field: values.get(field, known) for field, known in app.lists.orders.source.fields.items()}
        return {field: values.get(field, ()) for field in sorted(RULE_FIELDS if name == "rules" else IGNORE_FIELDS)}

    # the lists

    def do_rules(self) -> None:
        """From the orders to the rules, and back."""
        self._show("rules")

    def do_ignores(self) -> None:
        """From the orders to the ignores, and back."""
        self._show("ignores")

    def _show(self, name: DeskList) -> None:
        app = self._app
        place = app.place
        place.desk_list = None if place.list_name == name else name
        place.offers_open = False
        place.pane = replace(place.pane, focused=False, top=0)
        if place.desk_list is not None:
            place.to_top(name)
            app.desk.arrange()
            app.desk.forget()
        app.keys.go("orders")

    def close(self) -> bool:
        """From the rules or the ignores back to the orders; tells whether one of them was shown."""
        app = self._app
        if app.place.list_name not in ("rules", "ignores"):
            return False
        app.place.desk_list = None
        app.keys.go("orders")
        return True

    def open(self) -> None:
        """What enter does there: the orders of a rule, or the end of an ignore."""
        app = self._app
        if app.place.list_name == "rules":
            self._show_orders_of()
        else:
            self.command(self._lift)

    def _show_orders_of(self) -> None:
        """The orders with findings of the marked rules, or of the one under the cursor."""
        app = self._app
        place, body = app.place, app.body
        marks = place.list_state.marks
        rules = sorted(str(key) for key in marks) if marks else [str(body.keys[body.cursor.index])]
        wanted = " or ".join(f"rule:{rule}" for rule in rules)
        if len(wanted) > LONGEST:
            app.tell(app.say("said.too_many_rules"), "warn")
            return
        place.list_state = replace(place.list_state, marks=frozenset(), range_from=None)
        place.desk_list = None
        place.list_state = replace(place.list_state, filter=wanted)
        place.to_top("orders")
        app.keys.go("orders")

    async def _lift(self) -> None:
        """End the ignore under the cursor, when the operator means it."""
        from magflow_tui.contract.findings import Undo
        from magflow_tui.tui.views.ignores import reach

        app, say = self._app, self._app.say
        client, row = app.client, self._ignore()
        if client is None or row is None:
            return
        if app.read_only:
            app.tell(say("why.read_only"), "warn")
            return
        name = f"{clean(row.rule)} · {reach(app.view(), row)}"
        choices = [("y", say("ask.lift_yes")), ("esc", say("ask.cancel"))]
        if await app.ask(say("ask.lift", name=name, count=grouped(row.findings)), choices) == "y":
            batch = await client.triage.lift(row.ignore_id, Undo(by=self.who))
            app.keys.undoing.remember(batch, say("triage_did.lift", name=name))

    def _ignore(self) -> Ignore | None:
        body = self._app.body
        key = body.keys[body.cursor.index] if body.keys else None
        return next((row for row in self.shown().ignores.rows if row.ignore_id == key), None)
