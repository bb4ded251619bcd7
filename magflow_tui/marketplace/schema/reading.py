"""From the bytes of one item to a model, whatever those bytes are.

The usual case is one call into pydantic's core. When that fails, the values at fault become null, each is reported as
a `SchemaIssue`, and the rest is read; what has no usable id is not readable at all, and only its bytes and the
issues remain. Nothing here raises on any input.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

import pydantic
from pydantic_core import ErrorDetails, from_json

from magflow_tui.marketplace.schema.fields import Payload

T_co = TypeVar("T_co", bound=Payload, covariant=True)
T = TypeVar("T", bound=Payload)

Key: TypeAlias = str | int
Path: TypeAlias = tuple[Key, ...]

# A null cannot bring up another fault in these models but through an alternative shape of an object; beyond a few
# rounds something is wrong that this does not cure.
_ROUNDS: Final = 5
_SHOWN: Final = 60
_PLAIN_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,60}", re.ASCII)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_DEPTH: Final = 200  # as pydantic's own parser; what nests deeper is no order
_INT_DIGITS: Final = 4000  # below the interpreter's own limit, which raises
_STAND_IN: Final = 1  # in the place of an id that cannot be used, so that the rest can be read

# Words of ours for pydantic's error types; the types of `fields` bring their own words as the message.
_EXPECTED: Final = {
    "string_type": "text",
    "model_type": "object",
    "model_attributes_type": "object",
    "tuple_type": "list",
    "list_type": "object",  # `fields.OrEmptyList`: the list is the empty object; real lists are tuples here
    "too_long": "object",
    "missing": "required",
}


@dataclass(frozen=True, slots=True)
class SchemaIssue:
    """A value that could not be read: where (`$.products[0].sale_price`), what it was in short, what was expected."""

    path: str
    value: str
    expected: str


@dataclass(frozen=True, slots=True)
class Item(Generic[T_co]):
    """One element of an answer: its exact bytes, what could be read (None when too broken), and what could not.

    `nameless` is there when the id alone is unusable: all that could be read besides, under an id that means nothing.
    """

    raw: bytes
    value: T_co | None
    issues: tuple[SchemaIssue, ...] = ()
    nameless: T_co | None = None


def read_item(model: type[T], raw: bytes) -> Item[T]:
    """Read one JSON value as `model`. Never raises."""
    try:
        return Item(raw, model.model_validate_json(raw))
    except pydantic.ValidationError as error:
        return _read_around_faults(model, raw, error)


def json_tree(raw: bytes) -> object:
    """The JSON value as Python objects, broken characters mended. Raises ValueError or RecursionError for no JSON."""
    try:
        return from_json(raw)
    except ValueError:
        return _parse_leniently(raw, [])


def _read_around_faults(model: type[T], raw: bytes, error: pydantic.ValidationError) -> Item[T]:
    issues: list[SchemaIssue] = []
    if any(detail["type"] == "json_invalid" for detail in _details(error)):
        try:
            tree = _parse_leniently(raw, issues)
        except (ValueError, RecursionError) as fault:
            reason = "nested too deeply" if isinstance(fault, RecursionError) else str(fault)[:_SHOWN]
            return Item(raw, None, (SchemaIssue("$", f"{len(raw)} bytes: {reason}", "JSON"),))
    else:
        tree = from_json(raw)
    required = {name for name, field in model.model_fields.items() if field.is_required()}
    unusable: set[Key] = set()
    for _ in range(_ROUNDS):
        try:
            value = model.model_validate(tree)
            return Item(raw, None, tuple(issues), value) if unusable else Item(raw, value, tuple(issues))
        except pydantic.ValidationError as next_error:
            faults = _faults(tree, next_error)
        issues += [SchemaIssue(json_path(path), fault.shown, fault.expected) for path, fault in faults.items()]
        if not isinstance(tree, dict):
            break
        _set_aside(tree, faults)
        unusable |= {path[0] for path in faults if len(path) == 1 and path[0] in required}
        tree |= dict.fromkeys(unusable, _STAND_IN)
    return Item(raw, None, tuple(issues))


@dataclass(frozen=True, slots=True)
class _Fault:
    shown: str
    expected: str
    is_object: bool


def _details(error: pydantic.ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False, include_context=False, include_input=False)


def _faults(tree: object, error: pydantic.ValidationError) -> dict[Path, _Fault]:
    """The faulty values by path, deepest only: an object with alternative shapes complains at its own level too."""
    found: dict[Path, list[ErrorDetails]] = {}
    for detail in _details(error):
        path = _existing(tree, detail["loc"])
        if detail["type"] == "missing":
            path = (*path, detail["loc"][-1])
        found.setdefault(path, []).append(detail)
    inner = {path[:depth] for path in found for depth in range(len(path))}
    return {
        path: _Fault(
            shown=_short(_at(tree, path)),
            expected=" or ".join(dict.fromkeys(_EXPECTED.get(detail["type"], detail["msg"]) for detail in details)),
            is_object=any(_EXPECTED.get(detail["type"]) == "object" for detail in details),
        )
        for path, details in found.items()
        if path not in inner
    }


def _existing(tree: object, loc: Sequence[Key]) -> Path:
    """The part of an error's location that is in the payload; pydantic mixes names of alternatives into it."""
    path: list[Key] = []
    for key in loc:
        inside = key in tree if isinstance(tree, dict) else isinstance(tree, list) and key in range(len(tree))
        if inside:
            tree = tree[key]  # type: ignore[index]
            path.append(key)
    return tuple(path)


_NOTHING: Final = object()


def _at(tree: object, path: Path) -> object:
    for key in path:
        if isinstance(tree, dict):
            tree = tree.get(key, _NOTHING)
        elif isinstance(tree, list) and isinstance(key, int):
            tree = tree[key]
    return tree


def _set_aside(tree: object, faults: dict[Path, _Fault]) -> None:
    for path in faults:
        parent = _at(tree, path[:-1])
        if isinstance(parent, dict):
            # Null, not absent: who adds up an order has to know that there was something.
            parent[path[-1]] = None
    # Lists from the back, so that the places of the others stay what they were.
    for path in sorted((path for path in faults if isinstance(path[-1], int)), key=lambda path: path[-1], reverse=True):
        parent = _at(tree, path[:-1])
        if isinstance(parent, list) and isinstance(path[-1], int):
            if faults[path].is_object:
                parent[path[-1]] = {}  # an unreadable line is still a line: the order has no total without it
            else:
                del parent[path[-1]]


def _parse_leniently(raw: bytes, issues: list[SchemaIssue]) -> object:
    """Parse what strict JSON refuses: invalid UTF-8, lone surrogates, endless integers. May raise ValueError."""
    text = raw.decode("utf-8", errors="replace")
    if text.encode() != raw:
        issues.append(SchemaIssue("$", f"{len(raw)} bytes", "UTF-8 text"))
    tree: object = json.loads(text, parse_int=lambda digits: int(digits) if len(digits) < _INT_DIGITS else digits)
    holder = {"$": tree}
    stack: list[tuple[dict[Key, object] | list[object], Path]] = [(holder, ())]  # type: ignore[list-item]
    while stack:
        node, path = stack.pop()
        if len(path) > _DEPTH:
            raise ValueError("nested too deeply")
        for key, value in list(_children(node)):
            here = (*path, key)
            if isinstance(value, str) and _SURROGATE.search(value):
                value = _SURROGATE.sub("\ufffd", value)
                node[key] = value  # type: ignore[index]
                issues.append(SchemaIssue(json_path(here[1:]), _short(value), "text without half characters"))
            elif isinstance(value, (dict, list)):
                stack.append((value, here))
            if isinstance(node, dict) and isinstance(key, str) and _SURROGATE.search(key):
                del node[key]
                node[_SURROGATE.sub("\ufffd", key)] = value
    return holder["$"]


def _children(node: dict[Key, object] | list[object]) -> Iterator[tuple[Key, object]]:
    return iter(node.items()) if isinstance(node, dict) else iter(enumerate(node))


def _short(value: object) -> str:
    """A value in a few characters; containers by their size, since what they hold may be personal."""
    if value is _NOTHING:
        return "absent"
    if isinstance(value, dict):
        return f"object with {len(value)} keys"
    if isinstance(value, list):
        return f"list of {len(value)}"
    if isinstance(value, str):
        return json.dumps(value if len(value) <= _SHOWN else value[:_SHOWN] + "…", ensure_ascii=False)
    text = json.dumps(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def json_path(path: Path) -> str:
    """A path as text: `$.products[0].sale_price`, and `$["odd key"]` where a key is no plain name."""
    steps = []
    for key in path:
        if isinstance(key, int):
            steps.append(f"[{key}]")
        elif _PLAIN_KEY.fullmatch(key):
            steps.append(f".{key}")
        else:
            steps.append(f"[{json.dumps(key[:_SHOWN], ensure_ascii=not key.isprintable())}]")
    return "$" + "".join(steps)
