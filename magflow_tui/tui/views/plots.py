"""Plots of something over time: an area of block signs, a scale at its left, times below it.

A row has one colour, or one for each stretch of good and of bad: a plot that moves on costs little. A value that is
not known is a gap; zero is drawn, as the lowest sign.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache, partial
from itertools import groupby
from math import ceil, log10

from magflow_tui.tui.views.figures import later, wall
from magflow_tui.tui.views.glyphs import Glyphs
from magflow_tui.tui.views.spans import Line, Role, Span, cells, fit_right

Value = float | int | None

#: Cells of the scale at the left of a plot, the space behind it included.
LABEL_CELLS = 7
#: Cells from one time below a plot to the next, at the least.
TICK_CELLS = 12
TIME_CELLS = 5
_DAY_MINUTES = 1440
_TICK_MINUTES = (1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720, *(_DAY_MINUTES * days for days in (1, 2, 7, 14, 28)))
#: A thin line along the lower edge of a row, the same in every character set.
_LINE = "_"
#: A value above the area, such as a percentile above its mean.
_DOT = "·"


@dataclass(frozen=True, slots=True)
class Scale:
    """Heights of a plot: its rows, and the value at the upper edge of the highest.

    `line` is a bound that is drawn, along the lower edge of row `line_row` (0 is the lowest row). A bound that lies too
    low for that has `line_row` 0: it is not drawn, and what is beyond it is told by colour.
    """

    rows: int
    top: float
    line: float | None = None
    line_row: int = 0


def scale_of(rows: int, peak: float, *, line: float | None = None) -> Scale:
    """A scale of `rows` rows that reaches `peak`, a bound `line` at the edge between two of them."""
    if line is None or line <= 0:
        return Scale(rows, _round_up(peak))
    below = min(rows - 1, int(line * rows / max(peak, line) + 1e-9))
    return Scale(rows, line * rows / below, line, below) if below > 0 else Scale(rows, _round_up(peak), line)


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20… at or above a value."""
    if value <= 0:
        return 1.0
    size = 10.0 ** (ceil(log10(value)) - 1)
    return next((step * size for step in (1, 2, 5) if step * size >= value), 10 * size)


def resampled(values: Sequence[Value], count: int) -> list[Value]:
    """`values` as at most `count` means of neighbours; a gap only where all of them are unknown."""
    if count <= 0 or len(values) <= count:
        return list(values)[: max(0, count)]
    result: list[Value] = []
    for index in range(count):
        part = values[index * len(values) // count : (index + 1) * len(values) // count]
        known = [value for value in part if value is not None]
        result.append(sum(known) / len(known) if known else None)
    return result


def area(
    values: Sequence[Value],
    scale: Scale,
    glyphs: Glyphs,
    *,
    wide: int = 1,
    role_of: Callable[[float], Role] | None = None,
    flags: Sequence[bool] = (),
    dots: Sequence[Value] = (),
) -> list[Line]:
    """The plot alone, highest row first, each value `wide` cells.

    `role_of` colours a value by itself; without it rows above the bound have the warning's colour. Values whose flag
    is set are marked in the lowest row. `dots` are other values of the same instants, dotted above the area. Flags and
    dots are as many as the values, or none.
    """
    return list(_area(tuple(values), scale, glyphs, wide, role_of, tuple(flags), tuple(dots)))


# A plot is the same from one second to the next, and as the cursor moves: it is drawn once.
@lru_cache(maxsize=64)
def _area(
    values: tuple[Value, ...],
    scale: Scale,
    glyphs: Glyphs,
    wide: int,
    role_of: Callable[[float], Role] | None,
    flags: tuple[bool, ...],
    dots: tuple[Value, ...],
) -> tuple[Line, ...]:
    signs = glyphs.sparks.strip()
    if role_of is None and scale.line is not None and not scale.line_row:
        role_of = partial(_beyond, scale.line)
    levels = [_level(value, scale, len(signs)) for value in values]
    dotted = [(_level(value, scale, len(signs)) - 1) // len(signs) for value in dots] or [-1] * len(levels)
    lines: list[Line] = []
    for row in reversed(range(scale.rows)):
        bound = scale.line_row > 0 and row == scale.line_row
        beyond = scale.line_row > 0 and row >= scale.line_row
        own: Role = "bar_warn" if beyond else "spark"
        spans: list[Span] = []
        for index, (value, level) in enumerate(zip(values, levels, strict=True)):
            part = level - row * len(signs)
            if row == 0 and flags and flags[index]:
                spans.append((glyphs.crit, "crit"))
                spans += [(glyphs.crit, "crit")] * (wide - 1)
                continue
            sign = signs[min(part, len(signs)) - 1] if part > 0 else _DOT if dotted[index] == row else _LINE
            if sign == _LINE and not bound:
                sign = " "
            role = role_of(value) if role_of is not None and value is not None and part > 0 else own
            spans.append((sign * wide, role))
        lines.append(merged(spans))
    return tuple(lines)


def _beyond(line: float, value: float) -> Role:
    return "bar_warn" if value > line else "spark"


def _level(value: Value, scale: Scale, steps: int) -> int:
    """Height of a value in steps of a sign; what is beyond the bound is seen to be, and what is not, too."""
    if value is None:
        return 0
    share = min(1.0, max(0.0, value / scale.top)) if scale.top > 0 else 0.0
    level = max(1, round(share * scale.rows * steps))
    if scale.line is None or not scale.line_row:
        return level
    edge = scale.line_row * steps
    return max(level, edge + 1) if value > scale.line else min(level, edge)


@lru_cache(maxsize=64)
def axis(count: int, end: datetime, step: timedelta, zone: tzinfo | None, *, wide: int = 1, last: str = "") -> str:
    """Times of day below `count` values of `wide` cells, the last of which ends at `end`; `last` stands at the end.

    A time stands where the value begins in which it is; at midnight its date stands for it.
    """
    width = count * wide
    last = last if cells(last) <= width else ""
    room = width - (cells(last) + 1 if last else 0)
    minutes_a_cell = step / timedelta(minutes=1) / wide
    every = next((tick for tick in _TICK_MINUTES if tick >= TICK_CELLS * minutes_a_cell), _TICK_MINUTES[-1])
    # To the last of the minutes that a value stands for.
    within = max(0.0, step.total_seconds() - 60)
    text = ""
    before: int | None = None
    for index in range(count):
        local = wall(later(end, within - step.total_seconds() * (count - index)), zone)
        # Counted in local time, so that times are round ones in every zone; weeks from Mondays on.
        number = ((local.toordinal() - 1) * _DAY_MINUTES + local.hour * 60 + local.minute) // every
        if before is not None and number != before and index * wide + TIME_CELLS <= room:
            text = text.ljust(index * wide) + _tick(number * every)
        before = number
    return text.ljust(width - cells(last)) + last


def _tick(minutes: int) -> str:
    """A time of so many minutes since the calendar's first day, in `TIME_CELLS`: `03:15`; midnight by its date."""
    days, minute = divmod(minutes, _DAY_MINUTES)
    if minute:
        return f"{minute // 60:02d}:{minute % 60:02d}"
    return date.fromordinal(days + 1).strftime("%m-%d")


def chart(
    values: Sequence[Value],
    end: datetime,
    step: timedelta,
    width: int,
    scale: Scale,
    glyphs: Glyphs,
    zone: tzinfo | None,
    *,
    label: Callable[[float], str],
    last: str = "",
    role_of: Callable[[float], Role] | None = None,
    flags: Sequence[bool] = (),
    dots: Sequence[Value] = (),
) -> list[Line]:
    """A plot with its scale and times: `scale.rows + 1` lines of one width, `width` cells at most.

    Of more values than there are cells, the latest are shown; of few, each takes several cells. `label` says a value of
    the scale in six cells. `last` stands below the last value: a word for now, or the time when it ended.
    """
    columns = max(0, width - LABEL_CELLS)
    shown = list(values)[-columns:] if columns else []
    wide = columns // len(shown) if shown else 1
    marked = list(flags)[-columns:] if flags and columns else []
    dotted = list(dots)[-columns:] if dots and columns else []
    rows = area(shown, scale, glyphs, wide=wide, role_of=role_of, flags=marked, dots=dotted)
    labels = [""] * scale.rows
    if scale.rows:
        labels[0] = label(scale.top)
        labels[-1] = label(0) if scale.rows > 1 else labels[0]
        if scale.line is not None and scale.line_row:
            labels[scale.rows - 1 - scale.line_row] = label(scale.line)
    below = axis(len(shown), end, step, zone, wide=wide, last=last)
    return [
        *(((fit_right(text, LABEL_CELLS - 1) + " ", "muted"), *row) for text, row in zip(labels, rows, strict=True)),
        ((" " * LABEL_CELLS + below, "muted"),),
    ]


def merged(spans: Iterable[Span]) -> Line:
    """Neighbours of one role as one span; blanks take the role of what stands before them."""
    filled: list[Span] = []
    for text, role in spans:
        filled.append((text, filled[-1][1] if filled and not text.strip() else role))
    return tuple(
        ("".join(text for text, _ in group), role) for role, group in groupby(filled, key=lambda span: span[1])
    )
