"""Bodies and credentials as they come over the wire."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.sandbox.wire import BadBodyError, basic_credentials, count_inputs, parse_body, parse_form


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("type=2&itemsPerPage=5", {"type": "2", "itemsPerPage": "5"}),
        ("status[]=1&status[]=2", {"status": ["1", "2"]}),
        ("data[0][id]=5&data[0][status]=1&data[1][id]=6", {"data": [{"id": "5", "status": "1"}, {"id": "6"}]}),
        ("0[id]=5", [{"id": "5"}]),
        ("data[id]=5", {"data": {"id": "5"}}),
        ("", {}),
    ],
)
def test_forms_are_read_as_php_reads_them(text: str, value: object):
    assert parse_form(text) == value


@given(st.text(alphabet="ab01[]=&%", max_size=40))
def test_no_form_breaks_the_reader(text: str):
    assert isinstance(parse_form(text), dict | list)


def test_an_empty_body_is_an_empty_object_and_a_broken_one_is_told():
    assert parse_body(b" ", "application/json") == {}
    with pytest.raises(BadBodyError):
        parse_body(b"{", "application/json")


def test_inputs_are_leaves():
    assert count_inputs({"data": [{"id": 1, "lines": [{"a": 1, "b": 2}]}, 5], "x": []}) == 4


@pytest.mark.parametrize("header", ["", "Bearer abc", "Basic ???", "Basic " + b64encode(b"nocolon").decode()])
def test_what_is_not_basic_authentication_is_none(header: str):
    assert basic_credentials({"authorization": header}) is None


def test_a_password_may_hold_a_colon():
    token = b64encode("ană:p:w".encode()).decode()
    assert basic_credentials({"authorization": f"Basic {token}"}) == ("ană", "p:w")
