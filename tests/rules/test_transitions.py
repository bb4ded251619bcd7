"""The status matrix: every pair of statuses, with its term and for both kinds of order, in sentences people can use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.contract.actions import ActionKind as ContractKind
from magflow_tui.rules.transitions import (
    REVERSIBLE,
    ActionKind,
    Choice,
    OrderState,
    Way,
    choices,
    possible_until,
    refusal,
    way,
)
from magflow_tui.sandbox.saving import ALLOWED

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
JUST_INSIDE = REVERSIBLE - timedelta(microseconds=1)
FBE, SELLER = 2, 3
STATUSES = (0, 1, 2, 3, 4, 5)
PAIRS = [(before, after) for before in STATUSES for after in STATUSES]

#: As the document draws it: `yes`, `48 h`, `ack`, else no. Rows are the status before, columns the one after.
DOCUMENT = {
    1: {2: "ack"},
    2: {2: "yes", 3: "yes", 4: "yes", 0: "yes"},
    3: {3: "yes", 4: "yes", 0: "yes"},
    4: {3: "48 h", 4: "yes", 0: "48 h", 5: "yes"},
    0: {2: "48 h", 3: "48 h", 4: "48 h", 0: "yes"},
    5: {},
}


def order(status: int | None, *, age: timedelta | None = JUST_INSIDE, order_type: int | None = SELLER) -> OrderState:
    since = None if age is None else NOW - age
    return OrderState(
        123,
        order_type,
        status,
        finalised_at=since if status == 4 else None,
        cancelled_at=since if status == 0 else None,
    )


def refused(state: OrderState, after: int) -> str | None:
    """The sentence with which a change of status by saving is refused."""
    words = refusal(state, "status", to=after, reason=24, now=NOW)
    return None if words is None else words.en


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_inside_48_hours_a_seller_order_goes_where_the_document_says(before: int, after: int) -> None:
    possible = refused(order(before), after) is None
    assert possible == (DOCUMENT[before].get(after) in ("yes", "48 h"))


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_from_48_hours_on_only_what_has_no_term_is_possible(before: int, after: int) -> None:
    possible = refused(order(before, age=REVERSIBLE), after) is None
    assert possible == (DOCUMENT[before].get(after) == "yes")


@pytest.mark.parametrize(("before", "after"), PAIRS)
@pytest.mark.parametrize("age", [JUST_INSIDE, REVERSIBLE], ids=["inside", "outside"])
def test_an_order_fulfilled_by_emag_goes_nowhere(before: int, after: int, age: timedelta) -> None:
    sentence = refused(order(before, age=age, order_type=FBE), after)
    assert sentence == "order 123 is fulfilled by eMAG (FBE): attachments are all that it takes"


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_the_sandbox_and_the_rules_have_the_same_matrix(before: int, after: int) -> None:
    by_saving = way(before, after) not in (Way.NO, Way.ACKNOWLEDGE)
    assert by_saving == (after in ALLOWED[before])


@pytest.mark.parametrize("before", STATUSES)
@pytest.mark.parametrize("order_type", [SELLER, FBE])
def test_only_new_orders_of_the_sellers_own_are_acknowledged(before: int, order_type: int) -> None:
    possible = refusal(order(before, order_type=order_type), "acknowledge", now=NOW) is None
    assert possible == (before == 1 and order_type == SELLER)


@pytest.mark.parametrize("before", STATUSES)
@pytest.mark.parametrize("age", [JUST_INSIDE, REVERSIBLE], ids=["inside", "outside"])
def test_cancelling_is_going_to_status_0(before: int, age: timedelta) -> None:
    state = order(before, age=age)
    assert refusal(state, "cancel", reason=24, now=NOW) == refusal(state, "status", to=0, reason=24, now=NOW)


@pytest.mark.parametrize("kind", ["attach", "reread"])
@pytest.mark.parametrize("order_type", [SELLER, FBE, None, 9])
@pytest.mark.parametrize("status", [*STATUSES, None, 9])
def test_any_order_can_be_read_again_and_take_attachments(
    kind: ActionKind, order_type: int | None, status: int | None
) -> None:
    assert refusal(order(status, order_type=order_type), kind, now=NOW) is None


@pytest.mark.parametrize(
    ("state", "kind", "to", "en", "ro"),
    [
        (
            order(1),
            "cancel",
            None,
            "order 123 is new: acknowledge it first",
            "comanda 123 este nouă: confirmați-o întâi",
        ),
        (order(1), "status", 2, "order 123 is new: acknowledge it first", "comanda 123 este nouă: confirmați-o întâi"),
        (
            order(3),
            "status",
            2,
            "order 123 is prepared: it cannot go back to in progress",
            "comanda 123 este pregătită: nu poate reveni la „în procesare”",
        ),
        (
            order(4, age=timedelta(hours=51, minutes=59)),
            "cancel",
            None,
            "order 123 was finalised 51 h ago: it could be cancelled within 48 h, until 2026-11-22 08:01 UTC",
            "comanda 123 a fost finalizată acum 51 h: putea fi anulată în 48 h, până la 2026-11-22 08:01 UTC",
        ),
        (
            order(0, age=timedelta(days=20)),
            "status",
            3,
            "order 123 was cancelled 20 days ago: it could be set to prepared within 48 h, until 2026-11-04 12:00 UTC",
            "comanda 123 a fost anulată acum 20 de zile: putea fi trecută la „pregătită” în 48 h, până la "
            "2026-11-04 12:00 UTC",
        ),
        (
            order(5),
            "status",
            4,
            "order 123 is returned: its status no longer changes",
            "comanda 123 este returnată: statusul ei nu se mai schimbă",
        ),
        (
            order(2),
            "acknowledge",
            None,
            "order 123 is in progress: only new orders are acknowledged",
            "comanda 123 este în procesare: se confirmă doar comenzile noi",
        ),
        (
            order(3),
            "status",
            5,
            "order 123 is prepared: only finalised orders become returned",
            "comanda 123 este pregătită: doar o comandă finalizată devine returnată",
        ),
        (
            order(2),
            "status",
            1,
            "order 123 is in progress: no order becomes new again",
            "comanda 123 este în procesare: nicio comandă nu redevine nouă",
        ),
    ],
)
def test_a_refusal_says_what_is_and_the_way_out(
    state: OrderState, kind: ActionKind, to: int | None, en: str, ro: str
) -> None:
    words = refusal(state, kind, to=to, reason=1, now=NOW)
    assert words is not None
    assert (words.en, words.ro) == (en, ro)


def test_an_unknown_age_is_refused_and_reading_again_is_named_as_the_way_out() -> None:
    assert refused(order(4, age=None), 0) == (
        "order 123 is finalised, since when is not known: it can be cancelled only within 48 h, so read it again"
    )
    assert refused(order(0, age=None), 3) is not None
    assert refused(order(4, age=None), 4) is None
    assert refused(order(4, age=None), 5) is None


def test_a_time_ahead_of_our_clock_counts_as_now_unless_it_is_far_ahead() -> None:
    assert refused(order(4, age=timedelta(hours=-1)), 3) is None
    assert "since when is not known" in str(refused(order(4, age=timedelta(days=-400)), 3))
    state = OrderState(1, SELLER, 4, finalised_at=datetime.max.replace(tzinfo=UTC))
    assert possible_until(state, 3, NOW) is None


@pytest.mark.parametrize("status", [None, 9, -1])
def test_an_unknown_status_is_refused(status: int | None) -> None:
    for after in STATUSES:
        assert "status that is not known" in str(refused(order(status), after))


@pytest.mark.parametrize("order_type", [None, 1, 7])
def test_an_unknown_type_is_refused(order_type: int | None) -> None:
    assert "type that is not known" in str(refused(order(2, order_type=order_type), 3))
    assert refusal(order(1, order_type=order_type), "acknowledge", now=NOW) is not None


@pytest.mark.parametrize("to", [None, 9, -1])
def test_a_status_that_does_not_exist_is_refused(to: int | None) -> None:
    assert refusal(order(2), "status", to=to, now=NOW) is not None


@pytest.mark.parametrize("reason", [None, 0, 4, 14, 44, -1])
def test_cancelling_needs_a_reason_that_exists(reason: int | None) -> None:
    words = refusal(order(2), "cancel", reason=reason, now=NOW)
    assert words is not None
    assert "reason" in words.en
    assert "motiv" in words.ro


def test_what_many_refusals_have_in_common_does_not_name_the_order() -> None:
    many = [
        refusal(OrderState(number, SELLER, 4, finalised_at=NOW - timedelta(hours=number)), "cancel", reason=1, now=NOW)
        for number in range(49, 60)
    ]
    assert len({words.en for words in many if words}) == len(many)
    assert {words.cause.en for words in many if words} == {"finalised more than 48 h ago: no longer to be cancelled"}


def offered(state: OrderState) -> list[tuple[str, int | None]]:
    return [(choice.kind, choice.to) for choice in choices(state, NOW) if choice.refusal is None]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (order(1), [("acknowledge", None)]),
        (order(2), [("status", 3), ("status", 4), ("cancel", None)]),
        (order(3), [("status", 4), ("cancel", None)]),
        (order(4), [("status", 3), ("status", 5), ("cancel", None)]),
        (order(4, age=REVERSIBLE), [("status", 5)]),
        (order(0), [("status", 2), ("status", 3), ("status", 4)]),
        (order(0, age=REVERSIBLE), []),
        (order(5), []),
        (order(2, order_type=FBE), []),
        (order(9), []),
    ],
)
def test_what_can_be_done_is_offered_in_the_order_of_an_orders_life(
    state: OrderState, expected: list[tuple[str, int | None]]
) -> None:
    assert offered(state) == [*expected, ("attach", None), ("reread", None)]


def test_what_cannot_be_done_follows_with_its_reason() -> None:
    found = choices(order(4, age=REVERSIBLE), NOW)
    states = [choice.refusal is not None for choice in found]
    assert states == sorted(states)
    assert {(choice.kind, choice.to) for choice in found if choice.refusal} == {
        ("acknowledge", None),
        ("status", 2),
        ("status", 3),
        ("cancel", None),
    }


def test_choices_tell_until_when_and_what_the_marketplace_decides() -> None:
    found = {(choice.kind, choice.to): choice for choice in choices(order(4), NOW)}
    assert found["cancel", None].until == NOW - JUST_INSIDE + REVERSIBLE
    assert found["status", 3].until == found["cancel", None].until
    assert found["status", 5] == Choice("status", 5, remark=found["status", 5].remark)
    assert "marketplace decides" in str(found["status", 5].remark)
    assert all(choice.until is None for choice in choices(order(3), NOW))


def test_the_kinds_are_those_of_the_contract() -> None:
    assert get_args(ActionKind) == get_args(ContractKind)


@given(
    state=st.builds(
        OrderState,
        st.integers(),
        st.none() | st.integers(-1, 4),
        st.none() | st.integers(-1, 7),
        st.none() | st.integers(0, 4),
        st.none() | st.datetimes(timezones=st.just(UTC)),
        st.none() | st.datetimes(timezones=st.just(UTC)),
    )
)
def test_choices_and_refusals_agree_and_never_raise(state: OrderState) -> None:
    for choice in choices(state, NOW):
        assert refusal(state, choice.kind, to=choice.to, reason=1, now=NOW) == choice.refusal
        assert choice.until is None or choice.until > NOW
