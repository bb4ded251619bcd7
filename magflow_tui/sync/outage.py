"""Is it the page or the marketplace? A page that fails is set aside; a marketplace that fails is waited for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from magflow_tui.marketplace.errors import AuthenticationError, EmagApiError
from magflow_tui.marketplace.paging import FailedPage, Page
from magflow_tui.marketplace.schema import Payload
from magflow_tui.sync.policy import SyncPolicy
from magflow_tui.sync.progress import Progress
from magflow_tui.sync.sources import Pages
from magflow_tui.sync.windows import Window

R = TypeVar("R")
T = TypeVar("T", bound=Payload)

#: How often a page is tried again that fails while the marketplace answers other calls.
_TRIES = 3


class MarketplaceDownError(Exception):
    """The marketplace has not answered for longer than a run waits."""


class StoppedError(Exception):
    """The run was asked to stop and has come to a place where it can."""


class Patience(Generic[T]):
    """Reads and counts for a run, waiting through outages. AuthenticationError always passes through at once.

    Raises MarketplaceDownError when an outage outlasts the policy, StoppedError when `stop` is set while waiting.
    """

    def __init__(self, pages: Pages[T], policy: SyncPolicy, progress: Progress, stop: asyncio.Event) -> None:
        self._pages = pages
        self._policy = policy
        self._progress = progress
        self._stop = stop
        self._failures = 0

    def note_success(self) -> None:
        """A page was read: whatever failed before, the marketplace works."""
        self._failures = 0

    async def fetch(self, window: Window, number: int) -> Page[T] | FailedPage:
        """A page, or the failure for which it is to be set aside."""
        try:
            page = await self._pages.read(window, number)
        except AuthenticationError:
            raise
        except EmagApiError as error:
            return await self.insist(window, FailedPage(number, error))
        self.note_success()
        return page

    async def insist(self, window: Window, failed: FailedPage) -> Page[T] | FailedPage:
        """What becomes of a page that failed: itself when the marketplace works but for it, else the page, later."""
        self._failures += 1
        if not failed.error.may_succeed_later:
            return failed
        if self._failures < self._policy.failures_in_a_row and await self._answers(window):
            return failed
        last = failed
        tries = 0

        async def read() -> Page[T] | None:
            nonlocal last, tries
            try:
                return await self._pages.read(window, failed.number)
            except AuthenticationError:
                raise
            except EmagApiError as error:
                last = FailedPage(failed.number, error, last.attempts)
            tries += await self._answers(window)
            return None

        page = await self._until(read, lambda: tries >= _TRIES or not last.error.may_succeed_later)
        if page is None:
            return last
        self.note_success()
        return page

    async def count(self, window: Window) -> int:
        """How many items a window has. An error that waiting cannot cure passes through."""

        async def count() -> int | None:
            try:
                return await self._pages.count(window)
            except EmagApiError as error:
                if isinstance(error, AuthenticationError) or not error.may_succeed_later:
                    raise
                return None

        answer = await count()
        while answer is None:
            answer = await self._until(count, lambda: False)
        return answer

    async def pause(self, seconds: float) -> None:
        """Wait, unless the run is to stop."""
        try:
            async with asyncio.timeout(seconds):
                await self._stop.wait()
        except TimeoutError:
            return
        raise StoppedError

    async def _until(self, attempt: Callable[[], Awaitable[R | None]], enough: Callable[[], bool]) -> R | None:
        """Attempt with growing pauses until there is an answer, or it is enough, or patience ends."""
        phase, self._progress.phase = self._progress.phase, "waiting: the marketplace does not answer"
        began = time.monotonic()
        pause = self._policy.outage_pause
        try:
            while True:
                self._progress.note_pause(pause)
                await self.pause(pause)
                answer = await attempt()
                if answer is not None or enough():
                    return answer
                if time.monotonic() - began > self._policy.outage_patience:
                    minutes = self._policy.outage_patience / 60
                    raise MarketplaceDownError(f"the marketplace has not answered for {minutes:.0f} minutes")
                pause = min(2 * pause, self._policy.outage_pause_longest)
        finally:
            self._progress.phase = phase

    async def _answers(self, window: Window) -> bool:
        """Whether the marketplace answers another call at all."""
        try:
            await self._pages.count(window)
        except AuthenticationError:
            raise
        except EmagApiError as error:
            return not error.may_succeed_later
        return True
