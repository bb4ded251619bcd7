from __future__ import annotations

from dataclasses import replace

import pytest

from magflow_tui.contract.snapshot import Snapshot
from magflow_tui.tui.keyboard.actions import (
    ACTIONS,
    Situation,
    action_for,
    bound_keys,
    help_groups,
    hints,
    shown_key,
    shown_keys,
    why_not,
)
from magflow_tui.tui.keyboard.keymap import key_of
from magflow_tui.tui.keyboard.keys import GROUPS
from magflow_tui.tui.text import speak
from magflow_tui.tui.views.context import SCREENS, ScreenName

SAY = speak()


@pytest.fixture
def calm(snapshot: Snapshot) -> Situation:
    return Situation(screen="sync", phase="live", snapshot=snapshot, rows=3)


def test_every_action_has_its_doing_its_title_and_its_help() -> None:
    for action in ACTIONS:
        assert len([group for group in GROUPS if hasattr(group, f"do_{action.id}")]) == 1
        assert SAY(f"action.{action.id}")
        assert SAY(f"action.{action.id}.help")


@pytest.mark.parametrize("screen", SCREENS)
def test_no_key_means_two_things_on_a_screen(screen: ScreenName) -> None:
    for key in bound_keys():
        assert len([action for action in ACTIONS if key in action.keys and action.belongs_to(screen)]) <= 1


def test_nothing_dangerous_is_on_a_control_chord_and_everything_dangerous_mutates() -> None:
    for action in ACTIONS:
        if action.dangerous:
            assert action.mutates
            assert not [key for key in action.keys if key.startswith("ctrl+")]


@pytest.mark.parametrize("screen", SCREENS)
def test_hints_are_few_possible_now_and_end_with_help(calm: Situation, screen: ScreenName) -> None:
    shown = hints(replace(calm, screen=screen), SAY)
    assert len(shown) <= 8
    assert shown[-1] == ("?", "help")
    for key, _ in shown:
        action = action_for(key_of(key) or "", screen)
        assert action is not None
        assert why_not(action, replace(calm, screen=screen)) is None


def test_one_key_is_resume_on_sync_and_refresh_elsewhere() -> None:
    for screen in SCREENS:
        action = action_for("r", screen)
        assert action is not None
        assert action.id == ("resume" if screen == "sync" else "refresh")


def test_an_unbound_key_means_nothing() -> None:
    assert action_for("Z", "sync") is None


@pytest.mark.parametrize(
    ("key", "change", "reason"),
    [
        ("x", {"screen": "health"}, "why.not_here"),
        ("n", {"phase": "gone"}, "why.no_engine"),
        ("r", {}, "why.nothing_to_resume"),
        ("r", {"phase": "gone"}, None),
        ("L", {}, "why.not_frozen"),
        ("p", {"frozen": True}, "why.frozen"),
        ("p", {"snapshot": None}, "why.no_engine"),
        ("F", {}, "why.demo_only"),
        ("F", {"demo": True}, None),
        ("minus", {}, "why.no_previous"),
        ("j", {"rows": 0}, "why.empty"),
        ("A", {}, None),
    ],
)
def test_what_cannot_be_done_has_a_reason(
    calm: Situation, key: str, change: dict[str, object], reason: str | None
) -> None:
    now = replace(calm, **change)  # type: ignore[arg-type]
    action = action_for(key, now.screen)
    assert action is not None
    assert why_not(action, now) == reason
    if reason:
        assert SAY(reason)


def test_without_accounts_or_runs_the_reason_names_the_way_out(calm: Situation, snapshot: Snapshot) -> None:
    empty = replace(calm, snapshot=snapshot.model_copy(update={"accounts": (), "running": ()}))
    for key, reason in (("n", "why.no_accounts"), ("x", "why.not_running"), ("A", "why.one_account")):
        action = action_for(key, "sync")
        assert action is not None
        assert why_not(action, empty) == reason


@pytest.mark.parametrize("screen", SCREENS)
def test_help_lists_every_action_of_the_screen_once(calm: Situation, screen: ScreenName) -> None:
    listed = [entry[0] for _, entries in help_groups(replace(calm, screen=screen), SAY) for entry in entries]
    expected = [shown_keys(action) for action in ACTIONS if action.belongs_to(screen)]
    assert set(expected) <= set(listed)
    assert shown_key("left_square_bracket") == "["
