"""Single orders of an account, read afresh and stored the way a sync stores them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from magflow_tui.engine.actions.means import AT_ONCE, CONTEXT, ActionAccount, Means
from magflow_tui.marketplace.codes import OrderStatus, OrderType
from magflow_tui.marketplace.errors import EmagApiError
from magflow_tui.marketplace.filters import OrderFilter
from magflow_tui.marketplace.limiter import SlotTimeoutError
from magflow_tui.marketplace.localtime import format_local, parse_local
from magflow_tui.marketplace.schema import Item, Order
from magflow_tui.rules.transitions import OrderState
from magflow_tui.store.actions import earliest
from magflow_tui.store.orders import store_orders
from magflow_tui.store.payloads import Source

#: From so many orders on a page of what was changed is read before single orders are.
WORTH_A_PAGE: Final = 4
#: How far the marketplace's clock may be behind ours for that to find anything.
_CLOCKS_DIFFER: Final = timedelta(minutes=2)


class OrderReader:
    """Reads orders of one account side by side: a request for each, but for many that were just changed."""

    def __init__(self, account: ActionAccount, means: Means) -> None:
        self._account = account
        self._now = means.now
        self._side_by_side = asyncio.Semaphore(AT_ONCE)

    async def read(self, order_id: int, type_: int | None) -> Item[Order] | None:
        """An order as it is now; None when the account has none of that number.

        A type that is not known costs a second request, since both have to be asked for. Raises EmagApiError and
        SlotTimeoutError.
        """
        known = (type_,) if type_ in (OrderType.SELLER, OrderType.FBE) else (OrderType.SELLER, OrderType.FBE)
        async with self._side_by_side:
            return await self._account.client.read_order(order_id, types=known, context=CONTEXT)

    async def try_to_read(self, wanted: Sequence[tuple[int, int | None]]) -> list[Item[Order] | Exception | None]:
        """Orders by id and type, in this order; in place of one that could not be read why."""

        async def attempt(order_id: int, type_: int | None) -> Item[Order] | Exception | None:
            try:
                return await self.read(order_id, type_)
            except (EmagApiError, SlotTimeoutError) as error:
                return error

        return list(await asyncio.gather(*(attempt(order_id, type_) for order_id, type_ in wanted)))

    async def try_to_read_back(
        self, wanted: Sequence[tuple[int, int | None]], since: datetime
    ) -> list[Item[Order] | Exception | None]:
        """As `try_to_read`, of orders that were probably changed `since` then: a page of those holds many of them.

        What is not on the page is read by its number, so a clock of the marketplace's that differs costs requests only.
        """
        found: dict[int, Item[Order]] = {}
        for type_ in (OrderType.SELLER, OrderType.FBE):
            ids = {order_id for order_id, its_type in wanted if its_type == type_}
            if len(ids) < WORTH_A_PAGE:
                continue
            after = format_local(since - _CLOCKS_DIFFER, self._account.platform.timezone)
            try:
                page = await self._account.client.read_orders(
                    OrderFilter(type=type_, modified_after=after), context=CONTEXT
                )
            except (EmagApiError, SlotTimeoutError) as error:
                return [error] * len(wanted)  # by their numbers they could not be read either
            found |= {item.value.id: item for item in page.items if item.value is not None and item.value.id in ids}
        rest = [(order_id, type_) for order_id, type_ in wanted if order_id not in found]
        singly = dict(zip((order_id for order_id, _ in rest), await self.try_to_read(rest), strict=True))
        return [found.get(order_id) or singly[order_id] for order_id, _ in wanted]

    def store(self, connection: Connection, items: Iterable[Item[Order]]) -> None:
        """Store what was read, inside the caller's transaction."""
        platform = self._account.platform
        source = Source(self._account.name, platform.timezone, self._now(), platform)
        store_orders(connection, source, list(items))

    def state(self, order: Order, seen: OrderState | None) -> OrderState:
        """What of an order decides what may be done to it. `seen` is what the store knew of it before."""
        timezone = self._account.platform.timezone
        cancelled: datetime | None = None
        if order.status == OrderStatus.CANCELLED:
            # A later change moves `modified`; when the store first saw it cancelled it has noted.
            before = seen.cancelled_at if seen is not None else None
            cancelled = earliest(parse_local(order.modified, timezone), before)
        return OrderState(
            order_id=order.id,
            type=order.type,
            status=order.status,
            payment_mode_id=order.payment_mode_id,
            finalised_at=parse_local(order.finalization_date, timezone),
            cancelled_at=cancelled,
        )
