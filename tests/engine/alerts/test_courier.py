"""The webhook: messages of alerts reach a real receiver over HTTP, signed, in order, whatever it answers."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook as StandardWebhook
from standardwebhooks import WebhookVerificationError

from magflow_tui.config.webhook import signing_key
from magflow_tui.contract.alerts import AckAlerts, Cause, Delivery, MuteAlerts
from magflow_tui.engine.alerts import Webhook, courier
from magflow_tui.engine.alerts.schedule import JITTER
from magflow_tui.rules.findings import Words
from magflow_tui.store import Store, StoreError
from magflow_tui.store.alert_history import AlertsAsked
from tests.engine.alerts.conftest import SECRET, Bench, Clock, Received, Receiver, condition, running

ERRORS = condition(cause=Cause(kind="server_error", text="it fails", text_ro="pică", account="main"))
SLOW = condition(key=("health.response_time", "main"), severity="warning")
TEXT_SECRET = "correct horse battery staple"


@pytest.fixture
def webhook(receiver: Receiver) -> Webhook:
    return Webhook(receiver.url, signing_key(SECRET), "warning")


class Post:
    """A desk whose messages are taken out by hand."""

    def __init__(
        self, store: Store, clock: Clock, webhook: Webhook, *, answer_seconds: float = courier.ANSWER_SECONDS
    ) -> None:
        self.bench = Bench(store, clock, webhook)
        self.courier = courier.Courier(
            store,
            webhook,
            notify=lambda kind, severity, message, _: self.bench.told.append((kind, severity, message)),
            now=clock,
            rng=random.Random(1),
            answer_seconds=answer_seconds,
        )

    async def deliver(self) -> datetime | None:
        """Store what happened, then try what is due; when the next attempt is."""
        await self.bench.desk.history(AlertsAsked())
        return await self.courier.deliver_due()

    async def deliveries(self) -> list[Delivery]:
        """Oldest first."""
        return list((await self.bench.desk.deliveries(50)).deliveries)[::-1]


@asynccontextmanager
async def post(
    store: Store, clock: Clock, webhook: Webhook, *, answer_seconds: float = courier.ANSWER_SECONDS
) -> AsyncIterator[Post]:
    opened = Post(store, clock, webhook, answer_seconds=answer_seconds)
    try:
        yield opened
    finally:
        await opened.courier.close()


@pytest.fixture
async def office(store: Store, clock: Clock, webhook: Webhook) -> AsyncIterator[Post]:
    async with post(store, clock, webhook) as opened:
        yield opened


def verified(request: Received, secret: str | bytes = SECRET) -> dict[str, Any]:
    """The body of a message whose signature holds."""
    body: dict[str, Any] = StandardWebhook(secret).verify(request.body, request.headers)
    return body


def told(receiver: Receiver) -> list[tuple[str, int | None]]:
    """What came in, by the kind of each message and its alert."""
    bodies = (json.loads(request.body) for request in receiver.received)
    return [(body["type"], body["data"].get("alert_id")) for body in bodies]


async def test_an_alert_is_told_when_it_opens_and_closes_and_anybody_can_verify_it(
    receiver: Receiver, store: Store, clock: Clock, webhook: Webhook
) -> None:
    async with running(store, clock, webhook) as bench:
        opened_at = clock()
        bench.read(ERRORS)
        first = await receiver.arrival()
        bench.calm()
        second = await receiver.arrival()
    opened, over = verified(first), verified(second)
    assert (opened["type"], over["type"]) == ("alert.opened", "alert.closed")
    assert datetime.fromisoformat(opened["timestamp"]) == opened_at
    data = opened["data"]
    names = ("alert_id", "code", "severity", "account", "value", "threshold", "unit", "closed_at")
    assert [data[name] for name in names] == [1, "health.error_rate", "critical", "main", 12.0, 5.0, "%", None]
    assert (data["message"], data["message_ro"], data["advice"]) == ("Error rate 12 %", "Rata erorilor 12 %", "Wait.")
    assert data["cause"]["kind"] == "server_error"
    assert data["runbook"]["steps"]
    assert data["runbook"]["steps_ro"]
    assert datetime.fromisoformat(over["data"]["closed_at"]) > opened_at
    assert first.headers["content-type"] == "application/json"
    assert SECRET.removeprefix("whsec_") not in repr(receiver.received)


async def test_what_the_marketplace_quotes_of_people_is_not_sent(office: Post, receiver: Receiver) -> None:
    quoting = "no such buyer: ana.pop@example.com, 0722 123 456"
    words = Words(f"Refused: {quoting}", f"Refuzat: {quoting}")
    cause = Cause(kind="refused", text=quoting, text_ro=quoting, account="main")
    office.bench.read(condition(message=words, cause=cause))
    await office.deliver()
    body = receiver.received[0].body.decode()
    assert "Refused: no such buyer" in body
    assert "ana.pop" not in body
    assert "0722" not in body


async def test_a_signature_does_not_hold_for_another_body_or_secret(office: Post, receiver: Receiver) -> None:
    office.bench.read(ERRORS)
    await office.deliver()
    [request] = receiver.received
    other_id = replace(request, headers={**request.headers, "webhook-id": "msg_other"})
    for wrong in (replace(request, body=request.body + b" "), other_id):
        with pytest.raises(WebhookVerificationError):
            verified(wrong)
    with pytest.raises(WebhookVerificationError):
        verified(request, TEXT_SECRET.encode())


async def test_what_is_refused_is_tried_again_on_the_schedule_under_the_same_id(
    office: Post, receiver: Receiver, clock: Clock
) -> None:
    receiver.answers.extend([500, 503, 204])
    office.bench.read(ERRORS)
    for seconds in (5, 30):
        began = clock()
        due = await office.deliver()
        assert due is not None
        assert abs((due - began).total_seconds() / seconds - 1) <= JITTER
        [waiting] = await office.deliveries()
        assert (waiting.state, waiting.next_at) == ("waiting", due)
        sent = len(receiver.received)
        clock.at = due - timedelta(milliseconds=1)
        assert await office.deliver() == due
        assert len(receiver.received) == sent
        clock.at = due
    assert await office.deliver() is None
    [done] = await office.deliveries()
    assert (done.state, done.attempts, done.status, done.error, done.delivered_at) == (
        *("delivered", 3, 204, None),
        clock(),
    )
    assert len({request.headers["webhook-id"] for request in receiver.received}) == 1
    assert len({request.headers["webhook-timestamp"] for request in receiver.received}) == 3
    assert told(receiver) == [("alert.opened", 1)] * 3


async def test_an_end_is_never_told_before_the_beginning_and_other_alerts_do_not_wait(
    office: Post, receiver: Receiver, clock: Clock
) -> None:
    receiver.answers.append((503, {"retry-after": "600"}))
    office.bench.read(ERRORS)
    due = await office.deliver()
    office.bench.read(ERRORS, SLOW)
    office.bench.calm()
    assert office.bench.desk.open == ()
    assert await office.deliver() == due
    assert told(receiver) == [("alert.opened", 1), ("alert.opened", 2), ("alert.closed", 2)]
    assert due is not None
    clock.at = due
    assert await office.deliver() is None
    assert told(receiver)[3:] == [("alert.opened", 1), ("alert.closed", 1)]


async def test_a_receiver_that_hangs_is_left_and_tried_again(
    receiver: Receiver, store: Store, clock: Clock, webhook: Webhook
) -> None:
    receiver.answers.append(None)
    async with post(store, clock, webhook, answer_seconds=0.05) as office:
        office.bench.read(ERRORS)
        assert await office.deliver() is not None
        [waiting] = await office.deliveries()
        assert (waiting.state, waiting.status, waiting.error) == ("waiting", None, "no answer within 0.05 s")


async def test_a_desk_stops_at_once_while_a_receiver_hangs_and_the_next_one_delivers(
    receiver: Receiver, store: Store, clock: Clock, webhook: Webhook
) -> None:
    receiver.answers.append(None)
    async with running(store, clock, webhook) as bench:
        bench.read(ERRORS)
        first = await receiver.arrival()
        bench.read(ERRORS, SLOW)
        assert len(bench.desk.open) == 2
        await asyncio.wait_for(bench.desk.stop(), 1)
    async with running(store, clock, webhook):
        again = [await receiver.arrival(), await receiver.arrival()]
    assert first.headers["webhook-id"] == again[0].headers["webhook-id"]
    assert told(receiver) == [("alert.opened", 1), ("alert.opened", 1), ("alert.opened", 2)]


async def test_nobody_at_the_address_is_said_without_the_address(store: Store, clock: Clock) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    nowhere = Webhook(f"http://127.0.0.1:{port}/?key=of-the-address", signing_key(SECRET), "warning")
    async with post(store, clock, nowhere) as office:
        office.bench.read(ERRORS)
        assert await office.deliver() is not None
        [waiting] = await office.deliveries()
        assert (waiting.state, waiting.status) == ("waiting", None)
        assert (waiting.error or "").startswith("no connection")
        assert "of-the-address" not in repr(await office.bench.desk.deliveries(1))


async def test_a_receiver_that_is_gone_is_given_up_and_everybody_told(office: Post, receiver: Receiver) -> None:
    receiver.answers.append(410)
    office.bench.read(ERRORS)
    assert await office.deliver() is None
    [gone] = await office.deliveries()
    assert (gone.state, gone.status, gone.next_at) == ("given_up", 410, None)
    assert office.bench.told[-1] == (
        *("notice", "warning"),
        "The webhook was not told of alert 1 (alert.opened), given up: the answer is 410 Gone",
    )


@pytest.mark.parametrize(
    ("answer", "level", "error"),
    [
        (404, "WARNING", "the answer is 404 Not Found"),
        ((302, {"location": "/elsewhere"}), "WARNING", "the answer is 302: redirects are not followed"),
        (429, "INFO", "the answer is 429 Too Many Requests"),
        (599, "INFO", "the answer is 599"),
    ],
)
async def test_every_other_answer_is_tried_again_and_a_refusal_is_a_warning_in_the_log(
    office: Post, receiver: Receiver, caplog: pytest.LogCaptureFixture, answer: Any, level: str, error: str
) -> None:
    receiver.answers.append(answer)
    office.bench.read(ERRORS)
    with caplog.at_level(logging.INFO, "magflow_tui.engine.alerts"):
        assert await office.deliver() is not None
    assert len(receiver.received) == 1
    assert (await office.deliveries())[0].error == error
    [record] = [record for record in caplog.records if "not delivered" in record.message]
    assert record.levelname == level
    assert "of-the-address" not in caplog.text


async def test_a_wish_to_come_back_later_is_heeded(office: Post, receiver: Receiver, clock: Clock) -> None:
    receiver.answers.append((429, {"retry-after": "120"}))
    office.bench.read(ERRORS)
    assert await office.deliver() == clock() + timedelta(seconds=120)


async def test_a_message_that_waits_is_signed_with_the_secret_of_the_day(
    office: Post, receiver: Receiver, store: Store, clock: Clock, webhook: Webhook
) -> None:
    receiver.answers.append(500)
    office.bench.read(ERRORS)
    due = await office.deliver()
    assert due is not None
    clock.at = due
    async with post(store, clock, replace(webhook, key=signing_key(TEXT_SECRET))) as rotated:
        assert await rotated.deliver() is None
    before, after = receiver.received
    assert before.headers["webhook-id"] == after.headers["webhook-id"]
    assert verified(before)["data"] == verified(after, TEXT_SECRET.encode())["data"]


async def test_an_attempt_that_the_store_could_not_note_is_noted_later_and_not_made_again(
    office: Post, receiver: Receiver, store: Store
) -> None:
    office.bench.read(ERRORS)
    broken = "CREATE TRIGGER full BEFORE UPDATE ON deliveries BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
    await store.write(lambda connection: connection.exec_driver_sql(broken))
    for _ in range(2):
        with pytest.raises(StoreError):
            await office.deliver()
    await store.write(lambda connection: connection.exec_driver_sql("DROP TRIGGER full"))
    assert await office.deliver() is None
    assert (await office.deliveries())[0].state == "delivered"
    assert len(receiver.received) == 1


async def test_a_message_of_three_days_ago_is_not_sent_any_more(office: Post, receiver: Receiver, clock: Clock) -> None:
    office.bench.read(ERRORS)
    await office.bench.desk.history(AlertsAsked())
    clock.forward(days=3, seconds=1)
    assert await office.deliver() is None
    assert receiver.received == []
    [given_up] = await office.deliveries()
    assert (given_up.state, given_up.error) == ("given_up", "older than 3 days")


async def test_less_than_the_least_severity_is_not_told(
    receiver: Receiver, store: Store, clock: Clock, webhook: Webhook
) -> None:
    async with post(store, clock, replace(webhook, min_severity="critical")) as office:
        office.bench.read(SLOW, ERRORS)
        office.bench.calm()
        await office.deliver()
    assert told(receiver) == [("alert.opened", 2), ("alert.closed", 2)]


async def test_a_muted_alert_is_told_when_it_is_heard_again_and_not_at_all_when_it_ends_before(
    office: Post, receiver: Receiver, clock: Clock
) -> None:
    for code in (ERRORS.key[0], SLOW.key[0]):
        await office.bench.desk.mute(MuteAlerts(code=code, account="main", minutes=10, by="ana"))
    acked = condition(key=("sync.stale", "main"))
    await office.bench.desk.mute(MuteAlerts(code=acked.key[0], account=None, minutes=10, by="ana"))
    office.bench.read(ERRORS, SLOW, acked)
    await office.bench.desk.acknowledge(AckAlerts(alert_ids=(3,), by="ana"))
    for _ in range(14):
        clock.forward(seconds=5)
        office.bench.read(ERRORS, acked)
    assert [alert.alert_id for alert in office.bench.desk.open] == [3, 1]
    await office.deliver()
    assert receiver.received == []
    clock.forward(minutes=10)
    office.bench.desk.keep()
    office.bench.desk.keep()
    await office.deliver()
    assert told(receiver) == [("alert.opened", 1)]


async def test_an_alert_that_was_told_and_then_muted_is_told_to_be_over(office: Post, receiver: Receiver) -> None:
    office.bench.read(ERRORS)
    await office.bench.desk.mute(MuteAlerts(code=ERRORS.key[0], account="main", minutes=60, by="ana"))
    office.bench.calm()
    await office.deliver()
    assert told(receiver) == [("alert.opened", 1), ("alert.closed", 1)]


async def test_alerts_that_are_open_when_a_webhook_is_set_are_told_once(
    receiver: Receiver, store: Store, clock: Clock, webhook: Webhook
) -> None:
    async with running(store, clock) as without:
        without.read(ERRORS)
    async with running(store, clock, webhook) as bench:
        await receiver.arrival()
        while (await bench.desk.deliveries(1)).deliveries[0].state == "waiting":
            pass  # the answer is on its way
    async with running(store, clock, webhook) as again:
        again.desk.keep()
        assert [alert.alert_id for alert in again.desk.open] == [1]
        assert len((await again.desk.deliveries(9)).deliveries) == 1
    assert told(receiver) == [("alert.opened", 1)]


async def test_a_test_is_sent_once_at_once_and_kept_with_how_it_went(office: Post, receiver: Receiver) -> None:
    receiver.answers.extend([500, 200])
    refused, taken = await office.courier.test(), await office.courier.test()
    assert (refused.state, refused.status, refused.next_at, refused.alert_id) == ("given_up", 500, None, None)
    assert (taken.state, taken.status, taken.attempts) == ("delivered", 200, 1)
    assert await office.deliver() is None
    assert told(receiver) == [("webhook.test", None)] * 2
    assert await office.deliveries() == [refused, taken]
