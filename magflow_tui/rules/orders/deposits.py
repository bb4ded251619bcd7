"""Packaging deposits (SGR) that are paid on top of a line (measured live since 2023)."""

from __future__ import annotations

from typing import Final

from magflow_tui.marketplace.schema import RecycleWarranty
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.check import OrderCheck, Path

_SOURCE: Final = "measured live"

INCOMPLETE: Final = Rule(
    "deposit.missing",
    "error",
    _SOURCE,
    Words("A deposit has a price, a rate and a quantity", "O garanție are preț, cotă și cantitate"),
    Words("required", "obligatoriu"),
    Words(
        "A part of the packaging deposit is missing: the order's total cannot be told.",
        "O parte din garanția de ambalaj lipsește: totalul comenzii nu poate fi aflat.",
    ),
)
QUANTITY: Final = Rule(
    "deposit.quantity",
    "error",
    _SOURCE,
    Words("Packages are not fewer than none", "Ambalajele nu sunt mai puține de zero"),
    Words("0 or more", "0 sau mai mult"),
    Words("A deposit for {value} packages cannot be.", "O garanție pentru {value} ambalaje nu este posibilă."),
)
PRICE: Final = Rule(
    "deposit.price",
    "error",
    _SOURCE,
    Words("Deposits are not negative", "Garanțiile nu sunt negative"),
    Words("0 or more", "0 sau mai mult"),
    Words("A deposit of {value} a package cannot be.", "O garanție de {value} pe ambalaj nu este posibilă."),
)
VAT: Final = Rule(
    "deposit.vat",
    "error",
    _SOURCE,
    Words("VAT of deposits is a fraction", "TVA al garanțiilor este o fracție"),
    Words("a fraction from 0 to below 1", "o fracție de la 0 până sub 1"),
    Words(
        "A VAT rate of {value} is no fraction: 21 % is written 0.21.",
        "Cota TVA {value} nu este o fracție: 21 % se scrie 0.21.",
    ),
)

RULES: Final = (INCOMPLETE, QUANTITY, PRICE, VAT)


def check_deposits(check: OrderCheck, deposits: tuple[RecycleWarranty, ...], path: Path) -> None:
    """Deposits have a quantity, a price and a rate that can be."""
    for number, deposit in enumerate(deposits):
        if deposit.recycle_warranty_voucher_split:
            check.has_splits = True
        _check_deposit(check, deposit, (*path, number))


def _check_deposit(check: OrderCheck, deposit: RecycleWarranty, path: Path) -> None:
    for key, value in (
        ("quantity", deposit.quantity),
        ("sale_price", deposit.sale_price),
        ("vat_rate", deposit.vat_rate),
    ):
        if value is None:
            check.report_amount(INCOMPLETE, *path, key)
    if deposit.quantity is not None and deposit.quantity < 0:
        check.report_amount(QUANTITY, *path, "quantity")
    if deposit.sale_price is not None and deposit.sale_price < 0:
        check.report_amount(PRICE, *path, "sale_price")
    if deposit.vat_rate is not None and not 0 <= deposit.vat_rate < 1:
        check.report_amount(VAT, *path, "vat_rate")
