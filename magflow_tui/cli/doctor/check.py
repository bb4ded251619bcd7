"""What a look at one thing found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: `skipped`: it could not be looked at, for a reason that another check tells or that the caller chose.
Result = Literal["ok", "warning", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Check:
    """`name` says what was looked at, `found` what is so; `advice` the way out, None when nothing is to be done."""

    name: str
    result: Result
    found: str
    advice: str | None = None


def worst(checks: tuple[Check, ...]) -> Result:
    """The gravest result of all; `ok` when nothing is wrong."""
    results = {check.result for check in checks}
    return "failed" if "failed" in results else "warning" if "warning" in results else "ok"
