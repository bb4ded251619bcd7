"""Finds the sandbox's data files: inside the installed package, or in the checkout it runs from."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import cast

from magflow_tui.sandbox.jsontypes import JsonObject


def data_folder() -> Traversable:
    """The folder `data/`: `magflow_tui/_data` in a wheel, `<root>/data` in a checkout; FileNotFoundError if neither."""
    packaged = files("magflow_tui") / "_data"
    if packaged.is_dir():
        return packaged
    checkout = Path(__file__).resolve().parents[2] / "data"
    if checkout.is_dir():
        return checkout
    raise FileNotFoundError(f"the data folder is neither at {packaged} nor at {checkout}")


@cache
def read_toml(name: str) -> JsonObject:
    """The contents of `data/<name>`, read once."""
    return cast("JsonObject", tomllib.loads((data_folder() / name).read_text(encoding="utf-8")))
