"""One writer, several readers: the connections through which everything reaches SQLite.

A transaction is one function on a connection. What writes runs whole in the writer's thread: that costs one hop a
transaction instead of one a statement, and makes cancelling harmless, since a function that has begun ends, with
COMMIT or ROLLBACK, whatever becomes of the task that waits for it. What reads runs on aiosqlite's connections, whose
threads do the SQL; a reader that is cancelled leaves nothing half done.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from magflow_tui.store.errors import StoreError, as_store_error

T = TypeVar("T")

READERS: Final = 3
BUSY_TIMEOUT_MS: Final = 5_000
#: An order's row has about 4 KB and fits one page.
_PAGE_BYTES: Final = 8_192
#: Pages in the write-ahead log before SQLite copies them back; larger means fewer pauses for the disk.
_CHECKPOINT_PAGES: Final = 2_000
_CACHE_KIB: Final = 8_192


@dataclass(frozen=True, slots=True)
class Change:
    """What a single statement did: the rows that it changed, and the seconds that it took of a processor.

    `elapsed` are seconds until its thread went on. With nothing else at work that is how long the writer was held;
    beside a busy loop the writer is free sooner, and the thread waits for the interpreter.
    """

    rows: int
    seconds: float
    elapsed: float


class Database:
    """Connections to one SQLite file. Opens nothing by itself; the first transaction does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer_engine = _writer_engine(path)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._reader_engine = _reader_engine(path)
        self._closed = False

    async def write(self, work: Callable[[Connection], T], *, durable: bool = False) -> T:
        """Run `work` in the one writing transaction: committed when it returns, rolled back when it raises.

        A `durable` one is on the disk when this returns, and survives a loss of power; of others the last few may be
        lost with it, never in part. Raises StoreError when the database cannot be written; what `work` raises itself
        passes through.
        """
        self._check_open()

        def transaction() -> T:
            with (
                self._named_errors(),
                self._writer_engine.connect() as connection,
                _synced(connection, durable),
                connection.begin(),
            ):
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._writer, transaction)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one consistent state of the database, beside the writer. Raises StoreError as `write` does."""
        self._check_open()
        with self._named_errors():
            async with self._reader_engine.connect() as connection:
                return await connection.run_sync(work)

    async def change(self, sql: str, values: Mapping[str, int]) -> Change:
        """Run one statement as a transaction of its own, without copying the log back behind it (see `checkpoint`).

        The driver begins, works and commits in one call, so that the database is locked for as long as that takes and
        no other thread of this process can stretch it. Raises StoreError as `write` does.
        """
        self._check_open()

        def alone() -> Change:
            # On the driver's connection: SQLAlchemy would begin a transaction around it.
            with (
                self._named_errors(),
                self._writer_engine.connect() as connection,
                closing(connection.connection.cursor()) as driver,
            ):
                driver.execute("PRAGMA wal_autocheckpoint = 0")
                try:
                    began, worked = time.perf_counter(), time.thread_time()
                    driver.execute(sql, values)
                    return Change(driver.rowcount, time.thread_time() - worked, time.perf_counter() - began)
                finally:
                    driver.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")

        return await asyncio.get_running_loop().run_in_executor(self._writer, alone)

    async def checkpoint(self) -> None:
        """Copy the write-ahead log back into the file, as far as nobody reads older states, without holding the writer.

        Raises StoreError as `write` does.
        """
        self._check_open()
        with self._named_errors():
            async with self._reader_engine.connect() as connection:
                await connection.run_sync(_copy_back)

    async def close(self) -> None:
        """Wait for what is running, then let go of the file. Closing twice is harmless."""
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(None, self._shut_down)
            await self._reader_engine.dispose()

    def _shut_down(self) -> None:
        self._writer.shutdown(wait=True)
        self._writer_engine.dispose()

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"the database {self.path} is closed")

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, sqlite3.Error) as error:
            raise as_store_error(error, self.path) from error


@contextmanager
def _synced(connection: Connection, durable: bool) -> Iterator[None]:
    """See to it that what is committed inside is synced to the disk, if it is to be."""
    if not durable:
        yield
        return
    # On the driver's connection: SQLAlchemy would begin a transaction, and within one this cannot be changed.
    driver = connection.connection.cursor()
    driver.execute("PRAGMA synchronous = FULL")
    try:
        yield
    finally:
        driver.execute("PRAGMA synchronous = NORMAL")
        driver.close()


def _copy_back(connection: Connection) -> None:
    with closing(connection.connection.cursor()) as driver:
        driver.execute("PRAGMA wal_checkpoint(PASSIVE)")
        driver.fetchall()


def _writer_engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
    )
    pragmas: dict[str, str | int] = {
        "page_size": _PAGE_BYTES,  # of a new file
        "journal_mode": "WAL",
        "synchronous": "NORMAL",
        "foreign_keys": "ON",
        "wal_autocheckpoint": _CHECKPOINT_PAGES,
        "cache_size": -_CACHE_KIB,
        "temp_store": "MEMORY",
    }
    _prepare(engine, pragmas, begin="BEGIN IMMEDIATE")
    return engine


def _reader_engine(path: Path) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        pool_size=READERS,
        max_overflow=0,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000},
    )
    _prepare(engine.sync_engine, {"query_only": "ON", "cache_size": -_CACHE_KIB // 4}, begin="BEGIN")
    return engine


def _prepare(engine: Engine, pragmas: Mapping[str, str | int], begin: str) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; SQLAlchemy's `begin` below does
        for name, value in pragmas.items():
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA {name} = {value}")
            cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
