"""Having the marketplace do something to many orders: `X`, over all that are marked or all that are alike."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from magflow_tui.tui.data.order_targets import Target, alike, marked
from magflow_tui.tui.doing.deciding import Deciding
from magflow_tui.tui.views.action_menu import action_name
from magflow_tui.tui.views.action_preview import BULK, BatchMenu, Confirmation
from magflow_tui.tui.views.figures import grouped

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.actions import ActionKind


class BulkOrdering(Deciding):
    """Actions on many orders at once."""

    def do_act_on_all(self) -> None:
        """All marked orders; without marks all that are like the one under the cursor."""
        self.command(self._act_on_all)

    async def _act_on_all(self) -> None:
        app, client = self._app, self._app.client
        target = self._target()
        if client is None or target is None:
            return
        if isinstance(target, str):
            app.tell(target, "warn")
            return
        counting = asyncio.create_task(self._count(client, target))
        try:
            menu = await self.pick(
                BatchMenu(target.title),
                app.say("ask.act_all"),
                lambda menu: app.say("act.none") if menu.impossible() else None,
            )
        finally:
            counting.cancel()
        if menu is not None:
            await self._carry_out(client, target, *menu.chosen)

    def _target(self) -> Target | str | None:
        """Which orders, or why it cannot be said."""
        place = self._app.place
        if place.list_state.marks:
            return marked(self._app.say, place.list_state.marks)
        key = self.key()
        row = None if key is None else self.row(key)
        return None if row is None else alike(self._app.say, row, place.list_state, place.account)

    async def _count(self, client: EngineClient, target: Target) -> None:
        """How many of the orders each action is possible for, told as it comes."""
        from magflow_tui.client import EngineError

        app = self._app
        with contextlib.suppress(EngineError):  # the action that is chosen is checked anew, and says what is wrong
            any_reason = (await app.lists.reasons.read(client))[0].code
            for kind, to in BULK:
                reason = any_reason if kind == "cancel" else None
                batch = await client.actions.request(target.request(kind, to=to, reason=reason, dry_run=True))
                if isinstance(menu := app.place.docked, BatchMenu):
                    app.place.docked = replace(menu, counts={**menu.counts, (kind, to): batch})
                    app.paint(live=True)

    async def _carry_out(self, client: EngineClient, target: Target, kind: ActionKind, to: int | None) -> None:
        """Ask for a reason where one is needed, show what would happen, have it confirmed, and have it done."""
        app, say = self._app, self._app.say
        reason: int | None = None
        if kind == "cancel" and (reason := await self.pick_reason(client, target.title)) is None:
            return
        dry = await client.actions.request(target.request(kind, to=to, reason=reason, dry_run=True))
        command = target.exactly(dry).request(kind, to=to, reason=reason)
        what = action_name(say, kind, to)
        details = await self.details(client, command)
        shown = Confirmation(f"{say('act.batch')} ({target.title})", ((say("act.fact.what"), what), *details), dry)
        if not dry.possible:
            app.place.docked = shown
            app.tell(say("act.none"), "warn")
            return
        whole = what if reason is None else f"{what}, {say('act.fact.reason')} {reason}"
        with self.docked(shown):
            if dry.possible == 1:
                sure = await self.sure(say("ask.act_one_sure", what=whole))
            elif kind == "reread":  # changes nothing at the marketplace
                sure = await self.sure(say("ask.act_read", what=whole, count=grouped(dry.possible)))
            else:
                question = say("ask.act_all_sure", what=whole, count=grouped(dry.possible))
                sure = await app.prompt.confirm_typed(question, str(dry.possible))
        if sure:
            await self.send(client, command, target.title, many=True)
