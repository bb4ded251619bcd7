"""The payload of an order line by line, each with the path at which findings place what is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.tui.views.masking import HIDDEN, hider, hides
from magflow_tui.tui.views.raw_order import DEEPEST, json_lines

LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8))
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
)


@given(value=VALUES)
def test_lines_are_those_of_indented_json(value: object) -> None:
    assert [line.text for line in json_lines(value)] == json.dumps(value, ensure_ascii=False, indent=1).split("\n")


@given(value=st.dictionaries(st.text(max_size=6), VALUES, max_size=5))
def test_every_value_has_a_path_of_its_own(value: Mapping[str, object]) -> None:
    paths = [line.path for line in json_lines(value) if line.path]
    assert len(set(paths)) == len(paths)
    assert paths[0] == "$"


def test_paths_are_written_as_findings_write_them() -> None:
    lines = {line.text.strip(" ,"): line.path for line in json_lines({"a": [{"b c": 1}], "d": {"e": 2}})}
    assert lines['"b c": 1'] == '$.a[0]["b c"]'
    assert lines['"e": 2'] == "$.d.e"
    assert lines["}"] == ""


def test_what_is_nested_without_end_is_not_followed() -> None:
    deep: object = 1
    for _ in range(5_000):
        deep = [deep]
    lines = list(json_lines(deep))
    assert len(lines) == 2 * DEEPEST + 1
    assert lines[DEEPEST].text.strip() == "[…]"


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        ("$.customer.phone_1", '"07xx"', f'"{HIDDEN}" has too few digits'),
        ('$.customer["phone 1"]', '"07xx"', f'"{HIDDEN}" has too few digits'),
        ("$.products[0].name", '"07xx"', '"07xx" has too few digits'),
        ("$.customer.phone_1", None, '"07xx" has too few digits'),
        ("$.customer.id", '"07xx"', '"07xx" has too few digits'),
    ],
)
def test_a_sentence_does_not_quote_what_its_path_makes_personal(path: str, value: str | None, shown: str) -> None:
    assert hides('"07xx" has too few digits', path, value) == shown


def test_what_an_order_hides_is_hidden_in_what_is_said_of_it() -> None:
    hidden = hider({"customer": {"name": "Ana Inventata", "billing_street": "Strada Inventata 1"}})
    assert hidden("Inventata asked for Strada Inventata 1") == f"{HIDDEN} asked for {HIDDEN}"
    assert hidden("line.price: 12") == "line.price: 12"
