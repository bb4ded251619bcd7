"""One writer, several readers: the threads and connections through which everything reaches SQLite.

A transaction is one function that runs whole in a thread. That costs one hop a transaction instead of one a statement,
keeps all SQL off the event loop, and makes cancelling harmless: a function that has begun ends, with COMMIT or
ROLLBACK, whatever becomes of the task that waits for it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
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


class Database:
    """Connections to one SQLite file. Opens nothing by itself; the first transaction does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer_engine = _engine(path, size=1, begin="BEGIN IMMEDIATE", read_only=False)
        self._reader_engine = _engine(path, size=READERS, begin="BEGIN", read_only=True)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._closed = False

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in the one writing transaction: committed when it returns, rolled back when it raises.

        Raises StoreError when the database cannot be written; what `work` raises itself passes through.
        """
        return await self._run(self._writer, self._writer_engine, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one consistent state of the database, beside the writer. Raises StoreError as `write` does."""
        return await self._run(self._readers, self._reader_engine, work)

    async def close(self) -> None:
        """Wait for what is running, then let go of the file. Closing twice is harmless."""
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(None, self._shut_down)

    def _shut_down(self) -> None:
        self._writer.shutdown(wait=True)
        self._readers.shutdown(wait=True)
        self._reader_engine.dispose()
        self._writer_engine.dispose()

    async def _run(self, threads: ThreadPoolExecutor, engine: Engine, work: Callable[[Connection], T]) -> T:
        if self._closed:
            raise StoreError(f"the database {self.path} is closed")

        def transaction() -> T:
            try:
                with engine.begin() as connection:
                    return work(connection)
            except (DBAPIError, sqlite3.Error) as error:
                raise as_store_error(error, self.path) from error

        return await asyncio.get_running_loop().run_in_executor(threads, transaction)


def _engine(path: Path, *, size: int, begin: str, read_only: bool) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        # A connection moves between the threads of its pool, and is used by one at a time.
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; SQLAlchemy's `begin` below does
        pragmas: dict[str, str | int] = {
            "page_size": _PAGE_BYTES,  # of a new file
            "journal_mode": "WAL",
            "synchronous": "NORMAL",
            "foreign_keys": "ON",
            "wal_autocheckpoint": _CHECKPOINT_PAGES,
            "cache_size": -_CACHE_KIB,
            "temp_store": "MEMORY",
        }
        if read_only:
            pragmas = {"query_only": "ON", "cache_size": -_CACHE_KIB // 4}
        for name, value in pragmas.items():
            connection.execute(f"PRAGMA {name} = {value}").close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
