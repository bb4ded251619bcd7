"""One seller account of the sandbox: its orders, offers, returns and rate windows, and how it lives by itself."""

from __future__ import annotations

import random
from zlib import crc32

import orjson

from magflow_tui.sandbox.catalogue import Catalogue
from magflow_tui.sandbox.config import Limits, Living, SandboxAccount
from magflow_tui.sandbox.damage import KINDS
from magflow_tui.sandbox.jsontypes import as_object
from magflow_tui.sandbox.lifecycle import next_step
from magflow_tui.sandbox.localtime import LocalTime
from magflow_tui.sandbox.offers import OfferBook
from magflow_tui.sandbox.order_body import OrderWriter
from magflow_tui.sandbox.orders import OrderBook
from magflow_tui.sandbox.platforms import MARKETS
from magflow_tui.sandbox.returns import ReturnBook
from magflow_tui.sandbox.timeline import Timeline
from magflow_tui.sandbox.windows import pool_windows

_LIVELY = 3_000
"""Changes mostly happen to this many of the newest orders."""


class Seller:
    """An account and all it holds. `began` is the moment the world began."""

    def __init__(self, account: SandboxAccount, *, seed: int, began: int, limits: Limits) -> None:
        name = f"{seed}/{account.name}"
        self.account = account
        self.market = MARKETS[account.platform]
        self.time = LocalTime(self.market.zone)
        catalogue = Catalogue(self.market, name, account.offers)
        timeline = Timeline(
            name=name,
            base_count=account.orders,
            days=account.days,
            fbe=account.fbe,
            began=began,
            first_id=400_000_000 + crc32(name.encode()) % 400 * 200_000,
        )
        writer = OrderWriter(market=self.market, time=self.time, timeline=timeline, catalogue=catalogue, seed=seed)
        self.orders = OrderBook(timeline=timeline, writer=writer, time=self.time, broken=account.broken)
        self.offers = OfferBook(
            market=self.market, time=self.time, catalogue=catalogue, name=name, count=account.offers, began=began
        )
        self.returns = ReturnBook(
            time=self.time,
            catalogue=catalogue,
            orders=self.orders,
            name=name,
            count=account.rmas,
            began=began,
            days=account.days,
        )
        self.user_id = 10_000 + crc32(account.username.encode()) % 80_000
        self.windows = pool_windows(limits)
        self.ip_refused = account.ip_refused
        self._rng = random.Random(f"{name}/life")
        self._lived_to = float(began)
        self._due_new = self._due_changes = 0.0

    def add(self, count: int, moment: int, *, kinds: tuple[str | None, ...] = (None,)) -> list[int]:
        """`count` new orders arrive at `moment`, damaged by the kinds in turn; returns their ids."""
        indices = [self.orders.add(moment, kinds[each % len(kinds)]) for each in range(count)]
        return [self.orders.timeline.order_id(index) for index in indices]

    def change(self, count: int, moment: int, *, kinds: tuple[str | None, ...] = (None,)) -> list[int]:
        """`count` different orders, drawn from all there are, take their next step at `moment`; returns their ids."""
        chosen = self._rng.sample(range(len(self.orders)), min(count, len(self.orders)))
        for place, index in enumerate(chosen):
            self._step(index, moment, kinds[place % len(kinds)])
        return [self.orders.timeline.order_id(index) for index in chosen]

    def live(self, now: float, living: Living) -> None:
        """Let what is due since the last call happen: each event at its own moment between then and now."""
        elapsed = now - self._lived_to
        if elapsed <= 0:
            return
        new = self._due_new + living.new_orders * elapsed / 60
        changes = self._due_changes + living.changes * elapsed / 60
        self._due_new, self._due_changes = new % 1, changes % 1
        events = ["new"] * int(new) + ["change"] * int(changes)
        self._rng.shuffle(events)
        for place, event in enumerate(events, start=1):
            moment = int(self._lived_to + elapsed * place / len(events))
            kind = self._rng.choice(KINDS) if self._rng.random() < living.broken else None
            if event == "new":
                self.orders.add(moment, kind)
            elif len(self.orders):
                self._step(self._lively_index(), moment, kind)
        self._lived_to = now

    def _lively_index(self) -> int:
        total = len(self.orders)
        first = max(total - _LIVELY, 0) if self._rng.random() < 0.9 else 0
        return self._rng.randrange(first, total)

    def _step(self, index: int, moment: int, kind: str | None) -> None:
        sound = as_object(orjson.loads(self.orders.sound(index)))
        self.orders.change(index, moment, next_step(sound, self._rng), damage=kind or self.orders.damage(index))
