"""The desk of alerts: what is open, what operators said of it, and everybody who is to hear of it.

The monitor says on the loop that an alert opens or closes; it is shown at once, under the number it keeps, and goes to
the store behind what went before. Where the engine ends in between, nothing is lost: what is open in the store is open
at the next start, and closes by the rules of every other; what was not stored yet opens again if it still is so.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from sqlalchemy import Connection

from magflow_tui.contract.alerts import (
    AckAlerts,
    Alert,
    AlertChange,
    AlertDetail,
    AlertPage,
    Deliveries,
    Delivery,
    Looked,
    Mute,
    MuteAlerts,
)
from magflow_tui.contract.events import EventKind, Severity
from magflow_tui.engine.alerts.archive import AlertArchive, UnknownAlertError
from magflow_tui.engine.alerts.ledger import RETRY_SECONDS, Entry, Ledger
from magflow_tui.engine.alerts.messages import Webhook
from magflow_tui.engine.alerts.open_alerts import OpenAlerts, covers, with_standing
from magflow_tui.engine.alerts.outbox import Outbox
from magflow_tui.monitor.alerts import AlertEvent, AlertKey, Condition, Standing
from magflow_tui.store import Store, StoreError, looks
from magflow_tui.store import alerts as alert_rows
from magflow_tui.store.alert_history import AlertsAsked
from magflow_tui.store.deliveries import Outgoing, add_delivery, prune_deliveries, told_alerts
from magflow_tui.store.mutes import add_mute, holding_mutes, lift_mute

log = logging.getLogger(__name__)

#: Seconds between two looks at mutes that end and at how open alerts stand.
KEEP_SECONDS: Final = 15.0
#: How long messages to the webhook are kept, and alerts that are over.
_MESSAGES_KEPT: Final = timedelta(days=30)
_ALERTS_KEPT: Final = timedelta(days=366)
_PRUNE_EVERY: Final = timedelta(hours=1)
#: Rows that one pruning takes away at most: it holds the writer for a few milliseconds.
_PRUNED_AT_ONCE: Final = 500


class AlertOverError(Exception):
    """The alert is over: nothing can be said of it any more."""

    def __init__(self, alert_id: int) -> None:
        super().__init__(f"alert {alert_id} is over")
        self.alert_id = alert_id


class Watch(Protocol):
    """The part of the monitor that follows what alerts are of."""

    def restore(
        self, opened: Iterable[tuple[AlertKey, datetime]], peaks: Mapping[AlertKey, float] | None = None
    ) -> None: ...
    def standing_of(self, key: AlertKey) -> Standing | None: ...


class AlertDesk:
    """`notify` takes events; `now` gives aware time; `webhook` None: nothing is sent. What waits for the store raises
    StoreError.
    """

    def __init__(
        self,
        store: Store,
        *,
        notify: Callable[[EventKind, Severity, str, str | None], None],
        now: Callable[[], datetime],
        rng: random.Random,
        webhook: Webhook | None = None,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._store = store
        self._notify = notify
        self._now = now
        self._watch: Watch | None = None
        self._open = OpenAlerts(now, self._standing_of)
        self._outbox = Outbox(store, webhook, notify=notify, now=now, rng=rng)
        self._ledger = Ledger(store, on_written=self._outbox.wake, retry_seconds=retry_seconds)
        self._archive = AlertArchive(store, self._ledger, self._open, now=now)
        self._last_id = 0
        self._pruned_at: datetime | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, watch: Watch) -> None:
        """Take up what is open in the store and have the monitor follow it. Raises StoreError."""
        self._watch = watch
        await self._store.read(self._load)
        opened = {(alert.code, alert.account): alert for alert in self._open}
        peaks = {key: alert.peak for key, alert in opened.items() if alert.peak is not None}
        watch.restore([(key, alert.opened_at) for key, alert in opened.items()], peaks)
        work = {"alerts": self._ledger.run(), "mutes": self._keep_time()}
        if self._outbox.courier is not None:
            work["webhook"] = self._outbox.courier.run()
        self._tasks = [asyncio.create_task(each, name=name) for name, each in work.items()]

    async def stop(self) -> None:
        """Keep how open alerts stand, and end. A message on its way is sent again at the next start. Idempotent."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._outbox.courier is not None:
            await self._outbox.courier.close()
        self._keep_standings()
        try:
            await self._ledger.flush()
        except StoreError as error:
            log.error("the last of the alerts is not stored: %s", error.message)

    def _load(self, connection: Connection) -> None:
        self._last_id = alert_rows.last_alert_id(connection)
        found = alert_rows.open_alerts(connection)
        for alert in reversed(found):
            self._open.put(alert)
        for mute in reversed(holding_mutes(connection, self._now())):
            self._open.put_mute(mute)
        self._outbox.restore(told_alerts(connection, [alert.alert_id for alert in found]))

    # What the monitor says.

    def on_alert(self, event: AlertEvent) -> None:
        """An alert opened or closed. Never blocks."""
        if event.kind == "opened":
            self._opened(event.condition, event.at)
        else:
            self._closed(event)

    def _opened(self, condition: Condition, at: datetime) -> None:
        self._last_id += 1
        alert = _alert(self._last_id, condition, at)
        self._open.put(alert)
        mute = self._open.mute_of(alert, at)
        muted = None if mute is None else AlertChange(at=at, kind="muted", by=mute.by, until=mute.until)
        outgoing = self._outbox.opened(alert) if mute is None else None

        def write(connection: Connection) -> None:
            alert_rows.add_alert(connection, alert)
            if muted is not None:
                alert_rows.note_change(connection, (alert.alert_id,), muted)
            _put_out(connection, outgoing)

        self._ledger.add(Entry(alert, write))
        if mute is None:
            self._notify("alert.opened", alert.severity, alert.message, alert.account)
        else:
            self._notify("alert.opened", "info", f"Muted: {alert.message}", alert.account)

    def _closed(self, event: AlertEvent) -> None:
        alert = self._open.take(event.key)
        if alert is None:
            return
        muted = self._open.mute_of(alert, event.at) is not None
        if event.standing is not None:
            alert = with_standing(alert, event.standing)
        alert = alert.model_copy(update={"closed_at": event.at, "state": "resolved"})
        outgoing = self._outbox.closed(alert)

        def write(connection: Connection) -> None:
            alert_rows.close_alert(connection, alert)
            _put_out(connection, outgoing)

        self._ledger.add(Entry(alert, write))
        self._notify("alert.closed", "info" if muted else "ok", f"Over: {alert.message}", alert.account)

    def _standing_of(self, key: AlertKey) -> Standing | None:
        return None if self._watch is None else self._watch.standing_of(key)

    # What there is.

    @property
    def open(self) -> tuple[Alert, ...]:
        """Open alerts as of now, newest first."""
        return self._open.shown()

    @property
    def mutes(self) -> tuple[Mute, ...]:
        """Mutes that hold now, newest first."""
        return self._open.mutes

    async def history(self, asked: AlertsAsked) -> AlertPage:
        """Alerts, open and closed, newest first; those that wait for the store, too."""
        return await self._archive.history(asked)

    async def show(self, alert_id: int) -> AlertDetail:
        """One alert with all that is known of it. Raises UnknownAlertError."""
        return await self._archive.show(alert_id)

    async def deliveries(self, limit: int) -> Deliveries:
        """The last messages to the webhook, newest first."""
        return await self._outbox.deliveries(limit)

    async def test_webhook(self) -> Delivery:
        """Send a test to the webhook. Raises NoWebhookError."""
        return await self._outbox.test()

    # What operators say.

    async def last_look(self, by: str) -> Looked:
        """When an operator last looked."""
        return await self._store.read(partial(looks.last_look, by=by))

    async def look(self, by: str) -> Looked:
        """Note that an operator looks now; when they last did before."""
        return await self._store.write(partial(looks.look, by=by, at=self._now()))

    async def acknowledge(self, command: AckAlerts) -> tuple[Alert, ...]:
        """Take note of open alerts, of all or none, or take that back; the alerts as they are now, newest first.

        One that somebody has taken note of already keeps their name. Raises UnknownAlertError, AlertOverError.
        """
        wanted = frozenset(command.alert_ids)
        await self._ledger.flush()
        for alert_id in sorted(wanted - {alert.alert_id for alert in self._open}):
            raise AlertOverError(alert_id) if await self._archive.is_known(alert_id) else UnknownAlertError(alert_id)
        at = self._now()
        keep = partial(alert_rows.acknowledge, alert_ids=wanted, by=command.by, at=at, undo=command.undo)
        await self._store.write(keep, durable=True)
        acked = {"acked_at": None, "acked_by": None} if command.undo else {"acked_at": at, "acked_by": command.by}
        done = "waits for somebody again" if command.undo else "is taken note of"
        for alert in self._open:
            if alert.alert_id in wanted and (alert.acked_at is not None) == command.undo:
                self._open.put(alert.model_copy(update=acked))
                message = f"{command.by}: alert {alert.alert_id} {done}: {alert.message}"
                self._notify("alert.changed", "info", message, alert.account)
        return self._open.shown(wanted)

    async def mute(self, command: MuteAlerts) -> Mute:
        """Silence a code for an account, or for all; in place of a mute of the same."""
        await self._ledger.flush()
        at = self._now()
        until = at + timedelta(minutes=command.minutes)
        change = AlertChange(at=at, kind="muted", by=command.by, until=until)
        silenced = [alert.alert_id for alert in self._open if covers(command, alert)]

        def keep(connection: Connection) -> Mute:
            alert_rows.note_change(connection, silenced, change)
            return add_mute(connection, command, at=at, until=until)

        mute = await self._store.write(keep, durable=True)
        self._open.put_mute(mute)
        message = f"{command.by}: {_place(mute)} is muted until {mute.until:%Y-%m-%d %H:%M} UTC"
        self._notify("alert.changed", "info", message, mute.account)
        return mute

    async def unmute(self, mute_id: int, by: str) -> Mute | None:
        """End a mute now; None when none of this number holds."""
        mute = next((mute for mute in self._open.mutes if mute.mute_id == mute_id), None)
        if mute is None:
            return None
        await self._ledger.flush()
        at = self._now()
        change = AlertChange(at=at, kind="unmuted", by=by)
        heard = [alert.alert_id for alert in self._open.heard_again(mute)]

        def keep(connection: Connection) -> Mute | None:
            lifted = lift_mute(connection, mute_id, by=by, at=at)
            if lifted is not None:
                alert_rows.note_change(connection, heard, change)
            return lifted

        lifted = await self._store.write(keep, durable=True)
        if lifted is not None:
            self._open.end_mute(mute_id)
            self._notify("alert.changed", "info", f"{by}: {_place(mute)} is muted no more", mute.account)
            self._tell_untold()
        return lifted

    # What happens by itself.

    def keep(self) -> None:
        """End mutes whose time is over, tell of what is heard again, and keep how open alerts stand."""
        for mute in self._open.ended_mutes():
            change = AlertChange(at=mute.until, kind="unmuted")
            for alert in self._open.heard_again(mute):
                note = partial(alert_rows.note_change, alert_ids=(alert.alert_id,), change=change)
                self._ledger.add(Entry(alert, note))
            self._open.end_mute(mute.mute_id)
            self._notify("alert.changed", "info", f"The mute of {_place(mute)} is over", mute.account)
        self._tell_untold()
        self._keep_standings()

    def _tell_untold(self) -> None:
        """Write to the webhook of open alerts that it does not know of: it was not set, or they were muted. Not of
        those that somebody has taken note of.
        """
        now = self._now()
        for alert in self._open:
            if alert.acked_at is None and self._open.mute_of(alert, now) is None:
                outgoing = self._outbox.opened(self._open.standing(alert))
                if outgoing is not None:
                    self._ledger.add(Entry(alert, partial(_put_out, outgoing=outgoing)))

    def _keep_standings(self) -> None:
        """Have the store keep what changed of open alerts; not while it is behind with what matters more."""
        if self._ledger.pending:
            return
        for alert in self._open:
            now = self._open.standing(alert)
            if now != alert:
                self._open.put(now)
                self._ledger.add(Entry(now, partial(alert_rows.keep_standing, alert=now)))

    async def _prune(self) -> None:
        """Forget old messages and alerts, some of them at a time. Raises StoreError."""
        now = self._now()
        if self._pruned_at is None or now - self._pruned_at >= _PRUNE_EVERY:
            self._pruned_at = now
            most = _PRUNED_AT_ONCE
            await self._store.write(partial(prune_deliveries, before=now - _MESSAGES_KEPT, most=most))
            await self._store.write(partial(alert_rows.prune_alerts, before=now - _ALERTS_KEPT, most=most))

    async def _keep_time(self) -> None:
        while True:
            try:
                self.keep()
                await self._prune()
            except StoreError as error:
                log.error("old alerts wait for the store: %s", error.message)
            except Exception:  # time goes on, whatever a look at it meets
                log.exception("a look at mutes and alerts failed")
            await asyncio.sleep(KEEP_SECONDS)


def _alert(alert_id: int, condition: Condition, at: datetime) -> Alert:
    """What a condition says, as the alert that opens by it."""
    code, account = condition.key
    advice = condition.advice
    return Alert(
        alert_id=alert_id,
        severity=condition.severity,
        code=code,
        account=account,
        message=condition.message.en,
        message_ro=condition.message.ro,
        advice=None if advice is None else advice.en,
        advice_ro=None if advice is None else advice.ro,
        opened_at=at,
        value=condition.value,
        peak=condition.value,
        threshold=condition.threshold,
        unit=condition.unit,
        cause=condition.cause,
    )


def _place(mute: Mute) -> str:
    return f"{mute.code} of {mute.account or 'all accounts'}"


def _put_out(connection: Connection, outgoing: Outgoing | None) -> None:
    if outgoing is not None:
        add_delivery(connection, outgoing)
