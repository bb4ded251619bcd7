"""Which orders a document holds, in all the forms that it may have, and what is no document at all."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.rules.documents import UnreadableDocumentError, order_parts
from magflow_tui.rules.verdicts import json_value, verdicts

ONE = b'{"id": 1, "sale_price": 10.10}'
TWO = b'{"id": 2}'


def parts(document: bytes) -> list[bytes]:
    return list(order_parts(io.BytesIO(document)))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b"[" + ONE + b", " + TWO + b"]", [ONE, TWO]),
        (b"[\n" + ONE + b",\n" + TWO + b"\n]\n", [ONE, TWO]),
        (b"[\n" + ONE + b"\n]", [ONE]),
        (b"[]", []),
        (ONE, [ONE]),
        (b"\n\n  " + ONE + b"\n", [ONE]),
        (b'{\n  "id": 1\n}\n', [b'{\n  "id": 1\n}']),
        (b'{"isError": false, "messages": [], "results": [' + ONE + b"," + TWO + b"]}", [ONE, TWO]),
        (b'{"isError": false,\n "results": [\n' + ONE + b"\n]}", [ONE]),
        (b'{"isError": true, "messages": ["half saved"], "results": [' + ONE + b"]}", [ONE]),
        (b'{"isError": false, "results": []}', []),
        (b'{"results": ' + ONE + b"}", [ONE]),
        (b'{"data": [' + ONE + b"]}", [ONE]),
        (b'{"id": 5, "results": [1], "data": [2]}', [b'{"id": 5, "results": [1], "data": [2]}']),
        (ONE + b"\n" + TWO, [ONE, TWO]),
        (ONE + b"\r\n\r\n" + TWO + b"\r\n", [ONE, TWO]),
        (b"[1]\n" + TWO, [b"[1]", TWO]),
        (b"null\n" + TWO, [b"null", TWO]),
        (b"null", [b"null"]),
        (b'"text"', [b'"text"']),
        (b"[null, 5, " + ONE + b"]", [b"null", b"5", ONE]),
        (b"\xef\xbb\xbf" + ONE, [ONE]),
        (b"\xef\xbb\xbf[" + ONE + b"]", [ONE]),
        (b'[{"id": 1, "price": NaN}, {"name": "\xff"}]', [b'{"id": 1, "price": NaN}', b'{"name": "\xff"}']),
    ],
)
def test_orders_keep_their_bytes_whatever_holds_them(document: bytes, expected: list[bytes]) -> None:
    assert parts(document) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (ONE + b'\n{"id": 2,\n' + TWO, [ONE, b'{"id": 2,', TWO]),
        (b'{"id": 1,\n' + TWO, [b'{"id": 1,', TWO]),
        (b"garbage\n" + TWO, [b"garbage", TWO]),
        (b"[garbage\nmore\n" + TWO, [b"[garbage", b"more", TWO]),
        (ONE + b"\nnothing like JSON", [ONE, b"nothing like JSON"]),
        (ONE + b"\n\xff\xfe\x00", [ONE, b"\xff\xfe\x00"]),
    ],
)
def test_a_broken_line_among_lines_is_one_order_of_them(document: bytes, expected: list[bytes]) -> None:
    assert parts(document) == expected


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "nothing in it"),
        (b" \n\t\r\n", "nothing in it"),
        (b"\xef\xbb\xbf", "nothing in it"),
        (b"id;name\n1;x\n", "not JSON"),
        (b"<html></html>", "not JSON"),
        (b"[" + ONE + b", " + TWO, "cut short"),
        (b'{"id": 1', "cut short"),
        (b"[] and more", "behind the end"),
        (b'{"id": 1}}', "behind the end"),
        (b"\xff\xfe[\x00]\x00", "UTF-8"),
        (b"\x1f\x8b\x08\x00\x00", "UTF-8"),
        (b"\x80abc", "UTF-8"),
        (b'{"isError": true, "messages": ["Invalid vendor ip"], "results": []}', "Invalid vendor ip"),
        (b'{"isError": true, "messages": []}', "without results"),
        (b'{"isError": false, "results": null}', "without results"),
    ],
)
def test_what_holds_no_orders_is_refused_with_its_reason(document: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocumentError, match=reason) as raised:
        parts(document)
    assert raised.value.hint


def test_lines_are_read_one_at_a_time() -> None:
    read = []

    def lines() -> Iterator[bytes]:
        for number in range(1, 1000):
            read.append(number)
            yield b'{"id": %d}\n' % number

    orders = order_parts(lines())
    assert [next(orders), next(orders), next(orders)] == [b'{"id": 1}', b'{"id": 2}', b'{"id": 3}']
    assert len(read) == 3


@given(
    st.binary()
    | st.lists(st.sampled_from([b"{", b"}", b"[", b"]", b",", b":", b'"a"', b"1", b"\n", b" "])).map(b"".join)
)
def test_no_document_makes_the_reading_or_the_checks_raise(document: bytes) -> None:
    try:
        found = parts(document)
    except UnreadableDocumentError:
        return
    for purpose in ("order", "update", "cancellation", "bulk"):
        assert len(list(verdicts(found, purpose))) == len(found)  # type: ignore[arg-type]


def test_a_verdict_tells_what_the_customer_pays_and_in_what() -> None:
    line = {
        "id": 1,
        "product_id": 1,
        "name": "x",
        "quantity": 4,
        "sale_price": "149.5041",
        "vat": "0.2100",
        "status": 1,
    }
    order = {"id": 7, "type": 3, "status": 3, "date": "2025-12-31 23:59:59", "products": [line], "shipping_tax": 0}
    (bulgarian,) = verdicts([json.dumps(order).encode()], platform="emag-bg")
    assert (bulgarian.id, str(bulgarian.total), bulgarian.currency) == (7, "723.60", "BGN")
    (named,) = verdicts([json.dumps({**order, "products": [{**line, "currency": "EUR"}]}).encode()], platform="emag-bg")
    assert named.currency == "EUR"
    (unknown,) = verdicts([json.dumps(order).encode()])
    assert unknown.currency is None


@pytest.mark.parametrize(
    ("cancellation", "identity", "found"),
    [
        ({"id": 5, "reason_cancellation": 1}, 5, []),
        ({"order_id": "5", "cancellation_reason": "24"}, 5, []),
        ({"id": 5, "reason": {"id": 3}}, 5, []),
        ({"id": 5, "reason_cancellation": None, "cancellation_reason": 24}, 5, []),
        ({"id": 5}, 5, ["$.reason_cancellation"]),
        ({"id": 5, "cancellation_reason": 99}, 5, ["$.cancellation_reason"]),
        ({"reason_cancellation": {"id": 99}}, None, ["$.id", "$.reason_cancellation.id"]),
        ({"order_id": [], "reason": 1}, None, ["$.order_id"]),
        (5, None, ["$"]),
    ],
)
def test_a_cancellation_is_read_from_the_keys_it_has(
    cancellation: object, identity: int | None, found: list[str]
) -> None:
    (verdict,) = verdicts([json.dumps(cancellation).encode()], "cancellation")
    assert (verdict.id, [finding.path for finding in verdict.findings]) == (identity, found)
    assert verdict.ok == (not found)


@pytest.mark.parametrize(
    ("shown", "value"),
    [
        (None, None),
        ("null", None),
        ("5", 5),
        ("-1.5", -1.5),
        ("true", True),
        ('"12,5"', "12,5"),
        ('"\\u0000"', "\0"),
        ("{…}", "{…}"),
        ("[]", "[]"),
        ("NaN", "NaN"),
        ("Infinity", "Infinity"),
        ("-Infinity", "-Infinity"),
        ("1e400", "1e400"),
        ("0.10000000000000000555", "0.10000000000000000555"),
        ('"cut…', '"cut…'),
        ("123456789012345678901234567890", 123456789012345678901234567890),
    ],
)
def test_a_value_is_the_json_scalar_where_it_is_one_and_its_short_text_elsewhere(
    shown: str | None, value: object
) -> None:
    assert json_value(shown) == value
    assert type(json_value(shown)) is type(value)
