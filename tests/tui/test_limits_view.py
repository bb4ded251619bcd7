"""The limits screen: gauges, the course of the hour against the limit, who spends it, and what that means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from magflow_tui.contract.management import LimitLosses
from magflow_tui.contract.snapshot import Snapshot
from magflow_tui.tui.views import backups, limits
from magflow_tui.tui.views.context import Body, Cursor, LinkCost, ListState, PastShown, View
from magflow_tui.tui.views.gauges import pool_course
from magflow_tui.tui.views.spans import cells, join
from magflow_tui.tui.views.spending import SORTS, routes_shown

LOSSES = LimitLosses.model_validate(
    {
        "until": "2026-03-14T10:04:00Z",
        "pools": [
            {
                "account": "main",
                "pool": "other",
                "hour_seconds": 192,
                "day_seconds": 5184,
                "known_minutes": 1440,
                "peak_from": "2026-03-14T07:00:00Z",
                "peak_seconds": 900,
                "refusals": [
                    {"at": "2026-03-14T10:02:00Z", "count": 2},
                    {"at": "2026-03-14T09:58:00Z", "count": 1},
                    {"at": "2026-03-13T10:04:00Z", "count": 1},
                ],
            }
        ],
    }
)


def text_of(body: Body) -> str:
    return "\n".join(join(line) for line in body.lines)


def line_of(view: View, *texts: str) -> str:
    """The part of a line at 140x36 that has all these texts: of the list, or of what stands beside it."""
    parts = [part for line in limits.body(view, 140, 36).lines for part in join(line).split(" │ ")]
    return next(part for part in parts if all(text in part for text in texts))


def changed(snapshot: Snapshot, **fields: object) -> Snapshot:
    """The snapshot with another pool `other` of MAIN."""
    pools = tuple(
        pool.model_copy(update=fields) if (pool.account, pool.pool) == ("main", "other") else pool
        for pool in snapshot.pools
    )
    return snapshot.model_copy(update={"pools": pools})


def capped(snapshot: Snapshot, caps: dict[str, int]) -> Snapshot:
    return changed(snapshot, caps=caps)


def test_the_route_that_eats_its_pool_stands_first(full_view: View) -> None:
    first = routes_shown(replace(full_view, screen="limits"))[0]
    assert (first.account, first.route) == ("main", "product_offer/read")


@pytest.mark.parametrize("sort", SORTS)
def test_routes_are_sorted_as_the_operator_wants(full_view: View, sort: str) -> None:
    limits_of = {"orders": 720, "other": 180}
    for descending in (False, True):
        routes = routes_shown(replace(full_view, list_state=ListState(sort=sort, descending=descending)))
        keys = [SORTS[sort](use, limits_of[use.pool]) for use in routes]
        assert keys == sorted(keys, reverse=descending)


def test_a_pool_is_drawn_against_its_limit_with_the_line_at_80_percent(full_view: View) -> None:
    text = text_of(limits.body(full_view, 140, 36))
    rows = [line for line in text.splitlines() if "80 % ____" in line]
    assert len(rows) == 3  # orders of FBE were idle for the hour
    assert "peak        151" in text


def test_minutes_with_a_429_are_marked_in_the_plot(full_view: View, snapshot: Snapshot) -> None:
    pool = next(pool for pool in snapshot.pools if (pool.account, pool.pool) == ("fbe", "other"))
    assert sum(pool_course(full_view, pool).flags) == 2
    assert "✗✗" in text_of(limits.body(full_view, 140, 36))


def test_every_pool_is_in_sight_at_every_size(full_view: View) -> None:
    for width, height in ((60, 12), (80, 20), (100, 26), (140, 36), (200, 56)):
        text = text_of(limits.body(full_view, width, height))
        for name in ("orders MAIN", "other MAIN", "orders FBE", "other FBE"):
            assert name in text, (width, name)
        assert "product_off" in text


def test_bars_of_all_pools_are_of_one_length(full_view: View) -> None:
    lines = [join(line) for line in limits.body(full_view, 80, 20).lines]
    lengths = {sum(line.count(sign) for sign in "█░") for line in lines if line.startswith("  /")}
    assert len(lengths) == 1


def test_of_many_accounts_the_fullest_pools_are_shown_and_the_rest_counted(full_view: View, snapshot: Snapshot) -> None:
    names = [f"shop{number}" for number in range(12)]
    pools = tuple(
        pool.model_copy(update={"account": name, "minute_used": pool.minute_used if name == "shop9" else 3})
        for name in names
        for pool in snapshot.pools[:2]
    )
    accounts = tuple(snapshot.accounts[0].model_copy(update={"name": name}) for name in names)
    view = replace(full_view, snapshot=snapshot.model_copy(update={"pools": pools, "accounts": accounts}))
    text = text_of(limits.body(view, 80, 20))
    assert "other SHOP9" in text
    assert "more" in text
    assert "… 19 more" in text_of(limits.body(view, 140, 36))


def test_an_opened_route_says_its_hour_and_which_jobs_called_it(full_view: View) -> None:
    view = replace(full_view, opened=True, cursor=Cursor(("main", "order/read"), 1))
    for width, height in ((80, 30), (140, 36), (200, 56)):
        text = text_of(limits.body(view, width, height))
        assert "410 ms on average, p95 780 ms" in text
        assert "sync orders" in text
        assert "Requests a minute, 1 h" in text


def test_the_forecast_is_named_one_and_says_what_is_left_and_when_a_sync_ends(full_view: View) -> None:
    for width, height in ((80, 30), (140, 36)):
        text = text_of(limits.body(replace(full_view, account="main"), width, height))
        assert "Forecast from the last 60 s" in text
        assert "29 spare/min" in text
        assert "offers MAIN ends about 12:07, then 173 spare/min" in text
        assert "50 at once: 21 wait 7s" in text


def test_time_lost_waiting_is_told_of_the_hour_the_day_and_its_worst_half_hour(full_view: View) -> None:
    assert "3m18s" in text_of(limits.body(full_view, 140, 36))  # of the minutes alone
    line = line_of(replace(full_view, losses=LOSSES), "other MAIN", "09:00")
    assert line.split()[2:] == ["35m40s", "3m12s", "1h26m", "09:00-09:30", "1"]


def test_of_a_store_that_is_younger_than_a_day_it_is_said_how_much_is_recorded(full_view: View) -> None:
    lost = LOSSES.pools[0].model_copy(update={"known_minutes": 200})
    young = LOSSES.model_copy(update={"pools": (lost,)})
    assert "recorded 3h20m" in text_of(limits.body(replace(full_view, losses=young), 140, 36))
    assert "since reset" in text_of(limits.body(replace(full_view, losses=LOSSES), 140, 36))


def test_the_last_refusals_are_told_with_their_time_and_count(full_view: View) -> None:
    text = text_of(limits.body(replace(full_view, losses=LOSSES), 140, 36))
    assert "429 x2 12:02 · 429 x1 11:58" in text
    assert "429 x1 03-13 12:04" in text


def test_caps_and_reserves_stand_beside_the_gauges_or_in_their_titles(full_view: View, snapshot: Snapshot) -> None:
    view = replace(full_view, snapshot=capped(snapshot, {"sync offers": 120}))
    wide = text_of(limits.body(view, 140, 36))
    assert "other MAIN   reserve 20/min" in wide
    assert "             sync offers at most 120/min" in wide
    assert "180/min  reserve" not in wide
    narrow = next(join(line) for line in limits.body(view, 80, 20).lines if "other MAIN" in join(line))
    assert "180/min  reserve 20/min · sync offers" in narrow
    assert "84 % ▲" in narrow  # the state stays, whatever is set
    opened = replace(view, opened=True, cursor=Cursor(("main", "product_offer/read"), 0))
    assert "  set     reserve 20/min · sync offers at most 120/min" in text_of(limits.body(opened, 80, 30))


def test_a_cap_is_suggested_where_one_job_takes_nearly_all_and_others_wait(full_view: View, snapshot: Snapshot) -> None:
    def text(snapshot: Snapshot) -> str:
        return text_of(limits.body(replace(full_view, snapshot=snapshot), 140, 36))

    assert "try c: sync offers MAIN at 120/min" in text(snapshot)
    assert "try c" not in text(capped(snapshot, {"sync offers": 150}))
    assert "try c" not in text(changed(snapshot, waiting=0))
    assert "try c" not in text(changed(snapshot, minute_used=140))


def test_the_job_behind_a_route_is_told_the_busiest_first(full_view: View, snapshot: Snapshot) -> None:
    routes = list(snapshot.routes)
    routes[0] = routes[0].model_copy(update={"jobs": {"action": 90, "sync offers": 54}})
    view = replace(full_view, snapshot=snapshot.model_copy(update={"routes": tuple(routes)}))
    assert "action+1" in line_of(view, "product_offer/read", "MAIN")
    assert "offers" in line_of(replace(full_view, screen="limits"), "product_offer/read", "MAIN")


def test_of_the_past_there_is_no_forecast_and_nothing_to_press(full_view: View, snapshot: Snapshot) -> None:
    minute = snapshot.at.replace(second=0, microsecond=0)
    view = replace(full_view, past=PastShown(minute), losses=LOSSES)
    for width, height in ((80, 30), (140, 36)):
        text = text_of(limits.body(view, width, height))
        assert "Forecast" not in text
        assert "try c" not in text
        assert "c cap" not in text
    assert "09:00-09:30" in text
    assert "            now " not in text


def test_on_a_slow_link_there_are_bars_alone(full_view: View) -> None:
    view = replace(full_view, link_cost=LinkCost(0.1, 400.0, slow=True))
    for width, height in ((80, 20), (140, 36), (200, 56)):
        assert not set("▂▃▄▅▆▇") & set(text_of(limits.body(view, width, height)))


def test_without_accounts_it_says_what_to_do(full_view: View, snapshot: Snapshot) -> None:
    empty = snapshot.model_copy(update={"accounts": (), "pools": (), "routes": (), "running": ()})
    text = text_of(limits.body(replace(full_view, snapshot=empty, minutes=None), 80, 20))
    assert "no account sends requests" in text
    assert "magflow config init" in text


def test_the_backup_screen_says_that_there_is_none_and_how_to_copy_the_data(full_view: View) -> None:
    for width, height in ((80, 20), (140, 36), (60, 24)):
        body = backups.body(full_view, width, height)
        text = text_of(body)
        assert "No backup has been made" in text
        assert "/home/ops/.local/share/magflow-copy" in text
        assert "412 MB" in text
        assert "0001" in text
        assert "403 097" in text
        assert {cells(join(line)) for line in body.lines if line} <= set(range(width + 1))
        assert not body.keys
