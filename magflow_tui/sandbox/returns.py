"""The returns (RMA) of one account as `rma/read` sends them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import orjson

from magflow_tui.sandbox.catalogue import Catalogue
from magflow_tui.sandbox.entropy import Entropy
from magflow_tui.sandbox.jsontypes import JsonObject, as_object, objects_in
from magflow_tui.sandbox.localtime import LocalTime, parse_wall
from magflow_tui.sandbox.offers import ItemTruth
from magflow_tui.sandbox.orders import OrderBook

_STATUSES = (2, 3, 4, 5, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7)
_DAY = 86_400


class ReturnBook:
    """The returns of one account, oldest first, written on demand."""

    def __init__(
        self,
        *,
        time: LocalTime,
        catalogue: Catalogue,
        orders: OrderBook,
        name: str,
        count: int,
        began: int,
        days: float,
    ) -> None:
        self._time = time
        self._catalogue = catalogue
        self._orders = orders
        self._entropy = Entropy(f"{name}/returns")
        self._count = count if len(orders) else 0
        self._base_orders = len(orders)
        self._start = began - int(days * _DAY)
        self._step = max(int(days * _DAY) // max(count, 1), 1)

    def __len__(self) -> int:
        return self._count

    def payload(self, index: int) -> bytes:
        """The JSON of a return as it is served."""
        return orjson.dumps(self.body(index))

    def truth(self, index: int) -> ItemTruth:
        """What the return at `index` is."""
        return ItemTruth(_number(index), sha256(self.payload(index)).hexdigest())

    def select(self, filters: JsonObject) -> Sequence[int]:
        """The indices that the filters let through, newest first."""
        newest_first = range(self._count - 1, -1, -1)
        wanted = {
            key: filters[key] for key in ("emag_id", "order_id", "request_status") if filters.get(key) is not None
        }
        products = {key: filters[key] for key in ("product_id", "product_emag_id") if filters.get(key) is not None}
        first, last = (parse_wall(str(filters.get(key))) for key in ("date_start", "date_end"))
        if not wanted and not products and first is None and last is None:
            return newest_first
        chosen = []
        for index in newest_first:
            wall = self._time.wall(self._moment(index))
            if (first is not None and wall < first) or (last is not None and wall > last):
                continue
            body = self.body(index)
            lines = objects_in(body["products"])
            if all(str(body[key]) == str(value) for key, value in wanted.items()) and all(
                any(str(line[key]) == str(value) for line in lines) for key, value in products.items()
            ):
                chosen.append(index)
        return chosen

    def body(self, index: int) -> JsonObject:
        """A return."""
        bits = self._entropy.at(index)
        status = _STATUSES[bits & 15]
        order = self._orders.as_began((bits >> 8) % self._base_orders)
        customer = as_object(order["customer"])
        line = objects_in(order["products"])[0]
        moment = self._moment(index)
        date, later = self._time.text(moment), self._time.text(moment + 90_000)
        address = {key: customer[f"shipping_{key}"] for key in ("country", "suburb", "city", "locality_id", "street")}
        return {
            "is_full_fbe": int(order["type"] == 2),
            "emag_id": _number(index),
            "return_parent_id": None,
            "order_id": str(order["id"]),
            "type": order["type"],
            "is_club": order["emag_club"],
            "is_fast": 0,
            "customer_name": customer["shipping_contact"],
            "customer_company": customer["company"],
            "customer_phone": customer["phone_1"],
            **{f"pickup_{key}": value for key, value in address.items()},
            "pickup_method": 1 + (bits >> 4 & 3) % 3,
            "customer_account_iban": "",
            "customer_account_bank": "",
            "customer_account_beneficiary": "",
            "replacement_product_emag_id": None,
            "replacement_product_id": None,
            "replacement_product_name": None,
            "replacement_product_quantity": None,
            "observations": "",
            "request_status": status,
            "return_type": (3, 3, 3, 1)[bits >> 6 & 3],
            "return_reason": 10 + (bits >> 30 & 7),
            "date": date,
            "products": [
                {
                    "id": 7_300_000 + index,
                    "product_emag_id": 40_000_000 + int(str(line["product_id"])),
                    "product_id": int(str(line["product_id"])),
                    "quantity": 1,
                    "product_name": line["name"],
                    "return_reason": 10 + (bits >> 30 & 7),
                    "observations": "",
                    "diagnostic": 1 if status >= 6 else None,
                    "reject_reason": 3 if status == 4 else None,
                    "refund_value": "0.0000",
                }
            ],
            "extra_info": {
                "maximum_finalization_date": self._time.text(moment + 14 * _DAY),
                "first_pickup_date": later if status >= 6 else None,
                "estimated_product_pickup": later,
                "estimated_product_reception": self._time.text(moment + 3 * _DAY),
            },
            "return_tax_value": "0.0000",
            "swap": None,
            "return_address_snapshot": "",
            "awbs": [{"reservation_id": 51_000_000 + index}] if status != 2 else [],
            "status_history": [{"code": 2, "event_date": date, "requests": []}],
            "request_history": [],
            "locker": [],
            "currency": order["currency"],
            "courier_name": "Curierul Zimbru" if status != 2 else None,
        }

    def _moment(self, index: int) -> int:
        return self._start + index * self._step + self._entropy.at(index) % self._step


def _number(index: int) -> int:
    return 20_400_000 + index * 3
