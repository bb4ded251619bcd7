"""What a command prints, and where: tables and sentences for people, JSON for programs.

Without `--json` everything people read goes to stdout, remarks and progress to stderr. With it stdout holds one JSON
document or JSON lines and nothing else, and what people would read goes to stderr.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO, TypeAlias

from magflow_tui.cli.failures import ReaderGoneError
from magflow_tui.cli.wording import printable

if TYPE_CHECKING:
    from pydantic import BaseModel

JsonValue: TypeAlias = "str | int | float | bool | Mapping[str, JsonValue] | Sequence[JsonValue] | None"

#: Columns a table may use when nothing tells how wide the reader is: nothing is cut in a pipe.
_PIPE_WIDTH = 1000


@dataclass(frozen=True)
class Column:
    """A table's column. Numbers stand at the right; `flexible` ones give way on a narrow terminal."""

    title: str
    right: bool = False
    flexible: bool = False


class Printer:
    """Prints for people, or for programs when `json` is true."""

    def __init__(self, *, json: bool) -> None:
        self.json = json

    def document(self, value: BaseModel | JsonValue) -> None:
        """One line of JSON on stdout, at once."""
        _write(sys.stdout, json_text(value) + "\n")

    def payload(self, content: bytes) -> None:
        """Bytes on stdout exactly as they are, and a line feed."""
        _write(sys.stdout, "")
        try:
            sys.stdout.buffer.write(content + b"\n")
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            raise ReaderGoneError from None

    def sentence(self, text: str) -> None:
        """The answer in words."""
        _write(sys.stderr if self.json else sys.stdout, printable_lines(text) + "\n")

    def remark(self, text: str) -> None:
        """Something beside the answer, on stderr."""
        _write(sys.stderr, printable_lines(text) + "\n")

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """The answer as a table; on a terminal it fits the width."""
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        stream = sys.stderr if self.json else sys.stdout
        width = None if stream.isatty() else _PIPE_WIDTH
        console = Console(file=stream, width=width, markup=False, highlight=False, emoji=False)
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for column in columns:
            table.add_column(
                column.title,
                justify="right" if column.right else "left",
                no_wrap=True,
                overflow="ellipsis",
                min_width=None if column.flexible else len(column.title),
            )
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row))
        try:
            console.print(table)
        except BrokenPipeError:
            raise ReaderGoneError from None

    def facts(self, facts: Iterable[tuple[str, str]]) -> None:
        """The answer as names and values, a line each."""
        listed = list(facts)
        width = max((len(name) for name, _ in listed), default=0)
        for name, value in listed:
            self.sentence(f"{name:<{width}}  {value}")


def json_text(value: BaseModel | JsonValue) -> str:
    """Compact JSON on one line; money, times and ids as the contract's models write them."""
    plain: object = value if isinstance(value, (str, int, float, Mapping, Sequence)) or value is None else _dump(value)
    return json.dumps(plain, ensure_ascii=False, separators=(", ", ": "), allow_nan=False)


def printable_lines(text: str) -> str:
    """`text` with its line feeds and nothing else that steers a terminal."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _dump(model: BaseModel) -> object:
    return model.model_dump(mode="json")


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        raise ReaderGoneError from None
