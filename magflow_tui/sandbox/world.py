"""Everything the sandbox is at a moment: its sellers, its weather, its counts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from magflow_tui.sandbox.config import Latency, Limits, Living, SandboxConfig
from magflow_tui.sandbox.faults import FaultDice
from magflow_tui.sandbox.seller import Seller
from magflow_tui.sandbox.stats import Stats
from magflow_tui.sandbox.windows import pool_windows


class World:
    """The sellers by name, and the limits, latency, faults and pace of life that hold now."""

    def __init__(self, config: SandboxConfig, *, wall_clock: Callable[[], float]) -> None:
        self._wall_clock = wall_clock
        self._ahead = 0.0 if config.now is None else config.now - wall_clock()
        self.began = int(self._time())
        self.limits: Limits = config.limits
        self.latency: Latency = config.latency
        self.living: Living = config.living
        self.exclusive_bounds = config.exclusive_bounds
        self.faults = FaultDice(config.faults, random.Random(f"{config.seed}/faults"))
        self.stats = Stats()
        self.sellers = {
            account.name: Seller(account, seed=config.seed, began=self.began, limits=config.limits)
            for account in config.accounts
        }
        if config.warm:
            for seller in self.sellers.values():
                seller.orders.warm()

    @property
    def now(self) -> int:
        """The moment, in whole seconds; never before the world began."""
        return max(int(self._time()), self.began)

    def live(self) -> int:
        """Let everything due happen; returns the moment."""
        now = max(self._time(), float(self.began))
        for seller in self.sellers.values():
            seller.live(now, self.living)
        return self.now

    def _time(self) -> float:
        return self._wall_clock() + self._ahead

    def seller(self, platform: str, username: str) -> Seller | None:
        """The account of a username on a platform."""
        for seller in self.sellers.values():
            if (seller.account.platform, seller.account.username) == (platform, username):
                return seller
        return None

    def has_platform(self, platform: str) -> bool:
        """Whether any account is on a platform."""
        return any(seller.account.platform == platform for seller in self.sellers.values())

    def chosen(self, account: str | None) -> list[Seller]:
        """One account's seller, or all; KeyError when there is none of that name."""
        return list(self.sellers.values()) if account is None else [self.sellers[account]]

    def set_limits(self, limits: Limits) -> None:
        """Change the rate limits; the windows start empty."""
        self.limits = limits
        for seller in self.sellers.values():
            seller.windows = pool_windows(limits)

    def set_living(self, living: Living) -> None:
        """Change the pace of life, from now on."""
        self.live()
        self.living = living

    def shared_out(self, total: int, account: str | None) -> Iterable[tuple[Seller, int]]:
        """`total` shared evenly between one account or all, the first ones taking what is left over."""
        sellers = self.chosen(account)
        for place, seller in enumerate(sellers):
            yield seller, total // len(sellers) + (place < total % len(sellers))
