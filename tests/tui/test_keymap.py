"""Keys of actions: the registry's, a preset's, an operator's; and everything wrong with them told before any press."""

from __future__ import annotations

import string
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.keys import _character_to_key

from magflow_tui.config.look import PRESETS, Look, PresetName
from magflow_tui.tui.keyboard.actions import ACTIONS, action_for, bound_keys
from magflow_tui.tui.keyboard.keymap import KeyProblem, key_of, shown_key
from magflow_tui.tui.keyboard.presets import PRESET_KEYS, keymap_of, problem_sentence
from magflow_tui.tui.text import LANGUAGES, speak
from magflow_tui.tui.views.context import SCREENS, ScreenName

IDS = [action.id for action in ACTIONS]


def problems(**keys: str) -> list[KeyProblem]:
    return list(keymap_of(Look(keys={name: tuple(value.split()) for name, value in keys.items()})).problems)


@pytest.mark.parametrize("character", string.digits + string.ascii_letters + string.punctuation)
def test_a_character_is_the_key_that_types_it_and_is_shown_as_itself(character: str) -> None:
    assert key_of(character) == _character_to_key(character)
    assert shown_key(_character_to_key(character)) == character


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("esc", "escape"),
        ("Enter", "enter"),
        ("pgdn", "pagedown"),
        ("question_mark", "question_mark"),
        ("F5", "f5"),
        ("ctrl+e", "ctrl+e"),
        ("ctrl+E", "ctrl+e"),
        ("shift+tab", "shift+tab"),
        ("alt+Z", "alt+Z"),
        ("space", "space"),
    ],
)
def test_keys_are_written_as_people_know_them(written: str, key: str) -> None:
    assert key_of(written) == key


@pytest.mark.parametrize("written", ["", " ", "ctrl+", "hyper+x", "escp", "shift+a", "f99", "\x1b", "ctrl+ctrl", "xy"])
def test_what_is_no_key_is_none(written: str) -> None:
    assert key_of(written) is None


@given(written=st.text(max_size=12))
def test_any_text_is_a_key_or_none(written: str) -> None:
    key = key_of(written)
    assert key is None or (key.isprintable() and " " not in key)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_names_real_actions_and_real_keys(preset: PresetName) -> None:
    assert set(PRESET_KEYS[preset]) <= set(IDS)
    for keys in PRESET_KEYS[preset].values():
        assert [key_of(key) for key in keys] == list(keys)


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("preset", PRESETS)
def test_no_key_means_two_things_on_a_screen_in_any_preset(preset: PresetName, screen: ScreenName) -> None:
    keymap = keymap_of(Look(preset=preset))
    for key in bound_keys(keymap):
        meant = [action.id for action in ACTIONS if key in keymap.of(action.id) and action.belongs_to(screen)]
        assert len(meant) <= 1, (key, meant)


@pytest.mark.parametrize("preset", PRESETS)
def test_what_every_operator_needs_has_a_key_in_every_preset(preset: PresetName) -> None:
    keymap = keymap_of(Look(preset=preset))
    for action in ("help", "quit", "back", "interrupt", "command", "palette", "up", "down", "screen", "open"):
        assert keymap.of(action)


def test_without_letters_lists_are_moved_in_by_arrows_alone() -> None:
    keymap = keymap_of(Look(preset="arrows-only"))
    assert keymap.of("down") == ("down",)
    assert action_for("j", "orders", keymap) is None


def test_an_operators_own_key_takes_the_place_of_the_others() -> None:
    keymap = keymap_of(Look(keys={"freeze": ("f9", "ctrl+e")}))
    assert keymap.problems == ()
    assert keymap.of("freeze") == ("f9", "ctrl+e")
    assert action_for("p", "health", keymap) is None
    assert keymap.shown("freeze") == "f9 ctrl+e"


def test_two_actions_may_change_places() -> None:
    assert problems(freeze="L", live="p") == []


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"freez": "f9"}, KeyProblem("unknown_action", "freez", other="freeze")),
        ({"make_coffee_please": "f9"}, KeyProblem("unknown_action", "make_coffee_please")),
        ({"freeze": "hyper+x"}, KeyProblem("no_key", "freeze", "hyper+x")),
        ({"reset_stats": "ctrl+e"}, KeyProblem("chord", "reset_stats", "ctrl+e")),
        ({"freeze": "?"}, KeyProblem("taken", "freeze", "?", "help")),
    ],
)
def test_a_wrong_wish_is_told_and_the_action_keeps_its_keys(keys: Mapping[str, str], expected: KeyProblem) -> None:
    assert problems(**keys) == [expected]
    assert keymap_of(Look(keys={name: (key,) for name, key in keys.items()})).of("freeze") == ("p",)


def test_the_same_key_on_screens_apart_is_no_conflict() -> None:
    assert problems(reset_stats="f9", sync_stop="f9") == []
    assert [problem.kind for problem in problems(reset_stats="f9", freeze="f9")] == ["taken"]


def test_taking_a_wish_back_makes_no_new_conflict() -> None:
    keymap = keymap_of(Look(keys={"freeze": ("?",), "live": ("p",)}))
    assert {problem.action for problem in keymap.problems} == {"freeze", "live"}
    assert (keymap.of("freeze"), keymap.of("live")) == (("p",), ("L",))


@given(
    own=st.dictionaries(
        st.sampled_from([*IDS, "nothing", "x\x1b"]),
        st.lists(st.sampled_from(["x", "p", "?", "f9", "ctrl+e", "esc", "nokey", "\x1b[2J"]), max_size=3).map(tuple),
        max_size=6,
    ),
    preset=st.sampled_from(PRESETS),
)
def test_whatever_is_wished_for_every_key_ends_with_one_meaning(
    own: dict[str, tuple[str, ...]], preset: PresetName
) -> None:
    keymap = keymap_of(Look(preset=preset, keys=own))
    for screen in SCREENS:
        here = [key for action in ACTIONS if action.belongs_to(screen) for key in keymap.of(action.id)]
        assert len(set(here)) == len(here)
    for language in LANGUAGES:
        for problem in keymap.problems:
            assert problem_sentence(problem, speak(language)).isprintable()
