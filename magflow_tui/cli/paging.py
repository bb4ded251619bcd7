"""Lists by keyset page: how many rows a command shows, and walking the pages to get them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias, TypeVar

import click

Decorated = TypeVar("Decorated", bound=Callable[..., object])
Row = TypeVar("Row")

#: Reads one page: at most so many rows, behind a mark; gives the rows and the mark of the page behind.
PageReader: TypeAlias = Callable[[int, str | None], Awaitable[tuple[Sequence[Row], str | None]]]

#: Rows a table has unless told otherwise, and rows asked for at once.
ROWS_FOR_PEOPLE = 100


def limit_option(command: Decorated) -> Decorated:
    """Add `--limit N`."""
    add = click.option(
        "--limit",
        type=click.IntRange(min=0),
        metavar="N",
        help=f"At most N rows, 0 for all.  [default: {ROWS_FOR_PEOPLE}; all with --json]",
    )
    return add(command)


def rows_to_show(limit: int | None, *, json: bool) -> int | None:
    """The most rows to show, None for all: a screenful or two for people, everything for programs."""
    if limit is None:
        return None if json else ROWS_FOR_PEOPLE
    return limit or None


async def walk(read: PageReader[Row], most: int | None, take: Callable[[Row], None]) -> bool:
    """Hand each row to `take`, in order, `most` at most; whether there are more behind."""
    after: str | None = None
    left = most
    while True:
        rows, after = await read(ROWS_FOR_PEOPLE if left is None else min(left, ROWS_FOR_PEOPLE), after)
        for row in rows:
            take(row)
        left = None if left is None else left - len(rows)
        if after is None or (left is not None and left <= 0):
            return after is not None


def more_remark(shown: int) -> str:
    """What stands under a table that was cut."""
    return f"the first {shown}; --limit 0 shows all"
