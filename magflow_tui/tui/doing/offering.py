"""Looking at offers: the one under the cursor is read whole when the cursor rests, and all are counted now and then."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Hashable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.doing.reading import REST_SECONDS

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.tui.app import MagFlowApp

#: Seconds between two counts of all offers, while a sync changes them all the time.
COUNT_SECONDS = 10.0


class Offering(Doing):
    """What the offers' pane shows."""

    def __init__(self, app: MagFlowApp) -> None:
        super().__init__(app)
        self._counted_at = float("-inf")

    def follow(self) -> None:
        """Have the offer under the cursor and the counts read, as far as they are not what they are by now."""
        app = self._app
        signature = self._signature()
        if app.client is None or signature is None or app.place.frozen is not None:
            return
        desk = app.lists.offer_desk
        if not desk.has_stats(signature) and app.clock() - self._counted_at >= COUNT_SECONDS:
            self._counted_at = app.clock()
            self.beside("offer-stats", partial(self._count, app.client, signature))
        self.read_opened()

    def read_opened(self) -> None:
        """Fetch the offer under the cursor whole: at once when its pane is open, else when the cursor has rested."""
        app = self._app
        body, signature = app.body, self._signature()
        if app.client is None or signature is None or not (body.keys and body.pane_lines):
            return
        key, asked = body.keys[body.cursor.index], "offers" in app.place.opened
        if not isinstance(key, tuple) or (app.slow and not asked) or app.lists.offer_desk.has_detail(key, signature):
            return
        work = partial(self._read, app.client, key, signature, asked=asked)
        self.beside("offer", partial(app.commands.attempt, work), exclusive=True)

    def _signature(self) -> Hashable:
        """Changes when the store's offers do; None where no offers are looked at."""
        app = self._app
        if app.snapshot is None or app.place.list_name != "offers" or app.place.help_open:
            return None
        return app.lists.offers.source.signature(app.snapshot, None)

    async def _read(self, client: EngineClient, key: tuple[str, int], signature: Hashable, *, asked: bool) -> None:
        app, desk = self._app, self._app.lists.offer_desk
        known = desk.detail is not None and (desk.detail.row.account, desk.detail.row.id) == key
        if not asked:
            await asyncio.sleep(REST_SECONDS)
        await desk.read_detail(client, key, signature)
        if not known:
            app.place.pane = replace(app.place.pane, top=0)
        app.paint(live=not asked)

    async def _count(self, client: EngineClient, signature: Hashable) -> None:
        from magflow_tui.client import EngineError

        with contextlib.suppress(EngineError):  # what goes wrong with the engine, the link's own state says
            await self._app.lists.offer_desk.read_stats(client, signature)
            self._app.paint(live=True)
