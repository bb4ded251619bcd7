"""The two languages say the same things, each in words of its own, and fit the same places."""

from __future__ import annotations

import re
import string
from dataclasses import replace

import pytest

from magflow_tui.config.look import LANGUAGES, Language
from magflow_tui.tui.text import speak, words
from magflow_tui.tui.text.english import ENGLISH
from magflow_tui.tui.text.romanian import ROMANIAN
from magflow_tui.tui.views.context import SCREENS, View
from magflow_tui.tui.views.frame import tabs_line
from magflow_tui.tui.views.spans import clean, join

#: Words that are the same in both languages: names, units, abbreviations.
ALIKE = {
    "screen_short.limits", "screen_short.api", "status.scenario", "pool.ean", "pool_short.ean", "kind.incremental",
    "result.completed", "health.max", "health.min", "health.lately", "status.live", "now.wal", "limits.limit",
    "limits.busy_minutes", "payment.3", "order_type_short.2", "payment_short.2", "payment_short.3", "sort.total",
    "api.per_minute", "api_tab.curl", "col.duration", "col.status", "col.order_status", "col.total", "argument.text",
    "argument.format", "argument.order_status", "act.fact.name", "act.fact.status", "offer.ean", "offer_col.active",
}  # fmt: skip


def placeholders(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    assert list(ROMANIAN) == list(ENGLISH)


def test_a_text_takes_the_same_values_in_both_languages() -> None:
    differing = {key for key, text in ENGLISH.items() if placeholders(ROMANIAN[key]) != placeholders(text)}
    assert differing == set()


def test_everything_is_translated_but_what_is_the_same_word() -> None:
    letters = re.compile(r"[^\W\d_]{2,}")
    alike = {
        key for key, text in ENGLISH.items() if ROMANIAN[key] == text and letters.search(re.sub(r"\{\w+\}", "", text))
    }
    assert alike == ALIKE


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_safe_to_show(language: Language) -> None:
    assert {key: text for key, text in words(language).items() if clean(text) != text} == {}


def test_romanian_is_written_with_its_own_letters() -> None:
    written = "".join(ROMANIAN.values())
    assert not set("şţŞŢ") & set(written)  # with cedillas, as old keyboards had them
    assert set("ăâîșț") <= set(written)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_tabs_are_named_in_full_on_eighty_columns(full_view: View, language: Language) -> None:
    for screen in SCREENS:
        say = speak(language)
        line = join(tabs_line(replace(full_view, say=say, screen=screen), 80)[0])
        assert all(say(f"screen.{name}") in line for name in SCREENS)
