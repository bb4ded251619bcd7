"""Finds the doing of an action among the groups of `magflow_tui.tui.doing`: `do_<action id>`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from magflow_tui.tui.doing.alerting import Alerting
from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.doing.bulk_ordering import BulkOrdering
from magflow_tui.tui.doing.commanding import Commanding
from magflow_tui.tui.doing.inspecting import Inspecting
from magflow_tui.tui.doing.keeping import Keeping
from magflow_tui.tui.doing.leaving import Leaving
from magflow_tui.tui.doing.limiting import Limiting
from magflow_tui.tui.doing.listing import Listing
from magflow_tui.tui.doing.marking import Marking
from magflow_tui.tui.doing.navigation import Navigation
from magflow_tui.tui.doing.offering import Offering
from magflow_tui.tui.doing.ordering import Ordering
from magflow_tui.tui.doing.outgoing import Outgoing
from magflow_tui.tui.doing.reading import Reading
from magflow_tui.tui.doing.requesting import Requesting
from magflow_tui.tui.doing.ruling import Ruling
from magflow_tui.tui.doing.searching import Searching
from magflow_tui.tui.doing.syncing import Syncing
from magflow_tui.tui.doing.terminal import Terminal
from magflow_tui.tui.doing.timeline import Timeline
from magflow_tui.tui.doing.triage import Triaging
from magflow_tui.tui.doing.undoing import Undoing
from magflow_tui.tui.doing.watching import Watching

if TYPE_CHECKING:
    from magflow_tui.contract.runs import Run
    from magflow_tui.tui.app import MagFlowApp
    from magflow_tui.tui.views.context import ScreenName

Group = TypeVar("Group", bound=Doing)

#: Every group of actions. An action's doing is in exactly one of them.
GROUPS: tuple[type[Doing], ...] = (
    Navigation,
    Listing,
    Inspecting,
    Searching,
    Reading,
    Requesting,
    Marking,
    Timeline,
    Terminal,
    Syncing,
    Limiting,
    Outgoing,
    Offering,
    Ordering,
    BulkOrdering,
    Triaging,
    Watching,
    Alerting,
    Undoing,
    Ruling,
    Keeping,
    Commanding,
    Leaving,
)


class Keys:
    """The doing of actions on the dashboard `app`. Whether one is possible has been asked before."""

    def __init__(self, app: MagFlowApp) -> None:
        self._groups = [group(app) for group in GROUPS]

    def perform(self, action: str, *arguments: object) -> None:
        """Do an action, by its id; a screen is named by its number, from 0."""
        name = f"do_{action}"
        group = next(group for group in self._groups if hasattr(group, name))
        getattr(group, name)(*arguments)

    def go(self, screen: ScreenName) -> None:
        """To a screen."""
        self._of(Navigation).go(screen)

    async def show_account(self, name: str | None) -> None:
        """One account from now on, or all of them."""
        await self._of(Navigation).show_account(name)

    def move(self, delta: int) -> None:
        """So many rows on in the shown list."""
        self._of(Listing).move(delta)

    @property
    def navigation(self) -> Navigation:
        """Where to look."""
        return self._of(Navigation)

    @property
    def timeline(self) -> Timeline:
        """What moment is shown."""
        return self._of(Timeline)

    @property
    def inspecting(self) -> Inspecting:
        """Looking into what is under the cursor."""
        return self._of(Inspecting)

    @property
    def searching(self) -> Searching:
        """Filters, and what failed."""
        return self._of(Searching)

    @property
    def reading(self) -> Reading:
        """Reading the lists of the store."""
        return self._of(Reading)

    @property
    def requesting(self) -> Requesting:
        """Reading requests, one by one and further back."""
        return self._of(Requesting)

    @property
    def marking(self) -> Marking:
        """Marks and sorting."""
        return self._of(Marking)

    @property
    def listing(self) -> Listing:
        """Moving in lists and in their panes."""
        return self._of(Listing)

    @property
    def undoing(self) -> Undoing:
        """What was done to findings, to be taken back."""
        return self._of(Undoing)

    @property
    def desk(self) -> Ruling:
        """Findings by rule, and what is read beside the orders."""
        return self._of(Ruling)

    @property
    def watching(self) -> Watching:
        """What is read of alerts."""
        return self._of(Watching)

    @property
    def limiting(self) -> Limiting:
        """Caps and reserves, and what the limits cost."""
        return self._of(Limiting)

    @property
    def keeping(self) -> Keeping:
        """Notes and saved views."""
        return self._of(Keeping)

    @property
    def offering(self) -> Offering:
        """Looking at offers."""
        return self._of(Offering)

    def selected_run(self) -> Run | None:
        """The finished run under the cursor of the sync screen."""
        return self._of(Listing).selected_run()

    def _of(self, kind: type[Group]) -> Group:
        return next(group for group in self._groups if isinstance(group, kind))
