"""Where the operator is: screen, account, cursors, what is open, which moment is shown.

Nothing of the terminal in here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from magflow_tui.tui.views.context import SCREENS, Body, Cursor, ListState, PaneState, ScreenName

if TYPE_CHECKING:
    from datetime import datetime

    from magflow_tui.contract.snapshot import Snapshot
    from magflow_tui.tui.views.context import DeskList, Docked, PastShown
    from magflow_tui.tui.views.time_range import TimeRange


@dataclass(slots=True)
class Place:
    """The operator's own state, changed by keys alone."""

    screen: ScreenName = "health"
    previous: ScreenName | None = None
    account: str | None = None
    #: The snapshot that was shown when the present was left; None while the present is shown.
    frozen: Snapshot | None = None
    #: The past minute that is shown, and the one that has been asked for and not been read yet.
    past: PastShown | None = None
    going_to: datetime | None = None
    #: How far back plots reach, None until it has been chosen.
    range: TimeRange | None = None
    zoomed: bool = False
    help_open: bool = False
    about_open: bool = False
    #: Lists of which the row under the cursor is open in detail, by name.
    opened: set[str] = field(default_factory=set)
    offers_open: bool = False
    #: Which list of findings stands in the place of the orders.
    desk_list: DeskList | None = None
    #: The detail pane beside the list.
    pane: PaneState = field(default_factory=PaneState)
    #: What stands in the place of the orders' detail pane.
    docked: Docked | None = None
    cursors: dict[str, Cursor] = field(default_factory=dict)
    lists: dict[str, ListState] = field(default_factory=dict)

    @property
    def list_name(self) -> str:
        """The list of the screen: its own name, except that the orders' screen also has the offers and the rules."""
        if self.screen != "orders":
            return self.screen
        return "offers" if self.offers_open else self.desk_list or "orders"

    @property
    def _list(self) -> str:
        """The list that keys move in: the screen's, or help above it."""
        return "help" if self.help_open else self.list_name

    @property
    def list_state(self) -> ListState:
        """How the list of the screen is looked at."""
        return self.lists.get(self.list_name, ListState())

    @list_state.setter
    def list_state(self, state: ListState) -> None:
        self.lists[self.list_name] = state

    @property
    def cursor(self) -> Cursor:
        """The cursor of the list that keys move in."""
        return self.cursors.get(self._list, Cursor())

    @cursor.setter
    def cursor(self, cursor: Cursor) -> None:
        self.cursors[self._list] = cursor

    def go(self, screen: ScreenName) -> None:
        """To a screen; help closes."""
        self.help_open = self.about_open = False
        self.pane = PaneState(tab=self.pane.tab)
        if screen != self.screen:
            self.previous, self.screen = self.screen, screen

    def step(self, by: int) -> None:
        """To the screen so many tabs on, round the end."""
        self.go(SCREENS[(SCREENS.index(self.screen) + by) % len(SCREENS)])

    def move(self, by: int, body: Body) -> Cursor:
        """So many rows on in the drawn list; gives the new cursor."""
        self.cursor = self.cursor.moved(by, body.keys, body.list_height)
        return self.cursor

    def to_top(self, list_name: str) -> None:
        """Forget where the cursor of a list was: it stands on the first row, whichever that is."""
        self.cursors.pop(list_name, None)

    def show_account(self, account: str | None) -> None:
        """One account, or all; every list begins anew."""
        self.account = account
        self.cursors.clear()
        self.opened.clear()
        self.pane = PaneState()
        self.lists = {name: replace(state, marks=frozenset(), range_from=None) for name, state in self.lists.items()}

    def toggle_help(self) -> None:
        """Open help at its top, or close it."""
        self.help_open = not self.help_open
        self.cursors.pop("help", None)

    @property
    def minute(self) -> datetime | None:
        """The past minute that is meant: shown, or on its way; None while it is none."""
        return self.going_to or (None if self.past is None else self.past.minute)

    @property
    def until(self) -> datetime | None:
        """Nothing that is younger is shown: the end of the past minute, None while none is shown."""
        return None if self.past is None else self.past.until

    def go_live(self) -> None:
        """To the present."""
        self.frozen = self.past = self.going_to = None

    def missed(self, latest: Snapshot | None) -> int:
        """Requests made since the frozen snapshot; of the past nobody wants to know."""
        if self.frozen is None or self.minute is not None or latest is None:
            return 0
        return max(0, latest.last_request_seq - self.frozen.last_request_seq)
