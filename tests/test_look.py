"""Settings of the dashboard's look: read without the models before the first paint, and yet as the models have them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from magflow_tui.config import Look, Settings, SettingsError, UiSettings, load_settings, read_look


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))


def look_of(settings: Settings) -> Look:
    """The look as the models have it."""
    return Look(language=settings.language, **{name: getattr(settings.ui, name) for name in UiSettings.model_fields})


def written(path: Path, text: str) -> Path:
    file = path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_it_has_the_same_keys_and_defaults_as_the_models() -> None:
    assert {field.name for field in fields(Look)} == {"language", *UiSettings.model_fields}
    assert Look() == look_of(Settings()) == read_look(environ={})


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        'language = "ro"\n[ui]\ntheme = "light"\npreset = "k9s"\nascii = true\nread_only = true\n'
        '[ui.keys]\nfreeze = "f9"\nlive = ["f8", "ctrl+e"]\n',
    )
    environ = {"MAGFLOW_UI__THEME": "mono", "MAGFLOW_UI__KEYS__FREEZE": "f7 p", "MAGFLOW_UI__MOUSE": "no"}
    look = read_look(config_file=file, environ=environ)
    assert (look.language, look.theme, look.preset, look.ascii, look.mouse) == ("ro", "mono", "k9s", "on", "off")
    assert look.read_only
    assert look.keys == {"freeze": ("f7", "p"), "live": ("f8", "ctrl+e")}
    assert look == look_of(load_settings(config_file=file, environ=environ))


def test_everything_wrong_is_told_at_once_with_what_is_allowed(tmp_path: Path) -> None:
    file = written(tmp_path, '[ui]\ntheme = "pink"\nascii = "maybe"\nread_onli = true\nkeys = {freeze = 7}\n')
    with pytest.raises(SettingsError) as caught:
        read_look(config_file=file, environ={"MAGFLOW_LANGUAGE": "fr", "MAGFLOW_SYNC__PAGE_SIZE": "0"})
    told = {problem.key: str(problem) for problem in caught.value.problems}
    assert set(told) == {"ui.theme", "ui.ascii", "ui.read_onli", "ui.keys.freeze", "language", "sync.page_size"}
    assert "'pink'" in told["ui.theme"]
    assert "'high-contrast'" in told["ui.theme"]
    assert "must be `auto`, `on` or `off`" in told["ui.ascii"]
    assert "did you mean read_only?" in told["ui.read_onli"]
    assert "a key such as" in told["ui.keys.freeze"]
    assert "MAGFLOW_LANGUAGE" in told["language"]


def test_what_is_wrong_elsewhere_does_not_keep_the_dashboard_from_opening() -> None:
    assert read_look(environ={"MAGFLOW_SYNC__PAGE_SIZE": "0", "MAGFLOW_UI__THEME": "dark"}).theme == "dark"


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        read_look(config_file=tmp_path / "nothing.toml", environ={})


VALUES = st.one_of(
    st.sampled_from(
        ["auto", "on", "OFF", "true", "False", "1", "0", "yes", "light", "mono", "k9s", "ro", " dark ", "2"]
    ),
    st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=6),
)
NAMES = st.sampled_from([f"MAGFLOW_UI__{name.upper()}" for name in UiSettings.model_fields] + ["MAGFLOW_LANGUAGE"])


@given(environ=st.dictionaries(NAMES, VALUES, max_size=4))
@example(environ={"MAGFLOW_UI__READ_ONLY": " true "})
@example(environ={"MAGFLOW_UI": "x"})
def test_both_readers_take_and_refuse_the_same(environ: dict[str, str]) -> None:
    quick: Look | None = None
    full: Look | None = None
    try:
        quick = read_look(environ=environ)
    except SettingsError:
        quick = None
    try:
        full = look_of(load_settings(environ=environ))
    except SettingsError:
        full = None
    assert quick == full


def test_reading_it_loads_no_models() -> None:
    program = (
        "import sys; from magflow_tui.config import read_look; read_look(environ={}); print('pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
