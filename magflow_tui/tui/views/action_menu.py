"""What can be done to an order now: a line for each action, its key, and why not or until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from magflow_tui.tui.views.bilingual import of_two
from magflow_tui.tui.views.context import Say, View
from magflow_tui.tui.views.list_frame import Pane
from magflow_tui.tui.views.spans import EMPTY, Line, Role, Span, cells, cut, fit, wrapped
from magflow_tui.tui.views.time_left import time_left

if TYPE_CHECKING:
    from magflow_tui.contract.actions import ActionKind, Choice

#: The key of each action in the menu; a status has its own number.
_KEYS: dict[str, str] = {"acknowledge": "a", "cancel": "c", "reread": "r", "attach": "i"}
#: Cells of the names of actions, and lines of the sentence below them.
_NAME_CELLS, _SENTENCE_LINES = 24, 2
_LEAST_NAME = 20


def action_key(kind: ActionKind, to: int | None) -> str:
    """The key of an action in the menu."""
    return str(to) if kind == "status" else _KEYS[kind]


def action_name(say: Say, kind: ActionKind, to: int | None) -> str:
    """What an action is called: `acknowledge`, `set to prepared`."""
    if kind != "status":
        return say(f"act.{kind}")
    return say("act.status", status=status_name(say, to))


def status_name(say: Say, status: int | None) -> str:
    """A status in words; one that is not known by its number."""
    return "-" if status is None else say(f"order_status.{status if 0 <= status <= 5 else 'unknown'}", number=status)


@dataclass(frozen=True, slots=True)
class MenuRow:
    """A line of a menu: its key, its name, what there is to say of it, and whether it can be chosen."""

    key: str
    name: str
    remark: str
    possible: bool
    role: Role = "muted"


@dataclass(frozen=True, slots=True)
class ActionMenu:
    """The menu of one order, with the cursor on one of its choices. `title` is safe text."""

    title: str
    choices: tuple[Choice, ...]
    cursor: int = 0

    @property
    def chosen(self) -> Choice | None:
        """The choice under the cursor."""
        return self.choices[self.cursor] if self.choices else None

    def moved(self, by: int) -> ActionMenu:
        """The cursor so many lines further down."""
        return replace(self, cursor=max(0, min(len(self.choices) - 1, self.cursor + by)))

    def at(self, key: str) -> ActionMenu | None:
        """The cursor on the choice of a key; None when no choice has it."""
        for index, choice in enumerate(self.choices):
            if action_key(choice.kind, choice.to) == key:
                return replace(self, cursor=index)
        return None

    def pane(self, view: View, width: int, room: int) -> Pane:
        """The menu as a pane."""
        say = view.say
        rows = [_row(view, choice) for choice in self.choices]
        return Pane(self.title, ((say("act.title"), "muted"),), (), menu_lines(view, rows, self.cursor, width, room))


def _row(view: View, choice: Choice) -> MenuRow:
    why = of_two(view.say, choice.why, choice.why_ro)
    remark: Span = (why, "muted")
    if choice.possible and choice.until is not None:
        left = time_left(view, choice.until)
        remark = (view.say("act.until", left=left), "info") if left else (view.say("act.over"), "warn")
    name = action_name(view.say, choice.kind, choice.to)
    if choice.kind in ("cancel", "attach"):
        name += "…"
    return MenuRow(action_key(choice.kind, choice.to), name, remark[0], choice.possible, remark[1])


def menu_lines(view: View, rows: Sequence[MenuRow], cursor: int, width: int, room: int) -> list[Line]:
    """The lines of a menu: as many rows as fit, the one under the cursor among them; below them what its row cuts."""
    names = min(_NAME_CELLS, max(_LEAST_NAME, width // 3))
    here = rows[cursor] if rows else None
    said: list[str] = []
    if here is not None and cells(here.remark) > width - names - 7 and room > _SENTENCE_LINES + 1:
        said = wrapped(here.remark, width - 4, most=_SENTENCE_LINES)
    visible = max(1, min(len(rows), room - len(said)))
    first = max(0, min(cursor - visible // 2, len(rows) - visible))
    lines: list[Line] = []
    for index, row in enumerate(rows[first : first + visible], first):
        head, name = f"{row.key} ", fit(row.name, names)
        remark = cut(row.remark, max(0, width - names - 7))
        if index == cursor:
            lines.append(((fit(f"{view.glyphs.cursor} {head}{name}  {remark}", width), "selected"),))
        else:
            text: Role = "text" if row.possible else "muted"
            key: Role = "key" if row.possible else "muted"
            lines.append((("  ", "text"), (head, key), (f"{name}  ", text), (remark, row.role)))
    role: Role = here.role if here is not None and here.possible else "warn"
    gap = [EMPTY] if said and room > visible + len(said) else []
    return [*lines, *gap, *(((f"  {text}", role),) for text in said)]
