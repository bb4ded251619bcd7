"""Whatever the data and the size: every line fits, and nothing from data reaches the terminal as a command."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.contract.minutes import Minutes
from magflow_tui.contract.snapshot import Snapshot
from magflow_tui.tui.text import speak
from magflow_tui.tui.views import backups, health, limits
from magflow_tui.tui.views.context import Cursor, Link, LinkCost, View
from magflow_tui.tui.views.frame import event_line, hints_line, status_line, tabs_line
from magflow_tui.tui.views.glyphs import ASCII, UNICODE
from magflow_tui.tui.views.spans import clip, join, line_cells

SCREENS = {"health": health.body, "limits": limits.body, "backups": backups.body}

NASTY = st.text(st.one_of(st.characters(), st.sampled_from("\x1b[]\u202e漢👩\u0301\n\x9b\u200d\ufe0f\t")), max_size=40)
COUNTS = (0, 1, 99, 720, 12_410, 999_999_999)
LEVELS = ("unknown", "healthy", "degraded", "warning", "critical")
STATES = ("unknown", "ok", "unauthorised", "refused_ip", "unreachable")


def filled(base: Snapshot, texts: list[str], rng: Random) -> Snapshot:
    """The recorded snapshot with anything in the places that these screens draw."""

    def text() -> str:
        return rng.choice(texts)

    def count() -> int:
        return rng.choice(COUNTS)

    def course() -> tuple[int | None, ...]:
        return tuple(rng.choice([None, 0, 50, 100]) for _ in range(rng.randint(0, 60)))

    def some(of: tuple[object, ...]) -> int:
        return rng.randint(0, len(of))

    names = list(dict.fromkeys(texts))[: rng.randint(0, 6)]
    accounts = tuple(
        base.accounts[0].model_copy(
            update={
                "name": name, "status": rng.choice(STATES), "message": rng.choice([None, text()]), "base_url": text(),
                "orders": count(), "offers": count(), "rma": count(), "since": rng.choice([None, base.at]),
            }
        )
        for name in names
    )  # fmt: skip
    pools = tuple(
        pool.model_copy(
            update={
                "account": name, "minute_used": rng.randint(0, pool.minute_limit), "waiting": count(),
                "operator_waiting": count(), "next_slot_seconds": rng.choice([0.0, 3.3, 86_400.0]),
                "paused_seconds": rng.choice([0.0, 0.2, 86_400.0]), "pace": rng.choice([1.0, 0.5, 0.01]),
                "requests": count(), "waits": count(), "total_wait_seconds": float(count()), "hits": count(),
                "caps": {text(): 3},
            }
        )
        for name in names
        for pool in base.pools[:2]
    )  # fmt: skip
    lines = tuple(
        line.model_copy(
            update={
                "value": rng.choice([None, 0.0, 1.25, 99.96, 1e6]), "penalty": rng.choice([0, line.points]),
                "since": rng.choice([None, base.at, base.at - timedelta(days=40)]), "history": course(),
                "cause": rng.choice([None, text()]), "advice": rng.choice([None, text()]),
            }
        )
        for line in base.health.lines
    )  # fmt: skip
    alerts = tuple(
        alert.model_copy(update={"message": text(), "advice": rng.choice([None, text()]), "code": text()})
        for alert in base.alerts[: some(base.alerts)]
    )
    routes = tuple(
        use.model_copy(update={"route": text(), "account": text(), "per_minute": count(), "mean_ms": float(count())})
        for use in base.routes[: some(base.routes)]
    )
    running = tuple(
        run.model_copy(
            update={
                "account": text(), "items": count(), "items_total": rng.choice([None, count()]),
                "eta_seconds": rng.choice([None, float(count())]), "items_per_second": float(count()),
            }
        )
        for run in base.running[: some(base.running)]
    )  # fmt: skip
    score = {"score": rng.choice([None, 0, 60, 100]), "level": rng.choice(LEVELS), "lines": lines, "history": course()}
    engine = {"data_dir": text(), "schema_version": text(), "db_bytes": count(), "schedules_on": rng.random() < 0.5}
    return base.model_copy(
        update={
            "accounts": accounts, "pools": pools, "routes": routes, "running": running, "alerts": alerts,
            "health": base.health.model_copy(update=score), "engine": base.engine.model_copy(update=engine),
        }
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    texts=st.lists(NASTY, min_size=1, max_size=8),
    seed=st.integers(0, 2**32),
    width=st.integers(10, 220),
    height=st.integers(3, 70),
)
def test_every_line_fits_and_is_safe_whatever_the_data_and_the_size(
    full_view: View, snapshot: Snapshot, texts: list[str], seed: int, width: int, height: int
) -> None:
    rng = Random(seed)
    shown = filled(snapshot, texts, rng)
    view = replace(
        full_view,
        snapshot=shown,
        say=speak(rng.choice(["en", "ro"])),
        glyphs=rng.choice([UNICODE, ASCII]),
        account=rng.choice([None, *(account.name for account in shown.accounts)]),
        minutes=rng.choice([None, Minutes(), full_view.minutes]),
        opened=rng.random() < 0.5,
        zoomed=rng.random() < 0.3,
        cursor=Cursor(rng.choice([None, "metric.limit_use", 31]), rng.randint(0, 12), rng.randint(0, 12)),
        link=rng.choice([Link("live", 0.1), Link("stale", 30.0), Link("gone", 30.0, texts[0])]),
        link_cost=rng.choice([None, LinkCost(123_456.7, None), LinkCost(0.0, 5e6, slow=True)]),
        scenario=rng.choice([None, texts[0]]),
    )
    for screen, draw_body in SCREENS.items():
        view = replace(view, screen=screen)  # type: ignore[arg-type]
        body = draw_body(view, width, height)
        assert len(body.lines) == height
        around = [status_line(view, width), tabs_line(view, width)[0], event_line(view, width, None)]
        around.append(hints_line([("enter", "open"), ("?", "help")], width))
        assert {line_cells(line) for line in around} == {width}
        for line in body.lines:
            # The panel cuts what is too wide: from 60 columns on, nothing is.
            assert line_cells(line) <= width or width < 60, (screen, join(line))
            assert line_cells(clip(line, width)) == width
        written = "".join(view.glyphs.fold(join(line)) for line in (*around, *body.lines))
        assert written.isprintable()
        assert view.glyphs is UNICODE or written.isascii()
        if body.keys:
            assert 0 <= body.cursor.index < len(body.keys)
            assert all(0 <= row < len(body.keys) for row in body.places.values())
