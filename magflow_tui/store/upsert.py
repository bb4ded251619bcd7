"""The hot path: upserts whose SQL is compiled once, given rows that are already what the driver stores.

This is the one place where the dialect matters and where SQLAlchemy's work per row is left out: compiled statements
are run with `exec_driver_sql` on plain tuples, in the order of the table's columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain
from typing import Final, TypeAlias

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects.sqlite import Insert, insert

Value: TypeAlias = int | float | str | bytes | None
Values: TypeAlias = tuple[Value, ...]
_Sql: TypeAlias = Callable[[Dialect, Table, int], str]

#: Rows in one statement. The driver lets go of the interpreter once a statement; row by row, the writer would have to
#: win it back from the event loop's thread for every row.
_BLOCK: Final = 20


def column_names(table: Table) -> tuple[str, ...]:
    """The order in which `upsert_rows` takes a row's values."""
    return tuple(table.columns.keys())


def upsert_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows, or replace all columns of those whose primary key is there. Values as the driver stores them."""
    _run(connection, _upsert_sql, table, rows)


def insert_new(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows, leaving those alone whose primary key is there."""
    _run(connection, _insert_sql, table, rows)


def _run(connection: Connection, sql: _Sql, table: Table, rows: Sequence[Values]) -> None:
    dialect = connection.dialect
    whole = len(rows) - len(rows) % _BLOCK
    if whole:
        statement = sql(dialect, table, _BLOCK)
        for begin in range(0, whole, _BLOCK):
            connection.exec_driver_sql(statement, tuple(chain.from_iterable(rows[begin : begin + _BLOCK])))
    if whole < len(rows):
        connection.exec_driver_sql(sql(dialect, table, 1), list(rows[whole:]))


@cache
def _upsert_sql(dialect: Dialect, table: Table, rows: int) -> str:
    keys = [column.name for column in table.primary_key.columns]
    statement = insert(table)
    replaced = {name: statement.excluded[name] for name in column_names(table) if name not in keys}
    return _for_rows(statement.on_conflict_do_update(index_elements=keys, set_=replaced), dialect, table, rows)


@cache
def _insert_sql(dialect: Dialect, table: Table, rows: int) -> str:
    return _for_rows(insert(table).on_conflict_do_nothing(), dialect, table, rows)


def _for_rows(statement: Insert, dialect: Dialect, table: Table, rows: int) -> str:
    """The statement's SQL with as many groups of placeholders as there are rows."""
    sql = str(statement.compile(dialect=dialect, column_keys=list(column_names(table))))
    group = sql[sql.index("VALUES ") + len("VALUES ") : sql.index(" ON CONFLICT")]
    return sql.replace(group, ", ".join([group] * rows), 1)
