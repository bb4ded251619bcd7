"""The standing of an account follows from how its requests ended."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from magflow_tui.contract.records import RequestOutcome
from magflow_tui.monitor.accounts import UNREACHABLE_AFTER, AccountStandings, Standing, follow

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def after(*outcomes: RequestOutcome, note: str | None = None) -> Standing:
    standing = Standing()
    for outcome in outcomes:
        standing = follow(standing, outcome, note, NOW)
    return standing


@pytest.mark.parametrize("outcome", ["ok", "rate_limited", "validation", "business", "not_found"])
def test_any_real_answer_makes_an_account_ok(outcome: RequestOutcome) -> None:
    assert after("authentication", outcome).status == "ok"
    assert after("authentication", outcome).message is None


def test_refused_credentials_and_a_refused_address_are_told_apart_with_the_way_out() -> None:
    wrong = after("authentication", note="You are not allowed to use this API.")
    assert wrong.status == "unauthorised"
    assert "not allowed to use this API" in str(wrong.message)
    assert "settings" in str(wrong.message)
    refused = after("refused_ip", note="Invalid vendor ip [192.0.2.7]")
    assert refused.status == "refused_ip"
    assert "192.0.2.7" in str(refused.message)
    assert "seller panel" in str(refused.message)


@pytest.mark.parametrize("outcome", ["network", "timeout", "server_error", "malformed"])
def test_an_account_is_unreachable_only_after_several_lost_answers_in_a_row(outcome: RequestOutcome) -> None:
    lost: list[RequestOutcome] = [outcome] * (UNREACHABLE_AFTER - 1)
    assert after("ok", *lost).status == "ok"
    assert after("ok", *lost, "ok", *lost).status == "ok"
    assert after("ok", *lost, outcome).status == "unreachable"
    assert after("ok", *lost, outcome, "ok").status == "ok"


def test_silence_does_not_hide_that_the_credentials_were_refused() -> None:
    assert after("authentication", *(["timeout"] * 20)).status == "unauthorised"


def test_what_told_against_an_account_is_kept_with_what_was_said() -> None:
    refused = after("ok", "refused_ip", note="Invalid vendor ip [192.0.2.7]")
    assert (refused.outcome, refused.note) == ("refused_ip", "Invalid vendor ip [192.0.2.7]")
    silent = after(*(["timeout"] * UNREACHABLE_AFTER), "server_error", note="HTTP 503")
    assert (silent.outcome, silent.note, silent.silent) == ("server_error", "HTTP 503", UNREACHABLE_AFTER + 1)
    assert (after("authentication", "ok").outcome, after("authentication", "ok").note) == (None, None)


def test_a_cancelled_request_tells_nothing() -> None:
    assert after("cancelled") == Standing()


def test_every_change_of_status_is_told_once() -> None:
    told: list[tuple[str, str]] = []
    standings = AccountStandings(("a", "b"), lambda name, standing: told.append((name, standing.status)))
    for outcome in ("ok", "ok", "authentication", "authentication", "ok"):
        standings.add("a", outcome, None, NOW)
    standings.add("b", "refused_ip", None, NOW)
    assert told == [("a", "ok"), ("a", "unauthorised"), ("a", "ok"), ("b", "refused_ip")]
