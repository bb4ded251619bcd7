"""What the sandbox counts: arrivals, answers, refusals and faults, per account, pool and route."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from magflow_tui.sandbox.jsontypes import JsonObject
from magflow_tui.sandbox.windows import Peak


@dataclass
class PoolStats:
    """Counts of one pool of one account. Peaks are over all arrivals, refused ones included."""

    arrivals: int = 0
    served: int = 0
    refused: int = 0
    second: Peak = field(default_factory=lambda: Peak(1.0))
    minute: Peak = field(default_factory=lambda: Peak(60.0))

    def arrived(self, now: float) -> None:
        """Count an arrival at `now` (monotonic seconds)."""
        self.arrivals += 1
        self.second.record(now)
        self.minute.record(now)


@dataclass
class AccountStats:
    """Counts of one account: by pool, served and refused by route, faults by kind, bytes of bodies sent, and what was
    done to which order how often.
    """

    pools: dict[str, PoolStats] = field(default_factory=lambda: {"orders": PoolStats(), "other": PoolStats()})
    served_by_route: Counter[str] = field(default_factory=Counter)
    refused_by_route: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    bytes_sent: int = 0
    applied: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def note(self, deed: str, order_id: int) -> None:
        """Count something that was done to an order: `acknowledged`, `saved`, `cancelled`, `attached`; and, of what was
        saved, `incomplete` for one that did not have all fields.
        """
        self.applied[deed][order_id] += 1


@dataclass
class Stats:
    """Counts of the whole sandbox. `strangers` are requests with unknown usernames."""

    accounts: dict[str, AccountStats] = field(default_factory=dict)
    strangers: int = 0

    def of(self, account: str) -> AccountStats:
        """The counts of one account."""
        return self.accounts.setdefault(account, AccountStats())

    @property
    def served(self) -> int:
        """Requests answered, with or without fault, but not refused for their rate."""
        return sum(pool.served for account in self.accounts.values() for pool in account.pools.values())

    @property
    def refused(self) -> int:
        """Requests refused with 429 because a window was full."""
        return sum(pool.refused for account in self.accounts.values() for pool in account.pools.values())

    @property
    def faults(self) -> Counter[str]:
        """Faults given, by kind."""
        return sum((account.faults for account in self.accounts.values()), Counter[str]())

    def as_json(self) -> JsonObject:
        """Everything, as `GET /control/stats` shows it."""
        return {
            "served": self.served,
            "refused": self.refused,
            "strangers": self.strangers,
            "faults": dict(self.faults),
            "accounts": {
                name: {
                    "pools": {
                        pool: {
                            "arrivals": counts.arrivals,
                            "served": counts.served,
                            "refused": counts.refused,
                            "most_in_second": counts.second.most,
                            "most_in_minute": counts.minute.most,
                        }
                        for pool, counts in account.pools.items()
                    },
                    "served_by_route": dict(account.served_by_route),
                    "refused_by_route": dict(account.refused_by_route),
                    "faults": dict(account.faults),
                    "bytes_sent": account.bytes_sent,
                    "applied": {
                        deed: {str(order_id): times for order_id, times in orders.items()}
                        for deed, orders in account.applied.items()
                    },
                }
                for name, account in self.accounts.items()
            },
        }
