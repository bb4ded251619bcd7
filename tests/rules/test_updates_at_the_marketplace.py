"""What the check of updates calls good is taken by the marketplace, and what it calls an error is refused there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from magflow_tui.marketplace.schema import Order, read_item
from magflow_tui.rules.updates import check_update
from magflow_tui.sandbox import Limits, SandboxAccount, SandboxConfig, SandboxProcess

Json = dict[str, Any]
COD, CARD = 1, 3
IN_PROGRESS, PREPARED, FINALISED = 2, 3, 4

ACCOUNT = SandboxAccount(name="main", username="u", password="p", orders=1500, offers=20, days=2)


class Marketplace:
    """A sandbox of many orders; each is handed out once, so that no test meets another's changes."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._used: set[int] = set()

    def order(self, status: int, payment: int) -> Json:
        """An order of the seller's own that nothing was given back of, with two pieces of its first product or more."""
        order = next(order for order in self._finalised(payment) if order["products"][0]["quantity"] > 1)
        self._used.add(order["id"])
        if status != FINALISED:
            # Finalised orders are many; those of two days can be taken back, and then cancelled and revived.
            for step in (PREPARED,) if status == PREPARED else (0, IN_PROGRESS):
                assert self.takes({**order, "status": step, "reason_cancellation": 24})
        (fresh,) = self._read({"id": order["id"]})
        return fresh

    def _finalised(self, payment: int) -> Iterator[Json]:
        for page in range(1, 16):
            for order in self._read({"status": FINALISED, "payment_mode_id": payment, "currentPage": page}):
                sound = isinstance(order, dict) and not read_item(Order, json.dumps(order).encode()).issues
                if sound and order["id"] not in self._used and not order["vouchers"] and not order.get("is_storno"):
                    yield order

    def _read(self, query: Json) -> list[Json]:
        found: list[Json] = self._client.post("/order/read", json=query).json()["results"]
        return found

    def takes(self, entity: Json) -> bool:
        answer = self._client.post("/order/save", json={"data": [entity]}).json()
        return answer["isError"] is False


@pytest.fixture(scope="module")
def marketplace() -> Iterator[Marketplace]:
    config = SandboxConfig(accounts=(ACCOUNT,), seed=5, limits=Limits(enabled=False))
    with (
        SandboxProcess(config) as sandbox,
        httpx.Client(base_url=sandbox.base_url("main"), auth=("u", "p"), trust_env=False) as client,
    ):
        yield Marketplace(client)


def first_line(order: Json, **changes: object) -> Json:
    first, *others = order["products"]
    return {"products": [{**first, **changes}, *others]}


def less(order: Json) -> Json:
    return first_line(order, quantity=order["products"][0]["quantity"] - 1)


def nothing_of_anything(order: Json) -> Json:
    return {"products": [{**line, "quantity": 0} for line in order["products"]]}


def more_lines(**changes: object) -> Callable[[Json], Json]:
    line = {"product_id": 7, "name": "Reducere", "status": 1, "sale_price": "-1.0000", "quantity": 1, **changes}
    return lambda order: {
        "products": [*order["products"], {key: each for key, each in line.items() if each is not None}]
    }


def fixed(**changes: object) -> Callable[[Json], Json]:
    return lambda _: changes


CHANGES: list[tuple[str, int, int, Callable[[Json], Json], bool]] = [
    ("nothing", PREPARED, COD, fixed(), True),
    ("the status", PREPARED, COD, fixed(status=4), True),
    ("cancelled with a reason", IN_PROGRESS, COD, fixed(status=0, reason_cancellation=24), True),
    (
        "cancelled with a reason as an object",
        3,
        CARD,
        fixed(status=0, reason_cancellation={"id": 1, "name": "x"}),
        True,
    ),
    ("cancelled without a reason", PREPARED, COD, fixed(status=0, reason_cancellation=None), False),
    ("cancelled for no such reason", PREPARED, COD, fixed(status=0, reason_cancellation=14), False),
    ("an unknown status", PREPARED, COD, fixed(status=9), False),
    ("new again", IN_PROGRESS, COD, fixed(status=1), False),
    ("without a type", PREPARED, COD, fixed(type=None), False),
    ("one piece less", PREPARED, COD, less, True),
    ("a negative quantity", PREPARED, COD, lambda order: first_line(order, quantity=-1), False),
    ("a new line", PREPARED, COD, more_lines(), True),
    ("a new line without a name", PREPARED, COD, more_lines(name=None), False),
    ("a new line without an offer", PREPARED, COD, more_lines(product_id=None), False),
    ("a new line without a price", PREPARED, COD, more_lines(sale_price=None), False),
    ("no lines", PREPARED, COD, fixed(products=[]), False),
    ("one piece less, paid by card", PREPARED, CARD, less, False),
    ("a storno of one piece", FINALISED, COD, lambda order: {**less(order), "is_storno": True}, True),
    ("a storno of everything", FINALISED, COD, lambda order: {**nothing_of_anything(order), "is_storno": True}, True),
    ("a storno of nothing", FINALISED, COD, fixed(is_storno=True), False),
    (
        "a storno of an order that is not finalised",
        PREPARED,
        COD,
        lambda order: {**less(order), "is_storno": True},
        False,
    ),
    ("a storno of one piece, paid by card", FINALISED, CARD, lambda order: {**less(order), "is_storno": True}, False),
]


@pytest.mark.parametrize(
    ("status", "payment", "change", "good"), [each[1:] for each in CHANGES], ids=[each[0] for each in CHANGES]
)
def test_check_and_marketplace_agree(
    marketplace: Marketplace, status: int, payment: int, change: Callable[[Json], Json], good: bool
) -> None:
    order = marketplace.order(status, payment)
    sent = {**order, **change(order)}
    findings = check_update(read_item(Order, json.dumps(sent).encode()))
    assert all(finding.severity != "error" for finding in findings) == good, [str(finding) for finding in findings]
    assert marketplace.takes(sent) == good
