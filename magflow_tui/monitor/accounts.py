"""How the marketplace last answered each account, read from the outcome of every request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from magflow_tui.contract.records import NO_ANSWER, RequestOutcome
from magflow_tui.contract.snapshot import AccountStatus

#: So many requests in a row without an answer make an account unreachable: one lost answer among many does not.
UNREACHABLE_AFTER = 4

_ANSWERED: frozenset[RequestOutcome] = frozenset({"ok", "rate_limited", "validation", "business", "not_found"})


@dataclass(frozen=True, slots=True)
class Standing:
    """State of one account: `message` names the way out when it is not ok, `since` is when it last changed.

    `silent` counts requests in a row without an answer; `outcome` and `note` are of the last request that told against
    the account.
    """

    status: AccountStatus = "unknown"
    message: str | None = None
    since: datetime | None = None
    silent: int = 0
    outcome: RequestOutcome | None = None
    note: str | None = None


def follow(standing: Standing, outcome: RequestOutcome, note: str | None, now: datetime) -> Standing:
    """The standing after one more request. `note` is what the marketplace or the network said, without secrets."""
    if outcome in _ANSWERED:
        status: AccountStatus = "ok"
    elif outcome == "refused_ip":
        status = "refused_ip"
    elif outcome == "authentication":
        status = "unauthorised"
    elif outcome in NO_ANSWER:
        silent = standing.silent + 1
        # Credentials that were refused stay refused until an answer says otherwise.
        if silent < UNREACHABLE_AFTER or standing.status in {"unauthorised", "refused_ip"}:
            return replace(standing, silent=silent)
        message = way_out("unreachable", note)
        since = standing.since if standing.status == "unreachable" else now
        return Standing("unreachable", message, since, silent, outcome, note)
    else:
        return standing
    if status == standing.status:
        return replace(standing, silent=0) if standing.silent else standing
    if status == "ok":
        return Standing("ok", None, now)
    return Standing(status, way_out(status, note), now, 0, outcome, note)


def way_out(status: AccountStatus, note: str | None) -> str | None:
    """What an operator should do about a status, None when nothing is to be done."""
    said = f" ({note})" if note else ""
    match status:
        case "unauthorised":
            return f"Wrong user or password, or the user lacks the API right{said}: check them in the settings."
        case "refused_ip":
            return f"This machine's address is not allowed{said}: add it in the marketplace's seller panel."
        case "unreachable":
            return f"The marketplace does not answer: syncs wait and go on by themselves{said}."
        case _:
            return None


class AccountStandings:
    """The standing of each account; `on_change` is told of every change of status."""

    def __init__(self, accounts: tuple[str, ...], on_change: Callable[[str, Standing], None]) -> None:
        self._standings = dict.fromkeys(accounts, Standing())
        self._on_change = on_change

    def __getitem__(self, account: str) -> Standing:
        return self._standings[account]

    @property
    def all(self) -> Mapping[str, Standing]:
        """Every account's, as of now."""
        return self._standings

    def add(self, account: str, outcome: RequestOutcome, note: str | None, now: datetime) -> None:
        before = self._standings[account]
        after = follow(before, outcome, note, now)
        self._standings[account] = after
        if after.status != before.status:
            self._on_change(account, after)
