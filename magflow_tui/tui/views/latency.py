"""Response times of the last hour, minute by minute, with the requests of each and the minutes in which some failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.courses import span_of, span_title, step_of
from magflow_tui.tui.views.figures import clock, milliseconds, response
from magflow_tui.tui.views.glyphs import Glyphs, sparkline
from magflow_tui.tui.views.plots import LABEL_CELLS, Scale, axis, merged, scale_of
from magflow_tui.tui.views.spans import Line, Role, Span, fit_right, line_cells, rule

if TYPE_CHECKING:
    from magflow_tui.contract.minutes import Minutes

T = TypeVar("T")

#: Lines beside the plot itself: title, failures, requests, times.
BESIDE: Final = 4
#: The fewest and the most rows of the plot.
LEAST_ROWS, MOST_ROWS = 3, 6


def latency_section(view: View, width: int, height: int) -> list[Line]:
    """The chart with its title in at most `height` lines; nothing where there is no room, or the link is spared."""
    minutes, rows = view.minutes, min(MOST_ROWS, height - BESIDE)
    if view.slow or minutes is None or rows < LEAST_ROWS:
        return []
    say, glyphs = view.say, view.glyphs
    title: Line = ((span_title(view, "api.latency"), "title"),)
    if minutes.until is None or not any(minutes.requests):
        return [rule(title, (), width, stroke=glyphs.line), ((f"  {say('api.no_minute')}", "muted"),)]
    columns, every = width - LABEL_CELLS, step_of(view)
    shown = _Latest(minutes, min(columns, -(-span_of(view) // every)))
    # What is slower than the scale is cut off, so that one slow answer does not flatten the rest.
    scale = scale_of(rows, max((value for value in shown.p95 if value is not None), default=0))
    wide = max(1, columns // max(1, len(shown.p95)))
    legend = _legend(view, shown)
    if line_cells(legend) + line_cells(title) + 8 > width:
        legend = ()
    lines = [rule(title, legend, width, stroke=glyphs.line)]
    for row in reversed(range(rows)):
        value = scale.top if row == rows - 1 else 0 if row == 0 else None
        label = "" if value is None else response(value)
        lines.append(((fit_right(label, LABEL_CELLS - 1) + " ", "muted"), *_row(shown, scale, row, wide, glyphs)))
    failures = merged((glyphs.crit * wide if count else " " * wide, "crit") for count in shown.errors)
    lines.append(((fit_right(say("api.failures"), LABEL_CELLS - 1) + " ", "muted"), *failures))
    # Those of a step come together; what is told is how many they were a minute.
    a_minute = [None if count is None else count / every for count in shown.requests]
    counts = [count for count in a_minute for _ in range(wide)]
    lines.append(
        ((fit_right(say("api.per_minute"), LABEL_CELLS - 1) + " ", "muted"), *sparkline(counts, len(counts), glyphs))
    )
    last = clock(minutes.until, view.zone)
    times = axis(len(shown.p95), minutes.until, timedelta(minutes=every), view.zone, wide=wide, last=last)
    return [*lines, ((" " * LABEL_CELLS + times, "muted"),)]


class _Latest:
    """The latest `count` minutes; what is not known of them comes first, as gaps."""

    def __init__(self, minutes: Minutes, count: int) -> None:
        def kept(values: Sequence[T | None]) -> list[T | None]:
            return [*[None] * (count - len(values)), *values[max(0, len(values) - count) :]]

        self.p50, self.p95, self.max = kept(minutes.p50_ms), kept(minutes.p95_ms), kept(minutes.max_ms)
        self.requests, self.errors = kept(minutes.requests), kept(minutes.errors)


def _row(shown: _Latest, scale: Scale, row: int, wide: int, glyphs: Glyphs) -> Line:
    """One row: solid up to the median, shaded up to the 95th percentile, a point at the slowest."""
    signs = glyphs.sparks.strip()

    def part(value: int | None) -> int:
        """How much of this row a value fills, in steps of a sign; more than all of them when it goes beyond."""
        if value is None:
            return 0
        return max(1, round(value / scale.top * scale.rows * len(signs))) - row * len(signs)

    spans: list[Span] = []
    for p50, p95, highest in zip(shown.p50, shown.p95, shown.max, strict=True):
        sign, role = " ", "muted"
        if part(p50) > 0:
            sign, role = signs[min(part(p50), len(signs)) - 1], "spark"
        elif part(p95) > 0:
            sign, role = glyphs.rest, "spark"
        elif 0 < part(highest) <= len(signs):
            sign = glyphs.dot
        elif part(highest) > len(signs) and row == scale.rows - 1:
            sign = "↑"
        spans.append((sign * wide, _role(role)))
    return merged(spans)


def _role(name: str) -> Role:
    return "spark" if name == "spark" else "muted"


def _legend(view: View, shown: _Latest) -> Line:
    """What the signs mean, with the figures of the latest minute."""
    glyphs = view.glyphs
    entries = ((glyphs.bar, "p50", shown.p50), (glyphs.rest, "p95", shown.p95), (glyphs.dot, "max", shown.max))
    parts: list[Span] = []
    for sign, name, values in entries:
        parts += [(f"{sign} ", "spark"), (f"{name} {milliseconds(values[-1])}  ", "muted")]
    parts[-1] = (parts[-1][0].rstrip() + " ms", "muted")
    return tuple(parts)
