"""Bad weather: the run still ends with exact rows, or says which page it lacks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from magflow_tui.marketplace.retry import RetryPolicy
from magflow_tui.sandbox import Burst, Faults, PageFault, SandboxAccount

MANY_RETRIES = RetryPolicy(max_retries=6, base_delay=0.001, max_delay=0.004)
LONG = SandboxAccount(name="main", username="u", password="p", orders=900, days=12, fbe=0.1)
#: A run that lacks a page cannot tell that nothing is older, and would walk back to 2012.
RECENT = datetime.now(UTC).date() - timedelta(days=60)


@pytest.mark.parametrize(
    "faults",
    [
        {"server_error": 0.15},
        {"reset": 0.1},
        {"truncated": 0.1, "cut_headers": 0.05},
        {"hang": 0.03, "hang_seconds": 2.0},
        {"missing_is_error": 0.1, "null_results": 0.1},
        {"rate_limited": 0.05, "retry_after": 0},
        {"server_error": 0.05, "reset": 0.02, "truncated": 0.02, "hang": 0.01, "hang_seconds": 2.0},
    ],
    ids=lambda faults: "+".join(faults),
)
async def test_faults_that_pass_leave_no_trace_in_the_rows(rigs, faults):
    rig = await rigs(LONG, faults=Faults(**faults), retry=MANY_RETRIES, read_timeout=0.3)
    run = await rig.sync(full=True)
    assert (run.result, run.reason) == ("completed", None)
    assert rig.stored() == rig.truth()
    assert run.created + run.updated + run.unchanged + run.failed == run.items
    assert run.requests == len(rig.requests)
    assert sum(group.count for group in run.errors if group.message != "page set aside") == sum(
        record.outcome not in ("ok", "cancelled") for record in rig.requests
    )


async def test_a_page_that_always_fails_is_named_and_the_next_run_gets_it(rigs):
    rig = await rigs(LONG, history_start=RECENT, faults=Faults(pages=(PageFault(route="order/read", page=3),)))
    run = await rig.sync(full=True)
    assert run.result == "partial"
    assert "page 3 could not be read" in run.reason
    missing = set(rig.truth()) - set(rig.stored())
    assert 0 < len(missing) <= 100
    assert any(event.kind == "page.set_aside" and "page 3" in event.message for event in rig.events)
    assert any(group.message == "page set aside" for group in run.errors)

    still = await rig.sync()
    assert (still.kind, still.result) == ("incremental", "partial")

    rig.sandbox.control.set_faults(Faults())
    healed = await rig.sync()
    assert (healed.kind, healed.result) == ("incremental", "completed")
    assert rig.stored() == rig.truth()
    assert (await rig.sync()).items < 10  # the debt is paid


async def test_a_partial_run_that_is_resumed_gets_what_it_lacked(rigs):
    rig = await rigs(LONG, history_start=RECENT, faults=Faults(pages=(PageFault(route="order/read", page=3),)))
    partial = await rig.sync(full=True)
    rig.sandbox.control.set_faults(Faults())
    await rig.runner.resume(partial.run_id)
    run = await rig.runner.wait(partial.run_id)
    assert (run.result, run.resumed) == ("completed", 1)
    assert run.items > partial.items
    assert rig.stored() == rig.truth()
    assert rig.query("SELECT count(*) FROM owed_windows") == [(0,)]


async def test_a_page_that_fails_for_a_while_is_recovered_at_the_end(rigs):
    rig = await rigs(LONG, history_start=RECENT, faults=Faults(pages=(PageFault(route="order/read", page=3, times=6),)))
    run = await rig.sync(full=True)
    assert (run.result, run.reason) == ("completed", None)
    assert rig.stored() == rig.truth()
    assert [event.kind for event in rig.events if event.kind.startswith("page.")] == [
        "page.set_aside",
        "page.recovered",
    ]


async def test_a_first_page_that_always_fails_makes_the_run_partial_and_keeps_the_watermark(rigs):
    rig = await rigs(LONG)
    await rig.sync(full=True)
    rig.clock.seconds += 600
    rig.sandbox.control.change_orders(30)
    rig.sandbox.control.set_faults(Faults(pages=(PageFault(route="order/read", page=1),)))
    run = await rig.sync()
    assert run.result == "partial"
    rig.sandbox.control.set_faults(Faults())
    assert (await rig.sync()).result == "completed"
    assert rig.stored() == rig.truth()


async def test_an_offer_page_that_always_fails_makes_the_run_partial(rigs):
    rig = await rigs(
        SandboxAccount(name="main", username="u", password="p", orders=1, offers=350),
        faults=Faults(pages=(PageFault(route="product_offer/read", page=2),)),
    )
    run = await rig.sync("offers")
    assert (run.result, run.items) == ("partial", 250)
    rig.sandbox.control.set_faults(Faults())
    assert (await rig.sync("offers")).result == "completed"
    assert rig.stored("offers") == rig.truth("offers")


@pytest.mark.parametrize("outage", ["unavailable", "refuse"])
async def test_a_marketplace_that_is_down_is_waited_for_without_setting_pages_aside(rigs, outage):
    served = 0

    def go_down(record: object) -> None:
        nonlocal served
        served += 1
        if served == 6:
            rig.sandbox.control.set_faults(Faults(outage=outage))

    rig = await rigs(LONG, on_request=go_down)
    started = await rig.runner.start("main", "orders", full=True, requested_by="test")
    await rigs.until(lambda: any("waiting" in progress.phase for progress in rig.runner.running()))
    pages = rig.runner.running()[0].page
    await rigs.until(lambda: served > 60)
    assert rig.runner.running()[0].page == pages
    rig.sandbox.control.set_faults(Faults())
    run = await rig.runner.wait(started.run.run_id)
    assert (run.result, run.reason) == ("completed", None)
    assert not [event for event in rig.events if event.kind == "page.set_aside"]
    assert rig.stored() == rig.truth()


async def test_patience_ends_and_the_run_says_so(rigs):
    policy = rigs.quick(outage_patience=0.2)
    rig = await rigs(LONG, policy=policy, faults=Faults(outage="unavailable"))
    run = await rig.sync(full=True)
    assert run.result == "failed"
    assert "has not answered" in run.reason
    rig.sandbox.control.set_faults(Faults())
    again = await rig.sync()  # no watermark yet, so it goes on in full
    assert again.result == "completed"
    assert rig.stored() == rig.truth()


async def test_a_refused_address_fails_the_run_at_once(rigs):
    rig = await rigs(LONG)
    rig.sandbox.control.refuse_ip(True)
    run = await rig.sync(full=True)
    assert run.result == "failed"
    assert "Invalid vendor ip" in run.reason
    assert len(rig.requests) == 1


async def test_credentials_that_stop_working_fail_the_run_at_once_and_keep_what_it_has(rigs):
    def lock_out(record: object) -> None:
        if len(rig.requests) == 12:
            rig.sandbox.control.refuse_ip(True)

    rig = await rigs(LONG, on_request=lock_out)
    run = await rig.sync(full=True)
    assert run.result == "failed"
    assert run.items == len(rig.stored()) > 0
    rig.sandbox.control.refuse_ip(False)
    await rig.runner.resume(run.run_id)
    resumed = await rig.runner.wait(run.run_id)
    assert (resumed.result, resumed.resumed) == ("completed", 1)
    assert rig.stored() == rig.truth()


async def test_a_burst_of_429_is_counted_and_loses_nothing(rigs):
    rig = await rigs(LONG, retry=MANY_RETRIES)
    rig.sandbox.control.set_faults(Faults(retry_after=0))
    rig.sandbox.control.burst(Burst(kind="rate_limited", times=4, route="order/read"))
    run = await rig.sync(full=True)
    assert (run.result, run.rate_limited) == ("completed", 4)
    assert rig.stored() == rig.truth()


class Miscounting(httpx.AsyncHTTPTransport):
    """The way to a marketplace that counts one order too many, while `wrong`."""

    wrong = True

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if not self.wrong or not request.url.path.endswith("order/count"):
            return response
        body = json.loads(await response.aread())
        await response.aclose()
        body["results"]["noOfItems"] = str(int(body["results"]["noOfItems"]) + 1)
        return httpx.Response(200, json=body)


async def test_a_count_that_keeps_disagreeing_makes_the_run_partial_and_the_window_is_read_again(rigs):
    transport = Miscounting()
    rig = await rigs(LONG, history_start=RECENT, transport=transport)
    run = await rig.sync(full=True)
    assert run.result == "partial"
    assert "what was read and what the marketplace counts differ" in run.reason
    assert any(group.message == "count disagrees" for group in run.errors)
    assert rig.stored() == rig.truth()

    transport.wrong = False
    again = await rig.sync()
    assert (again.kind, again.result) == ("incremental", "completed")
    assert again.unchanged >= 700  # the window that was owed
    assert (await rig.sync()).items < 10
