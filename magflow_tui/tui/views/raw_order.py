"""An order's payload as it came, one value a line, with the places marked at which something is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from magflow_tui.tui.views.finding_signs import gravest, severity_sign
from magflow_tui.tui.views.findings import AWAY
from magflow_tui.tui.views.remembered import Remembered
from magflow_tui.tui.views.spans import Line, cells, clean, cut

if TYPE_CHECKING:
    from magflow_tui.contract.findings import Finding
    from magflow_tui.contract.records import OrderDetail
    from magflow_tui.tui.views.context import View

#: Values nested deeper than this are not taken apart.
DEEPEST = 60
#: Keys that stand in a path without brackets and quotes.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LAST_STEP = re.compile(r"(\.[^.\[]+|\[[^\]]*\])$")


@dataclass(frozen=True, slots=True)
class JsonLine:
    """A line of indented JSON, and the path of the value that stands or begins on it; empty on a closing bracket."""

    text: str
    path: str


def json_lines(value: object, path: str = "$") -> Iterator[JsonLine]:
    """A value read from JSON, line by line, as `json.dumps` indents it by one."""
    return _lines(value, path, "", "", 0)


def _lines(value: object, path: str, label: str, comma: str, depth: int) -> Iterator[JsonLine]:
    indent = " " * depth
    children: list[tuple[str, str, object]]
    if isinstance(value, Mapping):
        children = [(_step(path, str(key)), f"{_quoted(key)}: ", each) for key, each in value.items()]
        brackets = "{}"
    elif isinstance(value, list):
        children = [(f"{path}[{index}]", "", each) for index, each in enumerate(value)]
        brackets = "[]"
    else:
        yield JsonLine(f"{indent}{label}{json.dumps(value, ensure_ascii=False, default=str)}{comma}", path)
        return
    if not children or depth >= DEEPEST:
        inside = "…" if children else ""
        yield JsonLine(f"{indent}{label}{brackets[0]}{inside}{brackets[1]}{comma}", path)
        return
    yield JsonLine(f"{indent}{label}{brackets[0]}", path)
    for number, (child, name, each) in enumerate(children, 1):
        yield from _lines(each, child, name, "," if number < len(children) else "", depth + 1)
    yield JsonLine(f"{indent}{brackets[1]}{comma}", "")


def _quoted(key: object) -> str:
    return json.dumps(str(key), ensure_ascii=False)


def _step(path: str, key: str) -> str:
    return f"{path}.{key}" if _PLAIN.fullmatch(key) else f"{path}[{_quoted(key)}]"


@dataclass(frozen=True, slots=True)
class _Text:
    """A payload as lines, and at which of them the value of a path begins."""

    lines: Sequence[JsonLine]
    places: Mapping[str, int]


def _text_of(order: Mapping[str, object]) -> _Text:
    lines = list(json_lines(order))
    return _Text(lines, {line.path: number for number, line in reversed(list(enumerate(lines))) if line.path})


#: Made once for an order, however often it is drawn.
_TEXT: Remembered[Mapping[str, object], _Text] = Remembered(_text_of)


class RawLines(Sequence[Line]):
    """The lines of a payload, each drawn when it is asked for: of some thousands a dozen are in sight."""

    def __init__(
        self, view: View, text: _Text, faults: Mapping[int, list[Finding]], width: int, meant: int | None
    ) -> None:
        self._view, self._text, self._faults, self._width, self._meant = view, text, faults, width, meant

    def __len__(self) -> int:
        return len(self._text.lines)

    @overload
    def __getitem__(self, place: int) -> Line: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Line]: ...

    def __getitem__(self, place: int | slice) -> Line | Sequence[Line]:
        if isinstance(place, slice):
            return [self._drawn(number) for number in range(*place.indices(len(self)))]
        return self._drawn(range(len(self))[place])

    def _drawn(self, number: int) -> Line:
        faults = tuple(self._faults.get(number, ()))
        return _line(self._view, self._text.lines[number].text, faults, self._width, here=number == self._meant)


def raw_lines(view: View, detail: OrderDetail, order: Mapping[str, object], width: int) -> tuple[RawLines, list[int]]:
    """The payload `order` (masked, or as it came), and which of the lines are faulty.

    What is missing is marked where the object begins that lacks it.
    """
    text = _TEXT(order)
    faults: dict[int, list[Finding]] = {}
    for finding in detail.findings:
        if finding.state not in AWAY:
            faults.setdefault(_place(finding.path, text.places), []).append(finding)
    stops = sorted(faults)
    meant = stops[min(view.pane.item, len(stops) - 1)] if stops and view.pane.focused else None
    return RawLines(view, text, faults, width, meant), stops


def _place(path: str, places: Mapping[str, int]) -> int:
    """The line of a path, or of the nearest thing around it that is there."""
    while path not in places:
        shorter = _LAST_STEP.sub("", path)
        if shorter == path:
            return 0
        path = shorter
    return places[path]


def _line(view: View, text: str, faults: tuple[Finding, ...], width: int, *, here: bool) -> Line:
    inner = text.lstrip(" ")
    shown = " " * (len(text) - len(inner)) + clean(inner)
    if not faults:
        return ((f"  {cut(shown, width - 2)}", "text"),)
    sign, role = severity_sign(gravest(faults), view.glyphs)
    more = f" (+{len(faults) - 1})" if len(faults) > 1 else ""
    name = f"  {clean(faults[0].rule)}{more}"
    room = max(0, width - 2 - cells(name) - 1)
    if here:
        return ((f"{view.glyphs.cursor}{sign}{cut(shown, room)}{name} ", "selected"),)
    return ((f"{sign} {cut(shown, room)}", role), (name, "muted"))
