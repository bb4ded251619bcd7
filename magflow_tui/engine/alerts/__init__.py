"""What becomes of alerts: kept, taken note of, muted, and sent to a webhook.

* `desk`      `AlertDesk`: takes what the monitor finds and what operators say
* `open_alerts`  the open alerts as of now, and the mutes that hold
* `ledger`    what happened to alerts on its way to the store, in order, however long the store cannot be written
* `archive`   alerts that are and were, as asked for
* `outbox`    what the webhook is to be told; `messages` in which words
* `courier`   takes messages to the webhook, again and again where need be; `schedule` says when, `signing` signs them
"""

from __future__ import annotations

from magflow_tui.engine.alerts.archive import UnknownAlertError
from magflow_tui.engine.alerts.desk import AlertDesk, AlertOverError
from magflow_tui.engine.alerts.messages import Webhook
from magflow_tui.engine.alerts.outbox import NoWebhookError

__all__ = ["AlertDesk", "AlertOverError", "NoWebhookError", "UnknownAlertError", "Webhook"]
