"""What is known of offers beside their list: the one under the cursor whole, and the counts of all."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.management import ProductStats
    from magflow_tui.contract.offers import OfferDetail


class OfferDesk:
    """Read when it is looked at, and again when the offers have changed. Reading raises `EngineError`."""

    def __init__(self) -> None:
        self.detail: OfferDetail | None = None
        self.stats: ProductStats | None = None
        self._detail_of: Hashable = None
        self._stats_of: Hashable = None

    def has_detail(self, key: object, signature: Hashable) -> bool:
        """Whether the offer of a list key has been read, as it is in a store of that signature."""
        known = self.detail is not None and (self.detail.row.account, self.detail.row.id) == key
        return known and self._detail_of == signature

    def has_stats(self, signature: Hashable) -> bool:
        """Whether a store of that signature has been counted."""
        return self.stats is not None and self._stats_of == signature

    async def read_detail(self, client: EngineClient, key: tuple[str, int], signature: Hashable) -> None:
        """Fetch an offer whole."""
        account, number = key
        self.detail = await client.offer(number, account=account)
        self._detail_of = signature

    async def read_stats(self, client: EngineClient, signature: Hashable) -> None:
        """Count the offers."""
        self.stats = await client.product_stats()
        self._stats_of = signature
