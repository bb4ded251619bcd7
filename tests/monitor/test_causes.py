"""What stands behind lost points: the account, route, pool, job or run, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from magflow_tui.contract.alerts import Cause, CauseKind
from magflow_tui.contract.base import PoolName
from magflow_tui.contract.records import RequestOutcome
from magflow_tui.contract.runs import Run
from magflow_tui.contract.snapshot import HealthMetric, PoolGauge
from magflow_tui.marketplace.limiter import Pool
from magflow_tui.monitor.accounts import Standing, follow
from magflow_tui.monitor.advice import ADVICE, advice_for
from magflow_tui.monitor.causes import KIND_OF, Scene, cause_of, of_lateness, of_refusals, of_standing
from magflow_tui.monitor.conditions import CODES
from magflow_tui.monitor.score import RULE_OF
from magflow_tui.monitor.sentences import LONGEST_QUOTE, quoted, reading, shown
from magflow_tui.monitor.syncs import Overdue, ScheduledSync
from magflow_tui.monitor.tally import Intake
from magflow_tui.monitor.traffic import Traffic

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def gauge(used: int, *, account: str = "shop", pool: PoolName = "orders", limit: int = 720) -> PoolGauge:
    return PoolGauge(
        account=account, pool=pool, second_limit=12, second_used=0, minute_limit=limit, minute_used=used,
        tokens=0.0, token_capacity=12.0, waiting=0,
    )  # fmt: skip


def failed_run(reason: str | None = "offers: page 3 could not be read", *, account: str = "shop") -> Run:
    return Run(
        run_id=5120, account=account, resource="offers", kind="full", result="failed", requested_by="schedule",
        started_at=NOW, finished_at=NOW + timedelta(seconds=9), reason=reason,
    )  # fmt: skip


@pytest.fixture
def intake(clock) -> Intake:  # type: ignore[no-untyped-def]
    return Intake(clock)


def cause(
    metric: HealthMetric,
    traffic: Traffic,
    *,
    account: str | None = None,
    fullest: PoolGauge | None = None,
    runs: tuple[Run, ...] = (),
    standing: Standing | None = None,
) -> Cause:
    found = cause_of(metric, Scene(account, traffic, fullest, runs, {"shop": standing or Standing()}))
    assert found is not None
    return found


def test_an_error_rate_names_the_route_that_fails_most_and_how(intake, request_of) -> None:  # type: ignore[no-untyped-def]
    traffic = Traffic(intake)
    for outcome in ("ok", "server_error", "malformed", "timeout"):
        intake.add(request_of(outcome, job="sync orders"))
    intake.add(request_of("authentication", route="rma/read", account="other", pool=Pool.OTHER))
    found = cause("error_rate", traffic)
    assert (found.kind, found.account, found.route, found.pool) == ("server_error", "shop", "order/read", "orders")
    assert (found.job, found.share) == ("sync orders", 0.75)
    assert found.text == (
        "order/read of shop: 3 of 4 requests failed in 5 minutes, 2 of them errors of the marketplace's servers"
    )
    assert found.text_ro == (
        "order/read al contului shop: 3 din 4 cereri au eșuat în 5 minute, 2 dintre ele erori ale serverelor "
        "marketplace-ului"
    )
    assert cause("error_rate", traffic, account="other").kind == "credentials"


@pytest.mark.parametrize("outcome", [outcome for outcome in get_args(RequestOutcome) if outcome != "ok"])
def test_every_way_to_fail_has_its_kind_of_cause(outcome: RequestOutcome, intake, request_of) -> None:  # type: ignore[no-untyped-def]
    if outcome == "cancelled":
        assert outcome not in KIND_OF
        return
    traffic = Traffic(intake)
    intake.add(request_of(outcome))
    found = cause("error_rate", traffic)
    assert found.kind == KIND_OF[outcome]
    assert found.text.startswith("order/read of shop: 1 of 1 requests failed in 5 minutes, ")


def test_slow_responses_name_the_route_and_its_mean(intake, request_of) -> None:  # type: ignore[no-untyped-def]
    traffic = Traffic(intake)
    for _ in range(50):
        intake.add(request_of(elapsed_ms=2600.0, job="sync orders"))
    intake.add(request_of(elapsed_ms=9000.0, route="order/count"))
    found = cause("response_time", traffic)
    assert (found.kind, found.route, found.job) == ("slow_route", "order/read", "sync orders")
    assert found.text == "order/read of shop takes 2600 ms on average"
    assert found.text_ro == "order/read al contului shop durează în medie 2600 ms"


def test_a_full_minute_names_route_job_and_their_shares(intake, request_of) -> None:  # type: ignore[no-untyped-def]
    traffic = Traffic(intake)
    for _ in range(9):
        intake.add(request_of(job="sync orders"))
    intake.add(request_of(route="order/count"))
    found = cause("limit_use", traffic, fullest=gauge(612))
    assert (found.kind, found.route, found.pool, found.job) == ("full_pool", "order/read", "orders", "sync orders")
    assert found.share == 0.9
    assert found.text == "order requests of shop: 612 of 720 this minute, order/read 90 % of it, sync orders 90 %"
    assert "612 din 720 în acest minut, order/read 90 % din ele, sync orders 90 %" in found.text_ro


def test_a_full_minute_of_an_earlier_life_names_nobody(intake) -> None:  # type: ignore[no-untyped-def]
    found = cause("limit_use", Traffic(intake), fullest=gauge(700))
    assert (found.route, found.share, found.text) == (None, None, "order requests of shop: 700 of 720 this minute")


def test_failing_syncs_name_the_run_and_its_reason(intake) -> None:  # type: ignore[no-untyped-def]
    found = cause("sync_success", Traffic(intake), runs=(failed_run(),))
    assert (found.kind, found.account, found.job, found.run_id) == ("unfinished_run", "shop", "sync offers", 5120)
    assert found.text == "offers sync of shop (run 5120) failed: offers: page 3 could not be read"
    assert found.text_ro == (
        "sincronizarea de oferte a contului shop (rularea 5120) a eșuat: offers: page 3 could not be read"
    )


def test_where_the_account_is_in_trouble_that_is_behind_its_failed_syncs(intake) -> None:  # type: ignore[no-untyped-def]
    refused = follow(Standing(), "authentication", "not allowed", NOW)
    found = cause("sync_success", Traffic(intake), runs=(failed_run(),), standing=refused)
    assert found.kind == "credentials"
    advice = advice_for("health.sync_success", found)
    assert "magflow accounts test shop" in advice.en
    assert "run 5120" in advice.en
    assert "rularea 5120" in advice.ro
    late = Overdue(ScheduledSync("shop", "orders", timedelta(minutes=5), NOW), 2000.0, 1020.0)
    assert of_lateness(late, refused).kind == "credentials"
    assert of_lateness(late, None).kind == "none"


def test_without_anything_behind_there_is_no_cause(intake) -> None:  # type: ignore[no-untyped-def]
    scene = Scene(None, Traffic(intake), None, (), {})
    for metric in ("error_rate", "response_time", "limit_use", "sync_success"):
        assert cause_of(metric, scene) is None
    assert of_standing("shop", Standing("ok")) is None


@pytest.mark.parametrize(
    ("outcomes", "kind", "words"),
    [
        (["authentication"], "credentials", "refuses user or password of shop: not allowed"),
        (["refused_ip"], "credentials", "refuses the address of this machine for shop"),
        (["timeout"] * 5, "no_answer", "does not answer shop, 5 requests in a row"),
        (["server_error"] * 4, "server_error", "does not answer shop, 4 requests in a row"),
    ],
)
def test_an_account_in_trouble_says_how(outcomes: list[RequestOutcome], kind: CauseKind, words: str) -> None:
    standing = Standing()
    for outcome in outcomes:
        standing = follow(standing, outcome, "not allowed", NOW)
    found = of_standing("shop", standing)
    assert found is not None
    assert found.kind == kind
    assert words in found.text
    assert "shop" in found.text_ro


def test_refusals_name_the_worst_pool_and_who_met_most_of_them(intake, clock, request_of) -> None:  # type: ignore[no-untyped-def]
    traffic = Traffic(intake)
    for _ in range(3):
        intake.add(request_of("rate_limited", job="sync orders"))
        clock.seconds += 1
    intake.add(request_of("rate_limited", route="order/save", job="action"))
    intake.add(request_of("rate_limited", route="rma/read", pool=Pool.OTHER))
    intake.add(request_of("rate_limited", account="other"))
    assert set(traffic.refused()) == {"shop", "other"}
    found = of_refusals(traffic.refused()["shop"])
    assert (found.kind, found.pool, found.route, found.job, found.share) == (
        "rate_limited", "orders", "order/read", "sync orders", 0.75,
    )  # fmt: skip
    assert found.text == "4 order requests of shop were refused in 60 s (429), 3 of them order/read (sync orders)"
    assert "3 dintre ele order/read (sync orders)" in found.text_ro
    clock.seconds += 57
    assert traffic.refused()["shop"].count == 3
    clock.seconds += 3
    assert traffic.refused() == {}


def test_every_code_has_advice_in_both_languages_for_whatever_stands_behind() -> None:
    assert set(ADVICE) == set(CODES)
    for code in CODES:
        for kind in (None, *get_args(CauseKind)):
            behind = None if kind is None else Cause(kind=kind, text="", text_ro="", account="shop", run_id=7)
            advice = advice_for(code, behind, account="shop")
            for text in (advice.en, advice.ro):
                assert text.endswith(".")
                assert not set("{}şţŞŢ") & set(text)
            assert advice.en != advice.ro


def test_advice_without_an_account_or_run_shows_where_they_would_stand() -> None:
    assert "magflow accounts test NAME" in advice_for("account.unauthorised", None).en
    assert ":run N" in advice_for("health.sync_success", None).en


def test_a_reading_is_never_written_as_its_threshold() -> None:
    rule = RULE_OF["error_rate"]
    assert reading(rule, 12.0).en == "Error rate 12.0 % (at most 5 %)"
    assert reading(rule, 12.0).ro == "Rata erorilor 12.0 % (cel mult 5 %)"
    assert reading(RULE_OF["sync_success"], 94.97).en == "Sync success 94.97 % (at least 95 %)"
    assert shown(5.0004, 5.0) == "5.0004"
    assert shown(5.0, 5.0) == "5.0"


def test_what_others_said_is_one_line_of_a_bearable_length() -> None:
    assert quoted(" a \n b. ") == "a b"
    assert len(quoted("x" * 5000)) == LONGEST_QUOTE
