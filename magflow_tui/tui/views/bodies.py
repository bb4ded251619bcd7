"""The body of each screen, by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from magflow_tui.tui.views import backups, health, limits, orders, requests, sync
from magflow_tui.tui.views.context import Body, ScreenName, View

#: A screen's view and the size of its body in cells and rows make its body.
BODIES: Mapping[ScreenName, Callable[[View, int, int], Body]] = {
    "health": health.body,
    "limits": limits.body,
    "sync": sync.body,
    "orders": orders.body,
    "backups": backups.body,
    "api": requests.body,
}
