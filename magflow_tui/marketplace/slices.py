"""The parts of a JSON container as exact slices of its bytes, so that a payload can be kept as it came.

`msgspec` does this at the speed of a scan. What it refuses (`NaN`, half a surrogate pair, ten thousand levels of
nesting) may be one bad value among a hundred good orders, so a second, slower way only matches brackets and strings
and leaves the judgement of each part to whoever reads it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

import msgspec

_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ELEMENTS: Final = msgspec.json.Decoder(list[msgspec.Raw])

# A string, a bracket, a comma or a colon; a quote alone is a string that never ends.
_TOKEN: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:"]', re.DOTALL)
_CLOSING: Final = {b"[": b"]", b"{": b"}"}


class BrokenJsonError(ValueError):
    """The container itself does not hold together: cut short, or brackets that do not match."""


def object_members(raw: bytes) -> dict[str, bytes]:
    """The members of a JSON object by key, the last of equal keys. BrokenJsonError when it is not an object."""
    try:
        return {key: bytes(value) for key, value in _MEMBERS.decode(raw).items()}
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return dict(_member(part) for part in _parts(raw, b"{"))


def list_elements(raw: bytes) -> list[bytes]:
    """The elements of a JSON list, each in its exact bytes. BrokenJsonError when it is not a list."""
    try:
        return [bytes(element) for element in _ELEMENTS.decode(raw)]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return list(_parts(raw, b"["))


def _parts(raw: bytes, opening: bytes) -> Iterator[bytes]:
    """What stands between the commas of a container, without judging it."""
    raw = raw.strip()
    if not raw.startswith(opening):
        raise BrokenJsonError(f"starts with {raw[:20]!r}, not with {opening.decode()!r}")
    open_brackets: list[bytes] = []
    begin = 1
    for match in _TOKEN.finditer(raw):
        token = match.group()
        if token in _CLOSING:
            open_brackets.append(token)
        elif token in (b"]", b"}"):
            if not open_brackets or _CLOSING[open_brackets.pop()] != token:
                raise BrokenJsonError(f"unmatched {token.decode()!r} at byte {match.start()}")
            if not open_brackets:
                if match.end() != len(raw):
                    raise BrokenJsonError(f"{len(raw) - match.end()} bytes behind the end")
                last = raw[begin : match.start()].strip()
                if last or begin > 1:
                    yield last
                return
        elif token == b"," and len(open_brackets) == 1:
            yield raw[begin : match.start()].strip()
            begin = match.end()
        elif token == b'"':
            break
    raise BrokenJsonError(f"cut short after {len(raw)} bytes")


def _member(part: bytes) -> tuple[str, bytes]:
    key = _TOKEN.match(part)
    colon = None if key is None else _TOKEN.search(part, key.end())
    if key is None or colon is None or colon.group() != b":":
        raise BrokenJsonError(f"no key in {part[:20]!r}")
    try:
        name = json.loads(key.group())
    except ValueError:
        name = None
    if not isinstance(name, str):
        raise BrokenJsonError(f"no key in {part[:20]!r}")
    return name, part[colon.end() :].strip()
