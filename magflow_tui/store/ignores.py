"""Standing ignores: rules whose findings are ignored as they come, in an order, in an account's orders, or in all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, or_, select

from magflow_tui.contract.findings import Ignore, IgnoreList
from magflow_tui.store.bound_lists import json_of, listed
from magflow_tui.store.triage_tables import FINDINGS, IGNORES

_COVERING: Final = select(IGNORES.c.rule, IGNORES.c.order_id, IGNORES.c.ignore_id, IGNORES.c.expires_at).where(
    IGNORES.c.ended_at.is_(None),
    IGNORES.c.rule.in_(listed("of_rules")),
    or_(IGNORES.c.account.is_(None), IGNORES.c.account == bindparam("of_account")),
    or_(IGNORES.c.order_id.is_(None), IGNORES.c.order_id.in_(listed("of_orders"))),
)


@dataclass(frozen=True, slots=True)
class CoveringIgnore:
    """An ignore that holds, and until when (None: until it is lifted)."""

    ignore_id: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Covering:
    """The ignores that hold in some orders, by rule and order (None: all of them)."""

    by_place: Mapping[tuple[str, int | None], CoveringIgnore]

    def of(self, rule: str, order_id: int) -> CoveringIgnore | None:
        """The ignore that covers a finding, the one of its order before that of all."""
        return self.by_place.get((rule, order_id)) or self.by_place.get((rule, None))


_NOTHING: Final = Covering({})


def read_covering(connection: Connection, account: str, found: Iterable[tuple[int, str]], at: datetime) -> Covering:
    """The ignores that hold for findings by order and rule. Of several for the same the one that lasts longest."""
    wanted = list(found)
    if not wanted:
        return _NOTHING
    asked = {
        "of_account": account,
        "of_orders": json_of({order_id for order_id, _ in wanted}),
        "of_rules": json_of({rule for _, rule in wanted}),
    }
    by_place: dict[tuple[str, int | None], CoveringIgnore] = {}
    for rule, order_id, ignore_id, expires_at in connection.execute(_COVERING, asked):
        before = by_place.get((rule, order_id))
        lasts = before is None or (
            before.expires_at is not None and (expires_at is None or expires_at > before.expires_at)
        )
        if lasts and (expires_at is None or expires_at > at):
            by_place[rule, order_id] = CoveringIgnore(ignore_id, expires_at)
    return Covering(by_place)


def list_ignores(connection: Connection) -> IgnoreList:
    """The ignores that hold, newest first, with how many findings each keeps ignored."""
    kept = (
        select(FINDINGS.c.ignore_id, func.count().label("findings"))
        .where(FINDINGS.c.ignore_id.is_not(None))
        .group_by(FINDINGS.c.ignore_id)
        .subquery()
    )
    columns = [
        IGNORES.c[name]
        for name in ("ignore_id", "rule", "account", "order_id", "expires_at", "created_at", "created_by")
    ]
    statement = (
        select(*columns, func.coalesce(kept.c.findings, 0).label("findings"))
        .outerjoin(kept, kept.c.ignore_id == IGNORES.c.ignore_id)
        .where(IGNORES.c.ended_at.is_(None))
        .order_by(IGNORES.c.ignore_id.desc())
    )
    return IgnoreList(ignores=tuple(Ignore(**row) for row in connection.execute(statement).mappings()))
