"""What the panes of actions look like: menu, reasons, confirmation, preview, progress, history of actions."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.contract.actions import ActionBatch, ActionKind, ActionRow, ActionState, Choice, Reason
from magflow_tui.marketplace.codes import CANCELLATION_REASONS, CANCELLATION_REASONS_EN
from magflow_tui.tui.text import speak
from magflow_tui.tui.views import orders
from magflow_tui.tui.views.action_menu import ActionMenu
from magflow_tui.tui.views.action_preview import ActionList, BatchMenu, BatchShown, Confirmation
from magflow_tui.tui.views.context import Docked, View
from magflow_tui.tui.views.reason_picker import ReasonPicker, found_reasons
from magflow_tui.tui.views.spans import join, line_cells
from magflow_tui.tui.views.time_left import time_left

GOLDENS = Path(__file__).parent / "goldens"
REASONS = tuple(
    Reason(code=code, text=text, text_ro=CANCELLATION_REASONS[code]) for code, text in CANCELLATION_REASONS_EN.items()
)
SIZES = [(80, 20), (60, 12), (140, 36)]
LATE = "order 448120293 was finalised 3 days ago: it could be set to prepared within 48 h alone"
LATE_RO = "comanda 448120293 a fost finalizată acum 3 zile: se putea trece la pregătită doar în 48 h"


class Quiet(View):
    """A view that says little of itself when a property fails."""

    def __repr__(self) -> str:
        return "View(…)"


@pytest.fixture(scope="module")
def quiet(full_view: View) -> View:
    """The view of the recorded snapshot."""
    return Quiet(**{each.name: getattr(full_view, each.name) for each in fields(full_view)})


def check(name: str, view: View, docked: Docked, width: int, height: int) -> None:
    """Compare the screen's body with the golden of that name; `UPDATE_GOLDENS=1` writes it anew."""
    lines = orders.body(replace(view, screen="orders", docked=docked), width, height).lines
    assert max(line_cells(line) for line in lines) <= width
    assert len(lines) == height
    text = "\n".join(join(line).rstrip() for line in lines) + "\n"
    path = GOLDENS / f"body-{name}-{width}x{height}.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def menu(view: View, cursor: int = 0) -> ActionMenu:
    """The menu of a finalised order."""
    until = view.shown_at + timedelta(hours=31, minutes=12, seconds=30)
    impossible = {"possible": False, "why": LATE, "why_ro": LATE_RO}
    choices = (
        Choice(kind="cancel", possible=True, until=until),
        Choice(kind="status", to=5, possible=True, why="the marketplace decides", why_ro="decide marketplace-ul"),
        Choice(kind="attach", possible=True),
        Choice(kind="reread", possible=True),
        Choice(kind="acknowledge", **impossible),  # type: ignore[arg-type]
        Choice(kind="status", to=2, **impossible),  # type: ignore[arg-type]
        Choice(kind="status", to=3, **impossible),  # type: ignore[arg-type]
    )
    return ActionMenu("448120293 · finalised", choices, cursor)


def acted(number: int, state: ActionState, kind: ActionKind = "cancel", **facts: object) -> ActionRow:
    """An order of a request."""
    known: dict[str, object] = {"action_id": number, "batch_id": 7, "account": "main", "order_id": 448120000 + number}
    return ActionRow.model_validate(known | {"kind": kind, "state": state} | facts)


def batch(view: View, *, dry: bool = False) -> ActionBatch:
    """A request that is at work, or the same as a dry run."""
    refused = {"message": LATE, "message_ro": LATE_RO}
    states: tuple[ActionState, ...] = ("recorded", "recorded", "recorded") if dry else ("done", "sending", "failed")
    rows = (
        *(acted(number, state, status_before=2, status_after=0) for number, state in enumerate(states, 293)),
        acted(301, "refused", **refused),
    )
    return ActionBatch(
        batch_id=None if dry else 7,
        kind="cancel",
        by="ana",
        at=view.shown_at,
        dry_run=dry,
        finished=False,
        orders=48,
        possible=46,
        refused=2,
        done=30,
        failed=0 if dry else 1,
        requests=93,
        refusals=(
            ("finalised more than 48 h ago: no longer to be cancelled", "finalizată de peste 48 h: nu se anulează", 1),
            ("fulfilled by eMAG (FBE): attachments are all that it takes", "livrată de eMAG (FBE): doar atașamente", 1),
        ),
        rows=rows,
    )


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_menu_of_an_order_as_recorded(full_view: View, width: int, height: int) -> None:
    check("act-menu", full_view, menu(full_view), width, height)


def test_what_cannot_be_chosen_says_why_in_full_below_the_menu(full_view: View) -> None:
    check("act-menu-why", full_view, menu(full_view, cursor=6), 80, 20)
    romanian = replace(full_view, say=speak("ro"))
    check("act-menu-ro", romanian, menu(romanian, cursor=6), 140, 36)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_reasons_as_recorded(full_view: View, width: int, height: int) -> None:
    check("act-reasons", full_view, ReasonPicker("Reason to cancel 448120293", REASONS, 1), width, height)


def test_the_reasons_in_romanian_as_recorded(full_view: View) -> None:
    picker = ReasonPicker("Motivul anulării", REASONS).narrowed("stoc").moved(1)
    check("act-reasons-ro", replace(full_view, say=speak("ro")), picker, 80, 20)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_preview_as_recorded(full_view: View, width: int, height: int) -> None:
    facts = (("action", "cancel"), ("reason", "33 Product no longer in partner's stock"))
    shown = Confirmation("Batch preview (48 marked)", facts, batch(full_view, dry=True))
    check("act-preview", full_view, shown, width, height)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_batch_at_work_as_recorded(full_view: View, width: int, height: int) -> None:
    check("act-batch", full_view, BatchShown("cancel (48 marked)", batch(full_view)), width, height)


def test_a_menu_over_many_orders_as_recorded(full_view: View) -> None:
    dry = batch(full_view, dry=True)
    counts = {("acknowledge", None): dry, ("status", 2): dry.model_copy(update={"possible": 0})}
    romanian = replace(full_view, say=speak("ro"))
    check("act-batch-menu", full_view, BatchMenu("48 marked", counts), 80, 20)  # type: ignore[arg-type]
    check("act-batch-menu-ro", romanian, BatchMenu("48 marcate", counts, 1), 140, 36)  # type: ignore[arg-type]


def test_the_latest_actions_as_recorded(full_view: View) -> None:
    rows = (
        *batch(full_view).rows,
        acted(310, "done", "status", to=3, status_before=2, status_after=3, finished_at=full_view.shown_at),
        acted(311, "recorded", "acknowledge"),
    )
    check("act-list", full_view, ActionList(rows), 80, 20)
    check("act-list-ro", replace(full_view, say=speak("ro")), ActionList(rows), 140, 36)


def test_what_failed_is_told_whole(full_view: View) -> None:
    message = "nothing was sent, since the order could not be read first: HTTP 503 without an answer, after 7 attempts"
    row = acted(1, "failed", message=message, message_ro=message)
    for width in (80, 120):
        text = " ".join(join(line).strip() for line in ActionList((row,)).pane(full_view, width, 9).lines)
        assert message in text


def test_whom_the_marketplace_quotes_is_hidden_unless_personal_data_are_to_be_seen(full_view: View) -> None:
    row = acted(1, "failed", message="ana@example.com has no such order", message_ro="")
    for reveal in (False, True):
        lines = ActionList((row,)).pane(replace(full_view, reveal=reveal), 120, 9).lines
        assert ("ana@example.com" in "".join(map(join, lines))) is reveal


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("lipsa sto", [1, 41]),
        ("LIPSĂ STO", [1, 41]),
        ("stock instal", [41, 42]),
        ("33", [33]),
        ("4", [40, 41, 42, 43]),
        ("razgandit nu mai", [38]),
        ("", [reason.code for reason in REASONS]),
        ("zzz", []),
        ("5", []),
    ],
)
def test_reasons_are_found_by_words_of_either_language_or_by_number(typed: str, codes: list[int]) -> None:
    assert [reason.code for reason in found_reasons(REASONS, typed)] == codes


@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: str(reason.code))
def test_every_reason_is_first_by_its_number_and_found_by_either_of_its_texts(reason: Reason) -> None:
    assert found_reasons(REASONS, str(reason.code))[0] == reason
    assert reason in found_reasons(REASONS, reason.text)
    assert reason in found_reasons(REASONS, reason.text_ro.upper())


@given(typed=st.text(max_size=30))
def test_any_text_finds_reasons_in_their_order_or_none(typed: str) -> None:
    found = found_reasons(REASONS, typed)
    assert len(set(found)) == len(found)
    assert set(found) <= set(REASONS)


NASTY = st.text(st.one_of(st.characters(), st.sampled_from("\x1b[]\u202e漢👩\u0301\n\x9b")), max_size=60)


@given(text=NASTY, width=st.sampled_from([40, 53, 80, 120]), room=st.integers(1, 12))
def test_no_text_of_an_action_breaks_its_line(quiet: View, text: str, width: int, room: int) -> None:
    row = acted(1, "failed", message=text, message_ro=text, to=3)
    whole = batch(quiet).model_copy(update={"rows": (row,), "refusals": ((text, text, 3),)})
    choice = Choice(kind="status", to=3, possible=False, why=text, why_ro=text)
    picker = ReasonPicker("t", (Reason(code=1, text=text, text_ro=text),))
    menus = (ActionMenu("t", (choice,)), BatchMenu("t", {("acknowledge", None): whole}), picker)
    shown: tuple[Docked, ...] = (*menus, Confirmation("t", (), whole), BatchShown("t", whole), ActionList((row,)))
    for docked in shown:
        for line in docked.pane(quiet, width, room).lines:
            assert line_cells(line) <= width
            assert all(character.isprintable() for character in join(line))


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(hours=31, minutes=12), "31h12m"),
        (timedelta(hours=48), "48h00m"),
        (timedelta(minutes=59, seconds=59), "59m"),
        (timedelta(seconds=30), "<1m"),
        (timedelta(), ""),
        (timedelta(hours=-1), ""),
    ],
)
def test_the_time_left_is_told_in_hours_and_minutes_until_it_is_over(
    full_view: View, left: timedelta, text: str
) -> None:
    assert time_left(full_view, full_view.shown_at + left) == text
