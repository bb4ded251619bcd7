"""Moves pages from the marketplace to the store, so that nothing is lost, doubled or stale, whenever it is interrupted.

* `windows`    the spans of time that are read one after the other, and the marketplace's clock as its data tells it
* `checkpoint` where a run is; written in the transaction of every page
* `sources`    one resource of one account: how to read, count and store it
* `plan`       which window comes next: walking back through history, catching up on changes, owed windows
* `reading`    one window, page by page, and the proof that nothing of it is missing
* `outage`     is it the page or the marketplace: setting aside, waiting, going on
* `journal`    a run's counters and checkpoint on their way into the store
* `progress`   what a running run shows: throughput, time left
* `run`        one run from start or checkpoint to its result
* `runner`     `SyncRunner`: starts, joins, cancels and resumes runs
"""

from __future__ import annotations

from magflow_tui.sync.policy import SyncAccount, SyncPolicy
from magflow_tui.sync.runner import NotResumableError, Started, SyncRunner, UnknownAccountError

__all__ = ["NotResumableError", "Started", "SyncAccount", "SyncPolicy", "SyncRunner", "UnknownAccountError"]
