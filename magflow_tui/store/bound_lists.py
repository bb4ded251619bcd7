"""Lists of any length as one parameter of a statement: JSON text, which the database takes apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import msgspec
from sqlalchemy import Select, Text, bindparam, func, select

from magflow_tui.contract.findings import OrderKey


def json_of(values: Iterable[int | str]) -> str:
    """The value of a parameter of `listed`."""
    return msgspec.json.encode(list(values)).decode()


def json_of_orders(orders: Iterable[OrderKey]) -> str:
    """The value of a parameter of `listed_orders`."""
    return msgspec.json.encode([(order.account, order.id) for order in orders]).decode()


def listed(parameter: str, value: str | None = None) -> Select[Any]:
    """The values of a list, for `IN`. The parameter's value is given here or when the statement is run."""
    return select(_rows(parameter, value).c.value)


def listed_orders(parameter: str, value: str | None = None) -> Select[Any]:
    """Accounts and ids of a list of orders, for `IN`."""
    pair = _rows(parameter, value).c.value
    return select(func.json_extract(pair, "$[0]"), func.json_extract(pair, "$[1]"))


def _rows(parameter: str, value: str | None) -> Any:
    bound = bindparam(parameter, type_=Text()) if value is None else bindparam(parameter, value, type_=Text())
    return cast("Any", func.json_each(bound).table_valued("value"))
