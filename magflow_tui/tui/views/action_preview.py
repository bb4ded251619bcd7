"""What an action would do to many orders, what is about to be sent, and what became of it, order by order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.action_menu import MenuRow, action_key, action_name, menu_lines, status_name
from magflow_tui.tui.views.bilingual import of_two
from magflow_tui.tui.views.context import Say, View
from magflow_tui.tui.views.figures import day, grouped
from magflow_tui.tui.views.glyphs import progress
from magflow_tui.tui.views.levels import sign
from magflow_tui.tui.views.list_frame import Pane
from magflow_tui.tui.views.masking import scrubbed
from magflow_tui.tui.views.spans import EMPTY, Line, Role, Span, cells, clip, cut, fit, wrapped

if TYPE_CHECKING:
    from magflow_tui.contract.actions import ActionBatch, ActionKind, ActionRow

#: What can be done to many orders at once, in the order in which it is offered: kind, and status for `status`.
BULK: tuple[tuple[ActionKind, int | None], ...] = (
    ("acknowledge", None),
    ("status", 2),
    ("status", 3),
    ("status", 4),
    ("cancel", None),
    ("reread", None),
)
#: Of an action: its role; what an operator has to look at comes first.
_STATES: Mapping[str, Role] = {
    "failed": "crit",
    "sending": "info",
    "refused": "warn",
    "recorded": "muted",
    "done": "ok",
}
_LABEL_CELLS, _BAR_CELLS = 12, 20
_ID_CELLS, _STATE_CELLS, _WHAT_CELLS = 10, 9, 18
#: Cells from which on account and message stand in an action's line; below, a message needs so many or its own line.
_ONE_LINE_CELLS, _LEAST_SAID = 80, 30


@dataclass(frozen=True, slots=True)
class BatchMenu:
    """What can be done to the orders of `title`: how many of them each action is possible for, as far as asked."""

    title: str
    counts: Mapping[tuple[ActionKind, int | None], ActionBatch] = field(default_factory=dict)
    cursor: int = 0

    @property
    def chosen(self) -> tuple[ActionKind, int | None]:
        """The action under the cursor."""
        return BULK[self.cursor]

    def impossible(self) -> bool:
        """Whether the action under the cursor is known to be possible for none of them."""
        batch = self.counts.get(self.chosen)
        return batch is not None and not batch.possible

    def moved(self, by: int) -> BatchMenu:
        """The cursor so many lines further down."""
        return replace(self, cursor=max(0, min(len(BULK) - 1, self.cursor + by)))

    def at(self, key: str) -> BatchMenu | None:
        """The cursor on the action of a key; None when none has it."""
        index = next((index for index, each in enumerate(BULK) if action_key(*each) == key), None)
        return None if index is None else replace(self, cursor=index)

    def pane(self, view: View, width: int, room: int) -> Pane:
        """The menu as a pane."""
        rows = [self._row(view.say, kind, to) for kind, to in BULK]
        lines = menu_lines(view, rows, self.cursor, width, room)
        return Pane(f"{view.say('act.batch')} ({self.title})", EMPTY, (), lines)

    def _row(self, say: Say, kind: ActionKind, to: int | None) -> MenuRow:
        name = action_name(say, kind, to) + ("…" if kind == "cancel" else "")
        batch = self.counts.get((kind, to))
        if batch is None:
            return MenuRow(action_key(kind, to), name, say("act.counting"), possible=True)
        text = say("act.possible", possible=grouped(batch.possible), orders=grouped(batch.orders))
        if batch.refusals:
            english, romanian, count = batch.refusals[0]
            text += f" · {grouped(count)}x {of_two(say, english, romanian)}"
        return MenuRow(action_key(kind, to), name, text, batch.possible > 0, "text" if batch.possible else "muted")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is about to be sent, fact by fact; for many orders with what a dry run said of them. All safe text."""

    title: str
    facts: tuple[tuple[str, str], ...]
    dry: ActionBatch | None = None

    def pane(self, view: View, width: int, room: int) -> Pane:
        """The facts as a pane."""
        lines = _facts(self.facts, width)
        if self.dry is not None:
            lines += _preview_lines(view, self.dry, width)
        return Pane(self.title, ((view.say("act.not_sent"), "info"),), (), lines)


@dataclass(frozen=True, slots=True)
class BatchShown:
    """A request that has been made: how far it is, and what became of each order."""

    title: str
    batch: ActionBatch

    def pane(self, view: View, width: int, room: int) -> Pane:
        """Progress, counts, and a line for each order, what went wrong first."""
        say, batch = view.say, self.batch
        over = batch.done + batch.refused + batch.failed
        share = over / batch.orders if batch.orders else 1.0
        bar = progress(share, min(_BAR_CELLS, max(6, width // 6)), view.glyphs)
        head: list[Span] = [("  ", "text"), *bar]
        head.append((f"  {say('act.of', over=grouped(over), orders=grouped(batch.orders))}", "text"))
        for name, count in (("done", batch.done), ("refused", batch.refused), ("failed", batch.failed)):
            head.append((f"  {say(f'act.{name}', count=grouped(count))}", _STATES[name] if count else "muted"))
        right: Span = (say("act.finished"), "muted") if batch.finished else (say("act.running"), "info")
        rows = sorted(batch.rows, key=lambda row: list(_STATES).index(row.state))
        lines: list[Line] = [clip(tuple(head), width)]
        for row in rows:
            lines += _row_lines(view, row, width)
        if len(rows) < batch.orders:
            lines.append(((f"  {say('more', count=batch.orders - len(rows))}", "muted"),))
        return Pane(self.title, (right,), (), lines)


@dataclass(frozen=True, slots=True)
class ActionList:
    """What was asked of the marketplace lately, newest first."""

    rows: tuple[ActionRow, ...]

    def pane(self, view: View, width: int, room: int) -> Pane:
        """A line for each, those whose fate is not known named in the title."""
        say = view.say
        if not self.rows:
            return Pane(say("act.list"), EMPTY, (), [((f"  {cut(say('act.list_empty'), width - 2)}", "muted"),)])
        open_ = sum(row.state == "sending" for row in self.rows)
        waiting = sum(row.state == "recorded" for row in self.rows)
        right: Line = ()
        if open_:
            right = ((say("act.unknown", count=grouped(open_)), "warn"),)
        elif waiting:
            right = ((say("act.waiting", count=grouped(waiting)), "info"),)
        lines: list[Line] = []
        for row in self.rows:
            at = day(row.finished_at or row.sent_at or row.recorded_at, view.shown_at, view.zone)
            lines += _row_lines(view, row, width, before=f"{fit(at, 11)} ", what=action_name(say, row.kind, row.to))
        return Pane(say("act.list"), right, (), lines)


def said_of(say: Say, row: ActionRow, *, reveal: bool) -> str:
    """What there is to say of an order of a request; the marketplace's own words in it may quote people."""
    said = of_two(say, row.message, row.message_ro)
    return said if reveal else scrubbed(said)


def _facts(facts: Sequence[tuple[str, str]], width: int) -> list[Line]:
    """Names and values, long ones over two lines."""
    lines: list[Line] = []
    label = min(_LABEL_CELLS, width // 3)
    for name, value in facts:
        texts = wrapped(value, max(8, width - label - 4), most=2) or [""]
        lines.append(((f"  {fit(name, label)}", "muted"), (f" {texts[0]}", "strong")))
        lines += [((" " * (label + 3) + text, "strong"),) for text in texts[1:]]
    return lines


def _preview_lines(view: View, dry: ActionBatch, width: int) -> list[Line]:
    """How many of the orders it is possible for, what stands against the others, and what it takes."""
    say = view.say
    possible = say("act.possible", possible=grouped(dry.possible), orders=grouped(dry.orders))
    takes = say("act.requests", count=grouped(dry.requests))
    lines: list[Line] = [((f"  {cut(f'{possible} · {takes}', width - 2)}", "ok" if dry.possible else "crit"),)]
    for english, romanian, count in dry.refusals:
        head = f"  {view.glyphs.warn} {grouped(count)}x "
        texts = wrapped(of_two(say, english, romanian), max(8, width - cells(head) - 1), most=2) or [""]
        lines.append(((head + texts[0], "warn"),))
        lines += [((" " * cells(head) + text, "warn"),) for text in texts[1:]]
    ids = "  ".join(str(row.order_id) for row in dry.rows if row.state == "recorded")
    lines += [((f"  {text}", "muted"),) for text in wrapped(ids, width - 3, most=3)]
    return lines


def _row_lines(view: View, row: ActionRow, width: int, *, before: str = "", what: str = "") -> list[Line]:
    """An order of a request: its state as sign and word, and what there is to say of it, below if it must."""
    say, role = view.say, _STATES[row.state]
    said = said_of(say, row, reveal=view.reveal)
    if not said and row.status_after is not None and row.status_after != row.status_before:
        said = say("act.went", before=status_name(say, row.status_before), after=status_name(say, row.status_after))
    state = f"{sign(role, view.glyphs):>2} {fit(say(f'act_state.{row.state}'), _STATE_CELLS)}"
    head = f"  {before}{fit(str(row.order_id), _ID_CELLS)} "
    if width >= _ONE_LINE_CELLS:
        head += f"{fit(account_name(row.account), 4)} "
        what = f"{fit(what, _WHAT_CELLS)} " if what else ""
    room = width - cells(head) - cells(state) - cells(what) - 1
    line = clip(((head, "text"), (f"{state} ", role), (what, "text")), width - max(0, room))
    # What failed is told whole: the operator has to do something about it.
    whole = row.state == "failed" and cells(said) > room
    if room >= min(cells(said), _LEAST_SAID) and not whole:
        return [(*line, (cut(said, max(0, room)), "muted"))]
    below = wrapped(said, width - 5, most=2 if whole else 1)
    return [line, *(((f"    {text}", "muted"),) for text in below)]
