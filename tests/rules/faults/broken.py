"""What is no order, has no id, or is not even JSON; and several faults in one order."""

from __future__ import annotations

from collections.abc import Iterator

from .fault import CARD, DROP, LINE, RAW, Fault, fault


def broken() -> Iterator[Fault]:
    for name, value in {"null": None, "a number": 5, "a text": "Array", "a list": [], "true": True}.items():
        yield fault(f"not an order but {name}", CARD, {"$": value}, "error schema.object $")
    for name, raw in {
        "nothing": "",
        "cut short": '{"id": 438228351, "status"',
        "a word": "comanda",
        "two values": "{} {}",
        "HTML": "<html>502</html>",
        "a raw line break in a text": '{"id": 1, "a": "\n"}',
    }.items():
        yield fault(f"no JSON: {name}", CARD, {"$": RAW(raw)}, "error schema.json $")
    for name, depth in {"lists": ("[", "]"), "objects": ('{"a":', "}")}.items():
        opening, closing = depth
        raw = RAW(f"{opening * 5_000}1{closing * 5_000}")
        yield fault(f"{name} nested 5 000 times", CARD, {"details": raw}, "error schema.depth $")
    for where in ("noutate", "details.a", "customer.a", f"{LINE}.a", "flags[0].value"):
        for name, (opening, closing) in {"lists": ("[", "]"), "objects": ('{"a":', "}")}.items():
            deep = RAW(f"{opening * 40}1{closing * 40}")
            flags = {"flags": [{"flag": "a"}]} if where.startswith("flags") else {}
            finding = f"error schema.nesting $.{where}"
            yield fault(f"{name} nested 40 times in {where}", CARD, {**flags, where: deep}, finding)
    for name, value in {
        "null": None,
        "a word": "comanda",
        "zero": 0,
        "negative": -5,
        "true": True,
        "a float": 7.5,
        "a list": [],
        "missing": DROP,
        "beyond 64 bits": 2**64,
    }.items():
        yield fault(f"id {name}", CARD, {"id": value}, "error order.id $.id")
    yield fault(
        "no id and a broken price",
        CARD,
        {"id": DROP, f"{LINE}.sale_price": "abc", "products[1].vat": 21},
        "error order.id $.id",
        f"error schema.number $.{LINE}.sale_price",
        "error line.vat $.products[1].vat",
    )
    yield fault(
        "five faults",
        CARD,
        {
            "status": 17,
            "date": "0000-00-00 00:00:00",
            "customer.name": "",
            f"{LINE}.quantity": "doi",
            "currency": "XTS",
        },
        "error order.status $.status",
        "error date.zero $.date",
        "error customer.name $.customer.name",
        f"error schema.number $.{LINE}.quantity",
        "error currency.unknown $.currency",
    )
    yield fault(
        "the same fault in each line",
        CARD,
        {f"{LINE}.vat": 19, "products[1].vat": 19},
        "error line.vat $.products[0].vat",
        "error line.vat $.products[1].vat",
    )
    yield fault(
        "prices, payment and address at once",
        CARD,
        {
            f"{LINE}.sale_price": None,
            "payment_mode_id": 9,
            "payment_mode": "?",
            "customer.shipping_city": "",
            "cashed_co": True,
        },
        f"error line.price.missing $.{LINE}.sale_price",
        "error order.payment_mode $.payment_mode_id",
        "error delivery.city $.customer.shipping_city",
        "error schema.type $.cashed_co",
    )
