"""Keys as other programs have them, and the keys that hold under a preset and an operator's own settings."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from magflow_tui.config.look import Look, PresetName
from magflow_tui.tui.keyboard.actions import ACTIONS
from magflow_tui.tui.keyboard.keymap import Keymap, KeyProblem, make_keymap
from magflow_tui.tui.views.context import Say
from magflow_tui.tui.views.spans import clean

Keys = Mapping[str, tuple[str, ...]]

#: What each preset changes of the registry's own keys, by action id.
PRESET_KEYS: Mapping[PresetName, Keys] = MappingProxyType(
    {
        "default": {},
        "k9s": {
            "open": ("enter", "d"),
            "faults": ("f", "ctrl+z"),
            "suspend": (),
            "wide": ("w", "ctrl+w"),
            "redraw": ("ctrl+l", "ctrl+r"),
            "redo": ("U",),
            "quit": ("q", "ctrl+q"),
        },
        "lazygit": {
            "page_down": ("full_stop", "ctrl+f", "pagedown"),
            "page_up": ("comma", "ctrl+b", "pageup"),
            "copy": ("ctrl+o", "y"),
            "open": ("enter", "o"),
            "note": ("M",),
            "palette": ("ctrl+p", "at"),
        },
        "arrows-only": {
            "down": ("down",),
            "up": ("up",),
            "page_down": ("pagedown",),
            "page_up": ("pageup",),
            "top": ("home",),
            "bottom": ("end",),
            "screen_previous": ("left", "left_square_bracket"),
            "screen_next": ("right", "right_square_bracket"),
            "refresh": ("f5",),
            "help": ("f1", "question_mark"),
            "quit": ("f10",),
        },
    }
)


def keymap_of(look: Look) -> Keymap:
    """The keys under the settings; what is wrong with the operator's own is in its `problems`."""
    return make_keymap(ACTIONS, PRESET_KEYS[look.preset], look.keys)


def problem_sentence(problem: KeyProblem, say: Say) -> str:
    """What is wrong with a key of the operator's, in one sentence."""
    kind = problem.kind if problem.kind != "unknown_action" or problem.other else "unknown_action_alone"
    return say(f"keys.{kind}", action=clean(problem.action), pressed=clean(problem.key), other=problem.other)
