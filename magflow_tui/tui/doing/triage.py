"""What an operator says of findings: seen, ignored, snoozed, open again.

It is said of a finding in the detail pane, of orders (all that was found in them), or of rules. Nothing of it goes to
the marketplace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.figures import day, grouped
from magflow_tui.tui.views.findings import ranked
from magflow_tui.tui.views.moments import moment
from magflow_tui.tui.views.order_tabs import shown_tab
from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.findings import FindingChoice, OrderKey, TriageAction

#: Keys that answer how long something is ignored or snoozed, and what they stand for.
SPANS: Final = {
    "h": timedelta(hours=1),
    "1": timedelta(days=1),
    "7": timedelta(days=7),
    "3": timedelta(days=30),
}
IGNORED_FOR, SNOOZED_FOR = ("1", "7", "3"), ("h", "1", "7")


@dataclass(frozen=True, slots=True)
class Meant:
    """What findings are meant, and their name: `customer.phone on 448117001`, `10 rules`; `short` in questions.

    `orders` are named for a finding and for orders, `rules` for a finding and for rules.
    """

    kind: Literal["finding", "orders", "rules"]
    name: str
    short: str
    finding_id: int | None = None
    rules: tuple[str, ...] = ()
    orders: tuple[OrderKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """How long, and whether it holds here alone (`orders`, or the account) or everywhere."""

    until: datetime | None
    everywhere: bool


class Triaging(Doing):
    """Findings and what becomes of them."""

    def do_seen(self) -> None:
        self._begin("see")

    def do_reopen(self) -> None:
        self._begin("open")

    def do_ignore(self) -> None:
        self._begin("ignore")

    def do_snooze(self) -> None:
        self._begin("snooze")

    def _begin(self, action: TriageAction) -> None:
        app = self._app
        if app.place.list_state.range_from is not None:
            app.keys.perform("mark_range")
            if not app.place.list_state.marks:
                return  # the range's beginning is too far away, which has been said
        meant = self._meant()
        client = app.client
        if meant is not None and client is not None:
            self.command(lambda: self._triage(client, action, meant))

    # what is meant

    def _meant(self) -> Meant | None:
        """The finding in the pane when keys go there, else the marked rows, else the one under the cursor."""
        app = self._app
        place, body = app.place, app.body
        if place.list_name == "orders" and place.pane.focused and shown_tab(place.pane) == "findings":
            return self._finding(body.keys[body.cursor.index])
        marks = place.list_state.marks
        keys = sorted(marks, key=str) if marks else [body.keys[body.cursor.index]]
        if place.list_name == "rules":
            rules = tuple(str(key) for key in keys)
            name = clean(rules[0]) if len(rules) == 1 else app.say("triage.rules", count=len(rules))
            return Meant("rules", name, name, rules=rules)
        orders = order_keys(keys)
        if not orders:
            return None
        name = str(orders[0].id) if len(orders) == 1 else app.say("triage.orders", count=grouped(len(orders)))
        return Meant("orders", name, name, orders=orders)

    def _finding(self, key: object) -> Meant | None:
        """The finding that is meant in the detail pane of an order; said so where there is none."""
        app = self._app
        detail = app.lists.order.detail
        if detail is None or (detail.row.account, detail.row.id) != key or not detail.findings:
            read = detail is not None and (detail.row.account, detail.row.id) == key
            app.tell(app.say("findings.none" if read else "list.reading"))
            return None
        found = ranked(detail)
        finding = found[min(app.place.pane.item, len(found) - 1)]
        name = app.say("triage.finding", rule=clean(finding.rule), order=finding.order_id)
        return Meant("finding", name, clean(finding.rule), finding.finding_id, (finding.rule,), order_keys([key]))

    # saying it

    async def _triage(self, client: EngineClient, action: TriageAction, meant: Meant) -> None:
        from magflow_tui.contract.findings import Triage

        answer: Answer | None = Answer(None, everywhere=False)
        if action == "ignore":
            answer = await self._ask_ignore(meant)
        elif action == "snooze":
            until = await self._ask_until(meant, "ask.snooze", SNOOZED_FOR)
            answer = None if until is None else Answer(until, everywhere=False)
        if answer is None:
            return
        standing = action == "ignore" and meant.kind != "orders"
        choice = self._choice(meant, everywhere=answer.everywhere, standing=standing)
        command = Triage(action=action, choice=choice, until=answer.until, standing=standing, by=self.who)
        batch = await client.triage.apply(command)
        self._app.keys.undoing.remember(batch, self._app.say(f"triage_did.{action}", name=meant.name))

    def _choice(self, meant: Meant, *, everywhere: bool, standing: bool) -> FindingChoice:
        """The findings that are meant; named by rule and order where that is to hold for what comes, too."""
        from magflow_tui.contract.findings import FindingChoice

        if meant.kind == "rules" or everywhere:
            return FindingChoice(rules=meant.rules, account=None if everywhere else self._app.account)
        if meant.finding_id is not None and not standing:
            return FindingChoice(finding_ids=(meant.finding_id,))
        return FindingChoice(rules=meant.rules, orders=meant.orders)

    def _day(self, at: datetime) -> str:
        view = self._app.view()
        return day(at, view.shown_at, view.zone)

    # asking

    async def _ask_ignore(self, meant: Meant) -> Answer | None:
        app, say = self._app, self._app.say
        everywhere = meant.kind == "rules" and app.account is None
        if meant.kind == "finding" or (meant.kind == "rules" and app.account is not None):
            here = account_name(app.account or "") if meant.kind == "rules" else say("ask.ignore_order")
            places = [("h", say("ask.ignore_here", where=here)), ("e", say("ask.ignore_everywhere"))]
            picked = await self._pick(say("ask.ignore_where", name=meant.short), places)
            if picked is None:
                return None
            everywhere = picked == "e"
        lasting = meant.kind != "rules" and not everywhere
        spans = [(key, say(f"span.{key}")) for key in IGNORED_FOR]
        if lasting:
            spans.append(("f", say("span.f")))
        picked = await self._pick(say("ask.ignore", name=meant.short, count=self._count(meant)), spans)
        if picked is None:
            return None
        return Answer(None if picked == "f" else self._now() + SPANS[picked], everywhere)

    async def _ask_until(self, meant: Meant, question: str, keys: Sequence[str]) -> datetime | None:
        """Until when; None when the operator thought better of it."""
        say = self._app.say
        spans = [(key, say(f"span.{key}")) for key in keys]
        asked = say(question, name=meant.short, count=self._count(meant))
        picked = await self._pick(asked, [*spans, ("d", say("span.date"))])
        if picked is None:
            return None
        return self._now() + SPANS[picked] if picked != "d" else await self._ask_date()

    async def _ask_date(self) -> datetime | None:
        app, say = self._app, self._app.say
        text = ""
        while True:
            entered = await app.prompt.enter(say("ask.date"), text, on_change=self._explain_date)
            if entered is None:
                return None
            until = moment(entered, self._now(), app.view().zone)
            if until is not None:
                return until
            app.tell(say("said.no_date", text=clean(entered)), "warn")
            text = entered

    def _explain_date(self, text: str) -> None:
        until = moment(text, self._now(), self._app.view().zone)
        words = "" if until is None else self._app.say("triage.until", at=self._day(until))
        self._app.prompt.remark(words)

    async def _pick(self, question: str, choices: Sequence[tuple[str, str]]) -> str | None:
        return await self._app.ask(question, [*choices, ("esc", self._app.say("ask.cancel"))])

    def _now(self) -> datetime:
        """By the engine's clock."""
        app = self._app
        return app.snapshot.at if app.snapshot is not None else app.view().now

    def _count(self, meant: Meant) -> str:
        """How many findings that is, as far as is known here: no key may wait for the engine to count."""
        app = self._app
        if meant.kind == "finding":
            return "1"
        if meant.kind == "rules":
            rows = [row for rule in meant.rules if (row := app.desk.rule(rule)) is not None]
            return grouped(sum(row.open + row.seen for row in rows))
        wanted = {(key.account, key.id) for key in meant.orders}
        rows_here = [row for row in app.lists.orders.shown.rows if (row.account, row.id) in wanted]
        total = grouped(sum(row.findings for row in rows_here))
        return total if len(rows_here) == len(wanted) else f">{total}"


def order_keys(keys: Sequence[object]) -> tuple[OrderKey, ...]:
    """Orders by the keys of their rows, `(account, number)`."""
    from magflow_tui.contract.findings import OrderKey

    return tuple(OrderKey(account=key[0], id=key[1]) for key in keys if isinstance(key, tuple) and len(key) == 2)
