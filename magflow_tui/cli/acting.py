"""Has the engine act on orders and waits for what becomes of each: a result and a sentence for every order named."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal

from magflow_tui.cli.failures import INCOMPLETE, OK
from magflow_tui.cli.printing import Column, Printer

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.actions import ActionBatch, ActionRequest, ActionRow

Outcome = Literal["done", "possible", "refused", "failed"]

#: Orders in one request to the engine: as many as its answer tells of.
_AT_ONCE: Final = 500
#: How long one question for what became of a request waits for the answer, and how long to wait in all, in seconds.
_LOOK_SECONDS: Final = 20.0
_PATIENCE_SECONDS: Final = 900.0
_NOT_KNOWN: Final = "what became of it is not known yet: `magflow orders show` tells once the engine has found out"
_COLUMNS = (Column("ORDER", right=True), Column("RESULT"), Column("MESSAGE", flexible=True))


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one order."""

    id: int
    outcome: Outcome
    message: str


async def act(client: EngineClient, request: ActionRequest, ids: Sequence[int]) -> list[Result]:
    """Request something of these orders, wait until it is done, and give a result for each, in their order.

    Raises EngineError when the engine refuses the request as a whole, or ends before it has begun.
    """
    from magflow_tui.contract.findings import OrderKey

    results: list[Result] = []
    for part in _parts(ids, _AT_ONCE):
        named = tuple(OrderKey(account=request.account or "", id=order_id) for order_id in part)
        batch = await client.actions.request(request.model_copy(update={"orders": named}))
        batch = await _finished(client, batch)
        rows = {row.order_id: row for row in batch.rows}
        results += [_result(order_id, rows.get(order_id), dry_run=request.dry_run) for order_id in part]
    return results


def show(results: Iterable[Result], printer: Printer) -> None:
    """A line for each order: JSON for programs, a table and what it comes to for people."""
    if printer.json:
        for result in results:
            printer.document({"id": result.id, "result": result.outcome, "message": result.message})
        return
    listed = list(results)
    printer.table(_COLUMNS, ((str(result.id), result.outcome, result.message) for result in listed))
    if len(listed) > 1:
        counts = Counter(result.outcome for result in listed)
        printer.remark(", ".join(f"{number} {outcome}" for outcome, number in counts.most_common()))


def exit_code(results: Iterable[Result]) -> int:
    """What the results mean for a script: whether all is done, or possible."""
    return OK if all(result.outcome in ("done", "possible") for result in results) else INCOMPLETE


async def _finished(client: EngineClient, batch: ActionBatch) -> ActionBatch:
    """A request once each of its orders has its fate; as far as it came, when the engine ends or it takes too long."""
    from magflow_tui.client import EngineError

    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    while not batch.finished and batch.batch_id is not None and time.monotonic() < give_up_at:
        try:
            batch = await client.actions.batch(batch.batch_id, wait=_LOOK_SECONDS)
        except EngineError:
            break  # it has ended; what it did not send it never will, what it did it finds out when it starts again
    return batch


def _result(order_id: int, row: ActionRow | None, *, dry_run: bool) -> Result:
    if row is None:
        return Result(order_id, "failed", _NOT_KNOWN)
    if row.state in ("recorded", "sending"):
        return Result(order_id, "possible", "") if dry_run else Result(order_id, "failed", row.message or _NOT_KNOWN)
    outcome: Outcome = "done" if row.state == "done" else "refused" if row.state == "refused" else "failed"
    return Result(order_id, outcome, row.message)


def _parts(ids: Sequence[int], size: int) -> Iterator[list[int]]:
    rest = iter(ids)
    while part := list(islice(rest, size)):
        yield part
