"""Reading the lists of the store as the cursor needs them, beside the painting."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.worker import Worker

from magflow_tui.tui.data.paging import PagedList, Purpose, Step
from magflow_tui.tui.data.store_lists import Wish
from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views.context import Cursor, ListState

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.records import OrderDetail
    from magflow_tui.tui.app import MagFlowApp


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
        place.offers_open = False
        app.keys.go("orders")
        place.list_state = replace(place.list_state, filter=f"id:{detail.row.id}", faults=False)
        place.opened.add("orders")
        app.lists.order.detail = detail
        self.follow()
        app.paint()

    def read_opened(self) -> None:
        """Fetch the order under the cursor whole, when its pane is open and it has not been fetched."""
        app = self._app
        place, client = app.place, app.client
        if client is None or place.list_name != "orders" or "orders" not in place.opened or not app.body.keys:
            return
        key = app.body.keys[app.body.cursor.index]
        if app.lists.order.is_open(key) or not isinstance(key, tuple):
            return
        account, number = key

        async def read() -> None:
            await app.commands.attempt(lambda: app.lists.order.read(client, number, account))
            place.pane = replace(place.pane, top=0)
            app.paint()

        self._replace("opened", read)

    def _replace(self, group: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do something in the place of what its group was doing."""
        # A coroutine that is replaced before it has begun would never be awaited: the worker makes it when it begins.
        _: Worker[None] = self._app.run_worker(work, group=group, exclusive=True, exit_on_error=False)
