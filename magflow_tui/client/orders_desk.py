"""Calls about orders beyond reading them: findings and their triage, notes, saved views, and actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import BaseModel

from magflow_tui.contract.actions import ActionBatch, ActionRequest, ActionRows, Choices, ReasonList
from magflow_tui.contract.findings import (
    AddNote,
    BrokenItems,
    FindingPage,
    IgnoreList,
    Note,
    NoteList,
    OrderHistory,
    Revalidation,
    RuleCounts,
    RuleList,
    SavedView,
    SavedViews,
    Triage,
    TriageBatch,
    TriageBatches,
    Undo,
)

if TYPE_CHECKING:
    from magflow_tui.client.list_part import ListPart
    from magflow_tui.contract.findings import FindingState

AnswerT = TypeVar("AnswerT", bound=BaseModel)
_Params = Mapping[str, str | int | bool | None]


class Get(Protocol):
    """A GET of a path of the engine that answers a model."""

    async def __call__(self, path: str, model: type[AnswerT], params: _Params | None = None) -> AnswerT: ...


class Post(Protocol):
    """A POST of a command to a path of the engine that answers a model."""

    async def __call__(
        self, path: str, model: type[AnswerT], command: BaseModel | None = None, params: _Params | None = None
    ) -> AnswerT: ...


class TriageCalls:
    """Findings and what people say of them. Raises as `EngineClient` does."""

    def __init__(self, get: Get, post: Post) -> None:
        self._get = get
        self._post = post

    async def findings(
        self,
        part: ListPart | None = None,
        *,
        state: FindingState | None = None,
        rule: str | None = None,
        severity: str | None = None,
        order_id: int | None = None,
        count: bool = False,
    ) -> FindingPage:
        """Findings, newest first; unresolved ones unless a state is named."""
        own = {"state": state, "rule": rule, "severity": severity, "order_id": order_id, "count": count or None}
        return await self._get("/findings", FindingPage, {**(part.params() if part else {}), **own})

    async def counts(self, *, account: str | None = None) -> RuleCounts:
        """Unresolved findings by rule."""
        return await self._get("/findings/counts", RuleCounts, {"account": account})

    async def broken(self, *, account: str | None = None, limit: int = 100) -> BrokenItems:
        """Items that were too broken to have an id, seen last first."""
        return await self._get("/broken", BrokenItems, {"account": account, "limit": limit})

    async def rules(self) -> RuleList:
        """Every rule, with the version of the whole."""
        return await self._get("/rules", RuleList)

    async def apply(self, command: Triage) -> TriageBatch:
        """Put findings into a state. Code `bad_request` for a command that lacks what its action needs."""
        return await self._post("/triage", TriageBatch, command)

    async def batches(self, *, limit: int = 50) -> TriageBatches:
        """What was done to findings, newest first."""
        return await self._get("/triage", TriageBatches, {"limit": limit})

    async def undo(self, batch_id: int, command: Undo) -> TriageBatch:
        """Take a batch back where nothing newer stands above it. Codes `not_found`, `conflict` when it is undone."""
        return await self._post(f"/triage/{batch_id}/undo", TriageBatch, command)

    async def redo(self, batch_id: int, command: Undo) -> TriageBatch:
        """Do an undone batch again. Codes `not_found`, `conflict` when it is not undone."""
        return await self._post(f"/triage/{batch_id}/redo", TriageBatch, command)

    async def ignores(self) -> IgnoreList:
        """Rules that are ignored for what comes, too."""
        return await self._get("/ignores", IgnoreList)

    async def lift(self, ignore_id: int, command: Undo) -> TriageBatch:
        """End an ignore: what it kept ignored is open again. Code `not_found`."""
        return await self._post(f"/ignores/{ignore_id}/lift", TriageBatch, command)

    async def notes(self, order_id: int, *, account: str | None = None) -> NoteList:
        return await self._get(f"/orders/{order_id}/notes", NoteList, {"account": account})

    async def add_note(self, order_id: int, command: AddNote, *, account: str | None = None) -> Note:
        """Codes `not_found`, and `ambiguous` when several accounts have the order and none is named."""
        return await self._post(f"/orders/{order_id}/notes", Note, command, {"account": account})

    async def history(self, order_id: int, *, account: str | None = None) -> OrderHistory:
        """What happened to an order, as far as is known here."""
        return await self._get(f"/orders/{order_id}/history", OrderHistory, {"account": account})

    async def revalidate(self) -> Revalidation:
        """Begin to check every stored order again, or look at how far that is when it goes on."""
        return await self._post("/orders/revalidate", Revalidation)

    async def revalidation(self) -> Revalidation:
        """How far the checking of stored orders is, or what the last one did."""
        return await self._get("/orders/revalidate", Revalidation)

    async def views(self) -> SavedViews:
        """Saved filters of the orders list, by name."""
        return await self._get("/views", SavedViews)

    async def save_view(self, view: SavedView) -> SavedViews:
        """Keep a filter under its name, in place of the one that had it."""
        return await self._post("/views", SavedViews, view)

    async def delete_view(self, name: str) -> SavedViews:
        """Code `not_found`."""
        return await self._post("/views/delete", SavedViews, None, {"name": name})


class ActionCalls:
    """What the marketplace is asked to do to orders. Raises as `EngineClient` does."""

    def __init__(self, get: Get, post: Post) -> None:
        self._get = get
        self._post = post

    async def choices(self, order_id: int, *, account: str | None = None) -> Choices:
        """What is possible for an order now, and why not."""
        return await self._get(f"/orders/{order_id}/choices", Choices, {"account": account})

    async def reasons(self) -> ReasonList:
        """The reasons that a cancellation can give."""
        return await self._get("/reasons", ReasonList)

    async def request(self, command: ActionRequest) -> ActionBatch:
        """Check and record an action, and begin to send it; under `dry_run` check alone.

        Answers at once. Codes `bad_request`, `not_found`.
        """
        return await self._post("/actions", ActionBatch, command)

    async def batch(self, batch_id: int, *, wait: float | None = None) -> ActionBatch:
        """What became of a request. With `wait` it answers when that is finished, at most so many seconds later."""
        return await self._get(f"/actions/{batch_id}", ActionBatch, {"wait": None if wait is None else str(wait)})

    async def actions(
        self, *, account: str | None = None, order_id: int | None = None, state: str | None = None, limit: int = 100
    ) -> ActionRows:
        """Single actions, newest first."""
        params = {"account": account, "order_id": order_id, "state": state, "limit": limit}
        return await self._get("/actions", ActionRows, params)
