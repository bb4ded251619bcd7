"""What the webhook is to be told: of alerts that open unmuted, or are heard again; and of their ends."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from magflow_tui.contract.alerts import Alert, Deliveries, Delivery
from magflow_tui.contract.events import EventKind, Severity
from magflow_tui.engine.alerts.courier import Courier
from magflow_tui.engine.alerts.messages import Webhook, alert_message
from magflow_tui.store import Store
from magflow_tui.store.deliveries import Outgoing, list_deliveries


class NoWebhookError(Exception):
    """No webhook is set."""


class Outbox:
    """Writes messages, which the store then keeps beside what they tell of; `courier` takes them out.

    `webhook` None: nothing is written, and what an earlier engine left waits until there is one.
    """

    def __init__(
        self,
        store: Store,
        webhook: Webhook | None,
        *,
        notify: Callable[[EventKind, Severity, str, str | None], None],
        now: Callable[[], datetime],
        rng: random.Random,
    ) -> None:
        self._store = store
        self._webhook = webhook
        self._now = now
        #: Open alerts that the webhook was told of, or is being told.
        self._told: set[int] = set()
        self.courier = None if webhook is None else Courier(store, webhook, notify=notify, now=now, rng=rng)

    def restore(self, told: Iterable[int]) -> None:
        """The numbers of open alerts that the webhook was told of by earlier engines."""
        self._told.update(told)

    def was_told(self, alert: Alert) -> bool:
        return alert.alert_id in self._told

    def opened(self, alert: Alert) -> Outgoing | None:
        """The message of an open alert, None where the webhook is not to hear of it or has."""
        if self._webhook is None or self.was_told(alert) or not self._webhook.wants(alert):
            return None
        self._told.add(alert.alert_id)
        return alert_message("alert.opened", alert, self._now())

    def closed(self, alert: Alert) -> Outgoing | None:
        """The message of an alert that is over: for those whose beginning was told, muted now or not. An end makes no
        noise, and nothing stays open at the receiver's.
        """
        if self._webhook is None or not self.was_told(alert):
            return None
        self._told.discard(alert.alert_id)
        return alert_message("alert.closed", alert, self._now())

    def wake(self) -> None:
        """Messages have been kept."""
        if self.courier is not None:
            self.courier.wake()

    async def deliveries(self, limit: int) -> Deliveries:
        """The last messages, newest first. Raises StoreError."""
        rows = await self._store.read(partial(list_deliveries, limit=limit))
        return Deliveries(url=None if self._webhook is None else self._webhook.shown, deliveries=rows)

    async def test(self) -> Delivery:
        """Send a test now, once. Raises NoWebhookError, StoreError."""
        if self.courier is None:
            raise NoWebhookError
        return await self.courier.test()
