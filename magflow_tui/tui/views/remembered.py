"""What was made of an object, kept as long as the same object is asked about: a screen is drawn of it many times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Subject = TypeVar("Subject")
Made = TypeVar("Made")


class Remembered(Generic[Subject, Made]):
    """A function of one object whose last answer is kept; objects are told apart by identity."""

    def __init__(self, work: Callable[[Subject], Made]) -> None:
        self._work = work
        self._last: tuple[Subject, Made] | None = None

    def __call__(self, subject: Subject) -> Made:
        if self._last is None or self._last[0] is not subject:
            self._last = (subject, self._work(subject))
        return self._last[1]
