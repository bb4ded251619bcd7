"""The pictures of the README: made by one command, the same bytes each time, and nothing in them fetches anything."""

from __future__ import annotations

import asyncio
import importlib.util
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[1] / "screenshots"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """The command that makes them."""
    spec = importlib.util.spec_from_file_location("screenshots_make", FOLDER / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_same_recording_makes_the_same_bytes(maker: ModuleType) -> None:
    shots = [shot for shot in maker.SHOTS if shot.name in ("health-80x24", "orders-80x24")]
    first, second = (
        [asyncio.run(maker.shoot(maker.Answers(maker.read_recording()), shot)) for shot in shots] for _ in range(2)
    )
    assert first == second
    assert len(set(first)) == len(shots)


def test_every_picture_is_there_and_none_else(maker: ModuleType) -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == {shot.name for shot in maker.SHOTS}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.svg")), ids=lambda path: path.stem)
def test_a_picture_is_small_sound_and_fetches_nothing(path: Path) -> None:
    drawn = path.read_text(encoding="utf-8")
    assert ET.fromstring(drawn).tag.endswith("svg")  # noqa: S314 - our own file
    assert len(drawn) < 60_000
    assert not re.search(r"url\(|@import|@font-face|href|<script|<image", drawn)
    assert max(len(line) for line in drawn.splitlines()) < 400


@pytest.mark.slow
def test_the_recording_answers_everything_that_the_pictures_ask(maker: ModuleType) -> None:
    answers = maker.Answers(maker.read_recording())
    for shot in maker.SHOTS:
        if shot.size == (140, 40) and shot.theme == "dark":
            asyncio.run(maker.shoot(answers, shot))
    assert answers.missing == set()
