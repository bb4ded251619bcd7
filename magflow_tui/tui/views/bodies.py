"""The body of each screen, by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import cast

from magflow_tui.tui.views.context import SCREENS, Body, ScreenName, View
from magflow_tui.tui.views.spans import stack

Draw = Callable[[View, int, int], Body]
_MODULES: Mapping[ScreenName, str] = {
    "health": "health",
    "limits": "limits",
    "sync": "sync",
    "orders": "orders",
    "backups": "backups",
    "api": "requests",
}


class Bodies(Mapping[ScreenName, Draw]):
    """A screen's view and the size of its body in cells and rows make its body.

    A screen's module is loaded when the screen is first drawn: the first paint of the dashboard does not wait for five
    screens that nobody looks at yet.
    """

    def __getitem__(self, screen: ScreenName) -> Draw:
        return cast("Draw", import_module(f"magflow_tui.tui.views.{_MODULES[screen]}").body)

    def __iter__(self) -> Iterator[ScreenName]:
        return iter(SCREENS)

    def __len__(self) -> int:
        return len(SCREENS)


BODIES = Bodies()


def body_of(view: View, width: int, height: int) -> Body:
    """The body of the shown screen; where the past has nothing to show there, the word of it."""
    if view.past is not None:
        from magflow_tui.tui.views.past import instead

        lines = instead(view, view.past, width)
        if lines:
            return Body(stack(lines, height))
    return BODIES[view.screen](view, width, height)
