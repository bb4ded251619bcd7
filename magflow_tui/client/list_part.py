"""Which part of a list a client wants, as the query parameters that every list of the engine takes."""

from __future__ import annotations

from dataclasses import dataclass, field

from magflow_tui.contract.listing import OfferSort, OrderSort, RowFilter


@dataclass(frozen=True, slots=True)
class ListPart:
    """`limit` rows behind the mark `after`, before the mark `before`, from the row `start_at` on, or the last ones
    (`from_end`); the first ones when none of them is given. `sort` and `descending` are the list's own when None.
    """

    account: str | None = None
    where: RowFilter = field(default_factory=RowFilter)
    sort: OrderSort | OfferSort | None = None
    descending: bool | None = None
    limit: int = 100
    after: str | None = None
    before: str | None = None
    start_at: str | None = None
    from_end: bool = False

    def params(self) -> dict[str, str | int | bool | None]:
        """As query parameters; those that are None are left out."""
        return {
            "account": self.account,
            "where": self.where.model_dump_json(exclude_defaults=True) if self.where.alternatives else None,
            "sort": self.sort,
            "descending": self.descending,
            "limit": self.limit,
            "after": self.after,
            "before": self.before,
            "start_at": self.start_at,
            "from_end": self.from_end or None,
        }
