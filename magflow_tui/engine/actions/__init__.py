"""Actions on orders: what an operator asks for is checked, written down, sent, and confirmed by reading back.

An order of a request is `recorded` durably before anything is sent, and `sending` right before its request leaves.
What was sent is never sent again: when no answer tells, reading the order back does, at once or after a restart.

* `desk`         `ActionDesk`, the way in: request, preview, choices, what became of it; start and end with the engine
* `resolving`    which orders a request names, and whose they are
* `planning`     which of them the rules refuse, by what is stored
* `errand`       an account's part of a request: read afresh, check again, send, confirm
* `entities`     what is sent of an order: all that was read of it, with the change, in requests of a size that is taken
* `answers`      what an answer says of each order, and what the order read back says of the action
* `finding_out`  reading back until it is known what became of what was sent
* `reading`      single orders read afresh and stored as a sync does
* `sentences`    what is told about it, in both languages
"""

from __future__ import annotations

from magflow_tui.engine.actions.desk import ActionDesk
from magflow_tui.engine.actions.means import ActionAccount, ActionPolicy
from magflow_tui.engine.actions.resolving import NotPossibleError

__all__ = ["ActionAccount", "ActionDesk", "ActionPolicy", "NotPossibleError"]
