"""Screens in colour, as Textual exports them. `pytest --snapshot-update` writes the pictures anew: look at them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from types import ModuleType
from typing import Any

import pytest

# What `snap_compare` compares with; in this folder a fixture of this name is the engine's snapshot.
from syrupy import snapshot as snapshot
from textual.pilot import Pilot

from magflow_tui.config.look import Look, ThemeName
from magflow_tui.tui.app import MagFlowApp

NOW = datetime(2026, 3, 14, 10, 4, 20, tzinfo=UTC)
ZONE = timezone(timedelta(hours=2))
#: Theme, the screen's key, and what is on it when everything has come: each of these.
PICTURES: dict[str, tuple[ThemeName, str, tuple[str, ...]]] = {
    "health-dark": ("dark", "1", ("sync orders FBE started", "4.0 s", "acked")),
    "limits-colour-blind": ("colour-blind", "2", ("order/read",)),
    "orders-light": ("light", "4", ("E1 totals.cashed",)),
    "api-high-contrast": ("high-contrast", "6", ("product_offer/read",)),
}


@pytest.mark.parametrize("picture", PICTURES)
def test_a_screen_has_its_theme_s_colours(
    engines: Callable[[str], str], dashboards: ModuleType, operating: ModuleType, snap_compare: Any, picture: str
) -> None:
    theme, key, settled = PICTURES[picture]
    clock = operating.Clock()
    app = MagFlowApp(
        dashboards.SocketSession(engines("still")),
        look=Look(theme=theme, ascii="off"),
        environ={"TERM": "xterm"},
        clock=clock,
        now=lambda: NOW,
        zone=ZONE,
    )

    async def look_at(pilot: Pilot[int]) -> None:
        operator = operating.Operator(app, pilot, clock)
        await operator.until("WARNING 60")
        await operator.press(key)
        await operator.until(lambda: all(text in operator.screen() for text in settled))

    assert snap_compare(app, terminal_size=(100, 30), run_before=look_at)
