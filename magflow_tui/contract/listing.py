"""How clients ask for a part of a list: sorted how, meeting which conditions, on which side of which row."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from magflow_tui.contract.base import Command, Model

OrderSort = Literal["date", "modified", "total", "status", "customer"]
OfferSort = Literal["id", "name", "price", "stock", "status"]

#: `has` contains (text) or equals (numbers), `any` has a value at all, the others compare.
ConditionOperator = Literal["has", "any", ">", ">=", "<", "<="]


class Condition(Command):
    """One condition on one field. Without a field `has` searches in what identifies a row: number, name, account.

    `value` is text as people write it: `312.40`, `1.5k`, `new`, `2h` for an age, `2026-03` for a date.
    """

    field: str | None = None
    operator: ConditionOperator = "has"
    value: str = ""
    negated: bool = False


class RowFilter(Command):
    """A row has to meet every condition of at least one of the alternatives; without alternatives every row does."""

    alternatives: tuple[tuple[Condition, ...], ...] = ()


class PageMarks(Model):
    """Where a page stands in its list. Marks are opaque and belong to one sorting of one list.

    A page that was searched for may have fewer rows than were asked for, even none, though there is a page behind it:
    the search stops after some milliseconds, and goes on with the next page.
    """

    next_after: str | None = Field(default=None, description="mark for `after`: the page behind; null at the end")
    next_before: str | None = Field(
        default=None, description="mark for `before`: the page ahead; null at the beginning"
    )
    first: str | None = Field(default=None, description="mark of the first row")
    last: str | None = Field(default=None, description="mark of the last row")
    looked_at: int | None = Field(default=None, description="rows looked at by a search that stopped, null otherwise")


class RowCount(Model):
    """How many rows match. With `next_after` it is the count up to there: ask again from there and add."""

    rows: int
    capped: bool = Field(default=False, description="there are more than it was asked to count")
    looked_at: int = 0
    next_after: str | None = None
