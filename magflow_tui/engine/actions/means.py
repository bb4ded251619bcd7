"""What carrying out actions takes: accounts, the store, a clock, patience, and a way to stop when the engine ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from magflow_tui.marketplace.client import CallContext, MarketplaceClient
from magflow_tui.marketplace.limiter import Lane
from magflow_tui.marketplace.platforms import Platform
from magflow_tui.store import Store

#: How long a request may wait for its slot, in seconds: longer than a full minute of the limits holds one up.
SLOT_SECONDS: Final = 120.0
#: How many orders of an account are read or acknowledged side by side.
AT_ONCE: Final = 10
#: Whose behalf every request of an action is on: an operator's, so it goes ahead of background work.
CONTEXT: Final = CallContext(lane=Lane.OPERATOR, job="action", slot_timeout=SLOT_SECONDS)


@dataclass(frozen=True, slots=True)
class ActionPolicy:
    """Patience, in seconds.

    `settle` is how long after a request that failed the marketplace may still carry it out; `answer` how long it may
    after the engine that sent it died; `call` how long one write may take in all, waiting for its slot and repeating
    what certainly did not happen included. `pause` is the first wait after a failed reading back, which doubles up to
    `longest_pause`.
    """

    settle: float = 10.0
    answer: float = 40.0
    call: float = 600.0
    pause: float = 5.0
    longest_pause: float = 60.0


@dataclass(frozen=True, slots=True)
class ActionAccount:
    """An account that actions can be sent for. Its `client` repeats what certainly did not happen, a few times."""

    name: str
    platform: Platform
    client: MarketplaceClient


class EndingError(Exception):
    """The engine ends: what is not under way is left as it is."""


@dataclass(frozen=True, slots=True)
class Means:
    """What an account's part of a request works with. `now` gives aware times."""

    store: Store
    policy: ActionPolicy
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    def go_on(self) -> None:
        """Raise EndingError when the engine ends."""
        if self.ending.is_set():
            raise EndingError

    async def pause(self, seconds: float) -> None:
        """Wait, unless the engine ends before: then raise EndingError."""
        self.go_on()
        sleeping = asyncio.ensure_future(self.sleep(seconds))
        ending = asyncio.ensure_future(self.ending.wait())
        try:
            await asyncio.wait({sleeping, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in (sleeping, ending):
                waiting.cancel()
            await asyncio.gather(sleeping, ending, return_exceptions=True)
        self.go_on()
