"""What a read or count asks for. Filters are top-level keys of the request (nested in `data` they are ignored).

Times are platform-local text, `YYYY-MM-DD HH:MM:SS` (`localtime.format_local` makes it). The marketplace wants an end
to come with its start, both for counts, and at most a month between them; unknown filters are ignored by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Codes: TypeAlias = int | tuple[int, ...]
FilterValue: TypeAlias = int | str | list[int]


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Filters of `order/read` and `order/count`. `type` takes one value; without it FBE orders (2) stay hidden.

    Raises ValueError for an end without its start.
    """

    id: int | None = None
    status: Codes | None = None
    payment_mode_id: Codes | None = None
    is_complete: bool | None = None
    type: int | None = None
    created_after: str | None = None
    created_before: str | None = None
    modified_after: str | None = None
    modified_before: str | None = None

    def __post_init__(self) -> None:
        if (self.created_before and not self.created_after) or (self.modified_before and not self.modified_after):
            raise ValueError("the marketplace takes an end of a time span only with its start")

    def to_json(self) -> dict[str, FilterValue]:
        return _set(
            id=self.id,
            status=self.status,
            payment_mode_id=self.payment_mode_id,
            is_complete=self.is_complete,
            type=self.type,
            createdAfter=self.created_after,
            createdBefore=self.created_before,
            modifiedAfter=self.modified_after,
            modifiedBefore=self.modified_before,
        )


@dataclass(frozen=True, slots=True)
class OfferFilter:
    """Filters of `product_offer/read` and `/count`. The stocks are a range from 0, not equality."""

    id: int | None = None
    status: int | None = None
    part_number: str | None = None
    part_number_key: str | None = None
    general_stock: int | None = None
    estimated_stock: int | None = None
    validation_status: int | None = None
    offer_validation_status: int | None = None
    translation_validation_status: int | None = None

    def to_json(self) -> dict[str, FilterValue]:
        return _set(**{name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class RmaFilter:
    """Filters of `rma/read` and `/count`. `request_status` takes one value."""

    emag_id: int | None = None
    order_id: int | None = None
    product_id: int | None = None
    product_emag_id: int | None = None
    request_status: int | None = None
    date_start: str | None = None
    date_end: str | None = None

    def to_json(self) -> dict[str, FilterValue]:
        return _set(**{name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class CategoryFilter:
    """Filters of `category/read`. Characteristics come only when one category is asked for by id."""

    id: int | None = None

    def to_json(self) -> dict[str, FilterValue]:
        return _set(id=self.id)


Filter: TypeAlias = OrderFilter | OfferFilter | RmaFilter | CategoryFilter


def _set(**values: int | str | tuple[int, ...] | None) -> dict[str, FilterValue]:
    """The filters that are set, as JSON: lists for several codes, 0 and 1 for a flag."""
    filters: dict[str, FilterValue] = {}
    for name, value in values.items():
        if isinstance(value, tuple):
            filters[name] = list(value)
        elif isinstance(value, bool):
            filters[name] = int(value)
        elif value is not None:
            filters[name] = value
    return filters
