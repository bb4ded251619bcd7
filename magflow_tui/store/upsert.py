"""The hot path: a page's reads and upserts, whose SQL is compiled once, on values as the driver stores them.

This is the one place where the dialect matters and where SQLAlchemy's work per row is left out: compiled statements
are run with `exec_driver_sql` on plain tuples, in the order of the table's columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Dialect, Table, bindparam, func, select
from sqlalchemy.dialects.sqlite import Insert, insert

Value: TypeAlias = int | float | str | bytes | None
Values: TypeAlias = tuple[Value, ...]
_Sql: TypeAlias = Callable[[Dialect, Table, int], str]

#: Rows in one statement: a page in one, its lines in a few. The driver lets go of the interpreter with each statement,
#: and the writer has to win it back from the event loop's thread. Few sizes, since a prepared statement is large.
_BLOCKS: Final = (200, 100, 50, 20, 10, 5, 2, 1)


def column_names(table: Table) -> tuple[str, ...]:
    """The order in which `upsert_rows` takes a row's values."""
    return tuple(table.columns.keys())


def upsert_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows, or replace all columns of those whose primary key is there. Values as the driver stores them."""
    _run(connection, _upsert_sql, table, rows)


def insert_new(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows, leaving those alone whose primary key is there."""
    _run(connection, _insert_sql, table, rows)


def read_by_id(
    connection: Connection, table: Table, columns: tuple[str, ...], account: str, ids: Iterable[int]
) -> list[tuple[Any, ...]]:
    """Columns of an account's rows with these ids, as the driver stores them."""
    sql = _select_sql(connection.dialect, table, columns)
    found = connection.exec_driver_sql(sql, (account, f"[{','.join(map(str, ids))}]"))
    return [tuple(row) for row in found]


def _run(connection: Connection, sql: _Sql, table: Table, rows: Sequence[Values]) -> None:
    begin = 0
    for block in _BLOCKS:
        while len(rows) - begin >= block:
            values = tuple(chain.from_iterable(rows[begin : begin + block]))
            connection.exec_driver_sql(sql(connection.dialect, table, block), values)
            begin += block


@cache
def _select_sql(dialect: Dialect, table: Table, columns: tuple[str, ...]) -> str:
    wanted = func.json_each(bindparam("ids")).table_valued("value")
    found = table.c.account == bindparam("account"), table.c.id.in_(select(wanted.c.value))
    return str(select(*(table.c[name] for name in columns)).where(*found).compile(dialect=dialect))


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
