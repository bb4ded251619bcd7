"""What every payload has in common on its way into the store: where it is from, a hash, its issues."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from pydantic_core import to_json

from magflow_tui.marketplace.platforms import Platform
from magflow_tui.marketplace.schema import SchemaIssue

#: Raise it when rows are built differently from the same payload: stored rows are then built anew as they are read.
_ROW_VERSION: Final = b"1"


#: Of more than this at once hashlib lets go of the interpreter, and a page's hundred payloads would each have to win it
#: back from the event loop's thread.
_PIECE: Final = 2047


@dataclass(frozen=True, slots=True)
class Source:
    """Where items come from: the account, its platform's time zone (zoneinfo name), when the page was read (aware).

    Orders are checked as those of the `platform`, as far as it matters only when it is known.
    """

    account: str
    timezone: str
    fetched_at: datetime
    platform: Platform | None = None


def payload_hash(raw: bytes) -> bytes:
    """16 bytes that change when the payload does."""
    digest = hashlib.blake2b(digest_size=16, person=_ROW_VERSION)
    for begin in range(0, len(raw), _PIECE):
        digest.update(raw[begin : begin + _PIECE])
    return digest.digest()


def read_text(read: object) -> str | None:
    """What was read as JSON text for a column; None for None."""
    return None if read is None else to_json(read, exclude_none=True).decode()


def issues_text(issues: Sequence[SchemaIssue]) -> str | None:
    """Schema issues as a JSON list of objects, None for none."""
    return msgspec.json.encode(issues).decode() if issues else None
