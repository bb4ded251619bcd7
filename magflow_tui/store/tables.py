"""The tables. A seller's rows are keyed by account and the marketplace's id; money and times as `columns` says.

`raw` is the payload byte for byte; `payload_hash` tells whether it changed. Columns are what is listed, searched and
added up; everything else is read from the payload. Local times of the marketplace are in the payload, columns are UTC.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, TypeAlias

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from magflow_tui.store.columns import Money, UtcTime

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=_NAMES)

Account: TypeAlias = Annotated[str, Field(sa_type=Text, primary_key=True)]
Id: TypeAlias = Annotated[int, Field(sa_type=BigInteger, primary_key=True)]
Whole: TypeAlias = Annotated[int | None, Field(sa_type=BigInteger)]
Words: TypeAlias = Annotated[str | None, Field(sa_type=Text)]
Json: TypeAlias = Annotated[str | None, Field(sa_type=Text)]
Amount: TypeAlias = Annotated[Decimal | None, Field(sa_type=Money)]
Moment: TypeAlias = Annotated[datetime | None, Field(sa_type=UtcTime)]


class Record(SQLModel, registry=registry(metadata=metadata)):
    """The base of every table here: a set of tables of its own, with named constraints."""


class OrderRecord(Record, table=True):
    """An order, newest state read. `placed` is what lists sort by: `date`, else `created`, else 1970.

    `total` is what the customer pays. `findings` counts the open and seen ones; `worst_severity` (a number, 0 the
    gravest) and `worst_rule` are of the gravest of them, null without any.
    """

    __tablename__ = "orders"
    # All that lists show, sort by and filter by, so that they need not read the rows, which hold whole payloads.
    __table_args__ = (
        Index(
            "ix_orders_list",
            *("placed", "id", "account", "status", "type", "payment_mode_id", "findings", "total", "currency"),
            *("date", "modified", "customer_name", "worst_rule", "worst_severity"),
        ),
    )

    account: Account
    id: Id
    type: Whole = None
    status: Whole = None
    parent_id: Whole = None
    placed: datetime = Field(sa_type=UtcTime)
    date: Moment = None
    created: Moment = None
    modified: Moment = None
    finalization_date: Moment = None
    maximum_date_for_shipment: Moment = None
    payment_mode_id: Whole = None
    payment_mode: Words = None
    detailed_payment_method: Words = None
    payment_status: Whole = None
    delivery_mode: Words = None
    delivery_payment_mode: Words = None
    vendor_name: Words = None
    observation: Words = None
    customer_id: Whole = None
    customer_name: Words = None
    locker_id: Words = None
    currency: Words = None
    total: Amount = None
    shipping_tax: Amount = None
    cashed_co: Amount = None
    cashed_cod: Amount = None
    refunded_amount: Amount = None
    refund_status: Words = None
    cancellation_request: Words = None
    cancellation_code: Whole = None
    has_editable_products: Whole = None
    is_complete: Whole = None
    is_storno: Whole = None
    late_shipment: Whole = None
    emag_club: Whole = None
    weekend_delivery: Whole = None
    findings: int = Field(default=0, sa_type=Integer)
    worst_rule: Words = None
    worst_severity: Whole = None
    fetched_at: datetime = Field(sa_type=UtcTime)
    payload_hash: bytes = Field(sa_type=LargeBinary)
    shipping_tax_voucher_split: Json = None
    schema_issues: Json = None
    raw: bytes = Field(sa_type=LargeBinary)


class OrderLineRecord(Record, table=True):
    """One product of an order, by its position in the payload from 0. Prices without VAT; `vat` 0.21 is 21 %.

    Has what is searched, listed and added up; the rest of a line is in the order's payload.
    """

    __tablename__ = "order_lines"
    __table_args__ = (
        ForeignKeyConstraint(["account", "order_id"], ["orders.account", "orders.id"], ondelete="CASCADE"),
        {"sqlite_with_rowid": False},
    )

    account: Account
    order_id: Id
    position: int = Field(sa_type=Integer, primary_key=True)
    id: Whole = None
    product_id: Whole = None
    mkt_id: Whole = None
    name: Words = None
    part_number: Words = None
    part_number_key: Words = None
    ext_part_number: Words = None
    status: Whole = None
    quantity: Whole = None
    initial_qty: Whole = None
    storno_qty: Whole = None
    currency: Words = None
    sale_price: Amount = None
    original_price: Amount = None
    vat: Amount = None


class OfferRecord(Record, table=True):
    """One of the seller's offers. `stock` is what counts for selling; `unsellable` is a JSON list of the
    conditions that fail, null when it can be sold.
    """

    __tablename__ = "offers"
    # As for orders.
    __table_args__ = (
        Index(
            "ix_offers_list",
            *("account", "id", "status", "name", "part_number", "sale_price", "currency", "stock", "unsellable"),
            *("validation_status", "translation_validation_status"),
        ),
    )

    account: Account
    id: Id
    name: Words = None
    brand: Words = None
    part_number: Words = None
    part_number_key: Words = None
    category_id: Whole = None
    status: Whole = None
    validation_status: Whole = None
    offer_validation_status: Whole = None
    translation_validation_status: Whole = None
    currency: Words = None
    sale_price: Amount = None
    recommended_price: Amount = None
    min_sale_price: Amount = None
    max_sale_price: Amount = None
    best_offer_sale_price: Amount = None
    buy_button_rank: Whole = None
    number_of_offers: Whole = None
    vat_id: Whole = None
    stock: Whole = None
    general_stock: Whole = None
    estimated_stock: Whole = None
    warranty: Whole = None
    ownership: Whole = None
    ean: Json = None
    unsellable: Json = None
    fetched_at: datetime = Field(sa_type=UtcTime)
    payload_hash: bytes = Field(sa_type=LargeBinary)
    schema_issues: Json = None
    raw: bytes = Field(sa_type=LargeBinary)


class RmaRecord(Record, table=True):
    """One return, by its `emag_id`."""

    __tablename__ = "rma"

    account: Account
    id: Id
    order_id: Whole = None
    type: Whole = None
    request_status: Whole = None
    return_type: Whole = None
    return_reason: Whole = None
    pickup_method: Whole = None
    date: Moment = None
    customer_name: Words = None
    currency: Words = None
    courier_name: Words = None
    return_tax_value: Amount = None
    observations: Words = None
    products: Json = None
    fetched_at: datetime = Field(sa_type=UtcTime)
    payload_hash: bytes = Field(sa_type=LargeBinary)
    schema_issues: Json = None
    raw: bytes = Field(sa_type=LargeBinary)


class BrokenItemRecord(Record, table=True):
    """An item too broken to have an id, kept as it came. The same bytes are kept once."""

    __tablename__ = "broken_items"

    account: Account
    resource: str = Field(sa_type=Text, primary_key=True)
    payload_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    first_seen: datetime = Field(sa_type=UtcTime)
    last_seen: datetime = Field(sa_type=UtcTime)
    schema_issues: Json = None
    raw: bytes = Field(sa_type=LargeBinary)


class TallyRecord(Record, table=True):
    """How many rows an account has, kept in step by the writing transactions. `fresh` are orders of status 1,
    `invalid` orders with an open or seen finding that is an error or a warning.
    """

    __tablename__ = "tallies"

    account: Account
    resource: str = Field(sa_type=Text, primary_key=True)
    rows: int = Field(default=0, sa_type=BigInteger)
    fresh: int = Field(default=0, sa_type=BigInteger)
    invalid: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})


class RunRecord(Record, table=True):
    """A sync run. `seconds` and `waited_seconds` count time at work, `errors` is a JSON list of error groups."""

    __tablename__ = "runs"
    __table_args__ = (Index(None, "finished_at"), Index(None, "account", "resource", "result"))

    run_id: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    account: str = Field(sa_type=Text)
    resource: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    result: str = Field(sa_type=Text)
    requested_by: str = Field(sa_type=Text)
    started_at: datetime = Field(sa_type=UtcTime)
    finished_at: Moment = None
    seconds: float = 0.0
    pages: int = Field(default=0, sa_type=BigInteger)
    items: int = Field(default=0, sa_type=BigInteger)
    created: int = Field(default=0, sa_type=BigInteger)
    updated: int = Field(default=0, sa_type=BigInteger)
    unchanged: int = Field(default=0, sa_type=BigInteger)
    failed: int = Field(default=0, sa_type=BigInteger)
    requests: int = Field(default=0, sa_type=BigInteger)
    rate_limited: int = Field(default=0, sa_type=BigInteger)
    waited_seconds: float = 0.0
    resumed: int = Field(default=0, sa_type=Integer)
    reason: Words = None
    errors: Json = None


class CheckpointRecord(Record, table=True):
    """Where a run is, in the words of `magflow_tui.sync`; written in the transaction of each page."""

    __tablename__ = "checkpoints"
    __table_args__ = (ForeignKeyConstraint(["run_id"], ["runs.run_id"], ondelete="CASCADE"),)

    run_id: int = Field(sa_type=Integer, primary_key=True)
    state: str = Field(sa_type=Text)


class SeenRecord(Record, table=True):
    """An item that a run has read in one of its windows, so that a window's items can be counted after a crash too."""

    __tablename__ = "seen_items"
    __table_args__ = (
        ForeignKeyConstraint(["run_id"], ["runs.run_id"], ondelete="CASCADE"),
        {"sqlite_with_rowid": False},
    )

    run_id: int = Field(sa_type=Integer, primary_key=True)
    window: int = Field(sa_type=Integer, primary_key=True)
    item: int = Field(sa_type=BigInteger, primary_key=True)


class RunPageRecord(Record, table=True):
    """A page that a run could not read when it was its turn. `window` is the number of its window within the run,
    `place` that window in the words of `magflow_tui.sync`; `attempts` counts requests; `recovered` is when it was read
    after all, or had no part in its window any more.
    """

    __tablename__ = "run_pages"
    __table_args__ = (
        ForeignKeyConstraint(["run_id"], ["runs.run_id"], ondelete="CASCADE"),
        {"sqlite_with_rowid": False},
    )

    run_id: int = Field(sa_type=Integer, primary_key=True)
    window: int = Field(sa_type=Integer, primary_key=True)
    page: int = Field(sa_type=Integer, primary_key=True)
    place: str = Field(sa_type=Text)
    error: str = Field(sa_type=Text)
    attempts: int = Field(default=0, sa_type=Integer)
    first_failed: datetime = Field(sa_type=UtcTime)
    last_failed: datetime = Field(sa_type=UtcTime)
    recovered: Moment = None


class WatermarkRecord(Record, table=True):
    """Every change before `mark` (the marketplace's clock) is stored; an incremental run starts here."""

    __tablename__ = "watermarks"

    account: Account
    resource: str = Field(sa_type=Text, primary_key=True)
    mark: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)


class OwedWindowRecord(Record, table=True):
    """A window that a finished run could not read whole; the next run of the account and resource reads it again."""

    __tablename__ = "owed_windows"
    __table_args__ = (Index(None, "account", "resource"),)

    owed_id: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    account: str = Field(sa_type=Text)
    resource: str = Field(sa_type=Text)
    window: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    since: datetime = Field(sa_type=UtcTime)


class OrderChangeRecord(Record, table=True):
    """A change of an order's status or total, by the page (read `at`) that first told of it."""

    __tablename__ = "order_changes"
    __table_args__ = (Index(None, "order_id", "account"),)

    change_id: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    account: str = Field(sa_type=Text)
    order_id: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcTime)
    status_before: Whole = None
    status: Whole = None
    total_before: Amount = None
    total: Amount = None
    currency: Words = None


class ActionBatchRecord(Record, table=True):
    """A request of an operator to do one thing to orders. `requests` is how many the marketplace gets for it, about."""

    __tablename__ = "action_batches"

    batch_id: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    kind: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcTime)
    to: Whole = None
    reason: Whole = None
    url: Words = None
    name: Words = None
    attachment_type: Whole = None
    requests: int = Field(sa_type=BigInteger)


class ActionRecord(Record, table=True):
    """One order of a request. `state` is that of the contract; `cause_en` and `cause_ro` say why it was refused
    without what is particular to the order; `answer` is what the marketplace said, in its own words. `sent_at` is
    noted before the request leaves; `left_by` is when it certainly had left, where its engine ended before it knew.
    """

    __tablename__ = "actions"
    __table_args__ = (
        ForeignKeyConstraint(["batch_id"], ["action_batches.batch_id"], ondelete="CASCADE"),
        Index(None, "batch_id"),
        Index(None, "order_id", "account"),
        Index(None, "state"),
    )

    action_id: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    batch_id: int = Field(sa_type=Integer)
    account: str = Field(sa_type=Text)
    order_id: int = Field(sa_type=BigInteger)
    kind: str = Field(sa_type=Text)
    to: Whole = None
    reason: Whole = None
    state: str = Field(sa_type=Text)
    message_en: str = Field(sa_type=Text)
    message_ro: str = Field(sa_type=Text)
    cause_en: Words = None
    cause_ro: Words = None
    status_before: Whole = None
    status_after: Whole = None
    answer: Words = None
    by: str = Field(sa_type=Text)
    recorded_at: datetime = Field(sa_type=UtcTime)
    sent_at: Moment = None
    left_by: Moment = None
    finished_at: Moment = None


class EventRecord(Record, table=True):
    """One thing that happened; `seq` grows by one without gaps."""

    __tablename__ = "events"

    seq: int | None = Field(default=None, sa_type=Integer, primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    kind: str = Field(sa_type=Text)
    severity: str = Field(sa_type=Text)
    message: str = Field(sa_type=Text)
    account: Words = None
    resource: Words = None
    run_id: int | None = Field(default=None, sa_type=Integer)


def table(name: str) -> Table:
    """A table by name, for queries and upserts in SQLAlchemy Core."""
    return metadata.tables[name]


ORDERS = table("orders")
ORDER_LINES = table("order_lines")
OFFERS = table("offers")
RMA = table("rma")
BROKEN_ITEMS = table("broken_items")
TALLIES = table("tallies")
RUNS = table("runs")
CHECKPOINTS = table("checkpoints")
SEEN_ITEMS = table("seen_items")
RUN_PAGES = table("run_pages")
WATERMARKS = table("watermarks")
OWED_WINDOWS = table("owed_windows")
ORDER_CHANGES = table("order_changes")
ACTION_BATCHES = table("action_batches")
ACTIONS = table("actions")
EVENTS = table("events")
