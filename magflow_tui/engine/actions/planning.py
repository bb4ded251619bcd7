"""Which orders of a request the rules refuse, by what is stored of them. Sends nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from magflow_tui.contract.actions import ActionBatch, ActionRow
from magflow_tui.engine.actions import sentences
from magflow_tui.engine.actions.means import AT_ONCE
from magflow_tui.engine.actions.reading import WORTH_A_PAGE
from magflow_tui.marketplace.client import SAVE_LIMIT
from magflow_tui.rules.findings import Words
from magflow_tui.rules.transitions import Refusal, refusal
from magflow_tui.store.actions import SHOWN_ROWS, ActionDraft, Key, Wanted, busy_orders, grouped, order_states


@dataclass(frozen=True, slots=True)
class Plan:
    """A request as checked by what is stored: a draft for each order, in the order they were named."""

    wanted: Wanted
    drafts: tuple[ActionDraft, ...]

    @property
    def requests(self) -> int:
        """How many requests to the marketplace it takes, about: nobody knows how often something has to be repeated."""
        possible = Counter(draft.account for draft in self.drafts if draft.state == "recorded")
        unread = sum(draft.status_before is None for draft in self.drafts if draft.state == "recorded")
        return sum(_requests(self.wanted, orders) for orders in possible.values()) + unread

    def preview(self, *, by: str, at: datetime) -> ActionBatch:
        """What would become of the request, as an answer."""
        states = Counter(draft.state for draft in self.drafts)
        reasons = (
            _languages(draft.cause or draft.words)
            for draft in self.drafts
            if draft.state == "refused" and draft.words is not None
        )
        return ActionBatch(
            batch_id=None,
            kind=self.wanted.kind,
            by=by,
            at=at,
            dry_run=True,
            finished=True,
            orders=len(self.drafts),
            possible=states["recorded"],
            refused=states["refused"],
            done=0,
            failed=states["failed"],
            requests=self.requests,
            refusals=grouped(reasons),
            rows=tuple(self._row(draft, by) for draft in self.drafts[:SHOWN_ROWS]),
        )

    def _row(self, draft: ActionDraft, by: str) -> ActionRow:
        return ActionRow(
            action_id=None,
            batch_id=None,
            account=draft.account,
            order_id=draft.order_id,
            kind=self.wanted.kind,
            to=self.wanted.to,
            reason=self.wanted.reason,
            state=draft.state,
            message=draft.words.en if draft.words else "",
            message_ro=draft.words.ro if draft.words else "",
            status_before=draft.status_before,
            by=by,
        )


def make_plan(
    connection: Connection,
    wanted: Wanted,
    keys: Sequence[Key],
    unknown: Mapping[int, Words],
    *,
    served: Collection[str],
    now: datetime,
    dry_run: bool,
) -> Plan:
    """Check each order of a request by what is stored of it. `served` are the accounts that actions are sent for.

    An order that is not stored is read before it is acted on; a dry run reads nothing, and refuses it. Of one without
    an account ("") `unknown` says why.
    """
    states = order_states(connection, keys)
    busy = busy_orders(connection) if wanted.kind != "reread" else frozenset()
    drafts = []
    for account, order_id in keys:
        state = states.get((account, order_id))
        refused: Refusal | None = None
        if not account and not dry_run:
            words = unknown.get(order_id) or sentences.nobody_has(order_id)
            drafts.append(ActionDraft(account, order_id, "failed", words))
            continue
        if account and account not in served:
            refused = sentences.switched_off(account, order_id)
        elif (account, order_id) in busy:
            refused = sentences.busy(order_id)
        elif state is not None:
            refused = refusal(state, wanted.kind, to=wanted.to, reason=wanted.reason, now=now)
        elif dry_run and (wanted.kind != "reread" or not account):
            refused = sentences.not_stored(order_id)
        drafts.append(
            ActionDraft(
                account,
                order_id,
                "recorded" if refused is None else "refused",
                refused,
                None if refused is None else refused.cause,
                None if state is None else state.status,
            )
        )
    return Plan(wanted, tuple(drafts))


def _requests(wanted: Wanted, orders: int) -> int:
    """Requests for so many orders of an account that are stored: reading, sending, reading back."""
    if wanted.kind == "reread":
        return orders
    if wanted.kind == "acknowledge":
        return orders + _read_back(orders, AT_ONCE)
    sends = -(-orders // SAVE_LIMIT)
    return sends + _read_back(orders, SAVE_LIMIT) + (0 if wanted.kind == "attach" else orders)


def _read_back(orders: int, at_once: int) -> int:
    """Requests to read orders back: a page for many that were changed together, one for each of a few."""
    return -(-orders // at_once) if orders >= WORTH_A_PAGE else orders


def _languages(words: Words | None) -> tuple[str, str]:
    return ("", "") if words is None else (words.en, words.ro)
