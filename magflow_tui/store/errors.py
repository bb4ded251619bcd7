"""What can go wrong with the store, in sentences for operators.

StoreError            cannot be opened, read or written: `message` says what, `hint` the way out
└── StoreVersionError the database was written by a newer MagFlow
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError


class StoreError(Exception):
    """The store cannot do its work. `message` is one sentence, `hint` what to do about it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class StoreVersionError(StoreError):
    """The database has a version this program does not know: `found` in the file, `supported` the newest known here."""

    def __init__(self, path: Path, found: str, supported: str) -> None:
        super().__init__(
            f"the database {path} has version {found}, this MagFlow knows versions up to {supported}",
            "update MagFlow, or choose another data folder with --data-dir",
        )
        self.found = found
        self.supported = supported


#: Words of SQLite's own message, what to tell the operator, and the way out. First match wins.
_KNOWN = (
    ("disk is full", "the disk is full: {path} cannot grow", "free some space; syncs go on from their checkpoint"),
    ("readonly", "the database {path} cannot be written", "check owner and rights of the file and its folder"),
    ("unable to open", "the database {path} cannot be opened", "check that its folder exists and can be written"),
    ("not a database", "{path} is not a database", "move the file away, or choose another data folder"),
    ("malformed", "the database {path} is damaged", "restore a backup, or move the file away and sync again"),
    ("locked", "the database {path} is locked by another program", "close the program that has it open"),
    ("disk i/o error", "the disk fails under the database {path}", "check the disk, then start again"),
)


def as_store_error(error: DBAPIError | sqlite3.Error | OSError, path: Path) -> StoreError:
    """The same fault as a sentence for the operator. The driver's own words are kept where nothing better is known."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    text = str(cause)
    lowered = text.lower()
    for words, message, hint in _KNOWN:
        if words in lowered:
            return StoreError(message.format(path=path), hint)
    return StoreError(f"the database {path} failed: {text}")
