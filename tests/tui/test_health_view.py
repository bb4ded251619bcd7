"""The health screen: why points are lost, what is in trouble, and what to do, for every row under the cursor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from magflow_tui.contract.minutes import Minutes
from magflow_tui.contract.snapshot import AccountStatus, Snapshot
from magflow_tui.tui.text import speak
from magflow_tui.tui.views import health
from magflow_tui.tui.views.alert_detail import explained
from magflow_tui.tui.views.concerns import concerns
from magflow_tui.tui.views.context import Body, Cursor, LinkCost, View
from magflow_tui.tui.views.frame import status_line, tabs_line
from magflow_tui.tui.views.spans import clip, join


def text_of(body: Body) -> str:
    return "\n".join(join(line) for line in body.lines)


@pytest.fixture
def silent(snapshot: Snapshot) -> Snapshot:
    """Accounts are set up, and nothing has been asked yet."""
    lines = tuple(
        line.model_copy(update={"value": None, "penalty": 0, "since": None, "cause": None, "history": ()})
        for line in snapshot.health.lines
    )
    unknown = snapshot.health.model_copy(update={"score": None, "level": "unknown", "lines": lines, "history": ()})
    return snapshot.model_copy(update={"health": unknown, "alerts": (), "running": (), "routes": (), "recent_runs": ()})


@pytest.mark.parametrize(("width", "height"), [(80, 20), (140, 36), (200, 56), (100, 26), (60, 12)])
def test_the_worst_line_is_explained_before_any_key_is_pressed(full_view: View, width: int, height: int) -> None:
    text = text_of(health.body(full_view, width, height))
    assert "Response time -20" in text
    assert "product_offer/read of main takes 2380 ms on" in text


def test_every_row_explains_itself_when_opened(full_view: View, snapshot: Snapshot) -> None:
    rows = concerns(full_view, snapshot)
    assert len(rows) == 4 + len(snapshot.alerts)
    for index, row in enumerate(rows):
        view = replace(full_view, opened=True, cursor=Cursor(row.key, index))
        body = health.body(view, 80, 20)
        assert body.keys[body.cursor.index] == row.key
        text = text_of(body)
        facts = explained(full_view, snapshot, row).facts
        assert facts
        assert all(fact.text.split()[-1] in text for fact in facts), row.title


def test_an_opened_metric_says_value_rule_time_and_shows_its_hour(full_view: View) -> None:
    text = text_of(health.body(replace(full_view, opened=True), 80, 20))
    assert "2.4 s on average over the last 5 minutes" in text
    assert "more than 2.0 s costs 20 points" in text
    assert "since 11:57 · 7m" in text
    assert "11:45" in text


def test_each_row_stands_where_the_mouse_finds_it(full_view: View) -> None:
    for width, height in ((80, 20), (140, 36), (50, 9)):
        body = health.body(full_view, width, height)
        lines = [join(line) for line in body.lines]
        assert [body.row_at(y) for y in range(height)].count(0) == 1
        for y in range(height):
            row = body.row_at(y)
            if row == 0:
                assert "response time" in lines[y]
            if row == 4:
                assert "other requests of fbe" in lines[y]


def test_a_reading_is_never_rounded_to_its_own_bound(full_view: View, snapshot: Snapshot) -> None:
    line = next(line for line in snapshot.health.lines if line.metric == "limit_use")
    near = line.model_copy(update={"value": 80.4})
    changed = snapshot.model_copy(update={"health": snapshot.health.model_copy(update={"lines": (near,)})})
    text = text_of(health.body(replace(full_view, snapshot=changed), 80, 20))
    assert "80.4 %" in text


def test_without_accounts_the_screen_says_which_setting_to_make(full_view: View, silent: Snapshot) -> None:
    empty = silent.model_copy(update={"accounts": (), "pools": ()})
    for width, height in ((80, 20), (140, 36), (200, 56)):
        view = replace(full_view, snapshot=empty, minutes=Minutes())
        text = text_of(health.body(view, width, height))
        assert "no account is set up" in text
        assert "magflow config init" in text
        assert "[accounts.shop]" in text
        assert "all is well" not in text
    assert "alerts 1" in join(tabs_line(view, 140)[0])


def test_without_data_nothing_is_called_well(full_view: View, silent: Snapshot) -> None:
    view = replace(full_view, snapshot=silent, minutes=Minutes())
    text = text_of(health.body(view, 80, 20))
    assert text.count("no data") == 5
    assert "no requests in the last 5 minutes" in text
    assert "well" not in text
    assert "█" not in text_of(health.body(view, 140, 36))


def test_with_schedules_off_and_no_data_it_says_how_a_sync_is_started(full_view: View, silent: Snapshot) -> None:
    still = silent.model_copy(update={"engine": silent.engine.model_copy(update={"schedules_on": False})})
    assert "n starts a sync" in text_of(health.body(replace(full_view, snapshot=still), 80, 20))


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("unauthorised", "accounts.fbe.username"),
        ("refused_ip", "marketplace's seller panel"),
        ("unreachable", "accounts.fbe.base_url"),
    ],
)
def test_an_account_in_trouble_is_a_row_that_says_what_to_do(
    full_view: View, snapshot: Snapshot, status: str, says: str
) -> None:
    account = snapshot.accounts[1].model_copy(update={"status": status, "message": "The reason.", "since": snapshot.at})
    changed = snapshot.model_copy(update={"accounts": (snapshot.accounts[0], account)})
    view = replace(full_view, snapshot=changed, cursor=Cursor("account.fbe", 4), opened=True)
    text = text_of(health.body(view, 80, 20))
    assert says in text
    assert "The reason." in text
    assert "magflow accounts test fbe" in text
    assert "✗ FBE" in join(status_line(view, 80))
    assert "✗ FBE: " not in join(status_line(replace(view, account="fbe"), 80))
    chosen = replace(view, account="main")
    assert "accounts.fbe" not in text_of(health.body(chosen, 80, 20))


def test_on_a_slow_link_there_are_no_plots_and_no_sparklines(full_view: View) -> None:
    slow = replace(full_view, link_cost=LinkCost(0.1, 400.0, slow=True))
    for width, height in ((80, 20), (140, 36), (200, 56)):
        text = text_of(health.body(slow, width, height))
        assert not set("▂▃▄▅▆▇") & set(text)
        assert "Response time" in text
    assert "slow" in join(status_line(slow, 80))


def test_the_status_line_says_what_the_link_carries_where_there_is_room(full_view: View) -> None:
    view = replace(full_view, link_cost=LinkCost(0.6, 38.0))
    assert "0.6 KB/s   38 ms" in join(status_line(view, 140))
    assert "KB/s" not in join(status_line(view, 80))
    assert "link 0.6 KB/s" in text_of(health.body(view, 80, 20))


def test_the_status_line_says_why_accounts_are_not_served(full_view: View, snapshot: Snapshot) -> None:
    def line(statuses: tuple[AccountStatus, ...], width: int = 80) -> str:
        known = [
            snapshot.accounts[0].model_copy(update={"name": f"a{at}", "status": s}) for at, s in enumerate(statuses)
        ]
        return join(status_line(replace(full_view, snapshot=snapshot.model_copy(update={"accounts": known})), width))

    assert "✗ no answer " in line(("unreachable", "unreachable"))
    assert "✗ A1: login refused " in line(("ok", "unauthorised", "ok"))
    assert "✗ 3/4: no answer / IP refused " in line(("unreachable", "ok", "refused_ip", "unreachable"), 100)


def test_the_score_is_in_the_status_line_however_narrow_the_screen(full_view: View) -> None:
    romanian = replace(full_view, say=speak("ro"))
    for view in (full_view, romanian, replace(full_view, account="a-long-name-of-an-account")):
        assert " 60" in join(status_line(view, 50))


def test_values_in_the_status_line_keep_their_places(full_view: View, snapshot: Snapshot) -> None:
    for width in (80, 140):
        places = set()
        for used in (0, 7, 72, 151):
            pools = tuple(pool.model_copy(update={"minute_used": used}) for pool in snapshot.pools)
            view = replace(full_view, snapshot=snapshot.model_copy(update={"pools": pools}))
            line = join(status_line(view, width))
            places.add((line.index("oth"), line.index("live")))
        assert len(places) == 1


def test_plots_grow_with_the_screen(full_view: View) -> None:
    def titles(width: int, height: int) -> list[str]:
        text = text_of(health.body(full_view, width, height))
        return [title for title in ("Score, 1 h", "Response time, 1 h", "Rate-limit use, 1 h") if title in text]

    assert titles(80, 20) == []
    assert titles(100, 26) == ["Score, 1 h", "Response time, 1 h"]
    assert len(titles(140, 36)) == 3
    bottom = [clip(line, 94) for line in health.body(full_view, 200, 56).lines]
    assert "Failed requests, 1 h" in "\n".join(join(line) for line in bottom)


@pytest.mark.parametrize(
    ("uptime", "span", "wide"), [(60, "15 min", 4), (840, "15 min", 4), (900, "30 min", 2), (3600, "1 h", 1)]
)
def test_plots_of_a_young_engine_show_the_time_it_has_lived(
    full_view: View, snapshot: Snapshot, uptime: float, span: str, wide: int
) -> None:
    young = snapshot.model_copy(
        update={
            "engine": snapshot.engine.model_copy(update={"uptime_seconds": float(uptime)}),
            "health": snapshot.health.model_copy(update={"history": (100,), "score": 60}),
        }
    )
    lines = [join(line) for line in health.body(replace(full_view, snapshot=young), 140, 36).lines]
    top = next(number for number, line in enumerate(lines) if f"Score, {span}" in line)
    assert lines[top + 1][7:67].count("█") == wide


def test_the_rows_below_the_explanation_stand_still_as_the_cursor_moves(full_view: View, snapshot: Snapshot) -> None:
    seen = set()
    for index, row in enumerate(concerns(full_view, snapshot)):
        body = health.body(replace(full_view, cursor=Cursor(row.key, index)), 140, 36)
        texts = [join(line) for line in body.lines]
        seen.add(next(number for number, text in enumerate(texts) if "Event log" in text))
    assert len(seen) == 1
