"""The rows of the health screen: the metrics of the score, what is wrong now, and what was and is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.views.alert_detail import alert_concern
from magflow_tui.tui.views.diagnosis import (
    Concern,
    account_concern,
    health_of,
    metric_concern,
    no_accounts,
    troubled_accounts,
)

if TYPE_CHECKING:
    from magflow_tui.contract.alerts import Alert, AlertState
    from magflow_tui.contract.events import Severity
    from magflow_tui.contract.snapshot import AccountState, Snapshot
    from magflow_tui.tui.views.context import View

_WORST: tuple[Severity, ...] = ("critical", "warning", "info", "ok")
#: What waits for somebody comes first.
_STATES: tuple[AlertState, ...] = ("new", "acked", "muted", "resolved")


def concerns(view: View, snapshot: Snapshot) -> list[Concern]:
    """Every row, in the order of the screen: the metrics worst first, what is in trouble, what is over."""
    metrics = [metric_concern(view, snapshot, line) for line in health_of(view, snapshot).lines]
    return metrics + troubles(view, snapshot) + passed(view, snapshot)


def troubles(view: View, snapshot: Snapshot) -> list[Concern]:
    """What is wrong beside the score: no accounts, accounts that cannot work, open alerts."""
    missing = [] if snapshot.accounts else [no_accounts(view)]
    accounts = [account_concern(view, account) for account in _unalerted(view, snapshot)]
    return missing + accounts + [alert_concern(view, alert) for alert in alerts_shown(view, snapshot)]


def passed(view: View, snapshot: Snapshot) -> list[Concern]:
    """What is over, the last to close first."""
    return [alert_concern(view, alert) for alert in alerts_over(view, snapshot)]


def trouble_count(view: View, snapshot: Snapshot) -> int:
    """How many `troubles` there are."""
    return (not snapshot.accounts) + len(_unalerted(view, snapshot)) + len(alerts_shown(view, snapshot))


def new_count(view: View, snapshot: Snapshot) -> int:
    """How many of them wait for somebody: all but the alerts that were taken note of, or muted."""
    quiet = sum(1 for alert in alerts_shown(view, snapshot) if alert.state != "new")
    return trouble_count(view, snapshot) - quiet


def alerts_shown(view: View, snapshot: Snapshot) -> list[Alert]:
    """Open alerts of the chosen account and of none: what waits for somebody first, then worst, then newest first."""
    shown = [alert for alert in snapshot.alerts if _is_of(view, alert)]
    newest = sorted(shown, key=lambda alert: alert.opened_at, reverse=True)
    return sorted(newest, key=lambda alert: (_STATES.index(alert.state), _WORST.index(alert.severity)))


def alerts_over(view: View, snapshot: Snapshot) -> list[Alert]:
    """Alerts that have closed since the operator last looked; with `f` all of them that are kept here.

    None while the past is shown: what was over then is not known here.
    """
    if view.past is not None:
        return []
    opened = {alert.alert_id for alert in snapshot.alerts}
    over = [alert for alert in view.watched.over if _is_of(view, alert) and alert.alert_id not in opened]
    if view.list_state.faults:
        return over
    return [alert for alert in over if is_since_look(view, alert)]


def is_since_look(view: View, alert: Alert) -> bool:
    """Whether an alert has closed since the operator last looked."""
    looked = view.watched.looked_at
    return looked is not None and alert.closed_at is not None and alert.closed_at > looked


def _is_of(view: View, alert: Alert) -> bool:
    return alert.account is None or view.account in (None, alert.account)


def _unalerted(view: View, snapshot: Snapshot) -> list[AccountState]:
    """Accounts in trouble of which no alert tells."""
    told = {alert.account for alert in snapshot.alerts if alert.code.startswith("account.")}
    return [account for account in troubled_accounts(view, snapshot) if account.name not in told]
