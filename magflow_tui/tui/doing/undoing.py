"""What was done to findings in this session: named, taken back, done again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views.figures import day, grouped
from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from magflow_tui.contract.findings import TriageBatch
    from magflow_tui.tui.app import MagFlowApp


@dataclass(frozen=True, slots=True)
class Done:
    """A batch of this session, in words."""

    batch_id: int
    words: str


class Undoing(Doing):
    """Batches of this session, the last one first."""

    def __init__(self, app: MagFlowApp) -> None:
        super().__init__(app)
        #: Those that can be taken back, and those that can be done again; the last one last.
        self.done: list[Done] = []
        self.undone: list[Done] = []

    def remember(self, batch: TriageBatch, words: str) -> None:
        """Keep what was done, to be taken back, and say it: `words`, how many findings that was, until when."""
        app, say = self._app, self._app.say
        if not batch.batch_id:
            app.tell(say("triage.nothing", what=words))
            return
        self.done.append(Done(batch.batch_id, words))
        self.undone.clear()
        app.place.list_state = replace(app.place.list_state, marks=frozenset(), range_from=None)
        said = [words, say("triage.findings", count=grouped(batch.findings))]
        if batch.until is not None:
            view = app.view()
            said.append(say("triage.until", at=day(batch.until, view.shown_at, view.zone)))
        app.tell(" · ".join([*said, say("triage.undoable")]), "ok")
        app.keys.desk.changed()

    def do_undo(self) -> None:
        self.command(lambda: self._step(self.done, self.undone, "undo"))

    def do_redo(self) -> None:
        self.command(lambda: self._step(self.undone, self.done, "redo"))

    async def _step(self, source: list[Done], target: list[Done], way: Literal["undo", "redo"]) -> None:
        """Take the last batch back, or do it again; one that cannot be is told and left alone from then on."""
        from magflow_tui.client import EngineError
        from magflow_tui.contract.findings import Undo

        app, say, client = self._app, self._app.say, self._app.client
        if client is None or not source:
            return
        last = source.pop()
        try:
            call = client.triage.undo if way == "undo" else client.triage.redo
            batch = await call(last.batch_id, Undo(by=self.who))
        except EngineError as error:
            if error.body.code not in ("conflict", "not_found"):
                source.append(last)
                raise
            app.tell(say(f"triage_conflict.{way}", what=last.words, reason=clean(error)), "warn")
        else:
            target.append(last)
            said = [say(f"triage.{way}", what=last.words)]
            if batch.skipped:
                said.append(say("triage.skipped", count=grouped(batch.skipped)))
            said.append(say("triage.left", count=len(self.done)) if self.done else say("triage.none_left"))
            app.tell(" · ".join(said), "warn" if batch.skipped else "ok")
        app.keys.desk.changed()
