"""Ways in which an order arrives broken: each takes a sound order and returns the JSON bytes of a damaged one.

Some leave an order that can be read with faults, some (`UNREADABLE`) leave nothing a client could file under an id.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import orjson

from magflow_tui.sandbox.jsontypes import JsonObject, as_object, objects_in

Damage = Callable[[JsonObject], object]

_DEEP: Final = 200


def _price_not_a_number(order: JsonObject) -> object:
    for line in objects_in(order.get("products")):
        line["sale_price"] = "NaN"
    return order


def _price_missing(order: JsonObject) -> object:
    for line in objects_in(order.get("products"))[:1]:
        line.pop("sale_price", None)
    return order


def _price_with_comma(order: JsonObject) -> object:
    for line in objects_in(order.get("products")):
        line["sale_price"] = str(line.get("sale_price")).replace(".", ",")
    return order


def _price_infinite(order: JsonObject) -> object:
    for line in objects_in(order.get("products"))[:1]:
        line["sale_price"] = "1e400"
    return order


def _vat_in_percent(order: JsonObject) -> object:
    for line in objects_in(order.get("products")):
        line["vat"] = 21
    return order


def _quantity_negative(order: JsonObject) -> object:
    for line in objects_in(order.get("products"))[:1]:
        line["quantity"] = -2
    return order


def _quantities_disagree(order: JsonObject) -> object:
    for line in objects_in(order.get("products"))[:1]:
        line["storno_qty"] = 7
    return order


def _total_off(order: JsonObject) -> object:
    order["payment_mode_id"], order["payment_status"] = 3, 1
    order["cashed_co"] = 1.01
    return order


def _voucher_splits_off(order: JsonObject) -> object:
    order["vouchers"] = [
        {
            "id": "771",
            "voucher_id": 771,
            "voucher_name": "Voucher fără împărțire",
            "status": 1,
            "sale_price": "-50.0000",
            "sale_price_vat": "-10.5000",
            "vat": "0.2100",
            "issue_date": order.get("created"),
            "created": order.get("created"),
            "modified": order.get("created"),
        }
    ]
    return order


def _set(**values: object) -> Damage:
    def damage(order: JsonObject) -> object:
        order.update(values)
        return order

    return damage


def _drop(*keys: str) -> Damage:
    def damage(order: JsonObject) -> object:
        for key in keys:
            order.pop(key, None)
        return order

    return damage


def _customer(**values: object) -> Damage:
    def damage(order: JsonObject) -> object:
        order["customer"] = {**as_object(order.get("customer")), **values}
        return order

    return damage


def _nested(order: JsonObject) -> object:
    order["details"] = orjson.Fragment(b'{"a":' * _DEEP + b"null" + b"}" * _DEEP)
    return order


def _huge_text(order: JsonObject) -> object:
    order["observation"] = "Mulțumesc! " * 20_000
    return order


def _doubled_line(order: JsonObject) -> object:
    lines = objects_in(order.get("products"))
    order["products"] = [*lines, *lines[:1]]
    return order


def _dates_reversed(order: JsonObject) -> object:
    order["created"], order["modified"] = order.get("modified"), order.get("created")
    return order


READABLE: dict[str, Damage] = {
    "price_not_a_number": _price_not_a_number,
    "price_missing": _price_missing,
    "price_with_comma": _price_with_comma,
    "price_infinite": _price_infinite,
    "vat_in_percent": _vat_in_percent,
    "quantity_negative": _quantity_negative,
    "quantities_disagree": _quantities_disagree,
    "total_off": _total_off,
    "voucher_splits_off": _voucher_splits_off,
    "status_unknown": _set(status=17),
    "status_text": _set(status="finalised"),
    "payment_mode_unknown": _set(payment_mode_id=9),
    "date_impossible": _set(date="2026-02-31 25:61:00"),
    "date_zero": _set(date="0000-00-00 00:00:00"),
    "dates_reversed": _dates_reversed,
    "date_missing": _drop("date"),
    "customer_missing": _drop("customer"),
    "customer_list": _set(customer=[]),
    "customer_without_name": _customer(name="", billing_name=""),
    "phone_missing": _customer(phone_1="", billing_phone="", shipping_phone=""),
    "phone_number": _customer(phone_1=40712345678),
    "lines_missing": _drop("products"),
    "lines_null": _set(products=None),
    "lines_empty": _set(products=[]),
    "lines_object": _set(products={"0": "?"}),
    "line_doubled": _doubled_line,
    "currency_foreign": _set(currency="XTS"),
    "reason_unknown": _set(status=0, reason_cancellation={"id": 77, "name": None}),
    "locker_without_id": _set(delivery_mode="pickup", details={"locker_id": "", "locker_name": None}),
    "true_for_number": _set(payment_status=True, is_complete="yes"),
    "money_object": _set(shipping_tax={"amount": 14.99}),
    "number_enormous": _set(cashed_cod=orjson.Fragment(b"1" + b"0" * 40)),
    "nul_in_text": _set(observation="a\x00b\x1b[31m\u202e"),
    "markup_in_text": _customer(shipping_contact="<script>[bold red]x[/]</script>"),
    "huge_text": _huge_text,
    "nested": _nested,
}
UNREADABLE: dict[str, Damage] = {
    "no_id": _drop("id"),
    "id_null": _set(id=None),
    "id_text": _set(id="comanda"),
    "id_negative": _set(id=-5),
    "null": lambda order: None,
    "text": lambda order: "Array",
    "number": lambda order: 5,
    "list": lambda order: [[]],
}
KINDS: tuple[str, ...] = (*READABLE, *UNREADABLE)


def damaged(kind: str, sound: bytes) -> bytes:
    """The JSON of a sound order after damage of a kind (one of `KINDS`)."""
    order = as_object(orjson.loads(sound))
    return orjson.dumps((READABLE.get(kind) or UNREADABLE[kind])(order))
