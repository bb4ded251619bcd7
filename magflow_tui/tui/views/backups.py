"""Backups: what there is to keep, that none has been made, and how to keep it by hand until MagFlow does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import Body, View, columns_of
from magflow_tui.tui.views.figures import grouped, size
from magflow_tui.tui.views.health import events_section, waiting
from magflow_tui.tui.views.requests import tail_section
from magflow_tui.tui.views.spans import Line, beside, cells, clean, cut, fit, rule, stack, wrapped
from magflow_tui.tui.views.table import Column, table

if TYPE_CHECKING:
    from magflow_tui.contract.snapshot import AccountState, Snapshot


def body(view: View, width: int, height: int) -> Body:
    """The whole body of the screen."""
    snapshot = view.snapshot
    if snapshot is None:
        return Body(stack(waiting(view, width), height))
    main, side, tail = columns_of(width, zoomed=view.zoomed)
    left = [*_none_section(view, main), (), *_stored_section(view, snapshot, main)]
    right = [*_folder_section(view, snapshot, side or main), (), *_by_hand_section(view, snapshot, side or main)]
    if not side:
        # Where there is little room, blank lines go first.
        lines = [*left, (), *right]
        if len(lines) > height:
            lines = [line for line in lines if line]
        return Body(stack(lines, height))
    room = height - len(left) - 1
    if room > 2:
        left += [(), *events_section(view, main, room - 1)]
    columns = [(left, main), (right, side)]
    if tail:
        columns.append((tail_section(view, tail, height), tail))
    return Body(beside(columns, height, divider=f" {view.glyphs.divider} "))


def _titled(view: View, key: str, width: int, right: str = "") -> Line:
    end: Line = ((right, "muted"),) if right else ()
    return rule(((view.say(key), "title"),), end, width, stroke=view.glyphs.line)


def _none_section(view: View, width: int) -> list[Line]:
    lines = [_titled(view, "screen.backups", width, view.say("backups.none"))]
    return lines + [((f"  {text}", "muted"),) for text in wrapped(view.say("backups.later"), width - 2, most=6)]


def _stored_section(view: View, snapshot: Snapshot, width: int) -> list[Line]:
    """What a copy would hold: rows of each account, and their sums."""
    say = view.say
    accounts = [account for account in snapshot.accounts if view.account in (None, account.name)]
    lines = [_titled(view, "backups.stored", width)]
    if not accounts:
        return [*lines, ((f"  {say('setup.none')}", "muted"),)]

    columns: list[Column[AccountState]] = [
        Column(say("col.account"), 0, lambda account: (clean(account.name).upper(), "text")),
        Column(
            say("col.platform"), 14, lambda account: (f"{clean(account.platform)} {account.kind}", "muted"), need=56
        ),
        Column(say("resource.orders"), 9, lambda account: (grouped(account.orders), "text"), "right"),
        Column(say("resource.offers"), 9, lambda account: (grouped(account.offers), "text"), "right"),
        Column(say("resource.rma"), 9, lambda account: (grouped(account.rma), "text"), "right"),
    ]
    rows: Sequence[AccountState] = accounts
    if len(accounts) > 1:
        total = accounts[0].model_copy(
            update={
                "name": say("backups.all"),
                "platform": "",
                "kind": "",
                "orders": sum(account.orders for account in accounts),
                "offers": sum(account.offers for account in accounts),
                "rma": sum(account.rma for account in accounts),
            }
        )
        rows = [*accounts, total]
    return lines + table(rows, columns, None, width, len(rows), view.glyphs)


def _folder_section(view: View, snapshot: Snapshot, width: int) -> list[Line]:
    """Where the data is, and how much of it."""
    say, engine = view.say, snapshot.engine
    facts = [
        (say("backups.folder"), clean(engine.data_dir)),
        (say("backups.database"), say("backups.size", db=size(engine.db_bytes), wal=size(engine.wal_bytes))),
    ]
    if engine.schema_version:
        facts.append((say("backups.schema"), clean(engine.schema_version)))
    lines = [_titled(view, "backups.data", width)]
    words = max(cells(word) for word, _ in facts)
    for word, text in facts:
        for index, part in enumerate(_pieces(text, width - words - 4)):
            lines.append(((f"  {fit(word if index == 0 else '', words)}  ", "muted"), (part, "text")))
    return lines


def _by_hand_section(view: View, snapshot: Snapshot, width: int) -> list[Line]:
    """Commands that copy the data folder while nobody writes to it."""
    folder = clean(snapshot.engine.data_dir)
    lines = [_titled(view, "backups.by_hand", width)]
    for command in ("magflow engine stop", f"cp -a {folder} {folder}-copy", "magflow"):
        for index, part in enumerate(_pieces(command, width - 4)):
            lines.append((("  " if index == 0 else "    ", "text"), (part, "info")))
    return lines


def _pieces(text: str, width: int) -> list[str]:
    """A path or command over as many lines as it needs: nothing of it may be left out."""
    parts = wrapped(text, max(1, width), most=6)
    if all(cells(part) <= width and not part.endswith("…") for part in parts):
        return parts
    parts = []
    while text:
        part = cut(text, max(2, width), mark="")
        parts.append(part)
        text = text[len(part) :]
    return parts
