"""Totals, storno, vouchers and proformas that do not add up."""

from __future__ import annotations

from collections.abc import Iterator

from .fault import BANK, BG_EURO, CARD, DEPOSITS, DROP, HU_LOCKER, LINE, LOCKER, SPLIT, Fault, fault, sound_value


def money() -> Iterator[Fault]:
    for name, value in {
        "a hundredth too much": 273.69,
        "a hundredth too little": 273.67,
        "much too little": 1.01,
        "much too much": "9999.00",
        "without the units' rounding": 273.665,
    }.items():
        yield fault(f"cashed {name}", CARD, {"cashed_co": value}, "error totals.cashed $.cashed_co")
    yield fault(
        "price a hundredth off",
        DEPOSITS,
        {f"{LINE}.sale_price": lambda: _off(DEPOSITS)},
        "error totals.cashed $.cashed_co",
    )
    yield fault("cash a hundredth off", BG_EURO, {"cashed_cod": 236.95}, "error totals.cashed $.cashed_cod")
    yield fault("cash much off", BG_EURO, {"cashed_cod": 2.36}, "error totals.cashed $.cashed_cod")
    yield fault("forints a hundredth off", HU_LOCKER, {"cashed_co": 19740.01}, "error totals.cashed $.cashed_co")
    yield fault("shipping not paid", CARD, {"shipping_tax": 14.99}, "error totals.cashed $.cashed_co")
    yield fault(
        "cash for a card order", CARD, {"cashed_co": None, "cashed_cod": 273.68}, "warning payment.mode $.cashed_cod"
    )
    yield fault(
        "a card for a cash order", BG_EURO, {"cashed_co": 236.94, "cashed_cod": 0}, "warning payment.mode $.cashed_co"
    )
    yield fault("cashed but not paid", CARD, {"payment_status": 0}, "warning payment.unpaid $.cashed_co")
    yield fault(
        "a name that is another mode's", CARD, {"payment_mode": "RAMBURS"}, "warning payment.label $.payment_mode"
    )
    yield fault(
        "more given back than paid", CARD, {"refunded_amount": "500.00"}, "warning totals.refunded $.refunded_amount"
    )
    yield fault(
        "discounts above the goods",
        LOCKER,
        {"products[0].sale_price": "-10.0000", "products[0].part_number_key": ""},
        "warning totals.negative $.products",
    )

    storno = {
        "more reversed than ordered": {"storno_qty": 7},
        "reversed without effect": {"storno_qty": 1},
        "more than ordered": {"initial_qty": 0},
        "quantity raised": {"quantity": 5},
    }
    for name, changes in storno.items():
        yield fault(
            name,
            LOCKER,
            {f"{LINE}.{key}": value for key, value in changes.items()},
            f"error line.storno $.{LINE}.quantity",
        )
    yield fault("quantity 0 without a storno", LOCKER, {f"{LINE}.quantity": 0}, f"error line.storno $.{LINE}.quantity")
    yield fault(
        "nothing was ordered",
        LOCKER,
        {f"{LINE}.quantity": 0, f"{LINE}.initial_qty": 0},
        f"error line.quantity.zero $.{LINE}.quantity",
    )
    yield fault(
        "less than nothing was ordered",
        LOCKER,
        {f"{LINE}.initial_qty": -1},
        f"error line.storno.range $.{LINE}.initial_qty",
    )
    yield fault(
        "less than nothing was reversed",
        LOCKER,
        {f"{LINE}.storno_qty": -1},
        f"error line.storno.range $.{LINE}.storno_qty",
    )
    yield fault(
        "a line twice",
        CARD,
        {"products[2]": lambda: sound_value(CARD, "products[0]")},
        "error line.doubled $.products[2].id",
    )
    yield fault(
        "two lines with one id",
        CARD,
        {"products[1].id": lambda: sound_value(CARD, "products[0].id")},
        "error line.doubled $.products[1].id",
    )

    yield fault(
        "a split short of the voucher",
        CARD,
        {f"{SPLIT}.value": "-8.9450", f"{SPLIT}.vat_value": "-0.9840"},
        "error voucher.split $.vouchers[0].sale_price",
    )
    yield fault(
        "a hundredth short of the voucher",
        CARD,
        {f"{SPLIT}.value": "-9.0350"},
        "error voucher.split $.vouchers[0].sale_price",
    )
    yield fault(
        "split VAT short of the voucher's",
        CARD,
        {"vouchers[0].sale_price_vat": "-7.6417", "cashed_co": 273.67},
        "error voucher.split.vat $.vouchers[0].sale_price_vat",
    )
    yield fault(
        "a voucher that nothing shares out",
        CARD,
        {SPLIT: DROP, "products[1].product_voucher_split": []},
        "error voucher.split $.vouchers[0].sale_price",
    )
    yield fault(
        "a split of another voucher", CARD, {f"{SPLIT}.voucher_id": 99}, f"error voucher.unknown $.{SPLIT}.voucher_id"
    )
    yield fault("splits without any voucher", CARD, {"vouchers": []}, f"warning voucher.unlisted $.{SPLIT}.voucher_id")
    yield fault(
        "a split whose VAT is not its rate's",
        CARD,
        {f"{SPLIT}.vat": "0.2100"},
        f"warning voucher.vat_amount $.{SPLIT}.vat_value",
    )
    yield fault(
        "a split whose VAT is neither its rate's nor the voucher's",
        CARD,
        {f"{SPLIT}.vat_value": "-1.4940"},
        "error voucher.split.vat $.vouchers[0].sale_price_vat",
        f"warning voucher.vat_amount $.{SPLIT}.vat_value",
    )

    yield fault(
        "a proforma of another order",
        BANK,
        {"proforms[0].mkt_order_id": 1},
        "error proforma.order $.proforms[0].mkt_order_id",
    )
    yield fault(
        "a proforma a hundredth off",
        BANK,
        {"proforms[0].gross_value": lambda: float(sound_value(BANK, "proforms[0].gross_value")) + 0.01},
        "error proforma.gross $.proforms[0].gross_value",
    )
    yield fault(
        "a net proforma off", BANK, {"proforms[0].net_value": "1.0000"}, "error proforma.net $.proforms[0].net_value"
    )
    yield fault(
        "a proforma with a foreign line",
        BANK,
        {"proforms[0].products[0].vendor_order_product_id": 5},
        "info proforma.line $.proforms[0].products[0].vendor_order_product_id",
    )


def _off(base: int) -> str:
    return f"{float(sound_value(base, f'{LINE}.sale_price')) + 0.01:.4f}"
