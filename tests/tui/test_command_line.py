"""What is written behind `:`: read into commands, or into what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.tui.keyboard.actions import ACTIONS
from magflow_tui.tui.keyboard.command_line import VERBS, Mistake, Spoken, completions, read
from magflow_tui.tui.views.context import SCREENS

IDS = tuple(action.id for action in ACTIONS)
CHOICES = {
    "screen": SCREENS,
    "account": ("main", "fbe", "all"),
    "resource": ("orders", "offers", "rma", "all"),
    "extent": ("incremental", "full"),
    "export": ("orders", "runs", "csv", "json"),
    "format": ("csv", "json"),
    "theme": ("dark", "light", "mono"),
    "language": ("en", "ro"),
    "view": ("vat odd", "save vat odd", "delete vat odd"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2", Spoken("screen", ("limits",))),
        ("limits", Spoken("screen", ("limits",))),
        ("log", Spoken("screen", ("api",))),
        ("screen 3", Spoken("screen", ("sync",))),
        ("screen Orders", Spoken("screen", ("orders",))),
        ("order 448120331", Spoken("order", ("448120331",))),
        ("order 448120331 FBE", Spoken("order", ("448120331", "fbe"))),
        ("acct fbe", Spoken("account", ("fbe",))),
        ("account", Spoken("account", ())),
        ("run 12", Spoken("run", ("12",))),
        ("sync orders full", Spoken("sync", ("orders", "full"))),
        ("theme light", Spoken("theme", ("light",))),
        ("lang ro", Spoken("language", ("ro",))),
        ("filter status:open !paid", Spoken("filter", ("status:open !paid",))),
        ("export csv", Spoken("export", ("csv",))),
        ("export runs json", Spoken("export", ("runs", "json"))),
        ("view vat odd", Spoken("view", ("vat odd",))),
        ("view save Vat Odd", Spoken("view", ("save Vat Odd",))),
        ("view", Mistake("missing", "view", ("vat odd", "save vat odd", "delete vat odd"))),
        ("note called  back", Spoken("note", ("called  back",))),
        ("about", Spoken("about")),
        ("q", Spoken("quit")),
        ("  FREEZE  ", Spoken("freeze")),
        ("sync-stop", Spoken("sync_stop")),
        ("sync_stop", Spoken("sync_stop")),
        ("fre", Spoken("freeze")),
        ("", None),
        ("   ", None),
        ("9", Mistake("unknown", "9")),
        ("themes dark", Mistake("unknown", "themes", ("theme",))),
        ("zzzz", Mistake("unknown", "zzzz")),
        ("theme", Mistake("missing", "theme", ("dark", "light", "mono"))),
        ("theme pink", Mistake("not_a_choice", "pink", ("dark", "light", "mono"))),
        ("order", Mistake("missing", "order")),
        ("order abc", Mistake("not_a_number", "abc")),
        ("order ٣", Mistake("not_a_number", "٣")),
        ("order " + "9" * 30, Mistake("not_a_number", "9" * 30)),
        ("run 12 13", Mistake("too_much", "13")),
        ("2 3", Mistake("too_much", "3")),
        ("freeze now", Mistake("too_much", "now")),
    ],
)
def test_a_line_is_read_as_meant_or_says_what_is_wrong(text: str, expected: object) -> None:
    assert read(text, IDS, CHOICES) == expected


def test_a_beginning_that_could_be_several_names_them() -> None:
    found = read("screen-", IDS, CHOICES)
    assert isinstance(found, Mistake)
    assert found.kind == "ambiguous"
    assert {"screen-next", "screen-previous", "screen-last"} <= set(found.known)


@pytest.mark.parametrize("action", IDS)
def test_every_action_is_a_command_of_its_own_name(action: str) -> None:
    found = read(action.replace("_", "-"), IDS, CHOICES)
    assert isinstance(found, Spoken | Mistake)
    assert getattr(found, "verb", None) == action or (isinstance(found, Mistake) and found.kind == "missing")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the", ["theme"]),
        ("theme ", ["theme dark", "theme light", "theme mono"]),
        ("theme L", ["theme light"]),
        ("acct f", ["acct fbe"]),
        ("order 1 m", ["order 1 main"]),
        ("sync orders f", ["sync orders full"]),
        ("theme dark x", []),
        ("nothing ", []),
        (" ", []),
        ("freeze ", []),
    ],
)
def test_tab_offers_what_can_stand_there(text: str, expected: list[str]) -> None:
    assert completions(text, IDS, CHOICES) == expected


def test_tab_at_once_offers_everything_there_is() -> None:
    offered = completions("", IDS, CHOICES)
    assert {verb.name for verb in VERBS} | set(SCREENS) <= set(offered)
    assert offered == sorted(offered)


WORDS = st.sampled_from(["theme", "screen", "order", "sync", ":", "12", "-1", "full", "\x1b[2J", "\u202e", " ", "９"])


@given(text=st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=5).map(" ".join)))
def test_no_line_at_all_breaks_the_reader(text: str) -> None:
    found = read(text, IDS, CHOICES)
    assert found is None or isinstance(found, Spoken | Mistake)
    for line in completions(text, IDS, CHOICES):
        assert line.lower().startswith(text.lower().rpartition(" ")[0])


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("view ", ["view vat odd", "view save vat odd", "view delete vat odd"]),
        ("view vat o", ["view vat odd"]),
        ("view save ", ["view save vat odd"]),
        ("view nothing", []),
    ],
)
def test_names_of_several_words_are_completed_as_a_whole(text: str, offered: list[str]) -> None:
    assert completions(text, IDS, CHOICES) == offered
