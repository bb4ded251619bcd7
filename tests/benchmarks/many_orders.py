"""A store with as many invented orders as are wanted, written straight into a real store's tables."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from magflow_tui.store import Store
from magflow_tui.store.tables import ORDERS

FIRST_NAMES = ("Ana", "Ion", "Mihai", "Daria", "Sorin", "Ilinca", "Ștefan", "Radu", "Elena", "Paul")
LAST_NAMES = ("Pop", "Rusu", "Nistor", "Cernat", "Dobre", "Lungu", "Vasile", "Mocanu", "Ispas", "Tudor")
#: Every so many orders one is of this customer, first at this place of the list; the oldest order is of another one.
OFTEN, OFTEN_EVERY, OFTEN_FIRST = "Zamfira Quasimodo", 50, 60
ONCE = "Yolanda Quintilian"
MINUTE = 60_000
COLUMNS = (
    *("account", "id", "type", "status", "placed", "date", "created", "modified", "payment_mode_id", "customer_name"),
    *("currency", "total", "findings", "worst_rule", "worst_severity", "fetched_at", "payload_hash", "raw"),
)
#: One order in five hundred has a finding, of one of these rules in turn.
FAULTY, RULES = 0.002, ("schema.container", "schema.number")


def fill(path: Path, count: int, newest: int, payload_bytes: int) -> None:
    """Make a store at `path` with `count` orders, a minute apart, the newest placed at `newest` (ms since 1970)."""
    asyncio.run(_make(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000"):
            database.execute(f"PRAGMA {pragma}")
        indexes = [(index.name, _sql(database, str(index.name))) for index in ORDERS.indexes]
        for name, _ in indexes:
            database.execute(f"DROP INDEX {name}")
        database.execute("BEGIN")
        holes = ", ".join("?" * len(COLUMNS))
        insert = f"INSERT INTO orders ({', '.join(COLUMNS)}) VALUES ({holes})"  # noqa: S608 (constants)
        database.executemany(insert, _rows(count, newest, payload_bytes))
        findings = (
            "INSERT INTO findings (account, order_id, rule, severity, path, state, opened_at) "
            "SELECT account, id, worst_rule, worst_severity, '$', 'open', fetched_at FROM orders WHERE findings > 0"
        )
        invalid = database.execute(findings).rowcount
        database.execute("INSERT INTO tallies VALUES ('main', 'orders', ?, 0, ?)", (count, invalid))
        database.execute("COMMIT")
        for _, sql in indexes:
            database.execute(sql)


async def _make(path: Path) -> None:
    async with await Store.open(path):
        pass


def _sql(database: sqlite3.Connection, index: str) -> str:
    [(sql,)] = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", (index,)).fetchall()
    return str(sql)


def _rows(count: int, newest: int, payload_bytes: int) -> Iterator[tuple[object, ...]]:
    """Rows, oldest first."""
    dice = random.Random(1)
    payload = json.dumps({"vendor_name": "Magazin Inventat", "observation": "x" * max(0, payload_bytes - 80)}).encode()
    for number in range(count):
        from_top = count - 1 - number
        customer = f"{dice.choice(FIRST_NAMES)} {dice.choice(LAST_NAMES)}"
        if from_top >= OFTEN_FIRST and (from_top - OFTEN_FIRST) % OFTEN_EVERY == 0:
            customer = OFTEN
        if number == 0:
            customer = ONCE
        placed = newest - from_top * MINUTE
        rule = RULES[number % len(RULES)] if dice.random() < FAULTY else None
        yield (
            *("main", 400_000_000 + number, 3, dice.choice((0, 2, 3, 4, 4, 4, 5))),
            *(placed, placed, placed, placed + dice.randrange(10**8), dice.choice((1, 2, 3)), customer, "RON"),
            *(dice.randrange(100_000, 50_000_000), int(rule is not None), rule, None if rule is None else 0),
            *(placed, b"h" * 16, payload),
        )
