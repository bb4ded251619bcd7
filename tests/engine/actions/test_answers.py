"""What an answer and the order read back say together: every combination has one meaning."""

from __future__ import annotations

import json
from itertools import product

import pytest

from magflow_tui.engine.actions.answers import Said, Standing, is_done, judge, said_by_error
from magflow_tui.marketplace.errors import (
    AuthenticationError,
    BusinessLogicError,
    EmagApiError,
    NetworkError,
    RateLimitError,
    ServerError,
    ValidationError,
)
from magflow_tui.marketplace.schema import Order, read_item
from magflow_tui.store.actions import OpenAction, Wanted

STANDINGS: tuple[Standing, ...] = ("accepted", "refused", "lost", "crashed")
KINDS = (
    Wanted("acknowledge"),
    Wanted("status", to=3),
    Wanted("cancel", reason=24),
    Wanted("attach", url="https://example.com/f.pdf", attachment_type=1),
)


def action(wanted: Wanted) -> OpenAction:
    return OpenAction(1, 1, "main", 7, "sending", wanted, "ana", 2, None)


def order(**fields: object) -> Order:
    value = read_item(Order, json.dumps({"id": 7, "type": 3, **fields}).encode()).value
    assert value is not None
    return value


DONE = {
    "acknowledge": {"status": 2},
    "status": {"status": 3},
    "cancel": {"status": 0, "reason_cancellation": {"id": 24, "name": "La solicitarea clientului"}},
    "attach": {"status": 4, "attachments": [{"url": "https://example.com/f.pdf"}]},
}
NOT_DONE = {"acknowledge": {"status": 1}, "status": {"status": 2}, "cancel": {"status": 2}, "attach": {"status": 4}}


@pytest.mark.parametrize(("wanted", "standing"), product(KINDS, STANDINGS))
def test_an_order_that_is_as_it_was_wanted_is_done_whatever_the_answer(wanted: Wanted, standing: Standing) -> None:
    found = order(**DONE[wanted.kind])
    assert is_done(wanted, found)
    for settled in (False, True):
        fate = judge(action(wanted), Said(standing, ("no answer in time",)), found, settled=settled)
        assert fate is not None
        assert (fate.state, fate.status_after) == ("done", found.status)


@pytest.mark.parametrize(("wanted", "standing"), product(KINDS, STANDINGS))
def test_one_that_is_not_has_failed_once_nothing_can_happen_any_more(wanted: Wanted, standing: Standing) -> None:
    found = order(**NOT_DONE[wanted.kind])
    assert not is_done(wanted, found)
    early = judge(action(wanted), Said(standing, ()), found, settled=False)
    late = judge(action(wanted), Said(standing, ()), found, settled=True)
    assert late is not None
    taken_unseen = (wanted.kind, standing) == ("attach", "accepted")
    assert late.state == ("done" if taken_unseen else "failed")
    assert (early is None) is (standing != "refused" and not taken_unseen)
    assert late.words.en
    assert late.words.ro


def test_an_order_that_is_gone_has_failed() -> None:
    fate = judge(action(KINDS[1]), Said("lost", ("x",)), None, settled=False)
    assert fate is not None
    assert (fate.state, "no longer has order 7" in fate.words.en) == ("failed", True)


def test_an_order_that_was_cancelled_for_another_reason_is_told_so() -> None:
    found = order(status=0, reason_cancellation={"id": 23, "name": "x"})
    for standing in ("accepted", "lost", "crashed"):
        fate = judge(action(KINDS[2]), Said(standing, ()), found, settled=True)
        assert fate is not None
        assert fate.state == "failed"
        assert "Customer changed his mind" in fate.words.en
    assert is_done(Wanted("status", to=0), found), "no reason was asked for"


def test_an_order_hears_of_the_messages_that_name_it() -> None:
    said = Said("accepted", ("Order 71: no", "order 7 is locked", "7 of 50 failed", "nothing"))
    assert said.about(7) == ("order 7 is locked", "7 of 50 failed")
    fate = judge(action(KINDS[1]), Said("accepted", ("Order 71: no",)), order(status=2), settled=False)
    assert fate is None, "the refusal is another order's"
    fate = judge(action(KINDS[1]), Said("accepted", ("ERROR: Order 7: locked",)), order(status=2), settled=False)
    assert fate is not None
    assert fate.words.en == "the marketplace refuses: ERROR: Order 7: locked"


def maybe_applied(error: EmagApiError) -> EmagApiError:
    error.maybe_applied = True
    return error


@pytest.mark.parametrize(
    ("error", "standing"),
    [
        (RateLimitError(5), "unsent"),
        (AuthenticationError("no"), "unsent"),
        (NetworkError("cannot connect"), "unsent"),
        (maybe_applied(NetworkError("broke")), "lost"),
        (maybe_applied(ServerError("HTTP 502")), "lost"),
        (BusinessLogicError("locked"), "refused"),
        (ValidationError("two things", ["one", "other"]), "refused"),
    ],
)
def test_an_error_says_whether_it_can_have_happened(error: EmagApiError, standing: Standing) -> None:
    assert said_by_error(error).standing == standing
    assert all(said_by_error(error).messages)
