"""What every payload has in common on its way into the store: a hash, its inner JSON, its issues."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

import msgspec
from pydantic_core import to_json

from magflow_tui.marketplace.schema import SchemaIssue

#: Raise it when rows are built differently from the same payload: stored rows are then built anew as they are read.
_ROW_VERSION: Final = b"1"


@dataclass(frozen=True, slots=True)
class Source:
    """Where items come from: the account, its platform's time zone (zoneinfo name), when the page was read (aware)."""

    account: str
    timezone: str
    fetched_at: datetime


def payload_hash(raw: bytes) -> bytes:
    """16 bytes that change when the payload does."""
    return hashlib.blake2b(raw, digest_size=16, person=_ROW_VERSION).digest()


class Slices(msgspec.Struct):
    """Base of the views that cut lists and objects out of a payload as JSON text."""


S = TypeVar("S", bound=Slices)


def cut(decoder: msgspec.json.Decoder[S], raw: bytes) -> S | None:
    """The inner JSON of a payload, unchanged; None when only the tolerant reader could make sense of it."""
    try:
        return decoder.decode(raw)
    except msgspec.DecodeError:
        return None


def json_text(slice_: msgspec.Raw, read: object) -> str | None:
    """JSON text for a column: the slice as it came, or, when it is empty, what was read. None for null and absent."""
    text = bytes(slice_)
    if not text:
        return read_text(read)
    return None if text == b"null" else text.decode(errors="replace")


def read_text(read: object) -> str | None:
    """What was read as JSON text for a column; None for None."""
    return None if read is None else to_json(read).decode()


def issues_text(issues: Sequence[SchemaIssue]) -> str | None:
    """Schema issues as a JSON list of objects, None for none."""
    return msgspec.json.encode(issues).decode() if issues else None
