"""Counts of the stored offers: by state, by account, by validation status (`product-stats`)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, case, func, select

from magflow_tui.contract.management import ProductStats
from magflow_tui.contract.offers import OfferCounts, ValidationCount
from magflow_tui.marketplace.codes import OfferStatus, get_validation_status_text
from magflow_tui.store.tables import OFFERS, RUNS

#: Offers count as synced lately when that was within this time.
RECENT = timedelta(hours=24)
_COUNTS = ("total", "active", "sellable", "without_stock")


def product_stats(connection: Connection, now: datetime) -> ProductStats:
    """Offers in all, active, inactive, sellable, without stock, by account, by validation status, and synced lately.

    An offer counts as synced when it was written in the 24 h before `now`, or when a run that read every offer of its
    account was completed in them.
    """
    counted = select(
        OFFERS.c.account,
        OFFERS.c.validation_status,
        func.count(),
        _count_if(OFFERS.c.status == OfferStatus.ACTIVE),
        _count_if(OFFERS.c.unsellable.is_(None)),
        _count_if(func.coalesce(OFFERS.c.stock, 0) <= 0),
    ).group_by(OFFERS.c.account, OFFERS.c.validation_status)
    by_account: dict[str, Counter[str]] = {}
    by_state: Counter[int | None] = Counter()
    for account, state, *counts in connection.execute(counted):
        by_account.setdefault(account, Counter()).update(dict(zip(_COUNTS, counts, strict=True)))
        by_state[state] += counts[0]
    recent = _synced_since(connection, now - RECENT, {name: counts["total"] for name, counts in by_account.items()})
    accounts = tuple(
        OfferCounts(account=name, recently_synced_24h=recent[name], **{each: counts[each] for each in _COUNTS})
        for name, counts in sorted(by_account.items())
    )
    total, active = sum(each.total for each in accounts), sum(each.active for each in accounts)
    return ProductStats(
        total_products=total,
        active_products=active,
        inactive_products=total - active,
        by_account={each.account: each.total for each in accounts},
        recently_synced_24h=sum(each.recently_synced_24h for each in accounts),
        sellable=sum(each.sellable for each in accounts),
        without_stock=sum(each.without_stock for each in accounts),
        by_validation_status=_states(by_state),
        accounts=accounts,
    )


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _synced_since(connection: Connection, since: datetime, totals: dict[str, int]) -> Counter[str]:
    """How many offers of each account were synced since a moment."""
    walked = select(RUNS.c.account).where(
        RUNS.c.resource == "offers", RUNS.c.result == "completed", RUNS.c.finished_at >= since
    )
    whole = set(connection.execute(walked.distinct()).scalars())
    recent = Counter({account: total for account, total in totals.items() if account in whole})
    if totals.keys() - whole:
        written = select(OFFERS.c.account, func.count()).where(
            OFFERS.c.fetched_at >= since, OFFERS.c.account.not_in(whole)
        )
        recent.update(dict(map(tuple, connection.execute(written.group_by(OFFERS.c.account)))))
    return recent


def _states(counts: Counter[int | None]) -> tuple[ValidationCount, ...]:
    """Validation statuses, the most frequent first."""
    return tuple(
        ValidationCount(
            value=value,
            text=get_validation_status_text(value, "en"),
            text_ro=get_validation_status_text(value, "ro"),
            offers=offers,
        )
        for value, offers in sorted(counts.items(), key=lambda each: (-each[1], -1 if each[0] is None else each[0]))
    )
