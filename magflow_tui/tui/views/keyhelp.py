"""Help for a screen, generated from the action registry."""

from __future__ import annotations

from collections.abc import Sequence

from magflow_tui.tui.views.context import Body, View
from magflow_tui.tui.views.spans import Line, Role, Span, clip, cut, fit, rule, stack, wrapped

#: An entry of help: keys, title, sentence, and why it cannot be done now (None: it can). One without a title is a
#: command as it is written.
HelpEntry = tuple[str, str, str, str | None]

KEY_CELLS, TITLE_CELLS = 13, 17


def body(
    view: View,
    groups: Sequence[tuple[str, Sequence[HelpEntry]]],
    width: int,
    height: int,
    *,
    problems: Sequence[str] = (),
    foot: Sequence[Line] = (),
) -> Body:
    """Groups of actions with their keys; scrolled by the view's cursor when they are more than fit.

    Above them the `problems` of the operator's own keys, a sentence each; below them the lines of `foot`.
    """
    lines: list[Line] = [((f"  {cut(problem, max(0, width - 2))}", "warn"),) for problem in problems]
    for title, entries in groups:
        if lines:
            lines.append(())
        lines.append(rule(((title, "title"),), (), width, stroke=view.glyphs.line))
        for entry in entries:
            lines += _entry(entry, width)
    if foot:
        lines += [(), *foot]
    top = max(0, min(view.cursor.index, len(lines) - height))
    shown = [clip(line, width) for line in lines[top : top + height]]
    keys_of_list = list(range(max(1, len(lines) - height + 1)))
    return Body(stack(shown, height), 0, 1, keys_of_list, view.cursor)


def _entry(entry: HelpEntry, width: int) -> list[Line]:
    """An entry, its sentence on as many lines as it needs; what stands against it comes first."""
    keys, name, sentence, blocked = entry
    role: Role = "muted" if blocked else "text"
    indent = 2 + KEY_CELLS + 1 + TITLE_CELLS + 1
    head: tuple[Span, ...] = ((f"  {fit(keys, indent - 3)} ", "key"),)
    if name:
        head = ((f"  {fit(keys, KEY_CELLS)} ", "key"), (f"{fit(name, TITLE_CELLS)} ", role))
    text = wrapped(f"({blocked}) {sentence}" if blocked else sentence, max(1, width - indent - 1)) or [""]
    return [(*head, (text[0], "muted")), *(((" " * indent + more, "muted"),) for more in text[1:])]
