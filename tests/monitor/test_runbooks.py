"""What to do, in steps: for every alert there can be, in both languages, naming only what exists."""

from __future__ import annotations

import re
from typing import get_args

import click
import pytest

from magflow_tui.cli.grammar import Group
from magflow_tui.cli.root import magflow
from magflow_tui.config.model import AccountSettings, Settings, SyncSettings
from magflow_tui.contract.alerts import CauseKind, Runbook
from magflow_tui.contract.snapshot import HealthMetric
from magflow_tui.monitor.advice import ADVICE
from magflow_tui.monitor.conditions import CODES
from magflow_tui.monitor.runbooks import RUNBOOKS, runbook_for
from magflow_tui.rules.findings import Words
from magflow_tui.tui.keyboard.actions import ACTIONS
from magflow_tui.tui.keyboard.command_line import VERBS
from magflow_tui.tui.text.english import ENGLISH
from magflow_tui.tui.text.romanian import ROMANIAN

KINDS: tuple[CauseKind, ...] = get_args(CauseKind)
SCREENS = ("health", "limits", "sync", "orders", "backups", "api")
#: Written with a cedilla these letters look right and are none of Romanian.
CEDILLAS = "şţŞŢ"

every_runbook = pytest.mark.parametrize("runbook", RUNBOOKS, ids=lambda runbook: f"{runbook.code}-{runbook.cause}")


def texts(runbook: Runbook) -> list[str]:
    return [runbook.title, runbook.meaning, *runbook.steps]


def texts_ro(runbook: Runbook) -> list[str]:
    return [runbook.title_ro, runbook.meaning_ro, *runbook.steps_ro]


def said() -> list[Words]:
    """Every sentence that tells an operator what to do."""
    advice = [words for by_kind in ADVICE.values() for words in by_kind.values()]
    pairs = [pair for runbook in RUNBOOKS for pair in zip(texts(runbook), texts_ro(runbook), strict=True)]
    return advice + [Words(*pair) for pair in pairs]


def test_every_alert_there_can_be_has_a_runbook_whatever_stands_behind_it() -> None:
    for code in CODES:
        for kind in (None, *KINDS):
            found = runbook_for(code, kind)
            assert found is not None
            assert found.code == code
    assert runbook_for("health.weather", None) is None


def test_there_is_no_runbook_for_what_cannot_be_raised_and_none_twice() -> None:
    assert {runbook.code for runbook in RUNBOOKS} == set(CODES)
    keys = [(runbook.code, runbook.cause) for runbook in RUNBOOKS]
    assert len(keys) == len(set(keys))


def test_kinds_of_causes_that_need_another_way_have_a_runbook_of_their_own() -> None:
    for kind in ("rate_limited", "server_error", "no_answer", "credentials", "refused"):
        found = runbook_for("health.error_rate", kind)
        assert found is not None
        assert found.cause == kind
    assert runbook_for("health.sync_success", "unfinished_run") == runbook_for("health.sync_success", None)


@every_runbook
def test_a_runbook_has_a_title_a_meaning_and_three_to_six_steps_in_both_languages(runbook: Runbook) -> None:
    assert len(runbook.steps) == len(runbook.steps_ro)
    assert 3 <= len(runbook.steps) <= 6
    for text, translated in zip(texts(runbook), texts_ro(runbook), strict=True):
        assert text.strip()
        assert translated.strip()
        assert text != translated
    assert all(text.endswith(".") for text in [*texts(runbook)[1:], *texts_ro(runbook)[1:]])


def test_romanian_is_written_with_its_own_letters() -> None:
    romanian = " ".join(words.ro for words in said())
    assert not set(CEDILLAS) & set(romanian)
    assert set("șțăâî") <= set(romanian)


def test_commands_that_are_named_exist() -> None:
    everything = " ".join(text for words in said() for text in (words.en, words.ro))
    named = set(re.findall(r"`magflow ([^`]*)`", everything))
    assert len(named) > 10
    for line in named:
        place: click.Command = magflow
        words = line.split()
        while isinstance(place, Group):
            name = words.pop(0) if words and not words[0].startswith("-") else place.default
            found = place.get_command(click.Context(place), name or "")
            assert found is not None, line
            place = found
        options = {option for parameter in place.params for option in parameter.opts}
        assert all(word in options for word in words if word.startswith("-")), line


def test_settings_that_are_named_exist() -> None:
    everything = " ".join(words.en for words in said())
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)*(?:\.[A-Za-z_]+)*)`", everything))
    assert named == {
        "accounts.NAME.username",
        "accounts.NAME.base_url",
        "sync.orders_every",
        "sync.offers_every",
        "data_dir",
    }
    assert {"username", "base_url"} <= set(AccountSettings.model_fields)
    assert {"orders_every", "offers_every"} <= set(SyncSettings.model_fields)
    assert "data_dir" in Settings.model_fields


def test_the_same_commands_are_named_in_both_languages() -> None:
    for words in said():
        assert re.findall("`[^`]*`", words.en) == re.findall("`[^`]*`", words.ro), words.en


def test_screens_are_named_as_they_are_called() -> None:
    for words in said():
        numbers = [re.findall(r"\b([1-6]) (?:[A-Z]\w+)", text) for text in (words.en, words.ro)]
        assert numbers[0] == numbers[1], words.en
        for text, names in ((words.en, ENGLISH), (words.ro, ROMANIAN)):
            for number, name in re.findall(r"\b([1-6]) ([A-Z]\w+)", text):
                assert names[f"screen.{SCREENS[int(number) - 1]}"].startswith(name), text


def test_keys_and_words_that_are_named_do_what_is_said() -> None:
    keys = {
        (screen, key): action.id for action in ACTIONS for screen in (action.scope or SCREENS) for key in action.keys
    }
    assert keys["health", "m"] == "mute"
    assert (keys["limits", "c"], keys["limits", "x"], keys["limits", "C"]) == ("cap", "cap_lift", "reserve")
    assert (keys["sync", "r"], keys["sync", "n"], keys["sync", "x"]) == ("resume", "sync_new", "sync_stop")
    assert (keys["api", "n"], keys["api", "f"], keys["api", "y"]) == ("error_next", "faults", "copy")
    assert (keys["api", "enter"], keys["sync", "enter"]) == ("open", "open")
    assert "run" in {verb.name for verb in VERBS}


def test_each_metric_of_the_score_has_a_code() -> None:
    assert {f"health.{metric}" for metric in get_args(HealthMetric)} < set(CODES)
