"""Rows written as CSV or JSON, a page at a time, in the memory of a page.

CSV is for spreadsheets: it begins with a byte order mark, so that they read ș and ț, and no text in it can be taken for
a formula. JSON is for programs: one list, a row a line, values as the engine's interface writes them.
"""

from __future__ import annotations

import asyncio
import csv
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Protocol, TypeVar

from magflow_tui.tui.output.names import Format
from magflow_tui.tui.output.private_file import PrivateFile

Done = TypeVar("Done")
Item = TypeVar("Item")

#: Encodings by format; the mark is part of the first.
ENCODINGS: Mapping[Format, str] = {"csv": "utf-8-sig", "json": "utf-8"}

Row = Mapping[str, object]

#: What makes a spreadsheet take a text for a formula when it stands first (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: An amount of money is text in JSON; it stays a number in a spreadsheet.
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class Encoder(Protocol):
    """Turns pages of rows into the text of a file."""

    def begin(self) -> str:
        """What stands before the first row."""
        ...

    def rows(self, rows: Sequence[Row]) -> str:
        """Some rows."""
        ...

    def end(self) -> str:
        """What stands behind the last row."""
        ...


class CsvRows:
    """Comma-separated values with a header line, quoted where needed, lines ended as RFC 4180 has it."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns

    def begin(self) -> str:
        """The header."""
        return self._lines([self._columns])

    def rows(self, rows: Sequence[Row]) -> str:
        """A line a row; a column that a row lacks is empty."""
        return self._lines([[cell(row.get(column)) for column in self._columns] for row in rows])

    def end(self) -> str:
        """Nothing."""
        return ""

    def _lines(self, lines: Sequence[Sequence[str]]) -> str:
        text = StringIO(newline="")
        csv.writer(text).writerows(lines)
        return text.getvalue()


class JsonRows:
    """One JSON list, a row a line."""

    def __init__(self) -> None:
        self._any = False

    def begin(self) -> str:
        """The list opens."""
        return "["

    def rows(self, rows: Sequence[Row]) -> str:
        """A line a row."""
        parts = []
        for row in rows:
            parts.append(",\n" if self._any else "\n")
            parts.append(json.dumps(row, ensure_ascii=False, allow_nan=False, default=str))
            self._any = True
        return "".join(parts)

    def end(self) -> str:
        """The list closes."""
        return "\n]\n"


def encoder(kind: Format, columns: Sequence[str]) -> Encoder:
    """What writes a format."""
    return CsvRows(columns) if kind == "csv" else JsonRows()


def cell(value: object) -> str:
    """A value as a spreadsheet's cell: numbers as they are, a text that looks like a formula behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value) if not isinstance(value, (list, tuple, Mapping)) else json.dumps(value, ensure_ascii=False)
    risky = text.lstrip(" \u00a0").startswith(_FORMULA) and not _NUMBER.fullmatch(text)
    return f"'{text}" if risky else text


async def export_rows(
    pages: AsyncIterator[Sequence[Item]],
    rows_of: Callable[[Sequence[Item]], Sequence[Row]],
    path: Path,
    kind: Format,
    columns: Sequence[str],
    progress: Callable[[int], None],
) -> int:
    """Write all pages to a private file at `path`; how many rows that were. `progress` is told after each page.

    Pages become rows and rows become text in a thread. Raises `OSError`, and whatever the pages raise; then, and when
    cancelled, no file is left.
    """
    encode = encoder(kind, columns)
    file = await _unhurried(lambda: PrivateFile(path, encoding=ENCODINGS[kind]))
    count = 0

    def write(page: Sequence[Item]) -> None:
        file.write(encode.rows(rows_of(page)))

    try:
        file.write(encode.begin())
        async for page in pages:
            await _unhurried(partial(write, page))
            count += len(page)
            progress(count)
        file.write(encode.end())
        await _unhurried(file.finish)
    except BaseException:
        await _unhurried(file.abandon)
        raise
    return count


async def _unhurried(work: Callable[[], Done]) -> Done:
    """Do something in a thread, to its end even when we are cancelled meanwhile: a file has one writer at a time."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
