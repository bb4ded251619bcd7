"""Reading back until it is known what became of what was sent. Nothing is ever sent again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from magflow_tui.engine.actions.answers import Said, judge
from magflow_tui.engine.actions.means import Means
from magflow_tui.engine.actions.reading import OrderReader
from magflow_tui.marketplace.schema import Item, Order
from magflow_tui.store.actions import Fate, OpenAction, finish


@dataclass(frozen=True, slots=True)
class Sent:
    """An action that was sent, when, what its answer says, and from when on it can no longer be carried out."""

    action: OpenAction
    type: int | None
    said: Said
    sent_at: datetime
    settled_at: datetime


async def find_out(reader: OrderReader, means: Means, sent: Sequence[Sent]) -> None:
    """Read the orders back and write down what became of each; ends when all are known.

    What is done is known at the first look. What is not may still happen: it is looked at again once it is settled.
    While the marketplace cannot be read, it is asked again after growing pauses. Raises EndingError when the engine
    ends; what is not known then is found out when it starts again.
    """
    pause = means.policy.pause
    left = list(sent)
    while True:
        since = min(one.sent_at for one in left)
        found = await reader.try_to_read_back([(one.action.order_id, one.type) for one in left], since)
        # Before the clock is asked: what was read earlier may have changed until then.
        now = means.now()
        fates: list[Fate] = []
        waiting: list[Sent] = []
        unreadable = False
        for one, item in zip(left, found, strict=True):
            if isinstance(item, Exception):
                unreadable = True
                waiting.append(one)
                continue
            order = None if item is None else item.value
            fate = judge(one.action, one.said, order, settled=now >= one.settled_at)
            if fate is None:
                waiting.append(one)
            else:
                fates.append(fate)
        await _write_down(reader, means, (item for item in found if isinstance(item, Item)), fates)
        left = waiting
        if not left:
            return
        due = max(0.0, (min(one.settled_at for one in left) - now).total_seconds())
        await means.pause(max(due, pause) if unreadable else due)
        pause = min(2 * pause, means.policy.longest_pause) if unreadable else means.policy.pause


async def _write_down(reader: OrderReader, means: Means, items: Iterable[Item[Order]], fates: Sequence[Fate]) -> None:
    """The orders as read back and what became of them, in one transaction."""
    read = list(items)

    def work(connection: Connection) -> None:
        reader.store(connection, read)
        finish(connection, fates, means.now())

    await means.store.write(work)
