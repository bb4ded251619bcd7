"""From a wish to the marketplace's answer: choosing in a docked menu, one question, sending, what became of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views.action_menu import ActionMenu, action_name, status_name
from magflow_tui.tui.views.action_preview import BatchMenu, BatchShown, said_of
from magflow_tui.tui.views.figures import grouped
from magflow_tui.tui.views.reason_picker import ReasonPicker, reason_text
from magflow_tui.tui.views.spans import Role, clean
from magflow_tui.tui.views.time_left import window_left

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.actions import ActionBatch, ActionRequest, ActionRow
    from magflow_tui.contract.records import OrderRow
    from magflow_tui.tui.views.context import Docked

MenuT = TypeVar("MenuT", ActionMenu, BatchMenu)

#: Seconds that the engine may take to answer how far a request is, and between two looks whether it is there again;
#: and those where the link to the terminal is spared.
PATIENCE, SPARED_PATIENCE = 1.0, 5.0
_STATES: dict[str, Role] = {"done": "ok", "refused": "warn", "failed": "crit"}


class Deciding(Doing):
    """What actions on one order and on many have in common."""

    def key(self) -> tuple[str, int] | None:
        """The order under the cursor."""
        place, body = self._app.place, self._app.body
        if place.list_name != "orders" or place.help_open or not body.keys:
            return None
        key = body.keys[body.cursor.index]
        return key if isinstance(key, tuple) else None

    def row(self, key: tuple[str, int]) -> OrderRow | None:
        """A row of the list, as far as it is here."""
        rows = self._app.lists.orders.shown.rows
        return next((row for row in rows if (row.account, row.id) == key), None)

    @contextlib.contextmanager
    def docked(self, what: Docked) -> Iterator[None]:
        """Have something in the place of the orders' detail pane while a question is open."""
        self.dock(what)
        try:
            yield
        finally:
            self._app.place.docked = None
            self._app.paint()

    def dock(self, what: Docked, *, focused: bool = False) -> None:
        """Put something in the place of the detail pane, on the list of orders; with `focused` keys scroll it."""
        place = self._app.place
        place.offers_open, place.desk_list = False, None
        if place.screen != "orders":
            self._app.keys.go("orders")
        place.docked, place.pane = what, replace(place.pane, top=0, focused=focused)
        self._app.paint()

    async def pick(self, menu: MenuT, question: str, against: Callable[[MenuT], str | None]) -> MenuT | None:
        """Have something of a menu chosen, by its key or by cursor and enter; None when the operator left it.

        `against` says why what is under the cursor cannot be chosen; that is told, and the menu stays.
        """
        app, kind = self._app, type(menu)
        chosen: list[MenuT] = []

        def take(key: str) -> bool:
            shown = app.place.docked
            if not isinstance(shown, kind):
                return False
            by = {"up": -1, "k": -1, "down": 1, "j": 1}.get(key)
            hit = shown.moved(by) if by is not None else shown if key == "enter" else shown.at(key)
            if hit is None:
                return False
            app.place.docked = hit
            why = against(hit)
            if by is None and why is None:
                chosen.append(hit)
                app.prompt.answer(key)
                return True
            app.prompt.rephrase(why if by is None and why is not None else question)
            app.paint()
            return True

        with self.docked(menu):
            await app.prompt.ask(question, [("esc", app.say("ask.back"))], on_key=take)
        return chosen[0] if chosen else None

    async def pick_reason(self, client: EngineClient, what: object) -> int | None:
        """Have a reason chosen: by a part of its text in either language, by its number, by cursor and enter."""
        app = self._app
        reasons = await app.lists.reasons.read(client)
        title = app.say("reason.title", what=what)

        def change(do: Callable[[ReasonPicker], ReasonPicker]) -> None:
            if isinstance(shown := app.place.docked, ReasonPicker):
                app.place.docked = do(shown)
                app.paint()

        def move(key: str) -> bool:
            by = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}.get(key)
            if by is not None:
                change(lambda picker: picker.moved(by))
            return by is not None

        def narrow(text: str) -> None:
            change(lambda picker: picker.narrowed(text))

        with self.docked(ReasonPicker(title, reasons, app.lists.reasons.used)):
            text: str | None = ""
            while text is not None:
                text = await app.prompt.enter(app.say("ask.reason"), text, on_change=narrow, on_key=move)
                narrow(text or "")
                shown = app.place.docked
                if text is not None and isinstance(shown, ReasonPicker) and shown.chosen is not None:
                    return shown.chosen.code
        return None

    async def details(self, client: EngineClient, command: ActionRequest) -> list[tuple[str, str]]:
        """What is sent beside the order itself: the reason, or the file."""
        say = self._app.say
        if command.reason is not None:
            await self._app.lists.reasons.read(client)
            known = self._app.lists.reasons.named(command.reason)
            text = reason_text(say, known) if known is not None else say("reason.unknown")
            return [(say("act.fact.reason"), f"{command.reason} {text}")]
        if command.kind == "attach":
            return [(say("act.fact.name"), clean(command.name or "")), (say("act.fact.url"), clean(command.url or ""))]
        return []

    async def sure(self, question: str) -> bool:
        """Ask once."""
        say = self._app.say
        return await self._app.ask(question, [("y", say("ask.yes")), ("n", say("ask.no"))]) == "y"

    async def send(self, client: EngineClient, command: ActionRequest, title: str, *, many: bool = False) -> None:
        """Have it done, and follow it beside everything else. It goes on when nobody follows."""
        app = self._app
        batch = await client.actions.request(command)
        if command.reason is not None:
            app.lists.reasons.give(command.reason)
        what = action_name(app.say, command.kind, command.to)
        if many:
            self.dock(BatchShown(f"{what} ({title})", batch))
        app.tell(app.say("act.sent", what=what, order=title))
        work = partial(self._follow, client, batch, what, title, many=many)
        self.beside(f"action-{batch.batch_id}", partial(app.commands.attempt, work))

    async def _follow(self, client: EngineClient, batch: ActionBatch, what: str, title: str, *, many: bool) -> None:
        """Show how far a request is, and when it is finished what became of it."""
        app = self._app
        batch = await self._finished(client, batch)
        self._show(batch)
        done = {(row.account, row.order_id) for row in batch.rows if row.state == "done"}
        state = app.place.lists.get("orders")
        if state is not None and state.marks & done:
            app.place.lists["orders"] = replace(state, marks=state.marks - done)
        app.keys.reading.outdated(self._rows_after(batch))
        if many or len(batch.rows) != 1:
            self._tell_all(batch, what, title)
        else:
            await self._tell_one(client, batch.rows[0], what)

    async def _finished(self, client: EngineClient, batch: ActionBatch) -> ActionBatch:
        """A request when it is finished, be it through a new start of the engine; how far it is is shown meanwhile."""
        from magflow_tui.client import EngineNotRunningError, EngineUnreachableError

        app, number, done_before = self._app, batch.batch_id, 0
        if number is None or batch.finished:
            return batch
        app.lists.acting.add(number)
        try:
            while not batch.finished:
                try:
                    batch = await client.actions.batch(number, wait=SPARED_PATIENCE if app.slow else PATIENCE)
                except (EngineNotRunningError, EngineUnreachableError):
                    await asyncio.sleep(PATIENCE)
                    client = app.client or client
                    continue
                self._show(batch)
                if batch.done != done_before and not batch.finished:
                    done_before = batch.done
                    app.keys.reading.outdated(self._rows_after(batch))
        finally:
            app.lists.acting.discard(number)
        return batch

    def _rows_after(self, batch: ActionBatch) -> list[OrderRow]:
        """Rows of the list with the status that a request has taken their orders to."""
        after = {(row.account, row.order_id): row.status_after for row in batch.rows if row.state == "done"}
        rows = self._app.lists.orders.shown.rows
        return [
            row.model_copy(update={"status": status})
            for row in rows
            if (status := after.get((row.account, row.id))) is not None
        ]

    def _show(self, batch: ActionBatch) -> None:
        """The state of a request in its pane, while that is open."""
        place = self._app.place
        if isinstance(shown := place.docked, BatchShown) and shown.batch.batch_id == batch.batch_id:
            place.docked = replace(shown, batch=batch)
            self._app.paint(live=True)

    async def _tell_one(self, client: EngineClient, row: ActionRow, what: str) -> None:
        app, say = self._app, self._app.say
        said = said_of(say, row, reveal=app.reveal)
        if said and row.state in ("done", "refused"):
            text = say("act.told.said", order=row.order_id, said=said) if row.state == "done" else said
        else:
            text = say(f"act.told.{row.state}", order=row.order_id, what=what) + (f": {said}" if said else "")
        if row.state == "done" and row.kind in ("status", "cancel"):
            found = await client.actions.choices(row.order_id, account=row.account)
            if left := window_left(app.view(), found.choices):
                status = status_name(say, found.status)
                text = say("act.told.said", order=row.order_id, said=status) + say("act.reversible", left=left)
        app.tell(text, _STATES.get(row.state, "warn"))

    def _tell_all(self, batch: ActionBatch, what: str, title: str) -> None:
        app, say = self._app, self._app.say
        text = say("act.told_all", what=what, title=title, done=grouped(batch.done), orders=grouped(batch.orders))
        for name, count in (("refused", batch.refused), ("failed", batch.failed)):
            if count:
                text += f" · {say(f'act.{name}', count=grouped(count))}"
        app.tell(text, "ok" if batch.done == batch.orders else "warn")
