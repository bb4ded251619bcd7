"""Having the marketplace do something to one order: `x`, and by name behind the colon.

Nothing is sent before the engine has checked it and the operator has answered one question that says what is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.doing.deciding import Deciding
from magflow_tui.tui.views.action_menu import ActionMenu, action_name, status_name
from magflow_tui.tui.views.action_preview import ActionList, Confirmation
from magflow_tui.tui.views.bilingual import of_two
from magflow_tui.tui.views.figures import money
from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.actions import ActionKind
    from magflow_tui.contract.records import OrderRow

#: Actions that `:actions` tells.
LISTED = 200
#: Characters of a document's address and of its name, as the marketplace takes them (API 4.4.7).
LONGEST_ADDRESS, LONGEST_NAME = 1024, 60
#: What an address begins with.
_ADDRESS = "https://"
#: Statuses that `:status` takes, by the words of the filter.
STATUSES = {"in_progress": 2, "prepared": 3, "finalised": 4, "returned": 5}


class Ordering(Deciding):
    """Actions on one order."""

    def do_act(self) -> None:
        """What can be done to the order under the cursor."""
        key = self.key()
        if key is not None:
            self.command(lambda: self._act(key))

    def do_actions(self) -> None:
        """What was asked of the marketplace lately, and what became of it."""
        self.command(self._list_actions)

    # by name, of an order or of the one under the cursor

    def do_ack(self, order_id: str = "", account: str = "") -> None:
        self._named("acknowledge", order_id, account)

    def do_cancel(self, order_id: str = "", reason: str = "", account: str = "") -> None:
        self._named("cancel", order_id, account, reason=int(reason) if reason else None)

    def do_status(self, order_id: str = "", to: str = "", account: str = "") -> None:
        self._named("status", order_id, account, to=STATUSES.get(to))

    def do_reread(self, order_id: str = "", account: str = "") -> None:
        self._named("reread", order_id, account)

    def _named(
        self, kind: ActionKind, order_id: str, account: str, *, to: int | None = None, reason: int | None = None
    ) -> None:
        async def find_and_do() -> None:
            app, client = self._app, self._app.client
            key = None if order_id else self.key()
            if client is None or (not order_id and key is None):
                app.tell(app.say("why.no_engine" if client is None else "why.empty"), "warn")
                return
            named = None if account.lower() in ("", "all") else account
            whose, number = key or (named or app.place.account, int(order_id))
            row = (await client.order(number, account=whose)).row
            if kind == "status" and to is None:
                await self._act((row.account, row.id))
            else:
                await self._carry_out(client, row, kind, to, reason)

        self.command(find_and_do)

    async def _act(self, key: tuple[str, int]) -> None:
        app, client = self._app, self._app.client
        if client is None:
            return

        def against(menu: ActionMenu) -> str | None:
            choice = menu.chosen
            return None if choice is None or choice.possible else of_two(app.say, choice.why, choice.why_ro)

        account, number = key
        row = self.row(key) or (await client.order(number, account=account)).row
        found = await client.actions.choices(number, account=account)
        title = f"{number} · {status_name(app.say, found.status)}"
        menu = await self.pick(ActionMenu(title, found.choices), app.say("ask.act", order=number), against)
        if menu is not None and menu.chosen is not None:
            await self._carry_out(client, row, menu.chosen.kind, menu.chosen.to)

    async def _carry_out(
        self, client: EngineClient, row: OrderRow, kind: ActionKind, to: int | None, reason: int | None = None
    ) -> None:
        """Ask for what an action needs, have it checked, ask once, and have it done."""
        from magflow_tui.client.operator import operator_name
        from magflow_tui.contract.actions import ActionRequest
        from magflow_tui.contract.findings import OrderKey

        app, say = self._app, self._app.say
        attached: dict[str, str] = {}
        if kind == "cancel" and reason is None and (reason := await self.pick_reason(client, row.id)) is None:
            return
        if kind == "attach" and not (attached := await self._ask_attachment(row)):
            return
        orders = (OrderKey(account=row.account, id=row.id),)
        command = ActionRequest(
            kind=kind,
            orders=orders,
            to=to,
            reason=reason,
            url=attached.get("url"),
            name=attached.get("name"),
            by=operator_name(),
        )
        dry = await client.actions.request(command.model_copy(update={"dry_run": True}))
        if not dry.possible and dry.rows:
            app.tell(of_two(say, dry.rows[0].message, dry.rows[0].message_ro), "warn")
            return
        if kind == "reread":  # changes nothing at the marketplace
            await self.send(client, command, str(row.id))
            return
        what = action_name(say, kind, to)
        amount = f" ({money(row.total)} {clean(row.currency or '')})" if row.total is not None else ""
        facts = [
            (say("act.fact.what"), what),
            (say("act.fact.order"), f"{row.id}{amount} · {clean(row.account).upper()}"),
            (say("act.fact.status"), self._course(row, kind, to)),
            *await self.details(client, command),
        ]
        question = say("ask.act_sure", what=what, order=f"{row.id}{amount}")
        if kind == "cancel":
            question = say("ask.cancel_sure", order=f"{row.id}{amount}", reason=facts[-1][1])
        with self.docked(Confirmation(say("act.confirm"), tuple(facts))):
            sure = await self.sure(question)
        if sure:
            await self.send(client, command, str(row.id))

    def _course(self, row: OrderRow, kind: ActionKind, to: int | None) -> str:
        """The status of an order, and the one that an action takes it to."""
        say, before = self._app.say, status_name(self._app.say, row.status)
        after = {"acknowledge": 2, "cancel": 0}.get(kind, to)
        return before if after is None else say("act.went", before=before, after=status_name(say, after))

    async def _ask_attachment(self, row: OrderRow) -> dict[str, str]:
        """Address and name of a PDF; nothing when the operator thought better of it."""
        app, say = self._app, self._app.say
        url = await app.prompt.enter(say("ask.url", order=row.id), _ADDRESS)
        if url is None or url.strip() in ("", _ADDRESS):
            return {}
        if len(url.strip()) > LONGEST_ADDRESS:
            app.tell(say("act.address_long", most=LONGEST_ADDRESS), "warn")
            return {}
        name = await app.prompt.enter(say("ask.file_name"), say("act.invoice_name", order=row.id))
        return {"url": url.strip(), "name": name.strip()[:LONGEST_NAME]} if name and name.strip() else {}

    async def _list_actions(self) -> None:
        app, client = self._app, self._app.client
        if client is None:
            return
        found = await client.actions.actions(account=app.place.account, limit=LISTED)
        self.dock(ActionList(found.rows), focused=bool(found.rows))
