"""What an operator can have the engine do, asked for in the prompt bar and answered in the last-event line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from magflow_tui.tui.session import Session
from magflow_tui.tui.views.context import Say
from magflow_tui.tui.views.spans import Role, clean

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.base import Resource
    from magflow_tui.contract.runs import Run, RunProgress
    from magflow_tui.contract.snapshot import Snapshot

RESOURCES: tuple[tuple[str, Resource], ...] = (("o", "orders"), ("f", "offers"), ("r", "rma"))


class Desk(Protocol):
    """What commands need of the dashboard around them."""

    @property
    def client(self) -> EngineClient | None:
        """The engine's client, once there is one."""
        ...

    @property
    def snapshot(self) -> Snapshot | None:
        """The latest snapshot."""
        ...

    @property
    def account(self) -> str | None:
        """The chosen account, None for all."""
        ...

    @property
    def read_only(self) -> bool:
        """Whether nothing may be changed from here."""
        ...

    @property
    def acting(self) -> int:
        """How many requests for actions on orders, made from here, have not finished."""
        ...

    async def ask(self, question: str, choices: Sequence[tuple[str, str]]) -> str | None:
        """Ask for a key; None when the operator thought better of it."""
        ...

    def tell(self, text: str, role: Role = "info") -> None:
        """Say something in the last-event line."""
        ...


class Commands:
    """The engine's commands as an operator gives them."""

    def __init__(self, desk: Desk, session: Session, say: Say) -> None:
        self._desk = desk
        self._session = session
        self._say = say

    def _name(self, run: Run | RunProgress) -> str:
        return f"{self._say(f'resource.{run.resource}')} {clean(run.account).upper()}"

    async def _pick(self, question: str, choices: Sequence[tuple[str, str]]) -> str | None:
        return await self._desk.ask(question, [*choices, ("esc", self._say("ask.cancel"))])

    def _client_for_changes(self) -> EngineClient | None:
        """The client for a command that changes something; None, and said so, where nothing may be changed."""
        if self._desk.read_only:
            self._desk.tell(self._say("why.read_only"), "warn")
            return None
        return self._desk.client

    async def attempt(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something and, when it fails, say why in the engine's own words; nothing is raised."""
        from magflow_tui.client import EngineError

        try:
            await work()
        except EngineError as error:
            self._desk.tell(self._say("said.refused", message=clean(error)), "crit")

    async def start_sync(self, chosen: tuple[Resource, ...] = (), full: bool | None = None) -> None:
        """Start a sync for the chosen account or for all; ask what and how where it has not been said."""
        from magflow_tui.client.operator import operator_name
        from magflow_tui.contract.runs import StartSync

        say, client = self._say, self._client_for_changes()
        if client is None:
            return
        if not chosen:
            choices = [(key, say(f"resource.{resource}")) for key, resource in RESOURCES]
            what = await self._pick(say("ask.sync_what"), [*choices, ("a", say("ask.sync_all"))])
            chosen = tuple(resource for key, resource in RESOURCES if what in (key, "a"))
            if not chosen:
                return
        if full is None:
            title = say("ask.sync_all") if len(chosen) > 1 else say(f"resource.{chosen[0]}")
            how = await self._pick(
                say("ask.sync_how", what=title), [("i", say("ask.sync_incremental")), ("f", say("ask.sync_full"))]
            )
            if how is None:
                return
            full = how == "f"
        accounts = () if self._desk.account is None else (self._desk.account,)
        wanted = StartSync(resources=chosen, accounts=accounts, full=full, requested_by=operator_name())
        started = await client.start_sync(wanted)
        fresh = [run for run in started.runs if run.run_id not in started.joined]
        names = ", ".join(self._name(run) for run in (fresh or started.runs))
        self._desk.tell(say("said.started" if fresh else "said.joined", runs=names), "ok")

    async def stop_sync(self, selected: int | None) -> None:
        """Ask which run, where several run and none is under the cursor, and how to stop it."""
        say, client, snapshot = self._say, self._client_for_changes(), self._desk.snapshot
        if client is None or snapshot is None or not snapshot.running:
            return
        run = next((run for run in snapshot.running if run.run_id == selected), None)
        if run is None and len(snapshot.running) == 1:
            run = snapshot.running[0]
        if run is None:
            numbered = [(str(number), each) for number, each in enumerate(snapshot.running[:9], 1)]
            picked = await self._pick(say("ask.stop_which"), [(key, self._name(each)) for key, each in numbered])
            run = dict(numbered).get(picked or "")
        if run is None:
            return
        name = self._name(run)
        how = await self._pick(say("ask.stop", run=name), [("p", say("ask.stop_after")), ("n", say("ask.stop_now"))])
        if how is None:
            return
        await client.cancel_run(run.run_id, "now" if how == "n" else "after_page")
        self._desk.tell(say("said.stopped" if how == "n" else "said.stopping", run=name), "ok")

    async def resume(self, run: Run) -> None:
        """Go on with a run that failed, was cancelled or is partial."""
        client = self._client_for_changes()
        if client is not None:
            await client.resume_run(run.run_id)
            self._desk.tell(self._say("said.resumed", run=self._name(run)), "ok")

    async def reset_limiter(self) -> None:
        """Ask, and set the limiter's statistics to zero."""
        say, client = self._say, self._client_for_changes()
        if client is not None and await self._pick(say("ask.reset"), [("y", say("ask.reset_yes"))]):
            await client.reset_limiter()
            self._desk.tell(say("said.reset"), "ok")

    async def choose_scenario(self) -> None:
        """Ask which of the demo's scenarios, and switch to it."""
        say = self._say
        if self._client_for_changes() is None:
            return
        numbered = [(str(number), name) for number, name in enumerate(self._session.scenarios[:9], 1)]
        picked = await self._pick(say("ask.scenario"), [(key, clean(name)) for key, name in numbered])
        name = dict(numbered).get(picked or "")
        if name is not None:
            await self._session.set_scenario(name)
            self._desk.tell(say("said.scenario", name=clean(name)), "ok")

    async def choose_account(self) -> str | None:
        """Ask which account to show: its name, an empty string for all, None to leave things as they are."""
        say, snapshot = self._say, self._desk.snapshot
        accounts = snapshot.accounts if snapshot else ()
        numbered = [(str(number), account.name) for number, account in enumerate(accounts[:9], 1)]
        choices = [(key, clean(name).upper()) for key, name in numbered]
        picked = await self._pick(say("ask.account"), [*choices, ("0", say("ask.account_all"))])
        return None if picked is None else dict(numbered).get(picked, "")

    async def confirm_quit(self) -> bool | None:
        """What becomes of the engine: True to stop it, False to leave it, None not to quit.

        Asks only when the engine has work or schedules; otherwise it has nothing to stay for.
        """
        say, snapshot = self._say, self._desk.snapshot
        if self._session.is_demo:
            return True
        if snapshot is None or self._desk.read_only:
            return False
        if snapshot.running:
            running = snapshot.running
            # Short, so that the answers have room beside it.
            what = self._name(running[0]) if len(running) == 1 else say("ask.syncs", count=len(running))
            question, stop = say("ask.quit_running", count=what), say("ask.quit_stop")
        elif self._desk.acting:
            question, stop = say("ask.quit_acting", count=self._desk.acting), say("ask.quit_stop_idle")
        elif snapshot.engine.schedules_on:
            question, stop = say("ask.quit_schedules"), say("ask.quit_stop_idle")
        else:
            return True
        answer = await self._pick(question, [("l", say("ask.quit_leave")), ("s", stop)])
        return None if answer is None else answer == "s"
