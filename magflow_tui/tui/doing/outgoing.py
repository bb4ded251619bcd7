"""What is taken out of the dashboard: copies, exports, pictures, a look at a row in another program."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.output.names import FORMATS, LIST_NAMES, LIST_OF, Format, ListName
from magflow_tui.tui.output.private_file import write_private
from magflow_tui.tui.views.figures import grouped
from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from pydantic import BaseModel

    from magflow_tui.tui.output.copying import Copied
    from magflow_tui.tui.output.rows import Source

#: Seconds between two words about how far an export has come.
PROGRESS_SECONDS = 1.0


class Outgoing(Doing):
    """Keys that take something out."""

    def _key(self) -> object:
        """The key of the row under the cursor."""
        return self._app.body.keys[self._app.body.cursor.index]

    def do_copy(self) -> None:
        """Copy the marked rows, in the order of the list; the one under the cursor where none is marked."""
        from magflow_tui.tui.output.copying import id_of, ids_of

        app = self._app
        marks = app.place.list_state.marks
        if marks:
            places = {key: place for place, key in enumerate(app.body.keys)}
            # Marked rows that are not in sight come last.
            keys = sorted(marks, key=lambda key: (places.get(key, len(places)), str(key)))
            copied = ids_of(app.view(), keys)
        elif app.place.screen == "api" and not app.lists.requests.has_detail(self._key()):
            self._copy_request(self._key())
            return
        else:
            copied = id_of(app.view(), self._key())
        if copied is not None:
            self._app.despatch.copy(copied.text, copied.name)

    def _copy_request(self, key: object) -> None:
        """Read a request whole and copy it; where that cannot be, as far as it is here."""
        from magflow_tui.tui.output.copying import id_of

        async def read_and_copy() -> None:
            await self._app.keys.requesting.read(key)
            if (copied := id_of(self._app.view(), key)) is not None:
                await self._copied(copied)

        self.command(read_and_copy)

    def do_copy_json(self) -> None:
        self._with_row(lambda row: self._copied(row))

    async def _copied(self, row: Copied) -> None:
        self._app.despatch.copy(row.text, row.name)

    def do_look(self) -> None:
        """Show the row in the operator's pager or editor."""
        self._with_row(self._looked)

    async def _looked(self, row: Copied) -> None:
        from magflow_tui.tui.output.outside import look, program

        app = self._app
        command = program(os.environ)
        if command is None or app.is_web:
            app.tell(app.say("out.no_program" if command is None else "out.not_here"), "warn")
            return
        try:
            look(app, row.text, command)
        except OSError as error:
            reason = clean(error.strerror or error)
            app.tell(app.say("out.look_failed", program=clean(command[0]), reason=reason), "crit")

    def _with_row(self, work: Callable[[Copied], Awaitable[None]]) -> None:
        """Read the row under the cursor whole, and do something with it."""
        key = self._key()

        async def read_and_work() -> None:
            row = await self._whole(key)
            if row is not None:
                await work(row)

        self.command(read_and_work)

    async def _whole(self, key: object) -> Copied | None:
        """The row as JSON. Raises `EngineError`."""
        from magflow_tui.tui.output.copying import Copied, id_of, row_of, shown_json

        app = self._app
        if app.place.screen == "api":
            await app.keys.requesting.read(key)
        view = app.view()
        short = id_of(view, key)
        model: BaseModel | None
        if view.screen == "orders" and not view.offers_open and isinstance(key, tuple) and app.client is not None:
            model = await app.client.order(key[1], account=key[0])
        else:
            model = row_of(view, key)
        if short is None or model is None:
            return None
        return Copied(app.say("copy.json", name=short.name), shown_json(model, reveal=view.reveal))

    def do_picture(self) -> None:
        from magflow_tui.tui.output.pictures import picture

        app, drawn = self._app, picture(self._app)

        def save() -> Path:
            return write_private(app.despatch.unused("screenshots", app.place.screen, "svg"), drawn)

        async def draw() -> None:
            path = await app.despatch.saved(save)
            if path is not None:
                app.tell(app.say("out.picture", path=app.despatch.shown(path)), "ok")

        app.run_worker(draw(), group="picture", exit_on_error=False)

    # exports

    def do_export(self, *words: str) -> None:
        """Export a list: that of the screen unless a word names another; asks for the format unless a word names it."""
        what = next((name for name in LIST_NAMES if name in words), None)
        kind = next((name for name in FORMATS if name in words), None)
        if self._app.despatch.exporting is not None:
            self._app.tell(self._app.say("out.export_busy"), "warn")
            return
        self.command(lambda: self._ask_and_export(what, kind))

    async def _ask_and_export(self, what: ListName | None, kind: Format | None) -> None:
        from magflow_tui.tui.output.rows import source

        app, say = self._app, self._app.say
        name = what or LIST_OF.get(app.place.list_name)
        if name is None or app.client is None:
            app.tell(say("why.no_list"), "warn")
            return
        title = say(f"list.{name}")
        if kind is None:
            choices = [(each[0], each.upper()) for each in FORMATS]
            answer = await app.ask(say("ask.export", what=title), [*choices, ("esc", say("ask.cancel"))])
            kind = next((each for each in FORMATS if each[0] == answer), None)
        if kind is not None:
            rows = source(name, app, app.client)
            app.despatch.exporting = app.run_worker(self._export(rows, name, kind), group="export", exit_on_error=False)

    async def _export(self, rows: Source, name: ListName, kind: Format) -> None:
        from magflow_tui.client import EngineError
        from magflow_tui.tui.output.export import export_rows

        app, say = self._app, self._app.say
        title, told = say(f"list.{name}"), app.clock()

        def progress(count: int) -> None:
            nonlocal told
            if app.clock() - told >= PROGRESS_SECONDS:
                told = app.clock()
                app.tell(say("out.exporting", what=title, count=grouped(count)))

        try:
            path = await asyncio.to_thread(app.despatch.unused, "exports", name, kind)
            count = await export_rows(rows.pages, rows.rows_of, path, kind, rows.columns, progress)
            app.tell(say("out.exported", what=title, count=grouped(count), path=app.despatch.shown(path)), "ok")
        except OSError as error:
            app.despatch.tell_failure(error)
        except EngineError as error:
            app.tell(say("said.refused", message=clean(error)), "crit")
        except asyncio.CancelledError:
            app.tell(say("out.export_stopped", what=title), "warn")
            raise
        finally:
            app.despatch.exporting = None
