"""Offers: a page of them into the store, and the counts of `product-stats`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from sqlalchemy import Connection, func, select

from magflow_tui.contract.management import ProductStats
from magflow_tui.marketplace.codes import OfferStatus
from magflow_tui.marketplace.schema import Item, Offer, ValidationState
from magflow_tui.rules.sellability import offer_stock, why_not_sellable
from magflow_tui.store.changes import Arrival, Kind, PageOutcome, find_changes
from magflow_tui.store.columns import money_to_units, time_to_millis
from magflow_tui.store.payloads import Source, issues_text, read_text
from magflow_tui.store.tables import OFFERS, RUNS
from magflow_tui.store.upsert import Values, upsert_rows

_KIND: Kind[Offer] = Kind(resource="offers", table=OFFERS, identity=attrgetter("id"))


def store_offers(connection: Connection, source: Source, items: Sequence[Item[Offer]]) -> PageOutcome:
    """Write what is new or changed of a page of offers, inside the caller's transaction."""
    changes = find_changes(connection, _KIND, source, items)
    upsert_rows(connection, OFFERS, [_offer_row(arrival, source) for arrival in changes.write.values()])
    return changes.outcome


def product_stats(connection: Connection, now: datetime) -> ProductStats:
    """Offers in all, active, inactive, by account, and synced in the 24 h before `now`.

    An offer counts as synced when it was written, or when a run that read every offer of its account was completed.
    """
    since = now - timedelta(hours=24)
    counted = select(OFFERS.c.account, OFFERS.c.status, func.count()).group_by(OFFERS.c.account, OFFERS.c.status)
    by_account: dict[str, int] = {}
    active = 0
    for account, status, rows in connection.execute(counted):
        by_account[account] = by_account.get(account, 0) + rows
        active += rows if status == OfferStatus.ACTIVE else 0
    walked = select(RUNS.c.account).where(
        RUNS.c.resource == "offers", RUNS.c.result == "completed", RUNS.c.finished_at >= since
    )
    whole = set(connection.execute(walked.distinct()).scalars())
    recent = sum(rows for account, rows in by_account.items() if account in whole)
    if set(by_account) - whole:
        written = select(func.count()).where(OFFERS.c.fetched_at >= since, OFFERS.c.account.not_in(whole))
        recent += connection.execute(written).scalar_one()
    total = sum(by_account.values())
    return ProductStats(
        total_products=total,
        active_products=active,
        inactive_products=total - active,
        by_account=by_account,
        recently_synced_24h=recent,
    )


def _offer_row(arrival: Arrival[Offer], source: Source) -> Values:
    offer = arrival.value
    unsellable = why_not_sellable(offer)
    price_state = offer.offer_validation_status
    return (
        source.account,
        offer.id,
        offer.name,
        offer.brand or offer.brand_name,
        offer.part_number,
        offer.part_number_key,
        offer.category_id,
        offer.status,
        _first(offer.validation_status),
        None if price_state is None else price_state.value,
        _first(offer.translation_validation_status),
        offer.currency,
        money_to_units(offer.sale_price),
        money_to_units(offer.recommended_price),
        money_to_units(offer.min_sale_price),
        money_to_units(offer.max_sale_price),
        money_to_units(offer.best_offer_sale_price),
        offer.buy_button_rank,
        offer.number_of_offers,
        offer.vat_id,
        offer_stock(offer),
        offer.general_stock,
        offer.estimated_stock,
        offer.warranty,
        offer.ownership,
        read_text(offer.ean),
        read_text(unsellable or None),
        time_to_millis(source.fetched_at),
        arrival.payload_hash,
        issues_text(arrival.item.issues),
        arrival.item.raw,
    )


def _first(states: Sequence[ValidationState] | None) -> int | None:
    return states[0].value if states else None
