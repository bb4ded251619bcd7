"""The exact bytes of each part of a container, whatever stands inside."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.marketplace.slices import BrokenJsonError, list_elements, object_members

DEEP = b"[" * 10_000 + b"]" * 10_000


def test_elements_keep_their_exact_bytes() -> None:
    raw = b'[ {"a": 1.50,\n "b":"\\u0103"} ,\t7,"x,]}" ]'
    assert [element.strip() for element in list_elements(raw)] == [b'{"a": 1.50,\n "b":"\\u0103"}', b"7", b'"x,]}"']


@pytest.mark.parametrize(
    "bad",
    [
        b"NaN",
        b'{"a": "\\ud800"}',
        b'{"a": ' + DEEP + b"}",
        b'"line\nbreak"',
        b"nul",
        b'{"a": "\xff"}',
        b"{'a': 1}",
        b'"\\q"',
    ],
)
def test_one_unreadable_element_does_not_cost_the_others(bad: bytes) -> None:
    assert list_elements(b'[{"id": 1},' + bad + b',{"id": 2}]') == [b'{"id": 1}', bad, b'{"id": 2}']


def test_members_are_found_beside_one_that_cannot_be_read() -> None:
    members = object_members(b'{"isError": false, "messages": [], "results": [NaN, {"id": 1}]}')
    assert members == {"isError": b"false", "messages": b"[]", "results": b'[NaN, {"id": 1}]'}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[",
        b"[1",
        b"[1,",
        b'["a',
        b'["a\\"]',
        b"[}",
        b"[1]]",
        b"[1] 2",
        b"{}",
        b"7",
        b"[{]}",
        DEEP[:-1],
        b'[NaN, "a]',
    ],
)
def test_a_list_that_does_not_hold_together_is_broken(raw: bytes) -> None:
    with pytest.raises(BrokenJsonError):
        list_elements(raw)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"null", b'{"a"', b'{"a":', b'{"a": NaN, 7}', b'{"a": NaN, "b" 7}', b"{NaN}", b'{"\\q": 1}']
)
def test_an_object_that_does_not_hold_together_is_broken(raw: bytes) -> None:
    with pytest.raises(BrokenJsonError):
        object_members(raw)


def test_of_equal_keys_the_last_counts_on_both_ways() -> None:
    assert object_members(b'{"a": 1, "a": 2}') == {"a": b"2"}
    assert object_members(b'{"a": NaN, "a": Infinity}') == {"a": b"Infinity"}


json_texts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(st.lists(json_texts), st.sampled_from([None, (",", ":"), (" ,\n", " : ")]), st.booleans())
def test_both_ways_of_slicing_agree(values: list[object], separators: tuple[str, str] | None, plain: bool) -> None:
    parts = [json.dumps(value, separators=separators, ensure_ascii=plain) for value in values]
    good = list_elements(("[" + " , ".join(parts) + "]").encode())
    salvaged = list_elements(("[" + " , ".join([*parts, "NaN"]) + "]").encode())
    assert [json.loads(element) for element in good] == values
    assert [element.strip() for element in good] == salvaged[:-1]


@given(st.binary(max_size=80) | st.text('[]{}",:\\ 1a', max_size=40).map(str.encode))
def test_no_bytes_do_anything_but_slice_or_break(raw: bytes) -> None:
    for cut in (list_elements, object_members):
        with contextlib.suppress(BrokenJsonError):
            assert all(part in raw for part in cut(raw) if isinstance(part, bytes))
