"""Attaching PDF files to orders, FBE ones included, and warranties to their lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast
from urllib.parse import urlsplit

import orjson

from magflow_tui.sandbox.jsontypes import JsonObject, as_object, objects_in, whole
from magflow_tui.sandbox.order_body import FIRST_LINE_ID, LINE_IDS_PER_ORDER
from magflow_tui.sandbox.orders import OrderBook
from magflow_tui.sandbox.saving import RefusedError
from magflow_tui.sandbox.timeline import SELLER

INVOICE, WARRANTY = 1, 3
TYPES = frozenset({INVOICE, WARRANTY, 4, 8, 10, 11})
"""Invoice, warranty, manual, guide, AWB, proforma."""
LONGEST_NAME, LONGEST_URL = 60, 1024


def attach(book: OrderBook, entity: JsonObject, moment: int) -> int:
    """Apply one entity of `order/attachments/save`; returns the order's id. Raises `RefusedError` and then has changed
    nothing.
    """
    kind = whole(entity.get("type", INVOICE))
    if kind not in TYPES:
        raise RefusedError(f"ERROR: type {entity.get('type')} is not a valid attachment type.")
    index = _order_of_line(book, entity) if kind == WARRANTY else _order(book, entity)
    order_id = book.timeline.order_id(index)
    if whole(entity.get("order_type", SELLER)) != book.timeline.order_type(index):
        raise RefusedError(f"ERROR: Order {order_id} not found.")
    file = _file(entity, kind, order_id)
    line_id = whole(entity.get("order_product_id"))

    def edit(body: JsonObject) -> None:
        owner = body if kind != WARRANTY else _line(body, line_id)
        cast("list[object]", owner["attachments"]).append(file)

    if kind == WARRANTY and _line(as_object(orjson.loads(book.sound(index))), line_id)["attachments"]:
        raise RefusedError(f"ERROR: Order {order_id}: product {line_id} has a warranty already.")
    book.change(index, moment, edit, damage=book.damage(index))
    return order_id


def attachments_of(book: OrderBook, filters: JsonObject) -> Iterator[JsonObject]:
    """What `order/attachments/read` gives for an order: its own files and those of its lines."""
    order_id = whole(filters.get("order_id"))
    index = None if order_id is None else book.timeline.find(order_id)
    if index is None or whole(filters.get("order_type", SELLER)) != book.timeline.order_type(index):
        return
    body = as_object(orjson.loads(book.sound(index)))
    for file in objects_in(body["attachments"]):
        yield {"order_id": order_id, **file}
    for line in objects_in(body["products"]):
        for file in objects_in(line["attachments"]):
            yield {"order_product_id": line["id"], **file}


def _file(entity: JsonObject, kind: int, order_id: int) -> JsonObject:
    name, url = entity.get("name"), entity.get("url")
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
        raise RefusedError(f"ERROR: Order {order_id}: name must have 1 to {LONGEST_NAME} characters.")
    if not isinstance(url, str) or not 1 <= len(url) <= LONGEST_URL or not url.startswith(("http://", "https://")):
        raise RefusedError(f"ERROR: Order {order_id}: url is not valid.")
    last = urlsplit(url).path.rpartition("/")[2]
    if "." in last and not last.lower().endswith(".pdf"):
        raise RefusedError(f"ERROR: Order {order_id}: only PDF files are accepted.")
    forced = whole(entity.get("force_download", 0))
    if forced not in (0, 1):
        raise RefusedError(f"ERROR: Order {order_id}: force_download must be 0 or 1.")
    return {"name": name, "url": url, "visibility": 1, "type": kind, "force_download": str(forced)}


def _order(book: OrderBook, entity: JsonObject) -> int:
    order_id = whole(entity.get("order_id"))
    if order_id is None:
        raise RefusedError("ERROR: order_id is required.")
    index = book.timeline.find(order_id)
    if index is None:
        raise RefusedError(f"ERROR: Order {order_id} not found.")
    return index


def _order_of_line(book: OrderBook, entity: JsonObject) -> int:
    line_id = whole(entity.get("order_product_id"))
    if line_id is None:
        raise RefusedError("ERROR: order_product_id is required for a warranty.")
    index = (line_id - FIRST_LINE_ID) // LINE_IDS_PER_ORDER
    if not 0 <= index < len(book) or not _line(as_object(orjson.loads(book.sound(index))), line_id):
        raise RefusedError(f"ERROR: Product {line_id} not found.")
    return index


def _line(body: JsonObject, line_id: int | None) -> JsonObject:
    return next((line for line in objects_in(body["products"]) if line["id"] == line_id), {})
