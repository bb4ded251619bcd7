"""Sees to it that what is drawn, copied and written holds no personal data in its free texts, unless it is to.

Names in columns are masked where they are drawn (`views.masking.masked`); this is for messages of the marketplace,
which come through in alerts, events, runs and requests and quote what the marketplace was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from magflow_tui.tui.views.masking import scrubbed_alerts, scrubbed_models, scrubbed_runs, scrubbed_snapshot
from magflow_tui.tui.views.remembered import Remembered

if TYPE_CHECKING:
    from magflow_tui.contract.events import Event
    from magflow_tui.contract.records import RequestRow
    from magflow_tui.tui.views.context import RunShown, View, Watched


class Privacy:
    """Scrubs views; every part once, however often it is drawn. With `reveal` everything stays as it is."""

    def __init__(self, *, reveal: bool) -> None:
        self._reveal = reveal
        self._snapshot = Remembered(scrubbed_snapshot)
        self._runs = Remembered(scrubbed_runs)
        self._events: Remembered[tuple[Event, ...], tuple[Event, ...]] = Remembered(
            lambda events: scrubbed_models(events, "message")
        )
        self._requests: Remembered[tuple[RequestRow, ...], tuple[RequestRow, ...]] = Remembered(
            lambda rows: scrubbed_models(rows, "note")
        )
        self._known: Remembered[tuple[RequestRow, ...], tuple[RequestRow, ...]] = Remembered(
            lambda rows: scrubbed_models(rows, "note")
        )
        self._details = Remembered(_scrubbed_details)
        self._watched = Remembered(_scrubbed_watched)

    def kept(self, view: View) -> View:
        """The view as it may be seen."""
        if self._reveal:
            return view
        requests = replace(
            view.requests, rows=self._requests(view.requests.rows), known=self._known(view.requests.known)
        )
        return replace(
            view,
            snapshot=None if view.snapshot is None else self._snapshot(view.snapshot),
            older_runs=self._runs(view.older_runs),
            run_details=self._details(view.run_details),
            watched=self._watched(view.watched),
            events=self._events(view.events),
            requests=requests,
        )


def _scrubbed_watched(watched: Watched) -> Watched:
    """What is known of alerts, scrubbed. Of the one that was read whole only what was said of it is drawn."""
    return replace(watched, over=scrubbed_alerts(watched.over))


def _scrubbed_details(details: Mapping[int, RunShown]) -> Mapping[int, RunShown]:
    return {
        number: replace(run, missed=None if run.missed is None else scrubbed_models(run.missed, "error"))
        for number, run in details.items()
    }
