"""The filter language: what words mean, that nothing typed can raise or hang, and that `!` is the opposite."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.tui.views.filter import LONGEST, LONGEST_PATTERN, Filter, Term, completions, parse


@dataclass(frozen=True)
class Row:
    name: str | None = "Ștefan Ionescu"
    status: int | None = 500
    elapsed: float | None = 2400.6
    total: Decimal | None = Decimal("312.40")
    when: str = "2026-03-14 11:41"
    rules: tuple[str, ...] = ("customer.phone", "line.vat")


FIELDS: Mapping[str, Callable[[Row], object]] = {
    "name": lambda row: row.name,
    "status": lambda row: row.status,
    "ms": lambda row: row.elapsed,
    "total": lambda row: row.total,
    "when": lambda row: row.when,
    "rule": lambda row: row.rules,
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "ionescu",
        "STEFAN",
        "șTEFAN",
        "name:ionescu",
        "name:stef",
        'name:"ștefan i"',
        '"Ștefan Ionescu"',
        "status:500",
        "status:>=500",
        "status:<=500",
        "ms:>2k",
        ">2000",
        "total:312.4",
        "total:>312.3",
        "total:*",
        "when:>2026-03-14",
        "when:<2026-04",
        "rule:phone",
        "rule:line.vat",
        "~^stef.*u$",
        "~^ștef",
        "name:~ion(escu|el)",
        "!popescu",
        "!status:200",
        "status:!200",
        "!!ionescu",
        "status:200 or status:500",
        "popescu or ionescu ms:>1",
        "ionescu or",
        "or ionescu",
        "name:",
        "status:>",
        "!",
        '"',
        "2401",
    ],
)
def test_a_row_passes(text: str) -> None:
    assert parse(text).matches(Row(), FIELDS)
    assert parse(text).problem is None


@pytest.mark.parametrize(
    "text",
    [
        "popescu",
        "name:popescu",
        "status:50",
        "status:abc",
        "status:>500",
        "status:<500",
        ">1m",
        "<0",
        "when:>2026-03-15",
        "rule:locker",
        "~^ionescu",
        "name:~^ion",
        "!ionescu",
        "!rule:*",
        "ionescu status:200",
        "status:200 or ms:<100",
        '"or"',
        '"status:500"',
        '"!popescu"',
        "unheard:x",
    ],
)
def test_a_row_does_not_pass(text: str) -> None:
    assert not parse(text).matches(Row(), FIELDS)


def test_what_has_no_value_is_found_by_asking_for_that() -> None:
    empty = Row(name=None, status=None, elapsed=None, total=None, rules=())
    assert parse("!name:* !status:* !rule:*").matches(empty, FIELDS)
    assert not parse("status:<500").matches(empty, FIELDS)
    assert not parse("name:~.*").matches(empty, FIELDS)


def test_terms_are_there_for_whoever_asks_the_store() -> None:
    found = parse('status:>=400 acct:MAIN or !"two words" slow:>2k')
    assert found.alternatives == (
        (Term("status", ">=", "400"), Term("acct", "has", "MAIN")),
        (Term(None, "has", "two words", negated=True), Term("slow", ">", "2k")),
    )
    assert found.terms[3].number == 2000
    assert found.terms[1].number is None


@pytest.mark.parametrize("text", ["~(", "name:~[a", "~(?=x)", "~(a)\\1", "~a{999}", "~" + "x" * (LONGEST_PATTERN + 1)])
def test_a_pattern_that_is_none_is_named_and_the_rest_holds(text: str) -> None:
    found = parse(f"ionescu {text}")
    assert found.problem == "filter.problem.pattern"
    assert found.problem_part
    assert text.endswith(found.problem_part)
    assert found.matches(Row(), FIELDS)
    assert not parse(f"popescu {text}").matches(Row(), FIELDS)


def test_a_field_that_the_list_does_not_have_is_named() -> None:
    found = parse("statu:500 ionescu", known=FIELDS)
    assert (found.problem, found.problem_part) == ("filter.problem.field", "statu")
    assert found.terms == (Term(None, "has", "ionescu"),)


def test_names_and_values_are_completed_in_place() -> None:
    known = {"status": ("200", "500"), "slow": (), "acct": ("main", "FBE two")}
    assert completions("s", known) == ["status:", "slow:"]
    assert completions("x or !st", known) == ["x or !status:"]
    assert completions("status:>=400 acct:f", known) == ['status:>=400 acct:"FBE two"']
    assert completions("acct:", known) == ['acct:"FBE two"', "acct:main"]
    assert completions("acct:main", known) == []
    assert completions("acct:main ", known) == []
    assert completions("nothing:x", known) == completions("", known) == []


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*$", "a?" * 30 + "a" * 30, ".*" * 40 + "x", "(.*)*y", r"(\w{9}){9}"]
)
def test_no_pattern_hangs(pattern: str) -> None:
    row = Row(name="a" * 5000 + "!")
    began = time.process_time()
    for _ in range(200):
        parse(f"name:~{pattern}").matches(row, FIELDS)
    assert time.process_time() - began < 2  # Python's own engine would be at it for longer than the universe


SPECIAL = st.text(st.sampled_from('ab :!~"<>=*or()[]{}|\\+?.^$5k\t\nșĂ\u202e\ud800'), max_size=40)
ANY = st.text(max_size=60) | SPECIAL
ROWS = st.builds(
    Row,
    name=st.none() | ANY,
    status=st.none() | st.integers(),
    elapsed=st.none() | st.floats(),
    total=st.none() | st.decimals(),
    when=ANY,
    rules=st.lists(ANY, max_size=3).map(tuple),
)


@given(text=ANY, row=ROWS)
@settings(deadline=None, max_examples=300)
def test_nothing_typed_raises(text: str, row: Row) -> None:
    for found in (parse(text), parse(text, known=FIELDS)):
        assert isinstance(found, Filter)
        assert isinstance(found.matches(row, FIELDS), bool)
    for completed in completions(text, {"name": ("Ion", "a b"), "status": ("500",)}):
        parse(completed)


@given(text=st.text(max_size=4 * LONGEST))
@settings(deadline=None, max_examples=50)
def test_no_length_raises(text: str) -> None:
    parse(text).matches(Row(), FIELDS)


@given(text=SPECIAL, row=ROWS)
@settings(deadline=None, max_examples=300)
def test_not_is_the_opposite_of_every_term(text: str, row: Row) -> None:
    for term in parse(text).terms:
        opposite = Term(term.field, term.operator, term.value, not term.negated)
        assert Filter("", ((term,),)).matches(row, FIELDS) != Filter("", ((opposite,),)).matches(row, FIELDS)


@given(one=SPECIAL, other=SPECIAL, row=ROWS)
@settings(deadline=None, max_examples=200)
def test_or_is_either(one: str, other: str, row: Row) -> None:
    first, second = parse(one), parse(other)
    if '"' in one + other or len(first.alternatives) != 1 or len(second.alternatives) != 1:
        return
    both = parse(f"{one} or {other}")
    assert both.matches(row, FIELDS) == (first.matches(row, FIELDS) or second.matches(row, FIELDS))
