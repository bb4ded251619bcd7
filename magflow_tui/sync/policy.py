"""What a run is told: its account, and how patient, how far ahead, how careful to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from magflow_tui.marketplace.client import MarketplaceClient
from magflow_tui.marketplace.platforms import Platform


@dataclass(frozen=True, slots=True)
class SyncAccount:
    """A seller account to sync. `history_start` bounds how far back a full sync of orders goes (None: to the first)."""

    name: str
    platform: Platform
    client: MarketplaceClient
    history_start: date | None = None


@dataclass(frozen=True, slots=True)
class SyncPolicy:
    """The numbers of a sync; the defaults are right for the real marketplace. Times in seconds.

    `overlap` is read again before a watermark, for changes that became visible late. `ahead` is how many pages are
    fetched while one is stored, `windows_ahead` how many windows are begun while one is read. A window whose count
    disagrees is read `passes` times; pages set aside are tried in `rounds` rounds at the end, `round_pause` apart.
    While the marketplace is down a run asks again after `outage_pause`, doubling up to `outage_pause_longest`, and
    gives up after `outage_patience`. After `failures_in_a_row` pages that fail, the marketplace counts as down whatever
    else it answers.
    """

    overlap: int = 120
    ahead: int = 8
    windows_ahead: int = 3
    page_size: int = 100
    passes: int = 3
    rounds: int = 3
    round_pause: float = 5.0
    outage_pause: float = 5.0
    outage_pause_longest: float = 60.0
    outage_patience: float = 6 * 3600.0
    failures_in_a_row: int = 5
