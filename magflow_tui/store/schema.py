"""Opening a database: a new file gets its tables, an older one the steps it lacks, a newer one is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError

from magflow_tui.store.errors import StoreError, StoreVersionError
from magflow_tui.store.migrations import HEAD, KNOWN, VERSION_TABLE

#: The part of an error code that tells its kind, and the kinds that are damage.
_PRIMARY: Final = 0xFF
_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def read_version(connection: Connection, path: Path) -> str | None:
    """The version of the tables, None for a database without any. Raises StoreError for somebody else's database."""
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE in tables:
        # VERSION_TABLE is a constant of ours.
        return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one_or_none()  # noqa: S608
    if tables:
        raise StoreError(
            f"{path} is a database of another program (it has a table {tables[0]})",
            "choose another data folder with --data-dir",
        )
    return None


def damages(connection: Connection, *, most: int = 20) -> tuple[str, ...]:
    """What SQLite finds wrong with the file, `most` sentences at most."""
    try:
        found = connection.exec_driver_sql(f"PRAGMA quick_check({most})").scalars().all()
    except DatabaseError as error:
        # What keeps the check itself from going on is damage too; what only keeps it from reading now is not.
        if getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY not in _DAMAGE:
            raise
        return (str(error.orig),)
    return tuple(text for text in found if text != "ok")


def upgrade(connection: Connection, path: Path) -> None:
    """Bring the tables to this program's version, inside the caller's transaction: all steps or none.

    Raises StoreVersionError when the database is of a version this program does not know.
    """
    version = read_version(connection, path)
    if version == HEAD:
        return
    if version is not None and version not in KNOWN:
        raise StoreVersionError(path, version, HEAD)
    # Importing Alembic takes longer than all else that opening does, and is rarely needed.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "magflow_tui.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
