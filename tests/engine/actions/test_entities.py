"""What is sent of an order: every byte that was read but for the change, in requests the marketplace takes."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.engine.actions.entities import (
    Parcel,
    attachment_entities,
    attachment_problem,
    in_requests,
    order_entity,
)
from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.marketplace.schema import Order, read_item
from magflow_tui.rules.updates import MOST_VARIABLES
from magflow_tui.store.actions import Wanted

CANCEL = Wanted("cancel", reason=24)
SCALARS = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def sent(raw: bytes, wanted: Wanted) -> bytes | None:
    """The entity as it is on the wire."""
    item = read_item(Order, raw)
    assert item.value is not None
    entity = order_entity(item, item.value, wanted, 3)
    return None if entity is None else msgspec.json.encode(entity)


def test_values_are_sent_as_they_were_read_digit_by_digit() -> None:
    raw = b'{"id":7,"type":3,"status":2,"shipping_tax":14.990,"cashed_co":1E2,"name":"\\u0219","vat":"0.2100"}'
    body = sent(raw, Wanted("status", to=3))
    assert body is not None
    for part in (b'"shipping_tax":14.990', b'"cashed_co":1E2', b'"name":"\\u0219"', b'"vat":"0.2100"', b'"status":3'):
        assert part in body


@given(st.dictionaries(st.text(min_size=1, max_size=12), VALUES, max_size=8), st.booleans())
def test_nothing_but_the_change_differs(more: dict[str, object], cancelling: bool) -> None:
    order = {key: value for key, value in more.items() if key not in Order.model_fields}
    order |= {"id": 5, "type": 3, "status": 2, "is_storno": True, "reason_cancellation": None}
    body = sent(json.dumps(order).encode(), CANCEL if cancelling else Wanted("status", to=4))
    assert body is not None
    change = {"status": 0, "reason_cancellation": 24} if cancelling else {"status": 4}
    assert json.loads(body) == {key: value for key, value in (order | change).items() if key != "is_storno"}


def test_the_reason_goes_as_a_bare_number_whatever_was_read_and_under_its_present_name() -> None:
    raw = b'{"id":7,"status":3,"reason_cancellation":{"id":null,"name":null},"cancellation_reason":5}'
    body = sent(raw, CANCEL)
    assert body is not None
    assert json.loads(body) == {"id": 7, "type": 3, "status": 0, "reason_cancellation": 24}


@pytest.mark.parametrize("raw", [b'{"id":7,"status":2,"total":NaN}', b'{"id":7,"status":2,"name":"\\ud800"}'])
def test_what_is_no_sound_json_is_not_sent(raw: bytes) -> None:
    assert sent(raw, CANCEL) is None


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 900)), max_size=120))
def test_requests_hold_what_the_marketplace_takes_and_every_order_once_in_order(sizes: list[tuple[int, int]]) -> None:
    parcels = [
        Parcel(number, tuple({"lines": [0] * inputs} for _ in range(entities)))
        for number, (entities, inputs) in enumerate(sizes)
    ]
    requests = list(in_requests(parcels))
    assert [parcel.place for request in requests for parcel in request] == list(range(len(sizes)))
    for request in requests:
        assert sum(len(parcel.entities) for parcel in request) <= 50
        assert sum(parcel.inputs for parcel in request) <= MOST_VARIABLES


def test_input_variables_are_counted_as_leaves() -> None:
    entity = {"a": 1, "b": msgspec.Raw(b'{"x":[1,2,{"y":null}],"z":{}}'), "c": [[], [5]]}
    assert Parcel(0, (entity, {"d": "e"})).inputs == 1 + 3 + 1 + 1


def test_a_file_is_named_after_its_type_and_its_order_in_the_language_of_the_platform() -> None:
    wanted = Wanted("attach", url="https://example.com/f.pdf", attachment_type=1)
    (romanian,) = attachment_entities(7, 2, wanted, PLATFORMS["emag-ro"])
    (bulgarian,) = attachment_entities(7, None, wanted, PLATFORMS["emag-bg"])
    assert romanian == {"order_id": 7, "name": "Factura 7", "url": wanted.url, "type": 1, "order_type": 2}
    assert bulgarian == {"order_id": 7, "name": "Invoice 7", "url": wanted.url, "type": 1}


@pytest.mark.parametrize(
    ("url", "name", "kind", "words"),
    [
        ("https://example.com/f.pdf", None, 1, None),
        ("http://example.com/download?id=5", "Factura", 11, None),
        ("", None, 1, "URL"),
        ("https://example.com/" + "x" * 1024, None, 1, "URL"),
        ("file:///etc/passwd", None, 1, "http"),
        ("https://", None, 1, "host"),
        ("http://[", None, 1, "read"),
        ("https://example.com/f.JPG", None, 1, "PDF"),
        ("https://example.com/f.pdf", " ", 1, "name"),
        ("https://example.com/f.pdf", "x" * 61, 1, "name"),
        ("https://example.com/f.pdf", None, 13, "13 is no type"),
    ],
)
def test_a_file_that_the_marketplace_would_not_take_is_told(url: str, name: str | None, kind: int, words: str) -> None:
    problem = attachment_problem(Wanted("attach", url=url, name=name, attachment_type=kind))
    assert problem is None if words is None else words in str(problem)
