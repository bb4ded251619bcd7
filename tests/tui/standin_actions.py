"""Actions on orders as the stand-in for the engine does them: the rules are the real ones, the marketplace agrees.

Orders were finalised or cancelled sixteen hours and 48 minutes before the snapshot.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from magflow_tui.contract.actions import ActionBatch, ActionRequest, ActionRow, Choice, Choices, Reason, ReasonList
from magflow_tui.contract.listing import RowFilter
from magflow_tui.marketplace.codes import CANCELLATION_REASONS, CANCELLATION_REASONS_EN, get_order_status_text
from magflow_tui.rules.transitions import OrderState, choices, refusal

Row = dict[str, Any]
AGO = timedelta(hours=16, minutes=48)


class Actions:
    """Requests that were made. `pace` orders of a request are done each time somebody asks how far it is."""

    def __init__(self, orders: list[Row], now: str, chosen: Callable[[Row, RowFilter], bool]) -> None:
        self.orders = orders
        self.now = datetime.fromisoformat(now)
        self.chosen = chosen
        self.pace = 1000
        self.failing: set[int] = set()
        self.batches: list[ActionBatch] = []

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> tuple[int, Any] | None:
        """The answer to a request about actions; None for any other."""
        parts = path.strip("/").split("/")
        if path == "/reasons":
            codes = CANCELLATION_REASONS_EN.items()
            found = tuple(Reason(code=code, text=text, text_ro=CANCELLATION_REASONS[code]) for code, text in codes)
            return 200, _json(ReasonList(reasons=found))
        if parts[0] == "orders" and parts[-1] == "choices":
            return 200, _json(self._choices(self._row(int(parts[1]))))
        if path == "/actions" and method == "POST":
            return 200, _json(self._request(ActionRequest.model_validate_json(body)))
        if path == "/actions":
            rows = [row for batch in reversed(self.batches) for row in batch.rows]
            return 200, {"rows": [json.loads(row.model_dump_json()) for row in rows]}
        if parts[0] == "actions":
            return 200, _json(self._go_on(int(parts[1])))
        return None

    def of(self, row: Row) -> dict[str, Any]:
        """What an order's detail tells of actions."""
        return {"choices": _json(self._choices(row))["choices"]}

    def _row(self, number: int) -> Row:
        return next(row for row in self.orders if row["id"] == number)

    def _state(self, row: Row) -> OrderState:
        since = self.now - AGO
        return OrderState(row["id"], row["type"], row["status"], row["payment_mode_id"], since, since)

    def _choices(self, row: Row) -> Choices:
        found = tuple(
            Choice(
                kind=choice.kind,
                to=choice.to,
                possible=choice.refusal is None,
                why=choice.refusal.en if choice.refusal else "",
                why_ro=choice.refusal.ro if choice.refusal else "",
                until=choice.until,
            )
            for choice in choices(self._state(row), self.now)
        )
        return Choices(account=row["account"], order_id=row["id"], status=row["status"], choices=found)

    def _request(self, command: ActionRequest) -> ActionBatch:
        keys = {(key.account, key.id) for key in command.orders}
        if command.where is not None:
            found = [row for row in self.orders if command.account in (None, row["account"])]
            keys = {(row["account"], row["id"]) for row in found if self.chosen(row, command.where)}
        number = None if command.dry_run else len(self.batches) + 1
        rows = tuple(self._checked(self._row(id_), command, number) for _, id_ in sorted(keys))
        batch = self._counted(
            ActionBatch(
                batch_id=number,
                kind=command.kind,
                by=command.by,
                at=self.now,
                dry_run=command.dry_run,
                finished=False,
                orders=len(rows),
                possible=0,
                refused=0,
                done=0,
                failed=0,
                requests=0,
                rows=rows,
            )
        )
        if not command.dry_run:
            self.batches.append(batch)
        return batch

    def _checked(self, row: Row, command: ActionRequest, batch: int | None) -> ActionRow:
        found = refusal(self._state(row), command.kind, to=command.to, reason=command.reason, now=self.now)
        return ActionRow(
            action_id=None if batch is None else row["id"],
            batch_id=batch,
            account=row["account"],
            order_id=row["id"],
            kind=command.kind,
            to=command.to,
            reason=command.reason,
            state="recorded" if found is None else "refused",
            message="" if found is None else found.en,
            message_ro="" if found is None else found.ro,
            status_before=row["status"],
            recorded_at=self.now,
        )

    def _go_on(self, number: int) -> ActionBatch:
        batch, left = self.batches[number - 1], self.pace
        rows = []
        for row in batch.rows:
            if row.state == "recorded" and left:
                left -= 1
                row = self._done(row)
            rows.append(row)
        self.batches[number - 1] = batch = self._counted(batch.model_copy(update={"rows": tuple(rows)}))
        return batch

    def _done(self, row: ActionRow) -> ActionRow:
        if row.order_id in self.failing:
            words = {"message": "The marketplace answered: try later.", "message_ro": "Marketplace-ul: mai târziu."}
            return row.model_copy(update={"state": "failed", **words})
        order = self._row(row.order_id)
        order["status"] = {"acknowledge": 2, "cancel": 0, "status": row.to}.get(row.kind, order["status"])
        order["status_text"] = get_order_status_text(order["status"], "en").lower()
        return row.model_copy(update={"state": "done", "status_after": order["status"], "finished_at": self.now})

    def _counted(self, batch: ActionBatch) -> ActionBatch:
        states = Counter(row.state for row in batch.rows)
        why = Counter((self._cause(row)) for row in batch.rows if row.state == "refused")
        possible = len(batch.rows) - states["refused"]
        return batch.model_copy(
            update={
                "finished": not states["recorded"],
                "possible": possible,
                "refused": states["refused"],
                "done": states["done"],
                "failed": states["failed"],
                "requests": -(-possible // 50) * 2,
                "refusals": tuple((en, ro, times) for (en, ro), times in why.most_common()),
            }
        )

    def _cause(self, row: ActionRow) -> tuple[str, str]:
        state = self._state(self._row(row.order_id))
        found = refusal(state, row.kind, to=row.to, reason=row.reason, now=self.now)
        return (row.message, row.message_ro) if found is None else (found.cause.en, found.cause.ro)


def _json(model: Any) -> Any:
    return json.loads(model.model_dump_json())
