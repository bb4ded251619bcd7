"""What is kept for later: notes on orders, and filters of the orders' list under names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from magflow_tui.contract.findings import SavedView

#: Views that can be picked by a digit.
BY_DIGIT = 9


class Keeping(Doing):
    """Notes and saved views."""

    # notes

    def do_note(self, text: str = "") -> None:
        """Write a note on the order under the cursor; unless a text is given it is typed."""
        body = self._app.body
        key = body.keys[body.cursor.index]
        if isinstance(key, tuple):
            account, number = key
            self.command(lambda: self._note(str(account), int(number), text))

    async def _note(self, account: str, number: int, text: str) -> None:
        from magflow_tui.contract.findings import AddNote

        app, client = self._app, self._app.client
        written = text or await app.prompt.enter(app.say("ask.note", order=number)) or ""
        if not written.strip() or client is None:
            return
        await client.triage.add_note(number, AddNote(text=written.strip()[:4000], by=self.who), account=account)
        app.tell(app.say("said.noted", order=number), "ok")
        app.keys.desk.changed()

    # saved views

    def names(self) -> list[str]:
        """What `:view` can be followed by."""
        names = [clean(view.name) for view in self._app.desk.views]
        return [*names, *(f"{verb} {name}".rstrip() for verb in ("save", "delete") for name in names or [""])]

    def do_views(self) -> None:
        """Pick a saved view by its digit."""
        self.command(self._pick)

    async def _pick(self) -> None:
        app, client = self._app, self._app.client
        if client is None:
            return
        views = app.desk.views[:BY_DIGIT]
        if not views:
            app.tell(app.say("said.no_views"))
            return
        choices = [(str(number), clean(view.name)) for number, view in enumerate(views, 1)]
        picked = await app.ask(app.say("ask.view"), [*choices, ("esc", app.say("ask.cancel"))])
        if picked is not None:
            self._use(views[int(picked) - 1])

    def named(self, words: str) -> None:
        """`NAME`, `save NAME` or `delete NAME`, as written behind `:view`."""
        verb, _, rest = words.partition(" ")
        name = rest.strip()
        if verb not in ("save", "delete") or not name:
            view = next((view for view in self._app.desk.views if clean(view.name).lower() == words.lower()), None)
            if view is None:
                self._unknown(words)
            else:
                self._use(view)
        elif self._app.read_only:
            self._app.tell(self._app.say("why.read_only"), "warn")
        else:
            self.command(lambda: self._save(name) if verb == "save" else self._delete(name))

    def _unknown(self, name: str) -> None:
        known: Sequence[str] = [clean(view.name) for view in self._app.desk.views]
        self._app.tell(self._app.say("said.no_view", name=clean(name), known=", ".join(known) or "-"), "warn")

    def _use(self, view: SavedView) -> None:
        app = self._app
        place = app.place
        place.offers_open, place.desk_list = False, None
        place.screen = "orders"
        sort, descending = view.sort or "", bool(view.descending)
        place.list_state = replace(place.list_state, filter=view.filter, sort=sort, descending=descending, faults=False)
        place.to_top("orders")
        app.keys.go("orders")
        app.tell(app.say("said.view", name=clean(view.name), filter=clean(view.filter) or "-"))

    async def _save(self, name: str) -> None:
        from pydantic import ValidationError

        from magflow_tui.contract.findings import SavedView

        app, client = self._app, self._app.client
        state = app.place.lists.get("orders")
        if client is None:
            return
        try:
            view = SavedView.model_validate(
                {
                    "name": name,
                    "filter": state.filter if state else "",
                    "sort": (state.sort or None) if state else None,
                    "descending": state.descending if state and state.sort else None,
                    "by": self.who,
                }
            )
        except ValidationError:
            app.tell(app.say("said.bad_name", name=clean(name)), "warn")
            return
        app.desk.views = (await client.triage.save_view(view)).views
        app.tell(app.say("said.view_saved", name=clean(name), filter=clean(view.filter) or "-"), "ok")

    async def _delete(self, name: str) -> None:
        app, client = self._app, self._app.client
        view = next((view for view in app.desk.views if clean(view.name).lower() == name.lower()), None)
        if view is None or client is None:
            self._unknown(name)
            return
        app.desk.views = (await client.triage.delete_view(view.name)).views
        app.tell(app.say("said.view_deleted", name=clean(view.name)), "ok")
