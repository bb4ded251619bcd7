"""Reading around faults: what is broken is named, the rest is read, nothing crashes."""

from __future__ import annotations

import json
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.marketplace.schema import Offer, Order, Payload, Rma, read_item
from magflow_tui.marketplace.schema.reading import SchemaIssue


def order_bytes(**fields: object) -> bytes:
    return json.dumps({"id": 7, **fields}).encode()


def test_each_faulty_value_is_named_with_its_place_and_the_rest_is_read() -> None:
    item = read_item(
        Order,
        order_bytes(
            status="nouă",
            shipping_tax=True,
            customer="Ana",
            currency="RON",
            products=[{"id": 1, "sale_price": "abc", "quantity": 2}, 7, {"id": 2, "vat": [1]}],
        ),
    )
    assert item.value is not None
    assert item.value.currency == "RON"
    assert item.value.status is None
    assert item.value.products is not None
    assert [line.id for line in item.value.products] == [1, None, 2]
    assert item.value.products[0].quantity == 2
    assert set(item.issues) == {
        SchemaIssue("$.status", '"nouă"', "whole number"),
        SchemaIssue("$.shipping_tax", "true", "amount"),
        SchemaIssue("$.customer", '"Ana"', "object"),
        SchemaIssue("$.products[0].sale_price", '"abc"', "amount"),
        SchemaIssue("$.products[1]", "7", "object"),
        SchemaIssue("$.products[2].vat", "list of 1", "amount"),
    }


def test_a_fault_inside_an_object_that_has_another_shape_costs_only_itself() -> None:
    item = read_item(
        Order, order_bytes(details={"locker_id": {}, "locker_name": "Box"}, reason_cancellation={"id": "x"})
    )
    assert item.value is not None
    assert item.value.details is not None
    assert item.value.details.locker_name == "Box"
    assert [issue.path for issue in item.issues] == ["$.details.locker_id", "$.reason_cancellation.id"]


def test_a_bad_element_of_a_plain_list_is_left_out() -> None:
    item = read_item(Order, order_bytes(enforced_vendor_courier_accounts=["1", {}, "2", None]))
    assert item.value is not None
    assert item.value.enforced_vendor_courier_accounts == ("1", "2")
    assert [issue.path for issue in item.issues] == [
        "$.enforced_vendor_courier_accounts[1]",
        "$.enforced_vendor_courier_accounts[3]",
    ]


@pytest.mark.parametrize("boolean", [True, False])
def test_a_boolean_is_not_a_number(boolean: bool) -> None:
    item = read_item(Order, order_bytes(status=boolean, cashed_co=boolean, products=[{"quantity": boolean}]))
    assert {issue.path for issue in item.issues} == {"$.status", "$.cashed_co", "$.products[0].quantity"}


@pytest.mark.parametrize(
    "value",
    ["1e400", "-1e400", "NaN", "Infinity", "-Infinity", '"NaN"', '"1e-999999999"', '"1_0"', '" 1"', "1e15", '""'],
)
def test_what_is_no_finite_amount_is_an_issue(value: str) -> None:
    item = read_item(Order, b'{"id": 7, "shipping_tax": %s, "currency": "RON"}' % value.encode())
    assert item.value is not None
    assert item.value.shipping_tax is None
    assert item.value.currency == "RON"
    assert [issue.path for issue in item.issues] == ["$.shipping_tax"]


@pytest.mark.parametrize("digits", [str(2**63), str(-(2**63) - 1), "9" * 400, "9" * 20_000, f'"{2**63}"'])
def test_a_number_beyond_64_bits_is_an_issue(digits: str) -> None:
    item = read_item(Order, b'{"id": 7, "parent_id": %s, "currency": "RON"}' % digits.encode())
    assert item.value is not None
    assert item.value.currency == "RON"
    assert [issue.path for issue in item.issues] == ["$.parent_id"]


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"null", b"7", b"[]", b'"order"', b"{", b'{"id": 7', b"nul", b"\xff", b"{}", b'{"id": null}', b'{"id": 0}',
        b'{"id": -7}', b'{"id": true}', b'{"id": "x"}', b'{"id": 7.5}', b'{"id": {}}', b'{"id": 99999999999999999999}',
        b'{"id": 7, "a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
        b'{"id": 7, "a": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
        b'{"id": 7, "t": "\\ud800", "a": ' + b"[" * 300 + b"]" * 300 + b"}",
        b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_has_no_usable_id_is_kept_as_bytes_with_an_issue(raw: bytes) -> None:
    item = read_item(Order, raw)
    assert item.value is None
    assert item.raw == raw
    assert item.issues
    assert all(issue.path.startswith("$") for issue in item.issues)


@pytest.mark.parametrize("identity", ["", '"id": null, ', '"id": "x", ', '"id": 0, ', '"id": [], '])
def test_an_unusable_id_does_not_keep_the_rest_from_being_read(identity: str) -> None:
    item = read_item(Order, b'{%s"currency": "RON", "status": true}' % identity.encode())
    assert item.value is None
    assert item.nameless is not None
    assert (item.nameless.currency, item.nameless.status) == ("RON", None)
    assert {issue.path for issue in item.issues} == {"$.id", "$.status"}


@pytest.mark.parametrize("raw", [b"[]", b"7", b"{", b'{"id": 7}'])
def test_only_an_unusable_id_makes_an_item_nameless(raw: bytes) -> None:
    assert read_item(Order, raw).nameless is None


def test_an_order_with_broken_text_is_read_with_the_text_mended() -> None:
    item = read_item(Order, b'{"id": 7, "currency": "R\xffN", "observation": "a\\ud800b", "status": 1}')
    assert item.value is not None
    assert item.value.status == 1
    assert item.value.currency == "R\ufffdN"
    assert item.value.observation == "a\ufffdb"
    assert {issue.path for issue in item.issues} == {"$", "$.observation"}


def test_half_a_character_in_a_key_is_mended_too() -> None:
    item = read_item(Order, b'{"id": 7, "\\udfff": {"\\ud800": ["\\ud800"]}}')
    assert item.value is not None
    assert item.value.model_extra == {"\ufffd": {"\ufffd": ["\ufffd"]}}


def test_of_equal_keys_the_last_counts() -> None:
    item = read_item(Order, b'{"id": 7, "status": 1, "status": 2, "id": 8}')
    assert item.value is not None
    assert (item.value.id, item.value.status) == (8, 2)


def test_values_are_shown_short_and_containers_only_by_size() -> None:
    item = read_item(Order, order_bytes(currency={"nume": "Ana Exemplu"}, status="x" * 500, vendor_name=[1, 2]))
    shown = {issue.path: issue.value for issue in item.issues}
    assert shown["$.currency"] == "object with 1 keys"
    assert shown["$.vendor_name"] == "list of 2"
    assert len(shown["$.status"]) < 70


def test_odd_keys_are_quoted_in_paths() -> None:
    item = read_item(Offer, json.dumps({"id": 1, "validation_status": [{"value": "x"}]}).encode())
    assert [issue.path for issue in item.issues] == ["$.validation_status[0].value"]
    item = read_item(Order, b'{"id": 7, "cheie ciudat\\u0103": "\\ud800"}')
    assert [issue.path for issue in item.issues] == ['$["cheie ciudată"]']
    item = read_item(Order, b'{"id": 7, "a\xe2\x80\xaeb": "\\ud800"}')
    assert [issue.path for issue in item.issues] == ['$["a\\u202eb"]'], "nothing in a path turns text around"


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.sampled_from(["", "1", "0.21", "-5"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def object_like(model: type[Payload]) -> st.SearchStrategy[dict[str, object]]:
    """Objects that have this model's keys, with any JSON value under each."""
    return st.dictionaries(st.sampled_from(list(model.model_fields)) | st.text(max_size=5), json_values, max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([Order, Offer, Rma]), st.data())
def test_no_json_value_breaks_the_reading(model: type[Payload], data: st.DataObject) -> None:
    key = "emag_id" if model is Rma else "id"
    payload: object = data.draw(json_values | object_like(model).map(lambda fields: fields | {key: 7}))
    if isinstance(payload, dict) and model is Order:
        from magflow_tui.marketplace.schema import Customer, OrderDetails, OrderLine

        payload["products"] = [data.draw(object_like(OrderLine)), data.draw(json_values)]
        payload["customer"] = data.draw(object_like(Customer))
        payload["details"] = data.draw(object_like(OrderDetails))
    raw = json.dumps(payload).encode()
    item = read_item(model, raw)
    assert item.raw == raw
    assert item.value is not None or item.issues
    if isinstance(payload, dict) and payload.get(key) == 7 and payload[key] is not True:
        assert item.value is not None, item.issues
        json.dumps(item.value.model_dump(mode="python"), default=str).encode()


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | st.binary(max_size=20).map(lambda tail: b'{"id": 7, "a": "' + tail))
def test_no_bytes_break_the_reading(raw: bytes) -> None:
    item = read_item(Order, raw)
    assert item.raw == raw
    assert item.value is not None or item.issues


def test_amounts_at_the_ends_of_their_range_are_read() -> None:
    item = read_item(Order, b'{"id": 7, "shipping_tax": "99999999999999.9999", "cashed_co": 5e-324}')
    assert item.value is not None
    assert item.value.shipping_tax == Decimal("99999999999999.9999")
    assert item.value.cashed_co == Decimal("5e-324")


def test_reading_a_page_of_faulty_orders_takes_milliseconds_not_seconds() -> None:
    raw = order_bytes(products=[{"sale_price": "abc", "quantity": True, "vat": []}] * 40)
    began = time.process_time()
    for _ in range(20):
        assert len(read_item(Order, raw).issues) == 120
    assert time.process_time() - began < 5
