"""Anything that an engine could put on the wire: models of the contract filled with extreme and hostile values."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import AwareDatetime

from magflow_tui.contract.base import Model

M = TypeVar("M", bound=Model)

#: What a terminal, a markup language or a measurer of text could take for something else than text.
TEXTS = (
    "", " ", "main", "fbe", "orders 2026-03, type 3", "[red]x[/red]", "[/]", "{0} %s {key}", "\x1b[31mred",
    "\x1b]0;t\x07", "\x1bP1$r\x1b\\", "\x9b31m", "\x00\x07\x08\x7f", "two\nlines\r\n\tand",
    "\u202eright to left\u2066", "e\u0301\u0301\u0301", "\u200d\ufeff\u00ad", "漢字ひらがな",
    "👩\u200d👩\u200d👧\ufe0f🇷🇴", "\ud7ff\ue000\U000e0041", "x" * 10_000, "漢" * 10_000, "ﷺ﷽", "ș ț",
    "2026-03-14 … 2026-03-15", "-", "0", "[1 Health]", "\u2028\u2029\x85", "\u1160\u115f\u3164", "\u0600\u06dd",
    "\U0001f1e6",
)  # fmt: skip
INTEGERS = (0, 1, -1, 2, 3, 12, 59, 60, 100, 720, 12_410, 2**31, 2**63, 10**18, -(10**18), 10**40)
NUMBERS = (0.0, -0.0, 1.0, -1.0, 0.5, 1e-9, 99.96, 100.0, 3600.5, 86_400.0, 1e6, 1e18, -1e18)
INSTANTS = (
    "2026-03-14T10:04:18.212+00:00", "2026-03-14T10:04:00Z", "2026-03-13T22:00:00Z", "2020-02-29T00:00:00Z",
    "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59-12:00",
    "1970-01-01T00:00:00Z",
)  # fmt: skip
AMOUNTS = ("0", "312.40", "-0.0001", "999999999999999999.99", "1E+30", "-1E+20", "0E-20")


def made(model: type[M], rng: Random, *, most: int = 4, sane: float = 0.5) -> M:
    """A model of that type. Tuples have up to `most` members; `sane` is the share of ordinary values, 0..1."""
    return model.model_validate(plain(model, rng, most=most, sane=sane))


def plain(kind: Any, rng: Random, *, most: int = 4, sane: float = 0.5) -> Any:
    """A value that JSON could hold and that a field of that type takes."""
    origin, arguments = get_origin(kind), get_args(kind)

    def inner(of: Any) -> Any:
        return plain(of, rng, most=most, sane=sane)

    def pick(values: tuple[Any, ...], ordinary: int) -> Any:
        return rng.choice(values[:ordinary] if rng.random() < sane else values)

    if origin in (Union, UnionType):
        return inner(rng.choice(arguments))
    if origin is Literal:
        return rng.choice(arguments)
    if origin is tuple:
        return [inner(arguments[0]) for _ in range(rng.choice((0, 1, 2, most, most)))]
    if origin is dict:
        return {inner(arguments[0]): inner(arguments[1]) for _ in range(rng.randint(0, most))}
    if isinstance(kind, type) and issubclass(kind, Model):
        return {name: inner(field.annotation) for name, field in kind.model_fields.items()}
    if origin is not None:  # Annotated
        return inner(arguments[0])
    simple: dict[Any, Any] = {
        str: lambda: pick(TEXTS, 5),
        int: lambda: pick(INTEGERS, 11),
        float: lambda: pick(NUMBERS, 11),
        bool: lambda: rng.random() < 0.5,
        NoneType: lambda: None,
        AwareDatetime: lambda: pick(INSTANTS, 4),
        Decimal: lambda: pick(AMOUNTS, 2),
        Any: lambda: inner(rng.choice((str, int, float, bool, list, NoneType))),
        list: lambda: [inner(dict[str, str]) for _ in range(rng.randint(0, 2))],
    }
    return simple[kind]()
