"""Money that was collected and given back, against what the order costs.

`cashed_co` is what a card paid and equals the total (measured live, without vouchers), `cashed_cod` what the courier
collected; both are null or 0 until then. How they look with vouchers, and after a storno or a removed line, has not
been measured: then every reading that makes sense is good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from magflow_tui.marketplace.codes import PaymentMode
from magflow_tui.rules.findings import Rule, Words
from magflow_tui.rules.orders.amounts import money
from magflow_tui.rules.orders.check import OrderCheck
from magflow_tui.rules.totals import OrderSums, in_hundredths, order_sums

_SOURCE: Final = "API 4.4.7 §5.1"

STATUS: Final = Rule(
    "payment.status",
    "error",
    _SOURCE,
    Words("The payment status is one that exists", "Statusul plății există"),
    Words("0 or 1", "0 sau 1"),
    Words(
        "Payment status {value} does not exist: 0 is not paid, 1 paid.",
        "Statusul plății {value} nu există: 0 neplătită, 1 plătită.",
    ),
)
STATUS_MISSING: Final = Rule(
    "payment.status.missing",
    "warning",
    _SOURCE,
    Words("The order says whether it is paid", "Comanda spune dacă este plătită"),
    Words("0 or 1", "0 sau 1"),
    Words("The order does not say whether it is paid.", "Comanda nu spune dacă este plătită."),
)
LABEL: Final = Rule(
    "payment.label",
    "warning",
    "measured live",
    Words("The payment's name goes with its number", "Numele plății corespunde numărului"),
    Words("the name of payment mode {mode}", "numele modului de plată {mode}"),
    Words(
        "The order is called {value}, but its payment mode is {mode}.",
        "Comanda este numită {value}, dar modul ei de plată este {mode}.",
    ),
)
OTHER_MODE: Final = Rule(
    "payment.mode",
    "warning",
    _SOURCE,
    Words("Money comes the way the order is paid", "Banii vin pe calea de plată a comenzii"),
    Words("null or 0", "null sau 0"),
    Words(
        "{value} was collected here, although the order is paid another way (payment_mode_id {mode}).",
        "Aici s-au încasat {value}, deși comanda se plătește altfel (payment_mode_id {mode}).",
    ),
)
NOT_PAID: Final = Rule(
    "payment.unpaid",
    "warning",
    _SOURCE,
    Words("What was collected makes an order paid", "Ce s-a încasat face comanda plătită"),
    Words("null or 0 while payment_status is 0", "null sau 0 cât timp payment_status este 0"),
    Words(
        "{value} was collected, but the order says that it is not paid.",
        "S-au încasat {value}, dar comanda spune că nu este plătită.",
    ),
)
NEGATIVE: Final = Rule(
    "payment.negative",
    "error",
    _SOURCE,
    Words("Amounts collected or given back are not negative", "Sumele încasate sau restituite nu sunt negative"),
    Words("0 or more", "0 sau mai mult"),
    Words("{value} cannot be collected or given back.", "{value} nu se poate încasa sau restitui."),
)
SHIPPING: Final = Rule(
    "order.shipping",
    "error",
    _SOURCE,
    Words("Shipping is not negative", "Transportul nu este negativ"),
    Words("0 or more", "0 sau mai mult"),
    Words("Shipping cannot cost {value}.", "Transportul nu poate costa {value}."),
)
SHIPPING_MISSING: Final = Rule(
    "order.shipping.missing",
    "warning",
    _SOURCE,
    Words("The order says what shipping costs", "Comanda spune cât costă transportul"),
    Words("an amount, 0 for free", "o sumă, 0 pentru gratuit"),
    Words(
        "What shipping costs is not given: the total may be short of it.",
        "Costul transportului lipsește: totalul poate fi fără el.",
    ),
)
CASHED: Final = Rule(
    "totals.cashed",
    "error",
    "measured live",
    Words("What was collected is what the order costs", "Ce s-a încasat este cât costă comanda"),
    Words("{total}", "{total}"),
    Words("{sum}, but {key} says {said}.", "{sum_ro}, dar {key} spune {said}."),
)
BELOW_ZERO: Final = Rule(
    "totals.negative",
    "warning",
    "measured live",
    Words("An order does not cost less than nothing", "O comandă nu costă mai puțin de zero"),
    Words("0 or more in all", "0 sau mai mult în total"),
    Words("{sum}: discounts take off more than there is.", "{sum_ro}: reducerile scad mai mult decât este."),
)
REFUNDED: Final = Rule(
    "totals.refunded",
    "warning",
    "measured live",
    Words("Not more is given back than was paid", "Nu se restituie mai mult decât s-a plătit"),
    Words("at most {paid}", "cel mult {paid}"),
    Words(
        "{said} was given back, but no more than {paid} can have been paid.",
        "S-au restituit {said}, dar s-au putut plăti cel mult {paid}.",
    ),
)

RULES: Final = (
    STATUS, STATUS_MISSING, LABEL, OTHER_MODE, NOT_PAID, NEGATIVE, SHIPPING, SHIPPING_MISSING, CASHED, BELOW_ZERO,
    REFUNDED,
)  # fmt: skip

_CARD: Final = PaymentMode.CARD.value
_CASH: Final = PaymentMode.CASH_ON_DELIVERY.value
_PAYMENT_STATUSES: Final = frozenset((0, 1))
#: The labels that have been seen live; others, of other languages, are not known.
_MODE_OF_LABEL: Final[Mapping[str, int]] = MappingProxyType({"RAMBURS": _CASH, "CARD online": _CARD})


def check_payment(check: OrderCheck) -> None:
    """The payment's status, name and amounts go with how the order is paid."""
    order = check.order
    mode = order.payment_mode_id
    if order.payment_status not in _PAYMENT_STATUSES:
        if order.payment_status is not None:
            check.report(STATUS, "payment_status")
        elif not check.short_form:
            check.report(STATUS_MISSING, "payment_status")
    meant = None if order.payment_mode is None else _MODE_OF_LABEL.get(order.payment_mode)
    if meant is not None and mode is not None and meant != mode:
        check.report(LABEL, "payment_mode", mode=mode)
    if order.cashed_co:
        _check_collected(check, "cashed_co", order.cashed_co, _CASH)
    if order.cashed_cod:
        _check_collected(check, "cashed_cod", order.cashed_cod, _CARD)


def _check_collected(check: OrderCheck, key: str, amount: Decimal, other_mode: int) -> None:
    """What was collected is not negative, came the right way, and makes the order paid."""
    mode = check.order.payment_mode_id
    if amount < 0:
        check.report_amount(NEGATIVE, key)
    elif mode == other_mode:
        check.report(OTHER_MODE, key, mode=mode)
    elif check.order.payment_status == 0:
        check.report(NOT_PAID, key)


def check_shipping(check: OrderCheck) -> None:
    """Shipping has a price that is not negative."""
    shipping = check.order.shipping_tax
    if shipping is None:
        if not check.short_form:
            check.report(SHIPPING_MISSING, "shipping_tax")
    elif shipping < 0:
        check.report_amount(SHIPPING, "shipping_tax")


def check_totals(check: OrderCheck) -> None:
    """What was collected is the total, and what was given back is no more than that."""
    order = check.order
    refunded = order.refunded_amount
    if refunded and refunded < 0:
        check.report_amount(NEGATIVE, "refunded_amount")
    if check.unsettled or not (
        order.cashed_co or order.cashed_cod or refunded or order.vouchers or check.has_discount_line
    ):
        return
    cashed = order.cashed_co or order.cashed_cod
    if order.cashed_co and order.cashed_cod:
        cashed = order.cashed_co + order.cashed_cod
    sums = order_sums(order)
    if sums is None:
        return
    total = sums.total
    if total.is_signed() and total:
        check.report(BELOW_ZERO, "vouchers" if order.vouchers else "products", **_sum(sums))
    elif cashed and cashed != total and not any(cashed == amount for amount in _other_readings(check, sums)):
        key = "cashed_co" if order.cashed_co else "cashed_cod"
        check.report(CASHED, key, total=money(total), key=key, said=money(cashed), **_sum(sums))
    if refunded:
        _check_refund(check, refunded, cashed, sums)


def _other_readings(check: OrderCheck, sums: OrderSums) -> Iterator[Decimal]:
    """What else may have been collected, where it has not been measured."""
    yield from _without_discounts(sums)
    as_ordered = _as_ordered(check)
    if as_ordered is not None:
        yield as_ordered.total
        yield from _without_discounts(as_ordered)
    if check.order.refunded_amount:
        yield sums.total + check.order.refunded_amount


def _without_discounts(sums: OrderSums) -> Iterator[Decimal]:
    if sums.discounts:
        yield sums.before_discounts
        yield sums.goods + sums.shipping
        yield in_hundredths(sums.goods + sums.shipping + sums.discounts)


def _as_ordered(check: OrderCheck) -> OrderSums | None:
    """What the order cost before lines were reversed or removed; None where none were."""
    if any(line.storno_qty or line.status == 0 for line in check.order.products or ()):
        return order_sums(check.order, as_ordered=True)
    return None


def _check_refund(check: OrderCheck, refunded: Decimal, cashed: Decimal | None, sums: OrderSums) -> None:
    """No more is given back than was paid. Of a bank transfer it is not told how much that was."""
    if check.order.payment_mode_id not in (_CARD, _CASH):
        return
    as_ordered = _as_ordered(check)
    paid = max(sums.before_discounts, cashed or sums.total)
    if as_ordered is not None:
        # The deposits of what was reversed are gone from the order; they do not cost more than their products.
        paid = max(paid, as_ordered.before_discounts + as_ordered.goods)
    if refunded > paid:
        check.report(REFUNDED, "refunded_amount", said=money(refunded), paid=money(paid))


def _sum(sums: OrderSums) -> dict[str, str]:
    """The sum in words: `lines 318.39 − vouchers 6.00 = 312.39`."""
    parts = [("", "lines", "linii", sums.goods)]
    for sign, english, romanian, amount in (
        (" + ", "deposits", "garanții", sums.deposits),
        (" + ", "shipping", "transport", sums.shipping),
        (" − ", "vouchers", "vouchere", -sums.discounts),
    ):
        if amount:
            parts.append((sign, english, romanian, amount))
    total = money(sums.total)
    return {
        "sum": "".join(f"{sign}{name} {money(amount)}" for sign, name, _, amount in parts) + f" = {total}",
        "sum_ro": "".join(f"{sign}{name} {money(amount)}" for sign, _, name, amount in parts) + f" = {total}",
    }


CHECKS: Final[tuple[Callable[[OrderCheck], None], ...]] = (check_payment, check_shipping, check_totals)
