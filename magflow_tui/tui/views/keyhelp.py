"""Help for a screen, generated from the action registry."""

from __future__ import annotations

from collections.abc import Sequence

from magflow_tui.tui.views.context import Body, View
from magflow_tui.tui.views.spans import Line, Role, clip, cut, fit, rule, stack

#: A line of help: keys, title, sentence, and why it cannot be done now (None: it can).
HelpEntry = tuple[str, str, str, str | None]


def body(view: View, groups: Sequence[tuple[str, Sequence[HelpEntry]]], width: int, height: int) -> Body:
    """Groups of actions with their keys, one line each; scrolled by the view's cursor when they are more than fit."""
    lines: list[Line] = []
    for title, entries in groups:
        if lines:
            lines.append(())
        lines.append(rule(((title, "title"),), (), width, stroke=view.glyphs.line))
        for keys, name, sentence, blocked in entries:
            role: Role = "muted" if blocked else "text"
            text = f"{sentence}  ({blocked})" if blocked else sentence
            room = max(0, width - 2 - 14 - 18)
            lines.append(((f"  {fit(keys, 13)} ", "key"), (fit(name, 17) + " ", role), (cut(text, room), "muted")))
    top = max(0, min(view.cursor.index, len(lines) - height))
    shown = [clip(line, width) for line in lines[top : top + height]]
    keys_of_list = list(range(max(1, len(lines) - height + 1)))
    return Body(stack(shown, height), 0, 1, keys_of_list, view.cursor)
