"""Accounts as columns have them: names in capitals, in a width that fits all of them."""

from __future__ import annotations

from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.spans import cells, clean

#: Cells of a column of accounts: what its title needs, and what a long name gets.
LEAST, MOST = 4, 12


def account_name(name: str) -> str:
    """`main` as `MAIN`."""
    return clean(name).upper()


def account_cells(view: View) -> int:
    """Width of a column of account names: that of the longest, within reason."""
    accounts = view.snapshot.accounts if view.snapshot is not None else ()
    return max(LEAST, min(MOST, max((cells(account_name(account.name)) for account in accounts), default=LEAST)))
