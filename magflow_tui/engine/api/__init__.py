"""The management API: the paths that existing clients call, and what the screens need. Answers are contract models.

* `app`      the application: rooms below, documentation, access
* `errors`   every error as an `ErrorBody`
* `live`     snapshots and events, once and as streams
* `runs`     start, follow, cancel and resume syncs
* `triage`   findings and what people say of them, notes, history, saved views
* `records`  orders, offers, accounts
* `requests`, `past`  requests to the marketplace, live and kept; the live view and the minutes that were
* `actions`  what the marketplace is asked to do to orders
* `health`   health, metrics, statistics, limits
* `control`  the engine itself: state, schedules, stop
"""

from __future__ import annotations

from magflow_tui.engine.api.app import create_app

__all__ = ["create_app"]
