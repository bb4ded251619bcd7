"""The dashboard when nobody looks, and when the link is spared: what is painted at once, and what waits."""

from __future__ import annotations

import copy
from typing import Any

from textual import events


def progress(standin: Any, items: int) -> None:
    """The running sync is so far; everyone is told."""
    running = copy.deepcopy(standin.snapshot["running"])
    running[0]["items"] = items
    standin.publish(running=running)


async def test_nobody_looking_is_shown_progress_every_five_seconds(operator: Any, standin: Any) -> None:
    operator.app.post_message(events.AppBlur())
    await operator.pilot.pause()
    operator.clock.time += 1
    progress(standin, 13_001)
    await operator.until(lambda: operator.app.snapshot.running[0].items == 13_001)
    await operator.pilot.pause()
    assert "13 001" not in operator.screen()
    operator.clock.time += 4
    progress(standin, 13_005)
    await operator.until("13 005")


async def test_an_alert_is_shown_at_once_to_nobody_too(operator: Any, standin: Any) -> None:
    operator.app.post_message(events.AppBlur())
    await operator.pilot.pause()
    alert = dict(standin.snapshot["alerts"][0], alert_id=990, code="limit.refused", message="the marketplace refuses")
    standin.publish(alerts=[alert, *standin.snapshot["alerts"]])
    await operator.until("the marketplace refuses")


async def test_who_looks_again_sees_the_present(operator: Any, standin: Any) -> None:
    operator.app.post_message(events.AppBlur())
    await operator.pilot.pause()
    operator.clock.time += 1
    progress(standin, 13_002)
    await operator.until(lambda: operator.app.snapshot.running[0].items == 13_002)
    assert "13 002" not in operator.screen()
    operator.app.post_message(events.AppFocus())
    await operator.until("13 002")


async def test_a_list_that_nobody_looks_at_is_not_read_until_somebody_does(operator: Any, standin: Any) -> None:
    await operator.press("6")
    await operator.until("product_offer/read")
    operator.app.post_message(events.AppBlur())
    await operator.pilot.pause()
    operator.clock.time += 6
    standin.add_request(route="order/attachments/save")
    progress(standin, 13_006)
    await operator.until(lambda: operator.app.snapshot.running[0].items == 13_006)
    await operator.pilot.pause()
    assert "order/attachments/save" not in operator.screen()
    operator.app.post_message(events.AppFocus())
    await operator.until("order/attachments/save")


async def test_a_key_shows_the_present_whatever_the_pace(operator: Any, standin: Any) -> None:
    operator.app.terminal_link.choose(True)
    operator.clock.time += 1
    progress(standin, 13_003)
    await operator.until(lambda: operator.app.snapshot.running[0].items == 13_003)
    assert "13 003" not in operator.screen()
    await operator.press("3")
    await operator.until("13 003")


async def test_a_spared_link_is_shown_no_plots(operator: Any) -> None:
    blocks = set("▂▃▄▅▆▇")
    assert blocks & set(operator.screen())
    await operator.press("B")
    await operator.until(lambda: not blocks & set(operator.screen()))
    assert operator.app.slow
    await operator.press("B")
    await operator.until(lambda: blocks & set(operator.screen()))
