from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import magflow_tui.tui
from magflow_tui.config.look import LANGUAGES, Language, Look
from magflow_tui.tui.keyboard.actions import ACTIONS
from magflow_tui.tui.keyboard.presets import keymap_of
from magflow_tui.tui.text import ENGLISH, speak, words

SOURCES = sorted(Path(magflow_tui.tui.__file__).parent.rglob("*.py"))


def strings() -> tuple[set[str], set[str], set[str]]:
    """Every string in the sources but the table's own, and beginnings and ends of those that are put together."""
    whole: set[str] = set()
    begun: set[str] = set()
    ended: set[str] = set()
    for source in SOURCES:
        if source.parent.name == "text":
            continue
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begun.add(str(node.values[0].value))
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[-1], ast.Constant):
                ended.add(str(node.values[-1].value))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
    starts = {start for start in begun if re.fullmatch(r"[a-z_]+\.", start)}
    return whole, starts, {end for end in ended if re.fullmatch(r"\.[a-z_]+", end)}


def test_every_word_in_the_table_is_said_somewhere() -> None:
    whole, begun, ended = strings()
    told = (key for key in ENGLISH if key not in whole and not key.startswith(tuple(begun)))
    assert [key for key in told if not key.endswith(tuple(ended))] == []


def test_every_key_that_is_said_has_its_words() -> None:
    sources = [source.read_text(encoding="utf-8") for source in SOURCES]
    said = {key for source in sources for key in re.findall(r"""say\(\s*["']([a-z_.0-9]+)["']""", source)}
    assert len(said) > 50
    assert said - set(ENGLISH) == set()


def test_texts_name_the_keys_that_an_operator_has() -> None:
    own = speak("en", keymap_of(Look(keys={"live": ("f9",), "hour_back": (), "help": ("{",), "quit": ()})))
    assert speak()("why.frozen") == "frozen - L goes live first"
    assert own("why.frozen") == "frozen - f9 goes live first"
    assert own("why.unbound", pressed="Z") == "Z means nothing here - { lists the keys"
    assert own("said.nothing_open") == "nothing is open here - :quit quits"
    assert speak()("look.error_rate").startswith("6 ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_that_a_text_names_is_that_of_an_action(language: Language) -> None:
    named = {found for text in words(language).values() for found in re.findall(r"\{key_([a-z_]+?)(?:_[1-9])?\}", text)}
    assert named
    assert named <= {action.id for action in ACTIONS}


def test_a_missing_key_is_an_error_and_no_empty_place() -> None:
    with pytest.raises(KeyError):
        speak()("no.such.key")
