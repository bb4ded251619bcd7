"""Reads the filters of a call: paging, and what `order/read` and `order/count` narrow by."""

from __future__ import annotations

from dataclasses import dataclass

from magflow_tui.sandbox.jsontypes import JsonObject, whole
from magflow_tui.sandbox.localtime import LocalTime, month_after, parse_wall
from magflow_tui.sandbox.orders import OrderQuery, Walls

MOST_PER_PAGE = 100
MOST_PAGES = 65_535


class FilterError(ValueError):
    """A filter the marketplace refuses; the text is its message."""


@dataclass(frozen=True)
class Paging:
    """A page asked for: its number from 1 and its size, already cut to what the marketplace gives."""

    page: int
    size: int

    @property
    def span(self) -> slice:
        """The places of the page's items."""
        return slice((self.page - 1) * self.size, self.page * self.size)


def paging(filters: JsonObject) -> Paging:
    """The paging of a call: page 1 of 100 by default; bigger pages are cut to 100 without a word."""
    page, size = whole(filters.get("currentPage")), whole(filters.get("itemsPerPage"))
    if page is not None and not 1 <= page <= MOST_PAGES:
        raise FilterError(f"currentPage must be between 1 and {MOST_PAGES}")
    return Paging(page or 1, min(size, MOST_PER_PAGE) if size and size > 0 else MOST_PER_PAGE)


def order_query(filters: JsonObject, time: LocalTime, *, now: int, counting: bool, exclusive: bool) -> OrderQuery:
    """The query of an order call at the moment `now`; raises `FilterError`. Unknown filters are ignored.

    `counting` asks both ends of every span, `exclusive` leaves the bounds' own seconds out.
    """
    order_type = filters.get("type", 3)
    if isinstance(order_type, list):
        raise FilterError("Invalid filter: type accepts a single value")
    complete = whole(filters.get("is_complete"))
    return OrderQuery(
        order_type=3 if order_type in (None, "") else whole(order_type) or 0,
        order_id=whole(filters.get("id")),
        statuses=_numbers(filters.get("status")),
        payments=_numbers(filters.get("payment_mode_id")),
        complete=None if complete is None else bool(complete),
        created=_span(filters, "created", time.wall(now), counting, exclusive),
        modified=_span(filters, "modified", time.wall(now), counting, exclusive),
    )


def _numbers(value: object) -> frozenset[int] | None:
    if value in (None, "", []):
        return None
    given = value if isinstance(value, list) else [value]
    return frozenset(number for number in map(whole, given) if number is not None)


def _span(filters: JsonObject, name: str, now_wall: int, counting: bool, exclusive: bool) -> Walls:
    after, before = (_wall(filters, f"{name}{end}") for end in ("After", "Before"))
    if after is None and before is None:
        return Walls()
    if after is None:
        raise FilterError(f"{name}Before can be used only together with {name}After")
    if counting and before is None:
        raise FilterError(f"Both {name}After and {name}Before are required")
    last = now_wall if before is None else before
    if last > month_after(after):
        raise FilterError(f"The interval between {name}After and {name}Before cannot be longer than 1 month")
    return Walls(after + exclusive, None if before is None else before - exclusive)


def _wall(filters: JsonObject, key: str) -> int | None:
    text = filters.get(key)
    if text in (None, ""):
        return None
    wall = parse_wall(text) if isinstance(text, str) else None
    if wall is None:
        raise FilterError(f"Invalid date format for {key}, expected Y-m-d H:i:s")
    return wall
