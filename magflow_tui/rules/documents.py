"""The orders in a document: a JSON list, one order, an answer of the API, the body of a save, or JSON lines.

Each order keeps its exact bytes; nothing goes through a number or a text on the way. JSON lines are read a line at a
time, so their number costs no memory; everything else is one JSON value and has to be whole before it can be read. A
line that is broken is handed on like the others: what is wrong with it is for whoever checks it to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from magflow_tui.marketplace.slices import BrokenJsonError, list_elements, object_members

_BOM: Final = b"\xef\xbb\xbf"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_BLANK: Final = b" \t\r\n"


class UnreadableDocumentError(Exception):
    """What was given holds no orders at all. The text says what it is instead, `hint` the way out."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def order_parts(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The orders of a document, each as the bytes of its JSON value, in their order.

    `lines` are the document's, as iterating over a binary file gives them. Raises `UnreadableDocumentError` as long as
    nothing has been handed on yet.
    """
    source = _without_mark(lines)
    full = filter(_is_full, source)
    first = next(full, None)
    if first is None:
        raise UnreadableDocumentError("there is nothing in it", "it takes orders as JSON, a list or one a line")
    if first.startswith(_UTF_16) or b"\0" in first:
        raise UnreadableDocumentError("it is not text in UTF-8", "`iconv -t utf-8` turns other text into it")
    second = next(full, None)
    if second is None:
        return _whole(first)
    # A list that stands on several lines may have its orders on lines of their own, so it has to be seen whole.
    if _is_whole(first) or (not first.lstrip(_BLANK).startswith(b"[") and _is_object(second)):
        return (line.strip(_BLANK) for line in chain((first, second), full))
    rest = list(source)
    try:
        return _whole(b"".join((first, second, *rest)))
    except UnreadableDocumentError:
        # No value as a whole, but maybe lines, of which the first ones are broken.
        if not any(map(_is_object, rest)):
            raise
    return (line.strip(_BLANK) for line in chain((first, second), filter(_is_full, rest)))


def _without_mark(lines: Iterable[bytes]) -> Iterator[bytes]:
    for number, line in enumerate(lines):
        yield line if number else line.removeprefix(_BOM)


def _is_full(line: bytes) -> bool:
    return bool(line.strip(_BLANK))


def _whole(document: bytes) -> Iterator[bytes]:
    """The orders of one JSON value."""
    document = document.strip(_BLANK)
    try:
        if document.startswith(b"["):
            return iter(list_elements(document))
        if document.startswith(b"{"):
            return _in_object(document)
        json.loads(document)
    except (ValueError, RecursionError) as error:  # BrokenJsonError is a ValueError too
        raise UnreadableDocumentError(
            f"it is not JSON: {_reason(document, error)}", "it takes orders as JSON, a list or one a line"
        ) from error
    return iter((document,))


def _in_object(document: bytes) -> Iterator[bytes]:
    members = object_members(document)
    if "id" in members:
        return iter((document,))
    if "results" in members:
        return _results(members)
    if "data" in members and members["data"].startswith(b"["):
        return iter(list_elements(members["data"]))
    if "isError" in members:
        raise _refused(members)
    return iter((document,))


def _results(members: dict[str, bytes]) -> Iterator[bytes]:
    results = members["results"]
    if results.startswith(b"["):
        elements = list_elements(results)
        if not elements and members.get("isError") == b"true":
            raise _refused(members)
        return iter(elements)
    if results.startswith(b"{"):
        return iter((results,))
    raise _refused(members)


def _refused(members: dict[str, bytes]) -> UnreadableDocumentError:
    said = members.get("messages", b"")[:200].decode("utf-8", errors="replace")
    return UnreadableDocumentError(
        f"it is an answer of the marketplace without results{f': {said}' if said.strip('[]') else ''}",
        "it takes an answer of order/read that succeeded",
    )


def _is_whole(line: bytes) -> bool:
    """Whether a line is a JSON value, whatever is in it."""
    try:
        _whole(line)
    except UnreadableDocumentError:
        return False
    return True


def _is_object(line: bytes) -> bool:
    """Whether a line is an object that is closed on it."""
    try:
        object_members(line)
    except BrokenJsonError:
        return False
    return True


def _reason(document: bytes, error: Exception) -> str:
    if isinstance(error, BrokenJsonError):
        return str(error)
    if isinstance(error, UnicodeDecodeError):
        return "it is not text in UTF-8"
    return "nested too deeply" if isinstance(error, RecursionError) else f"it starts with {document[:20]!r}"
