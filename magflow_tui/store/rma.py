"""Returns: a page of them into the store."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy import Connection

from magflow_tui.marketplace.schema import Item, Rma
from magflow_tui.store.changes import Arrival, Kind, PageOutcome, find_changes
from magflow_tui.store.clock import local_millis
from magflow_tui.store.columns import money_to_units, time_to_millis
from magflow_tui.store.payloads import Source, issues_text, read_text
from magflow_tui.store.tables import RMA
from magflow_tui.store.upsert import Values, upsert_rows

_KIND: Kind[Rma] = Kind(resource="rma", table=RMA, identity=attrgetter("emag_id"))


def store_rma(connection: Connection, source: Source, items: Sequence[Item[Rma]]) -> PageOutcome:
    """Write what is new or changed of a page of returns, inside the caller's transaction."""
    changes = find_changes(connection, _KIND, source, items)
    upsert_rows(connection, RMA, [_rma_row(arrival, source) for arrival in changes.write.values()])
    return changes.outcome


def _rma_row(arrival: Arrival[Rma], source: Source) -> Values:
    rma = arrival.value
    return (
        source.account,
        rma.emag_id,
        rma.order_id,
        rma.type,
        rma.request_status,
        rma.return_type,
        rma.return_reason,
        rma.pickup_method,
        local_millis(rma.date, source.timezone),
        rma.customer_name,
        rma.currency,
        rma.courier_name,
        money_to_units(rma.return_tax_value),
        rma.observations,
        read_text(rma.products),
        time_to_millis(source.fetched_at),
        arrival.payload_hash,
        issues_text(arrival.item.issues),
        arrival.item.raw,
    )
