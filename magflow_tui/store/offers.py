"""Offers: a page of them into the store."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy import Connection

from magflow_tui.marketplace.schema import Item, Offer, ValidationState
from magflow_tui.rules.sellability import offer_stock, why_not_sellable
from magflow_tui.store.changes import Arrival, Kind, PageOutcome, find_changes
from magflow_tui.store.columns import money_to_units, time_to_millis
from magflow_tui.store.payloads import Source, issues_text, read_text
from magflow_tui.store.tables import OFFERS
from magflow_tui.store.upsert import Values, upsert_rows

_KIND: Kind[Offer] = Kind(resource="offers", table=OFFERS, identity=attrgetter("id"))


def store_offers(connection: Connection, source: Source, items: Sequence[Item[Offer]]) -> PageOutcome:
    """Write what is new or changed of a page of offers, inside the caller's transaction."""
    changes = find_changes(connection, _KIND, source, items)
    upsert_rows(connection, OFFERS, [_offer_row(arrival, source) for arrival in changes.write.values()])
    return changes.outcome


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
