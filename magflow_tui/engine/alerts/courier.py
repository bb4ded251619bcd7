"""Takes messages from the outbox to the webhook, one at a time, and tries again what was not taken.

A message has one id at every attempt. It may arrive twice (the engine ended between the answer and the store's note of
it), by that id receivers know. Nothing here is waited for by anything else in the engine.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Final

import httpx
from sqlalchemy import Connection

from magflow_tui import __version__
from magflow_tui.contract.alerts import Delivery
from magflow_tui.contract.events import EventKind, Severity
from magflow_tui.engine.alerts.messages import Webhook, test_message
from magflow_tui.engine.alerts.schedule import JITTER, PATIENCE, next_attempt
from magflow_tui.engine.alerts.signing import signed_headers
from magflow_tui.marketplace.exchange import parse_retry_after
from magflow_tui.store import Store, StoreError
from magflow_tui.store.deliveries import Attempt, Due, Outgoing, add_delivery, first_due, next_due, settle

log = logging.getLogger(__name__)

#: Seconds that a receiver has for its answer.
ANSWER_SECONDS: Final = 10.0
#: The outbox is looked at again after so many seconds at the latest: the machine's clock may have been set.
_LOOK_SECONDS: Final = 60.0
#: Seconds before the store is asked again after it refused.
_RETRY_SECONDS: Final = 2.0
_STATUSES: Final = frozenset(HTTPStatus)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of one request: its HTTP status, None where there was no answer, and why it is no delivery."""

    status: int | None
    error: str | None
    retry_after: float | None = None


class Courier:
    """Delivers what is in the outbox. `now` gives aware time, `rng` spreads the attempts."""

    def __init__(
        self,
        store: Store,
        webhook: Webhook,
        *,
        notify: Callable[[EventKind, Severity, str, str | None], None],
        now: Callable[[], datetime],
        rng: random.Random,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._store = store
        self._webhook = webhook
        self._notify = notify
        self._now = now
        self._rng = rng
        self._answer_seconds = answer_seconds
        self._woken = asyncio.Event()
        self._http: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        #: An attempt that the store has not taken note of yet: nothing else is sent before it has.
        self._unsettled: Attempt | None = None

    def wake(self) -> None:
        """There is something new in the outbox."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver what is due whenever it is, until cancelled."""
        while True:
            self._woken.clear()
            try:
                due_at = await self.deliver_due()
                seconds = _LOOK_SECONDS if due_at is None else (due_at - self._now()).total_seconds()
            except StoreError as error:
                log.error("messages to the webhook wait for the store: %s", error.message)
                seconds = _RETRY_SECONDS
            except Exception:  # one bad message must not end all delivery
                log.exception("the delivery to the webhook failed")
                seconds = _LOOK_SECONDS
            try:
                async with asyncio.timeout(min(max(seconds, 0.0), _LOOK_SECONDS)):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def deliver_due(self) -> datetime | None:
        """Try everything that is due, each once; when the next one is, None when none waits. Raises StoreError."""
        while True:
            await self._settle()
            due = await self._store.read(partial(first_due, at=self._now()))
            if due is None:
                return await self._store.read(next_due)
            self._unsettled = await self._attempt(due)

    async def test(self) -> Delivery:
        """Send a test message now, once, and keep how it went. Raises StoreError."""
        message = test_message(self._now())
        answer = await self._send(message)

        def keep(connection: Connection) -> Delivery:
            number = add_delivery(connection, message).delivery_id
            return settle(connection, self._attempted(number, answer, next_at=None))

        return await self._store.write(keep)

    async def close(self) -> None:
        """Let go of the connection. Idempotent."""
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()

    async def _settle(self) -> None:
        """Have the store take note of the last attempt. Raises StoreError; it is then kept for the next time."""
        if self._unsettled is not None:
            await self._store.write(partial(settle, attempt=self._unsettled))
            self._unsettled = None

    async def _attempt(self, due: Due) -> Attempt:
        message = due.message
        if self._now() > message.at + PATIENCE:
            answer = _Answer(None, f"older than {PATIENCE.days} days")
            self._tell_given_up(message, answer)
            return self._attempted(due.delivery_id, answer, next_at=None)
        answer = await self._send(message)
        if answer.error is None:
            log.info("%s of alert %s was delivered", message.kind, message.alert_id)
            return self._attempted(due.delivery_id, answer, next_at=None)
        is_gone = answer.status == HTTPStatus.GONE
        next_at = None if is_gone else self._next_attempt(due, answer)
        level = logging.WARNING if _is_refusal(answer.status) else logging.INFO
        log.log(level, "%s of alert %s was not delivered: %s", message.kind, message.alert_id, answer.error)
        if next_at is None:
            self._tell_given_up(message, answer)
        return self._attempted(due.delivery_id, answer, next_at=next_at)

    def _next_attempt(self, due: Due, answer: _Answer) -> datetime | None:
        return next_attempt(
            due.attempts + 1,
            written=due.message.at,
            now=self._now(),
            jitter=self._rng.uniform(-JITTER, JITTER),
            retry_after=answer.retry_after,
        )

    def _attempted(self, delivery_id: int, answer: _Answer, *, next_at: datetime | None) -> Attempt:
        return Attempt(delivery_id, self._now(), answer.error is None, answer.status, answer.error, next_at)

    def _tell_given_up(self, message: Outgoing, answer: _Answer) -> None:
        told = f"The webhook was not told of alert {message.alert_id} ({message.kind}), given up: {answer.error}"
        self._notify("notice", "warning", told, None)

    async def _send(self, message: Outgoing) -> _Answer:
        """One request. Of the answer nothing but status and `Retry-After` is read, and a redirect is not followed."""
        body = message.body.encode()
        headers = {
            "content-type": "application/json",
            "user-agent": f"MagFlow/{__version__}",
            **signed_headers(self._webhook.key, message.message_id, self._now(), body),
        }
        http = await self._client()
        try:
            async with asyncio.timeout(self._answer_seconds):
                async with http.stream("POST", self._webhook.url, content=body, headers=headers) as response:
                    status, wish = response.status_code, response.headers.get("retry-after")
        except (TimeoutError, httpx.TimeoutException):
            return _Answer(None, f"no answer within {self._answer_seconds:g} s")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return _Answer(None, _reason(error))
        return _Answer(status, _complaint(status), parse_retry_after(wish, self._now()))

    async def _client(self) -> httpx.AsyncClient:
        async with self._opening:
            if self._http is None:
                # In a thread: reading the machine's certificates takes tens of milliseconds.
                self._http = await asyncio.to_thread(
                    httpx.AsyncClient,
                    timeout=self._answer_seconds,
                    follow_redirects=False,
                    limits=httpx.Limits(max_keepalive_connections=0),
                )
            return self._http


def _complaint(status: int) -> str | None:
    """What is wrong with an answer of this status, None for one that takes the message."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return f"the answer is {status}: redirects are not followed"
    phrase = HTTPStatus(status).phrase if status in _STATUSES else ""
    return f"the answer is {status} {phrase}".rstrip()


def _is_refusal(status: int | None) -> bool:
    """An answer that will hardly change by itself."""
    retryable = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
    return status is not None and 300 <= status < 500 and status not in retryable


def _reason(error: httpx.HTTPError | httpx.InvalidURL) -> str:
    """Why there is no answer, without the address."""
    if isinstance(error, httpx.ConnectError):
        return f"no connection: {error}" if str(error) else "no connection"
    return f"no answer: {type(error).__name__}"
