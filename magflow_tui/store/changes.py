"""Which items of a page the store has to write: the new ones, and those that replace what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, NamedTuple, TypeVar

from sqlalchemy import Connection, Table

from magflow_tui.contract.base import Resource
from magflow_tui.marketplace.localtime import is_ambiguous
from magflow_tui.marketplace.schema import Item, Payload
from magflow_tui.store.broken import keep_broken
from magflow_tui.store.clock import local_millis
from magflow_tui.store.payloads import Source, payload_hash
from magflow_tui.store.tallies import add_to_tally
from magflow_tui.store.upsert import read_by_id

T = TypeVar("T", bound=Payload)

_FOLD_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What storing a page did. `items` = `created` + `updated` + `unchanged` + `failed`."""

    items: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0


class Known(NamedTuple):
    """What the store has of an item: the hash of its payload, when it was modified (ms since 1970), its status; of an
    order also its total (1/10 000 units) and how severe its gravest finding is.
    """

    payload_hash: bytes
    modified: int | None = None
    status: int | None = None
    total: int | None = None
    worst_severity: int | None = None


class Arrival(NamedTuple, Generic[T]):
    """An item to be written, with the hash of its payload."""

    item: Item[T]
    value: T
    payload_hash: bytes


@dataclass(slots=True)
class Changes(Generic[T]):
    """What a page changes: items to write by id, what was stored of them before, and the counts."""

    outcome: PageOutcome
    write: dict[int, Arrival[T]] = field(default_factory=dict)
    before: dict[int, Known] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """How one resource's items are told apart: its table, its id, its `modified` text, its status."""

    resource: Resource
    table: Table
    identity: Callable[[T], int]
    modified: Callable[[T], str | None] = lambda _: None
    status: Callable[[T], int | None] = lambda _: None
    known_columns: tuple[str, ...] = ("payload_hash",)


def find_changes(connection: Connection, kind: Kind[T], source: Source, items: Sequence[Item[T]]) -> Changes[T]:
    """Compare a page with the store; keeps items that are too broken to read, and counts new rows in the tally.

    One query a page. The same item twice in a page is stored once, its better state.
    """
    whole = [(item, item.value) for item in items if item.value is not None]
    broken = [item for item in items if item.value is None]
    keep_broken(connection, source, kind.resource, broken)
    known = _read_known(connection, kind, source.account, {kind.identity(value) for _, value in whole})
    before = dict(known)
    write: dict[int, Arrival[T]] = {}
    created = updated = 0
    for item, value in whole:
        id_, digest, modified = kind.identity(value), payload_hash(item.raw), kind.modified(value)
        stored = known.get(id_)
        if stored is None:
            created += 1
        elif stored.payload_hash == digest or not _replaces(stored, modified, source.timezone):
            continue
        else:
            updated += 1
        known[id_] = Known(digest, local_millis(modified, source.timezone), kind.status(value))
        write[id_] = Arrival(item, value, digest)
    add_to_tally(connection, source.account, kind.resource, created)
    outcome = PageOutcome(
        items=len(whole) + len(broken),
        created=created,
        updated=updated,
        unchanged=len(whole) - created - updated,
        failed=len(broken),
    )
    return Changes(outcome, write, before)


def _replaces(known: Known, modified_text: str | None, timezone: str) -> bool:
    """Whether an item whose payload differs from the stored one is stored over it. The newer `modified` wins.

    Where the two cannot be told apart by it (same second, missing, or inside the hour that repeats in autumn) the one
    read later wins, and pages are stored in the order they were read.
    """
    modified = local_millis(modified_text, timezone)
    if modified is None or known.modified is None:
        return True
    behind = known.modified - modified
    return behind <= 0 or (behind < _FOLD_MS and is_ambiguous(modified_text, timezone))


def _read_known(connection: Connection, kind: Kind[T], account: str, ids: Iterable[int]) -> dict[int, Known]:
    rows = read_by_id(connection, kind.table, ("id", *kind.known_columns), account, ids)
    return {row[0]: Known(*row[1:]) for row in rows}
