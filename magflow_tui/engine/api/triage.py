"""Findings and what people say of them: lists, batches, ignores, notes, history, saved views, checking again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query

from magflow_tui.contract.findings import (
    AddNote,
    BrokenItem,
    BrokenItems,
    FindingPage,
    FindingSeverity,
    FindingState,
    IgnoreList,
    Note,
    NoteList,
    OrderHistory,
    Revalidation,
    RuleCounts,
    RuleInfo,
    RuleList,
    SavedView,
    SavedViews,
    Triage,
    TriageBatch,
    TriageBatches,
    Undo,
)
from magflow_tui.engine.api.asking import Account, Limit, ListPart, named_mistakes, owner_of
from magflow_tui.engine.api.errors import ApiError, not_found
from magflow_tui.engine.api.serving_engine import AnyEngine, WorkingEngine
from magflow_tui.engine.engine import Engine
from magflow_tui.engine.failures import as_sentence
from magflow_tui.rules.catalogue import RULES, VERSION
from magflow_tui.store import saved_views
from magflow_tui.store.findings_list import FindingsAsked, count_by_rule
from magflow_tui.store.history import order_history
from magflow_tui.store.ignores import list_ignores
from magflow_tui.store.notes import add_note, notes_of
from magflow_tui.store.triage import list_batches
from magflow_tui.store.triage_undo import BatchStateError

AnswerT = TypeVar("AnswerT")

router = APIRouter(tags=["triage"])

#: Characters of a broken item that a list shows.
_RAW_SHOWN = 200


@router.get("/findings")
async def list_findings(
    engine: AnyEngine,
    part: ListPart,
    state: FindingState | None = None,
    rule: str | None = None,
    severity: FindingSeverity | None = None,
    order_id: int | None = None,
    count: Annotated[bool, Query(description="count matching rows even where that takes time")] = False,
) -> FindingPage:
    """Findings, newest first unless told otherwise; unresolved ones unless a state is named.

    `where` is a filter of the list of orders, which the findings' orders have to meet.
    """
    asked = FindingsAsked(state, rule, severity, order_id)
    with named_mistakes():
        return await engine.store.list_findings(replace(part.query, with_total=count), asked)


@router.get("/findings/counts")
async def count_findings(engine: AnyEngine, account: Account = None) -> RuleCounts:
    """Unresolved findings by rule, the rule with most open ones first."""
    return await engine.store.read(partial(count_by_rule, account=account))


@router.get("/broken")
async def list_broken(engine: AnyEngine, account: Account = None, limit: Limit = 100) -> BrokenItems:
    """Items that were too broken to have an id, seen last first."""
    return BrokenItems(
        items=tuple(
            BrokenItem(
                account=item.account,
                resource=item.resource,
                first_seen=item.first_seen,
                last_seen=item.last_seen,
                issues=tuple(f"{issue.path}: {issue.value}, expected {issue.expected}" for issue in item.issues),
                raw=item.raw[:_RAW_SHOWN].decode("utf-8", errors="replace"),
                raw_bytes=len(item.raw),
            )
            for item in await engine.store.list_broken(account=account, limit=limit)
        )
    )


@router.get("/rules")
async def list_rules() -> RuleList:
    """Every rule, and the version of the whole."""
    return RuleList(
        rules=tuple(
            RuleInfo(
                code=rule.code,
                severity=rule.severity,
                source=rule.source,
                title=rule.title.en,
                title_ro=rule.title.ro,
            )
            for rule in RULES.values()
        ),
        version=VERSION,
    )


@router.post("/triage")
async def triage(engine: WorkingEngine, command: Triage) -> TriageBatch:
    """Put findings into a state, whatever their number, in one batch that can be taken back."""
    with named_mistakes():
        return await engine.desk.apply(command)


@router.get("/triage")
async def batches(engine: AnyEngine, limit: Limit = 50) -> TriageBatches:
    """What was done to findings, newest first."""
    return await engine.store.read(partial(list_batches, limit=limit))


@router.post("/triage/{batch_id}/undo")
async def undo(engine: WorkingEngine, batch_id: int, command: Undo) -> TriageBatch:
    """Take a batch back where nothing newer was done to its findings."""
    with _named_conflicts():
        return _found(await engine.desk.undo(batch_id, command.by), f"batch {batch_id}")


@router.post("/triage/{batch_id}/redo")
async def redo(engine: WorkingEngine, batch_id: int, command: Undo) -> TriageBatch:
    """Do an undone batch again."""
    with _named_conflicts():
        return _found(await engine.desk.redo(batch_id, command.by), f"batch {batch_id}")


@router.get("/ignores")
async def ignores(engine: AnyEngine) -> IgnoreList:
    """Rules that are ignored for what comes, too."""
    return await engine.store.read(list_ignores)


@router.post("/ignores/{ignore_id}/lift")
async def lift(engine: WorkingEngine, ignore_id: int, command: Undo) -> TriageBatch:
    """End an ignore: what it kept ignored is open again."""
    return _found(await engine.desk.lift(ignore_id, command.by), f"ignore {ignore_id} that holds")


@router.get("/orders/revalidate")
async def revalidation(engine: AnyEngine) -> Revalidation:
    """How far the checking of stored orders is, or what the last one did."""
    return await engine.checking.look()


@router.post("/orders/revalidate")
async def revalidate(engine: WorkingEngine) -> Revalidation:
    """Begin to check every stored order again, go on with it, or look at how far it is."""
    return await engine.checking.start()


@router.get("/orders/{order_id}/notes")
async def list_notes(engine: AnyEngine, order_id: int, account: Account = None) -> NoteList:
    """The notes about an order, oldest first."""
    owner = await _owner(engine, order_id, account)
    return NoteList(notes=await engine.store.read(partial(notes_of, account=owner, order_id=order_id)))


@router.post("/orders/{order_id}/notes")
async def note(engine: WorkingEngine, order_id: int, command: AddNote, account: Account = None) -> Note:
    """Write a note about an order."""
    owner = await _owner(engine, order_id, account)
    work = partial(add_note, account=owner, order_id=order_id, text=command.text, by=command.by, at=engine.now())
    return await engine.store.write(work, durable=True)


@router.get("/orders/{order_id}/history")
async def history(engine: AnyEngine, order_id: int, account: Account = None) -> OrderHistory:
    """What happened to an order, as far as is known here, newest first."""
    owner = await _owner(engine, order_id, account)
    return await engine.store.read(partial(order_history, account=owner, order_id=order_id))


@router.get("/views")
async def list_views(engine: AnyEngine) -> SavedViews:
    """Saved filters of the list of orders, by name."""
    return await engine.store.read(saved_views.list_views)


@router.post("/views")
async def save_view(engine: WorkingEngine, view: SavedView) -> SavedViews:
    """Keep a filter under its name, in place of the one that had it."""
    work = partial(saved_views.save_view, view=view, at=engine.now())
    return await engine.store.write(work, durable=True)


@router.post("/views/delete")
async def delete_view(engine: WorkingEngine, name: Annotated[str, Query(max_length=40)]) -> SavedViews:
    """Forget a saved filter."""
    left = await engine.store.write(partial(saved_views.delete_view, name=name), durable=True)
    return _found(left, f"saved view {name!r}")


async def _owner(engine: Engine, order_id: int, account: str | None) -> str:
    """The account of an order that is stored. Raises `ApiError` when it is not, or of several and none is named."""
    owner = await owner_of(engine, order_id, account)
    if owner is None or owner not in await engine.store.accounts_of_order(order_id):
        raise not_found(f"order {order_id}")
    return owner


def _found(answer: AnswerT | None, what: str) -> AnswerT:
    if answer is None:
        raise not_found(what)
    return answer


@contextmanager
def _named_conflicts() -> Iterator[None]:
    """What a batch is not in the state for."""
    try:
        yield
    except BatchStateError as error:
        raise ApiError(409, "conflict", as_sentence(str(error))) from None
