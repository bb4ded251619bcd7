"""What rooms of the API have in common: how a part of a list is asked for, whose order is meant, mistakes by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AfterValidator, ValidationError

from magflow_tui.contract.listing import RowFilter
from magflow_tui.engine.api.errors import ApiError
from magflow_tui.engine.engine import Engine
from magflow_tui.engine.failures import as_sentence
from magflow_tui.store.list_query import ListQuery


def _lower(name: str | None) -> str | None:
    return None if name is None else name.lower()


Limit = Annotated[int, Query(ge=1, le=500)]
Most = Annotated[int, Query(ge=1, le=100_000, description="count no further than this")]
Where = Annotated[str | None, Query(description="a RowFilter as JSON")]
Account = Annotated[str | None, Query(description="name of an account, in any case"), AfterValidator(_lower)]


def filter_of(where: str | None) -> RowFilter:
    """A filter out of its JSON. Raises `ApiError` for what is none."""
    try:
        return RowFilter() if where is None else RowFilter.model_validate_json(where)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]["msg"]
        raise ApiError(400, "bad_request", as_sentence(f"where is no filter: {problem}"), detail="where") from None


class _ListPart:
    """The part of a list that is asked for, in the words that all lists have."""

    def __init__(
        self,
        account: Account = None,
        where: Where = None,
        descending: Annotated[bool | None, Query(description="null: the list's own direction")] = None,
        limit: Limit = 100,
        after: Annotated[str | None, Query(description="rows behind this mark")] = None,
        before: Annotated[str | None, Query(description="rows before this mark")] = None,
        start_at: Annotated[str | None, Query(description="rows from this mark's on")] = None,
        from_end: Annotated[bool, Query(description="the last rows")] = False,
    ) -> None:
        self.query = ListQuery(
            account=account,
            where=filter_of(where),
            descending=descending,
            limit=limit,
            after=after,
            before=before,
            start_at=start_at,
            from_end=from_end,
        )


ListPart = Annotated[_ListPart, Depends()]


async def owner_of(engine: Engine, order_id: int, account: str | None) -> str | None:
    """The account to look in. Raises `ApiError` when several have the id and none is named."""
    if account is not None:
        return account
    owners = await engine.store.accounts_of_order(order_id)
    if len(owners) > 1:
        message = f"Several accounts have an order {order_id}: {', '.join(owners)}."
        raise ApiError(409, "ambiguous", message, hint="Name one with account.")
    return owners[0] if owners else None


@contextmanager
def named_mistakes() -> Iterator[None]:
    """A mark, a field or a combination that a list does not have is the client's mistake."""
    try:
        yield
    except ValueError as error:
        raise ApiError(400, "bad_request", as_sentence(str(error))) from None
