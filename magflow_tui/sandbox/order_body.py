"""Writes an order as the marketplace sends it: every key that has been seen there, with its quirks.

The body of an order depends on nothing but the world's seed, the account and the order's index, plus how far the order
has come.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from magflow_tui.sandbox.catalogue import Catalogue, Variant
from magflow_tui.sandbox.datafiles import read_toml
from magflow_tui.sandbox.jsontypes import JsonObject, objects_in
from magflow_tui.sandbox.localtime import LocalTime
from magflow_tui.sandbox.money import four_decimals, gross_of, in_units, net_of, number, two_decimals
from magflow_tui.sandbox.people import customers, observations
from magflow_tui.sandbox.platforms import EUR, Currency, Market
from magflow_tui.sandbox.timeline import (
    BANK,
    CANCELLED,
    CARD,
    COD,
    FBE,
    FINALISED,
    NEW,
    PREPARED,
    RETURNED,
    Timeline,
)

FIRST_LINE_ID, LINE_IDS_PER_ORDER = 315_800_000, 8
"""The lines of the order at an index are numbered from `FIRST_LINE_ID + index * LINE_IDS_PER_ORDER` on."""

_DEPOSIT = {"ro": 50, "bg": 0, "hu": 5000}
"""Deposit per container in cents; Bulgaria has none."""
_DEPOSIT_NAMES = {"ro": "Taxa SGR plastic", "bg": "", "hu": "Visszaváltási díj (DRS)"}
_VOUCHER_NAMES = {"ro": "Voucher reducere", "bg": "Ваучер за отстъпка", "hu": "Kedvezmény kupon"}
_CANCELLATIONS = (1, 2, 3, 19, 23, 24, 24, 31, 33, 38)


@dataclass(frozen=True)
class _Voucher:
    """A discount on an order: what it takes off each line, in cents with VAT, and who pays for it."""

    voucher_id: int
    name: str
    offered_by: str
    shares: tuple[int, ...]
    on_shipping: int


class OrderWriter:
    """Writes the orders of one account."""

    def __init__(self, *, market: Market, time: LocalTime, timeline: Timeline, catalogue: Catalogue, seed: int) -> None:
        self._market = market
        self._time = time
        self._timeline = timeline
        self._catalogue = catalogue
        self._customers = customers(market, seed)
        self._observations = observations(market)

    def body(self, index: int, status: int, changed: int) -> JsonObject:
        """The order at `index` with a status it reached at the moment `changed`."""
        timeline, bits = self._timeline, self._timeline.entropy.at(index)
        payment, order_type = timeline.payment(index), timeline.order_type(index)
        created_at = timeline.created(index)
        created, modified = self._time.text(created_at), self._time.text(changed)
        placed = self._time.text(created_at - (bits >> 3 & 31))
        order_id = timeline.order_id(index)
        currency = self._market.currency(created)
        customer = self._customers[bits % len(self._customers)]
        pickup = bits >> 48 & 7 < 3
        discounted = bits >> 51 & 15 == 0 and status != RETURNED

        lines: list[JsonObject] = []
        goods: list[int] = []
        rates: list[int] = []
        extra = returned = 0
        for place in range((1, 1, 1, 2, 2, 3, 3, 4)[bits >> 45 & 7]):
            draw = bits * (2 * place + 1) + 0x9E3779B97F4A7C15 * place & 0xFFFFFFFFFFFFFFFF
            variant = self._catalogue.variant((draw >> 8) % self._catalogue.size)
            ordered = (1, 1, 1, 1, 1, 2, 2, 3)[draw >> 5 & 7]
            rate = self._market.vat(variant.vat, created)
            line, gross = self._line(variant, ordered, rate, currency, status == RETURNED)
            line["id"] = FIRST_LINE_ID + index * LINE_IDS_PER_ORDER + place
            line["mkt_id"] = 88_100_000 + index * 8 + place
            line["created"], line["modified"] = created, modified
            returned += gross_of(net_of(variant.price(currency), rate), rate) * ordered if status == RETURNED else 0
            if variant.bottles and status != RETURNED:
                extra += self._deposit(line, variant, ordered)
            lines.append(line)
            goods.append(gross)
            rates.append(rate)

        subtotal = sum(goods)
        shipping = 0 if subtotal > 300 * currency.per_euro * 10 else _shipping(currency)
        vouchers: list[JsonObject] = []
        shipping_split: list[JsonObject] = []
        if discounted:
            voucher = self._voucher(order_id, goods, shipping, bits)
            vouchers.append(
                _apply(voucher, lines, rates, shipping_split, created, _VOUCHER_NAMES[self._market.language])
            )
            extra -= sum(voucher.shares) + voucher.on_shipping
        total = subtotal + extra + shipping
        paid = _paid(payment, status, bits)
        details: JsonObject | list[object] = (
            customer.locker_details if pickup else [] if bits & 1 else {"locker_delivery_eligible": bits >> 1 & 1}
        )
        return {
            "vendor_name": self._market.vendor,
            "id": order_id,
            "type": order_type,
            "parent_id": None,
            "date": placed,
            "payment_mode": self._market.payment_labels[payment - 1],
            "detailed_payment_method": "eCREDIT"
            if payment == CARD and bits >> 55 & 15 == 0
            else self._market.payment_labels[payment - 1],
            "payment_mode_id": payment,
            "delivery_mode": "pickup" if pickup else "Livrare 6H" if bits >> 55 & 63 == 9 else "courier",
            "observation": self._observations[bits % len(self._observations)] if bits >> 56 & 7 == 0 else None,
            "status": status,
            "payment_status": int(paid),
            "customer": customer.locker if pickup else customer.home,
            "products": lines,
            "shipping_tax": number(shipping),
            "shipping_tax_voucher_split": shipping_split,
            "vouchers": vouchers,
            "proforms": self._proforms(order_id, customer.home, lines, rates, created_at, paid)
            if payment == BANK
            else [],
            "attachments": self._attachments(order_id, status),
            "cashed_co": number(total) if payment == CARD and paid else None,
            "cashed_cod": number(total) if payment == COD and paid else 0,
            "cancellation_request": None,
            "has_editable_products": int(status in (NEW + 1, PREPARED)),
            "refunded_amount": two_decimals(returned) if returned and paid else "0",
            "is_complete": int(not (payment == BANK and status == NEW)),
            "refund_status": None,
            "maximum_date_for_shipment": self._time.text(created_at + 172_800),
            "late_shipment": None if status == NEW else int(bits >> 57 & 31 == 0),
            "emag_club": int(bits >> 58 & 3 == 0),
            "finalization_date": modified if status in (FINALISED, RETURNED) else None,
            "details": details,
            "weekend_delivery": int(bits >> 59 & 15 == 0),
            "reason_cancellation": _reason(bits)
            if status == CANCELLED
            else {"id": None, "name": None}
            if bits & 6 == 6
            else None,
            "flags": [],
            "created": created,
            "modified": modified,
            "enforced_vendor_courier_accounts": None
            if bits >> 60 & 7
            else ["1102", "1207"]
            if order_type != FBE
            else [],
            "delivery_payment_mode": None,
            "currency": currency.code,
        }

    def _line(
        self, variant: Variant, ordered: int, rate: int, currency: Currency, returned: bool
    ) -> tuple[JsonObject, int]:
        """A line and what it costs with VAT, in cents; a returned line has quantity 0 and costs nothing."""
        net = net_of(variant.price(currency), rate)
        quantity = 0 if returned else ordered
        line: JsonObject = {
            "id": 0,
            "product_id": str(variant.offer_id),
            "name": variant.name,
            "ext_part_number": variant.ext_part_number,
            "part_number": variant.part_number,
            "part_number_key": variant.part_number_key,
            "retained_amount": 0,
            "sale_price": four_decimals(net),
            "original_price": four_decimals(net if variant.offer_id % 5 else net * 5 // 4),
            "currency": currency.code,
            "mkt_id": 0,
            "quantity": quantity,
            "initial_qty": ordered,
            "storno_qty": ordered - quantity,
            "vat": four_decimals(rate),
            "status": 1,
            "reversible_vat_charging": 0,
            "product_voucher_split": [],
            "attachments": [],
            "details": [],
            "created": "",
            "modified": "",
            "recycle_warranties": [],
            "serial_numbers": None,
            "campaign": {"id": None, "name": None},
        }
        return line, gross_of(net, rate) * quantity

    def _deposit(self, line: JsonObject, variant: Variant, ordered: int) -> int:
        """Put the deposit for containers on a line; returns it in cents."""
        each = _DEPOSIT[self._market.language]
        if not each:
            return 0
        pieces = variant.bottles * ordered
        line["recycle_warranties"] = [
            {
                "quantity": pieces,
                "sale_price": four_decimals(each * 100),
                "vat_rate": "0.0000",
                "product_name": _DEPOSIT_NAMES[self._market.language],
                "recycle_warranty_voucher_split": [],
            }
        ]
        return each * pieces

    def _voucher(self, order_id: int, goods: list[int], shipping: int, bits: int) -> _Voucher:
        percent = 5 + (bits >> 30 & 15)
        whole = 100 if self._market.language == "hu" else 1
        shares = tuple(max(gross * percent // 100 // whole * whole, whole) for gross in goods)
        on_shipping = shipping if bits >> 34 & 3 == 0 else 0
        offered_by = "seller" if bits >> 36 & 1 else "eMAG"
        return _Voucher(order_id % 9_000_000, f"-{percent}%", offered_by, shares, on_shipping)

    def _proforms(
        self,
        order_id: int,
        customer: JsonObject,
        lines: list[JsonObject],
        rates: list[int],
        created_at: int,
        paid: bool,
    ) -> list[JsonObject]:
        created, expires = self._time.text(created_at + 120), self._time.text(created_at + 120 + 15 * 86_400)
        nets = [in_units(line["sale_price"]) for line in lines]
        counts = [int(str(line["initial_qty"])) for line in lines]
        gross = sum(gross_of(net, rate) * count for net, rate, count in zip(nets, rates, counts, strict=True))
        net_total = sum((net + 50) // 100 * 100 * count for net, count in zip(nets, counts, strict=True))
        return [
            {
                "id": order_id % 7_000_000,
                "vendor_id": 20_417,
                "vendor_name": self._market.vendor,
                "vendor_bank": "Banca Teiului",
                "vendor_iban": f"{self._market.country}49AAAA1B31007593840000",
                "customer_name": customer["name"],
                "vendor_order_id": order_id % 90_000_000,
                "mkt_order_id": order_id,
                "proforma_number": f"PF{order_id % 1_000_000:06d}",
                "created": created,
                "date_expire": expires,
                "net_value": four_decimals(net_total),
                "gross_value": number(gross),
                "status": 1,
                "is_payed": int(paid),
                "modified": created,
                "products": [
                    {
                        "id": 5_000_000 + int(str(line["id"])) % 1_000_000,
                        "vendor_proform_id": order_id % 7_000_000,
                        "vendor_order_product_id": line["id"],
                        "vendor_product_id": int(str(line["product_id"])),
                        "vendor_product_ext_name": line["name"],
                        "vendor_order_product_quantity": line["initial_qty"],
                        "vendor_order_product_sale_price": line["sale_price"],
                        "vendor_order_product_vat_rate": line["vat"],
                        "created": created,
                        "modified": created,
                    }
                    for line in lines
                ],
            }
        ]

    def _attachments(self, order_id: int, status: int) -> list[JsonObject]:
        if status not in (FINALISED, RETURNED) or order_id % 3:
            return []
        url = f"https://files.example.com/invoices/{order_id}.pdf"
        return [{"name": f"Factura {order_id}", "url": url, "visibility": 1, "type": 1, "force_download": "0"}]


def _shipping(currency: Currency) -> int:
    """The price of delivery with VAT, in cents."""
    return 149_000 if currency.whole else 499 if currency is EUR else 1_499


def _paid(payment: int, status: int, bits: int) -> bool:
    """Whether eMAG has the money: cards at once unless cancelled, cash only some days after the order is finalised."""
    if payment == CARD:
        return status != CANCELLED
    if payment == BANK:
        return status not in (NEW, CANCELLED)
    return status == FINALISED and bits >> 61 & 1 == 1


def _reason(bits: int) -> JsonObject:
    code = _CANCELLATIONS[bits % len(_CANCELLATIONS)]
    return {"id": code, "name": cancellation_reasons()[code]}


@cache
def cancellation_reasons() -> dict[int, str]:
    """The cancellation reasons by code, as the marketplace names them in an order."""
    return {
        int(str(item["id"])): str(item["ro"]) for item in objects_in(read_toml("cancellation_reasons.toml")["reason"])
    }


def _split(voucher: _Voucher, gross: int, rate: int) -> tuple[JsonObject, int, int]:
    """One split of a voucher: its object, and what it takes off without VAT and as VAT, in 1/10 000."""
    net = net_of(gross, rate)
    vat = gross * 100 - net
    split: JsonObject = {
        "voucher_id": voucher.voucher_id,
        "value": four_decimals(-net),
        "vat_value": four_decimals(-vat),
        "vat": four_decimals(rate),
        "offered_by": voucher.offered_by,
        "voucher_name": voucher.name,
    }
    return split, net, vat


def _apply(
    voucher: _Voucher,
    lines: list[JsonObject],
    rates: list[int],
    shipping_split: list[JsonObject],
    issued: str,
    title: str,
) -> JsonObject:
    """Distribute a voucher over lines and shipping; returns the voucher itself, which is the sum of its splits."""
    net = vat = 0
    for line, rate, gross in zip(lines, rates, voucher.shares, strict=True):
        split, part_net, part_vat = _split(voucher, gross, rate)
        line["product_voucher_split"] = [split]
        net, vat = net + part_net, vat + part_vat
    if voucher.on_shipping:
        split, part_net, part_vat = _split(voucher, voucher.on_shipping, rates[0])
        shipping_split.append(split)
        net, vat = net + part_net, vat + part_vat
    return {
        "id": str(voucher.voucher_id),
        "voucher_id": voucher.voucher_id,
        "voucher_name": f"{title} {voucher.name}",
        "status": 1,
        "sale_price": four_decimals(-net),
        "sale_price_vat": four_decimals(-vat),
        "vat": four_decimals(rates[0]),
        "issue_date": issued,
        "created": issued,
        "modified": issued,
    }
