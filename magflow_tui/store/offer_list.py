"""The list of offers: what it shows, sorts by, and can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Connection, RowMapping, func, or_, type_coerce

from magflow_tui.contract.listing import ConditionOperator, RowCount
from magflow_tui.contract.records import OfferPage, OfferRow
from magflow_tui.marketplace.codes import OfferStatus, get_offer_status_text, get_validation_status_text
from magflow_tui.rules.sellability import condition_of, translation_remark
from magflow_tui.store.conditions import (
    Clause,
    CodeField,
    Fields,
    FlagField,
    IdField,
    Moment,
    NumberField,
    TextField,
)
from magflow_tui.store.list_query import ListQuery, exact_total
from magflow_tui.store.listing import PageAsk, Sort, count_rows, read_page
from magflow_tui.store.searching import contains, plain
from magflow_tui.store.tables import OFFERS

LISTED: Final = [
    OFFERS.c[name]
    for name in (
        "id",
        "account",
        "name",
        "part_number",
        "status",
        "sale_price",
        "currency",
        "stock",
        "unsellable",
        "translation_validation_status",
    )
]
#: Statuses of the documentation that are listed (API 4.4.7).
_DOCUMENTATION: Final = range(13)
#: The phrases of conditions that offers fail are kept in English; each of them with what it says in Romanian.
_PHRASES: Final = tuple(
    condition.words
    for phrase in (
        *("no stock", "stock not known", "price not valid", "price validity not known"),
        *(f"offer: {get_offer_status_text(code, 'en').lower()}" for code in OfferStatus),
        *(f"documentation: {get_validation_status_text(code, 'en').lower()}" for code in _DOCUMENTATION),
    )
    if (condition := condition_of(phrase)) is not None
)


@dataclass(frozen=True, slots=True)
class ReasonField:
    """What keeps an offer from being sold, in words of either language."""

    def clause(self, operator: ConditionOperator, value: str, at: Moment) -> Clause:
        text = TextField(OFFERS.c.unsellable)
        if operator != "has":
            return text.clause(operator, value, at)
        meant = [words.en for words in _PHRASES if plain(value) in plain(words.ro)]
        return or_(*(contains(OFFERS.c.unsellable, each) for each in (value, *meant)))


_PRICE: Final[ColumnElement[Any]] = type_coerce(OFFERS.c.sale_price, BigInteger)
_ROW: Final = OFFERS.c.account, OFFERS.c.id
_NUMBERED: Final = (int, str, int)
SORTS: Final = {
    sort.name: sort
    for sort in (
        Sort("id", _ROW, (str, int), indexed=True),
        Sort("name", (func.coalesce(OFFERS.c.name, ""), *_ROW), (str, str, int)),
        Sort("price", (func.coalesce(_PRICE, 0), *_ROW), _NUMBERED),
        Sort("stock", (func.coalesce(OFFERS.c.stock, 0), *_ROW), _NUMBERED),
        Sort("status", (func.coalesce(OFFERS.c.status, -1), *_ROW), _NUMBERED),
    )
}
FIELDS: Final = Fields(
    named={
        "id": IdField(OFFERS.c.id),
        "account": TextField(OFFERS.c.account),
        "acct": TextField(OFFERS.c.account),
        "name": TextField(OFFERS.c.name),
        "part": TextField(OFFERS.c.part_number),
        "status": CodeField(
            OFFERS.c.status,
            {code: [get_offer_status_text(code, language) for language in ("en", "ro")] for code in OfferStatus},
        ),
        "price": NumberField(_PRICE, scale=10_000),
        "currency": TextField(OFFERS.c.currency),
        "stock": NumberField(OFFERS.c.stock),
        "sellable": FlagField(OFFERS.c.unsellable.is_(None)),
        "reason": ReasonField(),
    },
    words=("id", "account", "name", "part"),
    number="price",
)


def list_offers(connection: Connection, query: ListQuery, *, sellable: bool | None = None) -> OfferPage:
    """A page of offers; by account and id unless told otherwise.

    Raises ValueError for a mark that is none, and for a field or sorting that offers do not have.
    """
    conditions = _conditions(query, sellable)
    page = read_page(connection, LISTED, _ask(query, conditions))
    whole = not query.where.alternatives and sellable is None
    total = exact_total(connection, query, OFFERS, "offers", conditions, whole=whole)
    return OfferPage(offers=tuple(map(listed, page.rows)), total=total, **page.marks.model_dump())


def count_offers(connection: Connection, query: ListQuery, *, sellable: bool | None = None) -> RowCount:
    """How many offers match behind the query's mark, or before it, up to its `limit`."""
    return count_rows(connection, _ask(query, _conditions(query, sellable)))


def _ask(query: ListQuery, conditions: list[ColumnElement[bool]]) -> PageAsk:
    sort = SORTS.get(query.sort or "id")
    if sort is None:
        raise ValueError(f"offers cannot be sorted by {query.sort!r}, only by {', '.join(SORTS)}")
    return PageAsk(
        sort=sort,
        descending=bool(query.descending),
        limit=query.limit,
        after=query.after,
        before=query.before,
        start_at=query.start_at,
        from_end=query.from_end,
        conditions=conditions,
        patience=query.patience,
    )


def _conditions(query: ListQuery, sellable: bool | None) -> list[ColumnElement[bool]]:
    conditions = FIELDS.clauses(query.where, query.moment)
    if query.account is not None:
        conditions.append(OFFERS.c.account == query.account)
    if sellable is not None:
        conditions.append(OFFERS.c.unsellable.is_(None) if sellable else OFFERS.c.unsellable.is_not(None))
    return conditions


def listed(row: RowMapping) -> OfferRow:
    """An offer as lists have it, from its `LISTED` columns."""
    reasons = msgspec.json.decode(row["unsellable"] or "[]", type=tuple[str, ...])
    conditions = map(condition_of, reasons)
    remark = translation_remark(row["translation_validation_status"])
    return OfferRow(
        id=row["id"],
        account=row["account"],
        name=row["name"],
        part_number=row["part_number"],
        status=row["status"],
        sale_price=row["sale_price"],
        currency=row["currency"],
        stock=row["stock"],
        sellable=not reasons,
        reasons=reasons,
        reasons_ro=tuple(
            phrase if condition is None else condition.words.ro
            for phrase, condition in zip(reasons, conditions, strict=True)
        ),
        remark=None if remark is None else remark.en,
        remark_ro=None if remark is None else remark.ro,
    )
