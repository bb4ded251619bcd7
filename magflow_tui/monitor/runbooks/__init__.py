"""What to do about an alert, in steps: a runbook for every code, and for kinds of causes where the way is another.

* `health`    runbooks of the rules of the score
* `accounts`  of accounts the marketplace does not serve, of refusals, overdue syncs and the disk
* `steps`     steps that several have in common; `form` is how a runbook is written down
"""

from __future__ import annotations

from magflow_tui.contract.alerts import CauseKind, Runbook
from magflow_tui.monitor.runbooks.accounts import ACCOUNT_RUNBOOKS
from magflow_tui.monitor.runbooks.health import HEALTH_RUNBOOKS

#: Every runbook. Of each code one has no cause: it is for causes that have none of their own.
RUNBOOKS: tuple[Runbook, ...] = (*HEALTH_RUNBOOKS, *ACCOUNT_RUNBOOKS)
_RUNBOOK_OF = {(runbook.code, runbook.cause): runbook for runbook in RUNBOOKS}


def runbook_for(code: str, cause_kind: CauseKind | None) -> Runbook | None:
    """What to do about an alert of a code, given the kind of what is behind it. None for a code there is none of."""
    return _RUNBOOK_OF.get((code, cause_kind)) or _RUNBOOK_OF.get((code, None))
