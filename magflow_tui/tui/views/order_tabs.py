"""The tabs of an order's detail pane, in their order."""

from __future__ import annotations

from typing import Final, Literal

from magflow_tui.tui.views.context import PaneState

Tab = Literal["findings", "lines", "customer", "history", "raw", "notes"]
TABS: Final[tuple[Tab, ...]] = ("findings", "lines", "customer", "history", "raw", "notes")


def shown_tab(pane: PaneState) -> Tab:
    """The tab that a pane shows."""
    return TABS[pane.tab % len(TABS)]
