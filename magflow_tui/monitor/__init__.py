"""What the engine sees of its own work: request metrics, health score, alerts, the last requests.

* `window`    requests of the last so many seconds, exact percentiles
* `traffic`   the metrics of all requests, and of each account's routes
* `minutes`   the last hour, a value a minute
* `requests`  the numbered ring of the last requests
* `score`     the health score, a pure function of four readings
* `health`    the score over time: since when, by what, alerts that do not flap
* `accounts`  how the marketplace last answered each account
* `monitor`   the above together, fed by the client's observer
* `collector` metrics of the last requests, for existing callers
"""

from __future__ import annotations

from magflow_tui.monitor.collector import MetricsCollector

__all__ = ["MetricsCollector"]
