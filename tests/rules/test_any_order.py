"""Nothing that arrives can crash the rules, and they say the same each time, in whatever order the keys come."""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.marketplace.schema import (
    Attachment,
    Customer,
    Order,
    OrderDetails,
    OrderLine,
    Payload,
    Proforma,
    RecycleWarranty,
    Voucher,
    VoucherSplit,
    read_item,
)
from magflow_tui.marketplace.schema.orders import ProformaLine
from magflow_tui.rules.findings import Finding
from magflow_tui.rules.orders import check_order

from .faults.fault import sound_orders

NOW = datetime(2026, 11, 22, tzinfo=UTC)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-5, 30)
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=6)
    | st.sampled_from(
        ("", "1", "0.21", "-5", "19", "RON", "EUR", "courier", "pickup", "RAMBURS", "1e400", "<b>", "[EasyBox #1]")
    )
    | st.sampled_from(
        ("2025-10-26 03:30:00", "0000-00-00 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "2025-02-30 1:1:1")
    )
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def objects(model: type[Payload], **inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects with any of a model's keys, and mostly what belongs under those that hold objects."""
    keys = st.sampled_from([name for name in model.model_fields if name not in inner])
    plain = st.dictionaries(keys, json_values, max_size=6)
    return st.builds(lambda fields, more: fields | more, plain, st.fixed_dictionaries({}, optional=inner))


splits = st.lists(objects(VoucherSplit), max_size=2)
deposits = st.lists(objects(RecycleWarranty, recycle_warranty_voucher_split=splits), max_size=2)
lines = st.lists(objects(OrderLine, product_voucher_split=splits, recycle_warranties=deposits) | scalars, max_size=3)
orders = objects(
    Order,
    id=st.just(7) | scalars,
    products=lines,
    customer=objects(Customer) | scalars,
    details=objects(OrderDetails),
    vouchers=st.lists(objects(Voucher), max_size=2),
    shipping_tax_voucher_split=splits,
    attachments=st.lists(objects(Attachment), max_size=2),
    proforms=st.lists(objects(Proforma, products=st.lists(objects(ProformaLine), max_size=2)), max_size=1),
)


def check(raw: bytes) -> tuple[Finding, ...]:
    """All findings, looked at closely: sentences can be made of each."""
    item = read_item(Order, raw)
    for platform in (None, PLATFORMS["emag-bg"]):
        found = check_order(item, platform=platform, now=NOW)
        assert found == check_order(read_item(Order, raw), platform=platform, now=NOW)
        for finding in found:
            assert finding.path.startswith("$")
            assert len(finding.value or "") <= 60
            assert finding.message("en").isprintable()
            assert finding.expected("ro")
            assert finding.message("ro").isprintable()
    return found


@settings(max_examples=250, deadline=None)
@given(orders, st.randoms(use_true_random=False))
def test_no_order_breaks_the_rules_and_the_order_of_keys_changes_nothing(
    order: dict[str, Any], rng: random.Random
) -> None:
    raw = json.dumps(order).encode()
    found = check(raw)
    assert any(finding.rule.code == "order.id" for finding in found) == (read_item(Order, raw).value is None)
    keys = list(order)
    rng.shuffle(keys)
    assert check(json.dumps({key: order[key] for key in keys}).encode()) == found


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(range(16)), st.data())
def test_no_value_at_any_place_of_a_sound_order_breaks_the_rules(base: int, data: st.DataObject) -> None:
    order = json.loads(json.dumps(sound_orders()[base]))
    for _ in range(data.draw(st.integers(1, 3))):
        holder: Any = order
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(holder[key], (dict, list)) and data.draw(st.booleans()):
                holder = holder[key]
                continue
            holder[key] = data.draw(json_values)
            break
    check(json.dumps(order).encode())


@settings(max_examples=150, deadline=None)
@given(json_values | st.lists(json_values, max_size=2))
def test_no_json_value_breaks_the_rules(value: object) -> None:
    check(json.dumps(value).encode())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | st.binary(max_size=20).map(lambda tail: b'{"id": 7, "a": "' + tail))
def test_no_bytes_break_the_rules(raw: bytes) -> None:
    found = check(raw)
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        assert found


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff", b"{}", b'{"id": 7}', b'{"id": 7, "id": 8}', b"[" * 100_000, b'{"a":' * 100_000,
        b'{"id": 7, "t": "\\ud800", "\\udfff": {"\\ud800": "\\u0000"}}',
        b'{"id": 7, "products": [{"sale_price": "1", "vat": "0.21", "quantity": 9223372036854775807}]}',
        b'{"id": 7, "shipping_tax": 5e-324, "cashed_co": 99999999999999, "products": [{"sale_price": '
        b'"99999999999999.999999999999", "vat": "0.999999999999", "quantity": 9223372036854775807}]}',
        b'{"id": 7, "date": "0001-01-01 00:00:00.5", "modified": "0001-01-01 00:00:00"}',
        b'{"id": 7, "date": "9999-12-31 23:59:59", "modified": "0001-01-01 00:00:00"}',
        b'{"id": ' + b"9" * 20_000 + b"}",
        b'{"id": 7, "parent_id": -' + b"9" * 4_500 + b"}",
        b'{"id": 7, "observation": "' + b"a\\n" * 300_000 + b'"}',
        b'{"id": 7, "products": [' + b",".join([b"{}"] * 2_000) + b"]}",
    ],
    ids=lambda raw: repr(raw[:40]),
)  # fmt: skip
def test_the_worst_bytes_are_told_of_and_not_fallen_over(raw: bytes) -> None:
    assert check(raw)


def test_two_thousand_faults_in_one_order_are_told_in_well_under_a_second() -> None:
    line = {"id": 1, "product_id": 0, "name": "", "sale_price": "x", "quantity": True, "vat": 19, "status": 7}
    raw = json.dumps({"id": 7, "products": [line] * 300}).encode()
    began = time.process_time()
    found = check_order(read_item(Order, raw))
    assert len(found) > 2_000
    assert time.process_time() - began < 3
