"""Reading the lists of the store as the cursor needs them, beside the painting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.worker import Worker

from magflow_tui.tui.data.paging import PagedList, Purpose, Step
from magflow_tui.tui.data.store_lists import Wish
from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views.context import Cursor, ListState
from magflow_tui.tui.views.order_tabs import shown_tab
from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.records import OrderDetail, OrderRow
    from magflow_tui.tui.app import MagFlowApp


#: Seconds after which a cursor is taken to rest on a row.
REST_SECONDS = 0.15
#: Seconds between two looks at what has changed in the store.
HEED_SECONDS = 1.8


class Reading(Doing):
    """Which list of the store is shown, what it should hold, and the one reading that is under way for it."""

    def __init__(self, app: MagFlowApp) -> None:
        super().__init__(app)
        self._under_way: tuple[str, Wish, Purpose] | None = None
        self._owed = 0
        self._heeded_at = float("-inf")

    @property
    def paged(self) -> PagedList[Any] | None:
        """The list of the store that is shown, None where another one is."""
        place = self._app.place
        return None if place.help_open or place.about_open else self._app.lists.paged(place.list_name)

    def follow(self) -> None:
        """See to it that the shown list is the one that is wanted, and what it lacks gets read. Costs nothing else."""
        app, paged = self._app, self.paged
        if paged is None or app.snapshot is None:
            return
        wish = self._wish()
        if wish != paged.wish:
            paged.begin(wish)
        if app.place.frozen is None and app.clock() - self._heeded_at >= HEED_SECONDS:
            self._heeded_at = app.clock()
            paged.forgive()
            paged.heed(app.snapshot)
        self.read_on()
        app.keys.offering.follow()

    def begin(self, *, to_end: bool = False, stay: bool = False) -> None:
        """Read the shown list anew, from its beginning or its end; with `stay` the cursor keeps its row."""
        if (paged := self.paged) is not None:
            self._owed = 0
            paged.begin(self._wish(), to="end" if to_end else "head", stay=stay)
            self.read_on()

    def owe(self, rows: int) -> None:
        """The cursor was to go so much further than the rows that are here reach: it will when more have come."""
        self._owed = rows

    def read_on(self) -> None:
        """Read what the shown list lacks, one reading at a time; a more urgent one takes the place of another."""
        app, paged = self._app, self.paged
        if paged is None or app.client is None or app.feed.link().phase == "gone":
            return
        name = app.place.list_name
        purpose = self._purpose(name, paged)
        if purpose is None or (name, paged.wish, purpose) == self._under_way:
            return
        self._replace("store", partial(self._read, app.client, name, paged))

    async def _read(self, client: EngineClient, name: str, paged: PagedList[Any]) -> None:
        app = self._app
        mine: tuple[str, Wish, Purpose] | None = None
        try:
            while (purpose := self._purpose(name, paged)) is not None:
                self._under_way = mine = (name, paged.wish, purpose)
                cursor = app.place.cursors.get(name, Cursor())
                asked = purpose in ("head", "end", "behind", "ahead")
                step = await paged.read(client, purpose, cursor, app.body.list_height)
                self._take(name, paged, step)
                self._under_way = None
                app.paint(live=not asked)
            self.read_opened()
        finally:
            if self._under_way is mine:  # and not that of a reading in the place of this one
                self._under_way = None

    def _take(self, name: str, paged: PagedList[Any], step: Step) -> None:
        """Have the cursor stand where it belongs after a reading."""
        cursors, keys = self._app.place.cursors, paged.keys()
        if step.to == "top" or not keys:
            cursors.pop(name, None)
        elif step.to == "bottom":
            cursors[name] = Cursor(keys[-1], len(keys) - 1, max(0, len(keys) - self._app.body.list_height))
        elif name in cursors:
            cursors[name] = cursors[name].shifted(step.shift)
        owed, self._owed = self._owed, 0
        if owed and step.to is None and keys:
            cursors[name] = cursors.get(name, Cursor()).moved(owed, keys, self._app.body.list_height)

    def _purpose(self, name: str, paged: PagedList[Any]) -> Purpose | None:
        app = self._app
        cursor = app.place.cursors.get(name, Cursor())
        return paged.purpose(cursor, max(1, app.body.list_height), live=app.place.frozen is None)

    def _wish(self) -> Wish:
        place = self._app.place
        state: ListState = place.list_state
        return Wish(place.account, state.filter, state.sort, state.descending, state.faults)

    def show_order(self, detail: OrderDetail) -> None:
        """Show one order alone in the list, opened."""
        app = self._app
        place = app.place
        place.offers_open, place.desk_list = False, None
        app.keys.go("orders")
        place.list_state = replace(place.list_state, filter=f"id:{detail.row.id}", faults=False)
        place.opened.add("orders")
        app.lists.order.detail = detail
        self.follow()
        app.paint()

    def read_opened(self) -> None:
        """Fetch the order under the cursor whole, and its history where that is looked at, if that has not been done.

        At once when its pane is open, else when the cursor has rested: then nobody waits for it.
        """
        app = self._app
        place, client = app.place, app.client
        app.keys.offering.read_opened()
        if client is None or place.list_name != "orders" or not (app.body.keys and app.body.pane_lines):
            return
        key = app.body.keys[app.body.cursor.index]
        asked = "orders" in place.opened
        if not isinstance(key, tuple) or (app.slow and not asked):
            return
        if not app.lists.order.is_open(key) or self._lacks_history(key):
            self._replace("opened", partial(self._read_whole, client, key, asked=asked))

    def _lacks_history(self, key: tuple[str, int]) -> bool:
        return shown_tab(self._app.place.pane) == "history" and not self._app.desk.has_history(key)

    async def _read_whole(self, client: EngineClient, key: tuple[str, int], *, asked: bool) -> None:
        from magflow_tui.client import EngineError

        app, order = self._app, self._app.lists.order
        if not asked:
            await asyncio.sleep(REST_SECONDS)
        detail = order.detail
        known = detail is not None and (detail.row.account, detail.row.id) == key
        try:
            if not order.is_open(key):
                await order.read(client, key[1], key[0])
            if self._lacks_history(key):
                await app.desk.read_history(client, key)
        except EngineError as error:
            if asked:
                app.tell(app.say("said.refused", message=clean(error)), "crit")
            return
        if not known:
            app.place.pane = replace(app.place.pane, top=0, item=0)
        app.paint(live=not asked)

    def outdated(self, newer: Sequence[OrderRow] = ()) -> None:
        """Something was done to orders: the rows in view and the opened order are read again, each in its place.

        `newer` are rows of the list as they are known to be by now.
        """
        app = self._app
        app.lists.orders.outdate(newer)
        app.lists.order.outdate()
        self.read_on()
        self.read_opened()

    def _replace(self, group: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do something in the place of what its group was doing."""
        # A coroutine that is replaced before it has begun would never be awaited: the worker makes it when it begins.
        _: Worker[None] = self._app.run_worker(work, group=group, exclusive=True, exit_on_error=False)
