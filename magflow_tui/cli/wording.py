"""Values as people and programs read them: money, times, durations, counts, masked names. Pure functions."""

from __future__ import annotations

import unicodedata
from datetime import datetime, tzinfo
from decimal import Decimal

#: What stands where there is nothing.
NOTHING = "–"

_CENT = Decimal("0.01")
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def printable(text: str) -> str:
    """`text` without characters that steer a terminal or reorder the line (escape sequences, bidi marks)."""
    if text.isprintable():
        return text
    return "".join("·" if unicodedata.category(character) in _UNPRINTABLE else character for character in text)


def amount(value: Decimal) -> str:
    """Money without its currency: a point, at least two decimals, no trailing zeros behind them (`312.40`)."""
    shortest = value.normalize()
    exponent = shortest.as_tuple().exponent
    if isinstance(exponent, int) and exponent > -2:
        shortest = shortest.quantize(_CENT)
    return f"{shortest:f}"


def money(value: Decimal | None, currency: str | None) -> str:
    """`312.40 RON`, or a dash where it cannot be told."""
    return NOTHING if value is None else f"{amount(value)} {currency or '?'}"


def count(value: int | None) -> str:
    """`10 000`."""
    return NOTHING if value is None else f"{value:,}".replace(",", " ")


def percent(value: float | None) -> str:
    """`99.2 %`, of a value in 0..100."""
    return NOTHING if value is None else f"{value:.1f} %"


def milliseconds(value: float | None) -> str:
    """`142 ms`."""
    return NOTHING if value is None else f"{value:.0f} ms"


def moment(value: datetime | None, zone: tzinfo | None = None) -> str:
    """`2026-03-01 12:30:05 EET`, in `zone` or the machine's own."""
    return NOTHING if value is None else value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")


def clock_time(value: datetime, zone: tzinfo | None = None) -> str:
    """`12:30:05`, in `zone` or the machine's own."""
    return value.astimezone(zone).strftime("%H:%M:%S")


def duration(seconds: float | None) -> str:
    """`0.4 s`, `42 s`, `3 min 05 s`, `2 h 10 min`, `3 d 4 h`."""
    if seconds is None:
        return NOTHING
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def masked(name: str | None) -> str:
    """A person's name as others may see it: `Popescu Ion` is `P. I*****`."""
    words = (name or "").split()
    if not words:
        return NOTHING
    *first, last = words
    return " ".join([*(f"{word[0]}." for word in first), f"{last[0]}*****"])
