"""Where a run is: everything it needs to go on after a crash, as one small JSON document beside its counters."""

from __future__ import annotations

import msgspec

from magflow_tui.sync.windows import Window


class Reading(msgspec.Struct, omit_defaults=True):
    """A window being read. `number` tells the run's windows apart; times are seconds since 1970 UTC.

    `before` is the count asked for when the pass began, `pages` the pages it makes. `mark` is where the marketplace's
    clock was known to be when the pass began: whatever changes after something was read gets a time from `mark` on.
    `set_aside` are pages that failed; while `retrying` only these are read. `rounds` counts the rounds of retrying,
    `owed` tells that an earlier run left the window behind.
    """

    number: int
    window: Window
    attempt: int = 1
    next_page: int = 1
    before: int | None = None
    pages: int | None = None
    mark: int | None = None
    set_aside: list[int] = []
    retrying: bool = False
    rounds: int = 0
    owed: bool = False

    def begin_again(self) -> None:
        """Read the window once more from its first page."""
        self.attempt += 1
        self.next_page = 1
        self.before = self.pages = self.mark = None
        self.set_aside = []


class WalkBack(msgspec.Struct, omit_defaults=True):
    """A walk through the history of one type of orders, newest first.

    `empty` counts empty windows in a row, `strays` orders that the store cannot count as of this type: too broken to
    read, or without their type.
    """

    type: int
    last: Window | None = None
    empty: int = 0
    strays: int = 0


class Checkpoint(msgspec.Struct, omit_defaults=True):
    """The state of a run. Times are seconds since 1970 UTC.

    `began` is our clock at the run's start. `server_mark` is the latest time known to have passed on the
    marketplace's clock, `baseline` what it was when the first page was read: every change since is found by reading
    changes from there. `marks` tells for each type of order up to when its changes are read.
    """

    began: int
    todo: list[Window] = []
    reading: Reading | None = None
    parked: list[Reading] = []
    walks: list[WalkBack] = []
    windows: int = 0
    server_mark: int | None = None
    baseline: int | None = None
    marks: dict[int, int] = {}
    watermark_held: bool = False
    changes_planned: bool = False
    caught_up: bool = False
    owed_planned: bool = False
    round: int = 0
    expected: int | None = None


def encode(checkpoint: Checkpoint) -> str:
    return msgspec.json.encode(checkpoint).decode()


def decode(text: str) -> Checkpoint:
    """Raises ValueError for a checkpoint of another version of MagFlow."""
    return msgspec.json.decode(text, type=Checkpoint)


def encode_window(window: Window) -> str:
    return msgspec.json.encode(window).decode()


def decode_window(text: str) -> Window:
    """Raises ValueError for a window of another version of MagFlow."""
    return msgspec.json.decode(text, type=Window)
