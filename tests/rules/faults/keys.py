"""Keys that are missing, null or empty though they are needed."""

from __future__ import annotations

from collections.abc import Iterator

from .fault import CARD, DEPOSITS, DROP, LINE, SPLIT, Fault, fault


def required() -> Iterator[Fault]:
    needed = {
        "status": "error order.status.missing",
        "type": "error order.type.missing",
        "payment_mode_id": "error order.payment_mode.missing",
        "date": "error date.missing",
        "payment_status": "warning payment.status.missing",
        f"{LINE}.status": "warning line.status.missing",
        "delivery_mode": "warning order.delivery_mode.missing",
        "shipping_tax": "warning order.shipping.missing",
        "customer": "error customer.missing",
        "products": "error lines.missing",
        "customer.name": "error customer.name",
        "customer.shipping_street": "error delivery.street",
        "customer.shipping_city": "error delivery.city",
        f"{LINE}.id": "error line.id.missing",
        f"{LINE}.product_id": "error line.product.missing",
        f"{LINE}.name": "error line.name",
        f"{LINE}.sale_price": "error line.price.missing",
        f"{LINE}.quantity": "error line.quantity.missing",
        f"{LINE}.vat": "error line.vat.missing",
        f"{SPLIT}.value": "error voucher.missing",
        f"{SPLIT}.vat_value": "error voucher.missing",
        "vouchers[0].sale_price": "error voucher.missing",
        "vouchers[0].sale_price_vat": "error voucher.missing",
        "attachments[0].url": "error attachment.url",
    }
    for path, finding in needed.items():
        yield fault(f"{path} missing", CARD, {path: DROP}, f"{finding} $.{path}")
        yield fault(f"{path} null", CARD, {path: None}, f"{finding} $.{path}")
    for path in ("customer.name", "customer.shipping_street", "customer.shipping_city", f"{LINE}.name"):
        yield fault(f"{path} empty", CARD, {path: ""}, f"{needed[path]} $.{path}")
    yield fault("customer.name blank", CARD, {"customer.name": "   "}, "error customer.name $.customer.name")
    yield fault("customer an empty list", CARD, {"customer": []}, "error customer.missing $.customer")
    yield fault("customer an empty object", CARD, {"customer": {}}, "error customer.missing $.customer")
    yield fault("no lines at all", CARD, {"products": []}, "error lines.missing $.products")
    yield fault("an empty line", CARD, {LINE: {}}, "error line.empty $.products[0]")
    for key in ("initial_qty", "storno_qty"):
        yield fault(f"{key} null", CARD, {f"{LINE}.{key}": None}, f"warning line.storno.null $.{LINE}.{key}")
    for key in ("created", "modified"):
        yield fault(f"{key} null", CARD, {key: None}, f"warning date.null $.{key}")
    for key in ("quantity", "sale_price", "vat_rate"):
        path = f"{LINE}.recycle_warranties[0].{key}"
        yield fault(f"deposit without {key}", DEPOSITS, {path: DROP}, f"error deposit.missing $.{path}")
    nobody = {"phone_1": "", "billing_phone": "", "shipping_phone": ""}
    for name, phones in {
        "empty": nobody,
        "null": dict.fromkeys(nobody),
        "missing": dict.fromkeys(nobody, DROP),
    }.items():
        changes = {f"customer.{key}": value for key, value in phones.items()}
        yield fault(f"phones {name}", CARD, changes, "error customer.phone $.customer.phone_1")
    yield fault(
        "no currency anywhere",
        CARD,
        {"currency": None, f"{LINE}.currency": None, "products[1].currency": DROP},
        "warning currency.missing $.products[0].currency",
        "warning currency.missing $.products[1].currency",
    )
    yield fault(
        "finalised without a date", CARD, {"finalization_date": None}, "info status.finalised $.finalization_date"
    )
