"""Health and limits as an operator uses them: rows open and close, and the hour is read when a minute is over."""

from __future__ import annotations

from typing import Any


async def publish(operator: Any, standin: Any, **changes: Any) -> None:
    """A second or two later a snapshot comes in."""
    seen = operator.app.snapshot
    operator.clock.time += 2
    standin.publish(**changes)
    await operator.until(lambda: operator.app.snapshot is not seen)


def readings(standin: Any) -> int:
    return sum(path == "/monitoring/minutes" for _, path, _ in standin.asked)


async def test_the_hour_is_read_once_a_minute_and_where_it_is_drawn(operator: Any, standin: Any) -> None:
    await operator.until(lambda: operator.app.hour.minutes is not None)
    await publish(operator, standin)
    assert readings(standin) == 1
    await operator.press("3")
    await publish(operator, standin, at="2026-03-14T10:05:01.000+00:00")
    assert readings(standin) == 1
    await operator.press("2")
    await operator.until(lambda: readings(standin) == 2)


async def test_a_frozen_screen_keeps_its_hour(operator: Any, standin: Any) -> None:
    await operator.until(lambda: readings(standin) == 1)
    await operator.press("p")
    await publish(operator, standin, at="2026-03-14T10:06:01.000+00:00")
    assert readings(standin) == 1
    await operator.press("L")
    await publish(operator, standin)
    await operator.until(lambda: readings(standin) > 1)


async def test_enter_explains_the_row_under_the_cursor_and_escape_puts_it_away(
    session: Any, standin: Any, watch: Any
) -> None:
    async with watch(session, (80, 24)) as operator:
        await operator.until("─ Now ─")
        await operator.press("enter")
        assert "more than 2.0 s costs 20 points" in operator.screen()
        assert "─ Now ─" not in operator.screen()
        await operator.press("j")
        assert "Rate-limit use -20" in operator.screen()
        await operator.press("escape")
        assert "─ Now ─" in operator.screen()
        assert "[1 Health]" in operator.line(1)


async def test_a_new_user_finds_which_route_eats_the_budget(session: Any, standin: Any, watch: Any) -> None:
    async with watch(session, (80, 24)) as operator:
        await operator.until("60/100")
        await operator.press("j")
        assert "product_offer/read 95 %" in " ".join(operator.screen().split())
        assert "(2 Limits, c)" in operator.screen()
        await operator.press("2", "enter")
        assert "144 requests, 95 % of its pool" in operator.screen()
        await operator.press("G")
        assert "6 requests, 4 % of its pool" in operator.screen()
        await operator.press("enter")
        assert "of its pool" not in operator.screen()


async def test_rows_of_both_sections_are_found_by_the_mouse(operator: Any) -> None:
    lines = operator.screen().splitlines()
    row = next(y for y, line in enumerate(lines) if "MAIN: rate-limit use" in line)
    await operator.pilot.click("#body", offset=(12, row - 2))
    assert operator.app.body.cursor.key == 31
    await operator.pilot.click("#body", offset=(12, 3))
    assert operator.app.body.cursor.key == "metric.error_rate"


async def test_routes_are_sorted_by_keys(operator: Any) -> None:
    await operator.until("60/100")
    await operator.press("2")
    lines = operator.screen().splitlines()
    header = next(y for y, line in enumerate(lines) if "endpoint" in line)
    assert "product_offer/read" in lines[header + 1]
    await operator.press("s")
    assert "endpoint↑" in operator.line(header)
    assert "order/count" in operator.line(header + 1)
    await operator.press("S")
    assert "endpoint↓" in operator.line(header)
    assert "rma/read" in operator.line(header + 1)
