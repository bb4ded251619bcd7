"""Text as people search for it, whatever its case and its diacritics, as a pattern that SQLite matches by itself."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final
from unicodedata import combining, normalize

from sqlalchemy import ColumnElement

#: Letters with marks in the languages of the marketplace's platforms, and some of their neighbours'.
_MARKED: Final = "ăâáäàîíșşțţéëèêóöőúüűñçčćžšđ"


def contains(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """Whether a text column contains `text`."""
    return column.op("GLOB", is_comparison=True)(f"*{_pattern(text)}*")


@lru_cache(maxsize=256)
def _pattern(text: str) -> str:
    """`text` as a GLOB pattern, each letter a set of its forms."""
    return "".join([_forms(letter) for letter in plain(text)])


def plain(text: str) -> str:
    """Text without case and diacritics."""
    return "".join([letter for letter in normalize("NFKD", text.casefold()) if not combining(letter)])


@lru_cache(maxsize=1024)
def _forms(letter: str) -> str:
    marked = "".join(form + form.upper() for form in _MARKED if plain(form) == letter)
    forms = dict.fromkeys(letter + letter.upper() + marked)
    # Within brackets nothing is special but `]`, which has to come first, and a caret, which must not.
    alone = len(forms) == 1 and letter not in "*?["
    return letter if alone else f"[{''.join(sorted(forms, key='^'.__eq__))}]"
