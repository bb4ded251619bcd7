"""How long something is still possible: the 48 hours in which a finalised or cancelled order can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import View

if TYPE_CHECKING:
    from magflow_tui.contract.actions import Choice


def time_left(view: View, until: datetime) -> str:
    """Hours and minutes up to an instant, by the engine's clock: `31h12m`, `12m`, `<1m`; empty when it is over."""
    minutes = (until - view.shown_at) // timedelta(minutes=1)
    if until <= view.shown_at:
        return ""
    if minutes < 1:
        return "<1m"
    return f"{minutes // 60}h{minutes % 60:02d}m" if minutes >= 60 else f"{minutes}m"


def window_left(view: View, choices: Sequence[Choice]) -> str:
    """How long an order can still be taken back to another status; empty where no term runs."""
    ends = [choice.until for choice in choices if choice.possible and choice.until is not None]
    return time_left(view, max(ends)) if ends else ""
