"""Discounts, and how their splits share them out over lines, deposits and shipping (API 4.4.7 §5.1.4, measured live).

A split is a part of a voucher: together they are the voucher, net and VAT. Amounts are negative, rates fractions.
Whether vouchers shrink together with lines that were reversed is not known: sums are not compared then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from magflow_tui.marketplace.schema import Voucher, VoucherSplit
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.amounts import money
from magflow_tui.rules.orders.check import OrderCheck, Path

_SOURCE: Final = "API 4.4.7 §5.1.4"

INCOMPLETE: Final = Rule(
    "voucher.missing",
    "error",
    _SOURCE,
    Words("A voucher says what it takes off", "Un voucher spune cât scade"),
    Words("required", "obligatoriu"),
    Words(
        "The voucher does not say what it takes off: the order's total cannot be told.",
        "Voucherul nu spune cât scade: totalul comenzii nu poate fi aflat.",
    ),
)
ID: Final = Rule(
    "voucher.id",
    "error",
    _SOURCE,
    Words("A voucher's id can be one", "Id-ul voucherului este posibil"),
    Words("whole number, 1 or more", "număr întreg, cel puțin 1"),
    Words("{value} cannot be the id of a voucher.", "{value} nu poate fi id-ul unui voucher."),
)
AMOUNT: Final = Rule(
    "voucher.amount",
    "error",
    _SOURCE,
    Words("Vouchers take money off", "Voucherele scad prețul"),
    Words("0 or less", "0 sau mai puțin"),
    Words("A voucher of {value} would add to the price.", "Un voucher de {value} ar adăuga la preț."),
)
RATE: Final = Rule(
    "voucher.vat",
    "error",
    _SOURCE,
    Words("VAT of vouchers is a fraction", "TVA al voucherelor este o fracție"),
    Words("a fraction from 0 to below 1", "o fracție de la 0 până sub 1"),
    Words(
        "A VAT rate of {value} is no fraction: 21 % is written 0.21.",
        "Cota TVA {value} nu este o fracție: 21 % se scrie 0.21.",
    ),
)
VAT_AMOUNT: Final = Rule(
    "voucher.vat_amount",
    "warning",
    _SOURCE,
    Words("A split's VAT is its rate of it", "TVA al unei împărțiri corespunde cotei"),
    Words("{net} × {rate} = {tax}", "{net} × {rate} = {tax}"),
    Words(
        "At {rate} the VAT of {net} is {tax}, but the split says {said}.",
        "La {rate} TVA pentru {net} este {tax}, dar împărțirea spune {said}.",
    ),
)
SPLIT: Final = Rule(
    "voucher.split",
    "error",
    _SOURCE,
    Words("Splits add up to their voucher", "Împărțirile însumate dau voucherul"),
    Words("splits of {said} in all", "împărțiri de {said} în total"),
    Words(
        "The splits of voucher {voucher} on lines, deposits and shipping make {sum}, but the voucher is {said}.",
        "Împărțirile voucherului {voucher} pe linii, garanții și transport fac {sum}, dar voucherul este {said}.",
    ),
)
SPLIT_VAT: Final = Rule(
    "voucher.split.vat",
    "error",
    _SOURCE,
    Words("The VAT of splits adds up to their voucher's", "TVA al împărțirilor însumate dă TVA-ul voucherului"),
    Words("VAT of {said} in all", "TVA de {said} în total"),
    Words(
        "The VAT of the splits of voucher {voucher} makes {sum}, but the voucher's is {said}.",
        "TVA al împărțirilor voucherului {voucher} face {sum}, dar al voucherului este {said}.",
    ),
)
ORPHAN: Final = Rule(
    "voucher.unknown",
    "error",
    _SOURCE,
    Words("A split belongs to a voucher of the order", "O împărțire ține de un voucher al comenzii"),
    Words("the id of one of the order's vouchers", "id-ul unui voucher al comenzii"),
    Words(
        "The split is of voucher {value}, which is none of the order's.",
        "Împărțirea este a voucherului {value}, care nu este al comenzii.",
    ),
)
UNLISTED: Final = Rule(
    "voucher.unlisted",
    "warning",
    _SOURCE,
    Words("Vouchers that are split are listed", "Voucherele împărțite sunt listate"),
    Words("the voucher under vouchers", "voucherul în vouchers"),
    Words(
        "There is a split of voucher {value}, but the order lists no vouchers; its total counts the splits.",
        "Există o împărțire a voucherului {value}, dar comanda nu listează vouchere; totalul numără împărțirile.",
    ),
)

RULES: Final = (INCOMPLETE, ID, AMOUNT, RATE, VAT_AMOUNT, SPLIT, SPLIT_VAT, ORPHAN, UNLISTED)

# Splits have four decimals each: together they may miss the voucher by less than a hundredth.
_HUNDREDTH: Final = Decimal("0.01")


class _Split(NamedTuple):
    split: VoucherSplit
    path: Path


def check_vouchers(check: OrderCheck) -> None:
    """Vouchers and splits are whole and take money off; splits belong to a voucher and add up to it."""
    order = check.order
    vouchers = order.vouchers
    if not (vouchers or check.has_splits or order.shipping_tax_voucher_split):
        return  # as with most orders
    clean = True
    for place, voucher in enumerate(vouchers or ()):
        clean &= _is_sound(check, voucher.sale_price, voucher.sale_price_vat, voucher, ("vouchers", place))
    splits = list(_splits(check))
    for split, path in splits:
        clean &= _is_sound(check, split.value, split.vat_value, split, path)
    if vouchers:
        clean &= _check_belonging(check, vouchers, splits)
        if clean and not check.unsettled and not _is_reversed(check) and _has_splits(check):
            _check_sums(check, vouchers, splits)
    elif splits and (vouchers is not None or "vouchers" not in order.model_fields_set):
        split, path = splits[0]
        check.report(UNLISTED, *path, "voucher_id")


def _splits(check: OrderCheck) -> Iterator[_Split]:
    """All splits of the order with where they are."""
    order = check.order
    for number, split in enumerate(order.shipping_tax_voucher_split or ()):
        yield _Split(split, ("shipping_tax_voucher_split", number))
    for place, line in enumerate(order.products or ()):
        for number, split in enumerate(line.product_voucher_split or ()):
            yield _Split(split, ("products", place, "product_voucher_split", number))
        for which, deposit in enumerate(line.recycle_warranties or ()):
            for number, split in enumerate(deposit.recycle_warranty_voucher_split or ()):
                path = ("products", place, "recycle_warranties", which, "recycle_warranty_voucher_split", number)
                yield _Split(split, path)


def _is_sound(
    check: OrderCheck, net: Decimal | None, tax: Decimal | None, discount: Voucher | VoucherSplit, path: Path
) -> bool:
    """Whether id, amounts and rate of a voucher or split are there and can be."""
    net_key, tax_key = ("sale_price", "sale_price_vat") if isinstance(discount, Voucher) else ("value", "vat_value")
    before = len(check.found)
    for key, amount in ((net_key, net), (tax_key, tax)):
        if amount is None:
            check.report_amount(INCOMPLETE, *path, key)
        elif amount > 0:
            check.report_amount(AMOUNT, *path, key)
    if discount.voucher_id is not None and discount.voucher_id < 1:
        check.report(ID, *path, "voucher_id")
    rate = discount.vat
    if rate is not None and not 0 <= rate < 1:
        check.report(RATE, *path, "vat")
    elif isinstance(discount, VoucherSplit) and net is not None and tax is not None and rate is not None:
        # A voucher over lines of several rates has the rate of one of them; a split has its own.
        due = net * rate
        if abs(due - tax) >= _HUNDREDTH and before == len(check.found):
            check.report(
                VAT_AMOUNT, *path, "vat_value", net=money(net), rate=money(rate), tax=money(due), said=money(tax)
            )
            return True  # that it may not add up with the others either is another matter
    return before == len(check.found)


def _check_belonging(check: OrderCheck, vouchers: tuple[Voucher, ...], splits: list[_Split]) -> bool:
    known = {voucher.voucher_id for voucher in vouchers}
    sound = True
    for split, path in splits:
        number = split.voucher_id
        if number is not None and number > 0 and number not in known and None not in known:
            check.report_amount(ORPHAN, *path, "voucher_id")
            sound = False
    return sound


def _is_reversed(check: OrderCheck) -> bool:
    return check.is_over or any(line.storno_qty or line.status == 0 for line in check.order.products or ())


def _has_splits(check: OrderCheck) -> bool:
    """Whether this payload tells splits at all: those of before 2022 do not."""
    order = check.order
    return any("product_voucher_split" in line.model_fields_set for line in order.products or ()) and all(
        line.model_fields_set and line.product_voucher_split is not None for line in order.products or ()
    )


def _check_sums(check: OrderCheck, vouchers: tuple[Voucher, ...], splits: list[_Split]) -> None:
    """The splits of each voucher add up to it, net and VAT."""
    shares: dict[int | None, list[Decimal]] = {voucher.voucher_id: [Decimal(0), Decimal(0)] for voucher in vouchers}
    for split, _ in splits:
        share = shares.setdefault(split.voucher_id, [Decimal(0), Decimal(0)])
        share[0] += split.value or 0
        share[1] += split.vat_value or 0
    for place, voucher in enumerate(vouchers):
        net, tax = shares[voucher.voucher_id]
        for rule, key, said, found in (
            (SPLIT, "sale_price", voucher.sale_price, net),
            (SPLIT_VAT, "sale_price_vat", voucher.sale_price_vat, tax),
        ):
            if said is not None and abs(said - found) >= _HUNDREDTH:
                check.report_amount(
                    rule, "vouchers", place, key, voucher=voucher.voucher_id, sum=money(found), said=money(said)
                )
                break  # a voucher without splits misses both


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (check_vouchers,)
