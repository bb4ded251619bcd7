"""What an operator can do: one registry, from which keys, hints, help, palette and commands are made.

An action that cannot be done now says why instead of staying silent. One key means one thing everywhere; where two
actions share a key (`r`), they are the same wish on different screens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from magflow_tui.tui.keyboard.command_line import VERBS, usage
from magflow_tui.tui.keyboard.keymap import Keymap, make_keymap, shown_key
from magflow_tui.tui.views.context import LinkPhase, Say, ScreenName
from magflow_tui.tui.views.keyhelp import HelpEntry

if TYPE_CHECKING:
    from magflow_tui.contract.runs import Run
    from magflow_tui.contract.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides whether an action is possible now."""

    screen: ScreenName
    phase: LinkPhase
    snapshot: Snapshot | None = None
    selected_run: Run | None = None
    rows: int = 0
    #: Whether the present was left: for what is frozen of it, or for the past.
    frozen: bool = False
    past: bool = False
    help_open: bool = False
    demo: bool = False
    previous: bool = False
    read_only: bool = False
    filtered: bool = False
    offers_open: bool = False
    listed: str = ""
    stops: bool = False
    undoable: int = 0
    redoable: int = 0


def _possible(_: Situation) -> str | None:
    return None


def _needs_engine(now: Situation) -> str | None:
    return None if now.phase in ("live", "stale") else "why.no_engine"


def _needs_accounts(now: Situation) -> str | None:
    if now.snapshot is not None and not now.snapshot.accounts:
        return "why.no_accounts"
    return _needs_engine(now)


def _needs_choice_of_accounts(now: Situation) -> str | None:
    return None if now.snapshot is not None and len(now.snapshot.accounts) > 1 else "why.one_account"


def _needs_running(now: Situation) -> str | None:
    if now.snapshot is not None and not now.snapshot.running:
        return "why.not_running"
    return _needs_engine(now)


def _needs_resumable(now: Situation) -> str | None:
    if now.phase == "gone":
        return None  # then the same key starts the engine again
    if now.selected_run is None or now.selected_run.result not in ("failed", "partial", "cancelled"):
        return "why.nothing_to_resume"
    return _needs_engine(now)


def _needs_rows(now: Situation) -> str | None:
    return None if now.rows or now.help_open else "why.empty"


def _needs_row_under_cursor(now: Situation) -> str | None:
    return None if now.rows and not now.help_open else "why.empty"


def _needs_filter(now: Situation) -> str | None:
    return _needs_row_under_cursor(now) if now.filtered or now.stops else "why.no_filter"


def _needs_frozen(now: Situation) -> str | None:
    return None if now.frozen else "why.not_frozen"


def _needs_live(now: Situation) -> str | None:
    if now.frozen:
        return _why_held(now)
    return "why.no_engine" if now.snapshot is None else None


def _needs_live_engine(now: Situation) -> str | None:
    return _why_held(now) if now.frozen else _needs_engine(now)


def _needs_present(now: Situation) -> str | None:
    return "why.past" if now.past else _needs_engine(now)


def _why_held(now: Situation) -> str:
    return "why.past" if now.past else "why.frozen"


def _needs_something_to_leave(now: Situation) -> str | None:
    return _needs_engine(now) if now.frozen or now.snapshot is not None else "why.no_engine"


def _needs_held_and_engine(now: Situation) -> str | None:
    return _needs_frozen(now) or _needs_engine(now)


#: Lists of the orders' screen whose rows are rules.
_OF_RULES = ("rules", "ignores")


def _needs_order(now: Situation) -> str | None:
    if now.offers_open or now.listed in _OF_RULES:
        return "why.orders_only"
    return _needs_live_engine(now) or _needs_row_under_cursor(now)


def _needs_findings(now: Situation) -> str | None:
    if now.offers_open or now.listed == "ignores":
        return "why.no_findings_here"
    return _needs_row_under_cursor(now) or _needs_engine(now)


def _needs_live_row(now: Situation) -> str | None:
    return _needs_live_engine(now) or _needs_row_under_cursor(now)


def _needs_alert(now: Situation) -> str | None:
    # Whether it is one that the cursor is on is told at the key: hints that came and went with each row would cost.
    if now.snapshot is not None and not now.snapshot.alerts:
        return "why.no_alerts"
    return _needs_live_engine(now)


def _needs_done(now: Situation) -> str | None:
    return _needs_engine(now) if now.undoable else "why.nothing_done"


def _needs_undone(now: Situation) -> str | None:
    return _needs_engine(now) if now.redoable else "why.nothing_undone"


def _needs_demo(now: Situation) -> str | None:
    return None if now.demo else "why.demo_only"


def _needs_previous(now: Situation) -> str | None:
    return None if now.previous else "why.no_previous"


@dataclass(frozen=True, slots=True)
class Action:
    """Something an operator can do.

    `keys` are Textual's names. `scope` are the screens it belongs to, empty for all. `hint` is its place in the hint
    line (0: not hinted), `held_hint` the one while the present has been left (0: the same). `dangerous` asks before it
    is done, `mutates` changes something beyond this screen. `blocked` gives the text key of the reason why not.
    """

    id: str
    keys: tuple[str, ...]
    scope: frozenset[ScreenName] = frozenset()
    hint: int = 0
    held_hint: int = 0
    dangerous: bool = False
    mutates: bool = False
    blocked: Callable[[Situation], str | None] = _possible

    def belongs_to(self, screen: ScreenName) -> bool:
        """Whether the action exists on a screen."""
        return not self.scope or screen in self.scope


def _on(*screens: ScreenName) -> frozenset[ScreenName]:
    return frozenset(screens)


LISTS = _on("health", "limits", "sync", "orders", "api")
#: Lists that are searched, and those that are sorted.
SEARCHED = _on("sync", "orders", "api")
SORTED = SEARCHED | _on("limits")
#: Where `n` begins something new; on the lists that are only searched `n` and `N` step from match to match.
NEW = _on("health", "limits", "sync", "backups")
#: Screens of which the past is recorded, and those that plot it.
RECORDED = _on("health", "limits", "sync", "api")
PLOTTED = _on("health", "limits", "api")
#: Where something is done that can be taken back.
UNDONE = _on("orders", "health", "limits")

ACTIONS: tuple[Action, ...] = (
    # on a screen
    Action("open", ("enter",), _on("orders", "health", "limits", "sync", "api"), hint=1, blocked=_needs_rows),
    Action("alert_ack", ("a",), _on("health"), hint=2, mutates=True, blocked=_needs_alert),
    Action("mute", ("m",), _on("health"), hint=2, mutates=True, blocked=_needs_alert),
    Action("mutes", (), _on("health"), blocked=_needs_live_engine),
    Action("cap", ("c",), _on("limits"), hint=2, dangerous=True, mutates=True, blocked=_needs_live_row),
    Action("cap_lift", ("x",), _on("limits"), hint=2, mutates=True, blocked=_needs_live_engine),
    Action("reserve", ("C",), _on("limits"), mutates=True, blocked=_needs_live_engine),
    Action("sync_new", ("n",), NEW, hint=2, mutates=True, blocked=_needs_accounts),
    Action("sync_stop", ("x",), _on("sync"), hint=3, dangerous=True, mutates=True, blocked=_needs_running),
    Action("resume", ("r",), _on("sync"), hint=4, mutates=True, blocked=_needs_resumable),
    Action("refresh", ("r",), _on("health", "limits", "orders", "backups", "api"), hint=0),
    Action("filter", ("slash",), SEARCHED, hint=2, blocked=_needs_engine),
    Action("faults", ("f",), SEARCHED | _on("health"), hint=3),
    Action("mark", ("space",), SEARCHED, blocked=_needs_row_under_cursor),
    Action("mark_range", ("v",), SEARCHED, blocked=_needs_row_under_cursor),
    Action("sort", ("s",), SORTED, hint=5),
    Action("sort_reverse", ("S",), SORTED),
    Action("wide", ("w",), _on("orders")),
    Action("offers", ("O",), _on("orders"), hint=4),
    Action("pane_next", ("tab",), _on("orders", "api"), blocked=_needs_row_under_cursor),
    Action("pane_left", ("h",), _on("orders")),
    Action("pane_right", ("l",), _on("orders"), blocked=_needs_row_under_cursor),
    Action("act", ("x",), _on("orders"), hint=2, dangerous=True, mutates=True, blocked=_needs_order),
    Action("act_on_all", ("X",), _on("orders"), dangerous=True, mutates=True, blocked=_needs_order),
    Action("actions", (), _on("orders"), blocked=_needs_engine),
    Action("ack", (), _on("orders"), dangerous=True, mutates=True, blocked=_needs_live_engine),
    Action("status", (), _on("orders"), dangerous=True, mutates=True, blocked=_needs_live_engine),
    Action("cancel", (), _on("orders"), dangerous=True, mutates=True, blocked=_needs_live_engine),
    Action("reread", (), _on("orders"), mutates=True, blocked=_needs_live_engine),
    Action("seen", ("a",), _on("orders"), hint=2, mutates=True, blocked=_needs_findings),
    Action("ignore", ("i",), _on("orders"), hint=2, mutates=True, blocked=_needs_findings),
    Action("snooze", ("z",), _on("orders"), hint=2, mutates=True, blocked=_needs_findings),
    Action("reopen", (), _on("orders"), mutates=True, blocked=_needs_findings),
    Action("undo", ("u",), UNDONE, hint=1, mutates=True, blocked=_needs_done),
    Action("redo", ("U", "ctrl+r"), UNDONE, mutates=True, blocked=_needs_undone),
    Action("note", ("o",), _on("orders"), mutates=True, blocked=_needs_order),
    Action("rules", ("b",), _on("orders"), hint=2, blocked=_needs_engine),
    Action("ignores", (), _on("orders"), blocked=_needs_engine),
    Action("views", ("V",), _on("orders"), blocked=_needs_engine),
    Action("match_next", ("n",), _on("orders"), blocked=_needs_filter),
    Action("match_previous", ("N",), _on("orders"), blocked=_needs_filter),
    Action("error_next", ("n",), _on("api"), hint=4, blocked=_needs_rows),
    Action("error_previous", ("N",), _on("api"), blocked=_needs_rows),
    Action("attempt_previous", ("h",), _on("api"), blocked=_needs_row_under_cursor),
    Action("attempt_next", ("l",), _on("api"), blocked=_needs_row_under_cursor),
    Action("reset_stats", ("R",), _on("limits"), hint=3, dangerous=True, mutates=True, blocked=_needs_engine),
    # everywhere
    Action("live", ("L",), hint=5, blocked=_needs_frozen),
    Action("freeze", ("p",), hint=6, blocked=_needs_live),
    Action("step_back", ("less_than_sign",), RECORDED, hint=9, held_hint=5, blocked=_needs_something_to_leave),
    Action("step_forward", ("greater_than_sign",), RECORDED, hint=5, blocked=_needs_held_and_engine),
    Action("hour_back", ("left_curly_bracket",), RECORDED, blocked=_needs_something_to_leave),
    Action("hour_forward", ("right_curly_bracket",), RECORDED, blocked=_needs_held_and_engine),
    Action("time", ("T",), RECORDED, hint=9, held_hint=5, blocked=_needs_something_to_leave),
    Action("range", ("t",), PLOTTED, hint=6, blocked=_needs_engine),
    Action("account", ("A",), hint=7, blocked=_needs_choice_of_accounts),
    Action("scenario", ("F",), hint=4, mutates=True, blocked=_needs_demo),
    Action("screen", ("1", "2", "3", "4", "5", "6")),
    Action("screen_previous", ("left_square_bracket",)),
    Action("screen_next", ("right_square_bracket",)),
    Action("screen_last", ("minus",), blocked=_needs_previous),
    Action("down", ("j", "down"), LISTS, blocked=_needs_rows),
    Action("up", ("k", "up"), LISTS, blocked=_needs_rows),
    Action("page_down", ("ctrl+f", "pagedown"), LISTS, blocked=_needs_rows),
    Action("page_up", ("ctrl+b", "pageup"), LISTS, blocked=_needs_rows),
    Action("top", ("g", "home"), LISTS, blocked=_needs_rows),
    Action("bottom", ("G", "end"), LISTS, blocked=_needs_rows),
    Action("copy", ("y",), LISTS, blocked=_needs_row_under_cursor),
    Action("copy_json", ("Y",), LISTS, blocked=_needs_row_under_cursor),
    Action("look", ("e",), LISTS, blocked=_needs_row_under_cursor),
    Action("export", ("ctrl+s",), blocked=_needs_present),
    Action("picture", ("P",)),
    Action("zoom", ("plus",)),
    Action("unzoom", ("underscore",)),
    Action("redraw", ("ctrl+l",)),
    Action("spare", ("B",)),
    Action("mouse", ()),
    Action("suspend", ("ctrl+z",)),
    Action("back", ("escape",)),
    Action("command", ("colon",)),
    Action("palette", ("ctrl+p",), hint=8),
    Action("theme", ()),
    Action("language", ()),
    Action("about", ()),
    Action("help", ("question_mark",), hint=99),
    Action("quit", ("q", "ctrl+q"), hint=9),
    Action("interrupt", ("ctrl+c",)),
)

#: Hints in the line at the bottom.
MOST_HINTS = 8

_BY_ID = {action.id: action for action in ACTIONS}
#: The registry's own keys.
DEFAULT_KEYMAP = make_keymap(ACTIONS, {}, {})


def shown_keys(action: Action, keymap: Keymap = DEFAULT_KEYMAP) -> str:
    """All keys of an action: `j down`, `1-6`."""
    return keymap.shown(action.id)


def bound_keys(keymap: Keymap = DEFAULT_KEYMAP) -> list[str]:
    """Every key that means something somewhere, each once."""
    return list(dict.fromkeys(key for action in ACTIONS for key in keymap.of(action.id)))


def action_for(key: str, screen: ScreenName, keymap: Keymap = DEFAULT_KEYMAP) -> Action | None:
    """What a key means on a screen; where it means nothing there, the action it has elsewhere."""
    found = [action for action in ACTIONS if key in keymap.of(action.id)]
    here = [action for action in found if action.belongs_to(screen)]
    return next(iter(here or found), None)


def action_named(name: str) -> Action:
    """The action of an id. Raises `KeyError`."""
    return _BY_ID[name]


def why_not(action: Action, now: Situation) -> str | None:
    """The text key of the reason why an action cannot be done now, or None."""
    if not action.belongs_to(now.screen) and not now.help_open:
        return "why.not_here"
    return reason_against(action, now)


def reason_against(action: Action, now: Situation) -> str | None:
    """The text key of what stands against an action on its own screen, or None."""
    if action.mutates and (now.read_only or now.past):
        return "why.read_only" if now.read_only else "why.past"
    return action.blocked(now)


def hints(now: Situation, say: Say, keymap: Keymap = DEFAULT_KEYMAP) -> list[tuple[str, str]]:
    """Keys and titles for the hint line: what can be done here and now, eight at most, help last."""
    here = [action for action in ACTIONS if action.hint and action.belongs_to(now.screen)]
    here = [action for action in here if keymap.of(action.id) and not reason_against(action, now)]
    fitting = sorted(here, key=lambda action: (now.frozen and action.held_hint) or action.hint)
    del fitting[MOST_HINTS - 1 : -1]
    return [(shown_key(keymap.of(action.id)[0]), say(f"action.{action.id}")) for action in fitting]


def help_groups(now: Situation, say: Say, keymap: Keymap = DEFAULT_KEYMAP) -> list[tuple[str, Sequence[HelpEntry]]]:
    """Help for a screen: first what belongs to it, then what works everywhere."""

    def entry(action: Action) -> HelpEntry:
        reason = reason_against(action, now)
        title = say(f"action.{action.id}")
        return (keymap.shown(action.id), title, say(f"action.{action.id}.help"), say(reason) if reason else None)

    general = [action for action in ACTIONS if not action.scope or action.scope == LISTS]
    here = [entry(action) for action in ACTIONS if action not in general and now.screen in action.scope]
    everywhere = [entry(action) for action in general]
    groups: list[tuple[str, Sequence[HelpEntry]]] = []
    if here:
        groups.append((f"{say('help.screen')}: {say(f'screen.{now.screen}')}", here))
    groups.append((say("help.everywhere"), everywhere))
    spoken = [(usage(verb, say), "", say(f"verb.{verb.name}"), None) for verb in VERBS if verb.takes]
    groups.append((say("help.commands"), spoken))
    return groups
