"""What the engine sees of its own work: request metrics, health score, alerts, the last requests.

* `sketch`    response times as a histogram that can be merged
* `tally`     finished requests, collected and counted a second at a time
* `traffic`   requests over sliding windows: of a route, a pool, an account, all
* `minutes`   minutes that are over, and the last hour of them
* `totals`    what was counted since the engine started
* `requests`  the numbered ring of the last requests
* `accounts`  how the marketplace last answered each account
* `syncs`     which runs count, how many were completed, which syncs are overdue
* `score`     the health score, a pure function of four readings
* `health`    the score over time: since when, by what
* `causes`    what stands behind lost points and alerts; `sentences` says it, `advice` says what to do
* `conditions` what alerts are raised for
* `alerts`    when they open and close, so that none flaps
* `runbooks`  what to do about them, in steps
* `monitor`   the above together, fed by the client's observer
* `collector` metrics of the last requests, for existing callers
"""

from __future__ import annotations

from magflow_tui.monitor.collector import MetricsCollector

__all__ = ["MetricsCollector"]
