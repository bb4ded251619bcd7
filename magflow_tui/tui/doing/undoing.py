"""What was done in this session and can be taken back: named, undone, done again. To findings, alerts and limits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views.figures import day, grouped
from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.findings import TriageBatch
    from magflow_tui.tui.app import MagFlowApp

#: Asks the engine for something, and gives what did not go as wished, empty where all did. May raise EngineError.
Way: TypeAlias = "Callable[[EngineClient], Awaitable[str]]"


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was done, in words, and the ways to take it back and to do it again."""

    words: str
    undo: Way
    redo: Way


class Undoing(Doing):
    """What was done in this session, the last first."""

    def __init__(self, app: MagFlowApp) -> None:
        super().__init__(app)
        #: What can be taken back, and what can be done again; the last one last.
        self.done: list[Done] = []
        self.undone: list[Done] = []

    def keep(self, words: str, undo: Way, redo: Way) -> None:
        """Keep something that was done, to be taken back; what had been taken back before cannot be done again."""
        self.done.append(Done(words, undo, redo))
        self.undone.clear()

    def remember(self, batch: TriageBatch, words: str) -> None:
        """Keep what was done to findings, and say it: `words`, how many findings that was, until when."""
        app, say = self._app, self._app.say
        number = batch.batch_id
        if not number:
            app.tell(say("triage.nothing", what=words))
            return
        self.keep(
            words,
            lambda client: self._batch(client, number, "undo"),
            lambda client: self._batch(client, number, "redo"),
        )
        app.place.list_state = replace(app.place.list_state, marks=frozenset(), range_from=None)
        said = [words, say("triage.findings", count=grouped(batch.findings))]
        if batch.until is not None:
            view = app.view()
            said.append(say("triage.until", at=day(batch.until, view.shown_at, view.zone)))
        app.tell(" · ".join([*said, say("triage.undoable")]), "ok")
        app.keys.desk.changed()

    async def _batch(self, client: EngineClient, number: int, way: Literal["undo", "redo"]) -> str:
        """Take a batch back, or do it again."""
        from magflow_tui.contract.findings import Undo

        try:
            call = client.triage.undo if way == "undo" else client.triage.redo
            batch = await call(number, Undo(by=self.who))
        finally:
            self._app.keys.desk.changed()
        return self._app.say("triage.skipped", count=grouped(batch.skipped)) if batch.skipped else ""

    def do_undo(self) -> None:
        self.command(lambda: self._step(self.done, self.undone, "undo"))

    def do_redo(self) -> None:
        self.command(lambda: self._step(self.undone, self.done, "redo"))

    async def _step(self, source: list[Done], target: list[Done], way: Literal["undo", "redo"]) -> None:
        """Take the last back, or do it again; what cannot be is told and left alone from then on."""
        from magflow_tui.client import EngineError

        app, say, client = self._app, self._app.say, self._app.client
        if client is None or not source:
            return
        last = source.pop()
        try:
            remark = await (last.undo if way == "undo" else last.redo)(client)
        except EngineError as error:
            if error.body.code not in ("conflict", "not_found"):
                source.append(last)
                raise
            app.tell(say(f"triage_conflict.{way}", what=last.words, reason=clean(error)), "warn")
            return
        target.append(last)
        said = [say(f"triage.{way}", what=last.words), *([remark] if remark else [])]
        said.append(say("triage.left", count=len(self.done)) if self.done else say("triage.none_left"))
        app.tell(" · ".join(said), "warn" if remark else "ok")
