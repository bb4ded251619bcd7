"""Caps of jobs and reserves of pools: what is set from the limits screen, and what is read for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from magflow_tui.tui.data.losses import Losses
from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.figures import clock, grouped, later, span
from magflow_tui.tui.views.forecast import (
    JobEnd,
    ends_of,
    job_of,
    jobs_of_pool,
    jobs_of_route,
    seconds_under_cap,
    two_thirds,
)
from magflow_tui.tui.views.jobs import can_be_capped, job_name
from magflow_tui.tui.views.spans import clean, cut
from magflow_tui.tui.views.spending import routes_shown

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.base import PoolName
    from magflow_tui.contract.management import LimitLosses
    from magflow_tui.contract.snapshot import PoolGauge, RouteUse
    from magflow_tui.tui.app import MagFlowApp

#: Pools by the names that `:reserve` takes.
POOLS = ("orders", "other", "ean")
#: Cells of a route's name in a question.
ROUTE_CELLS = 22


@dataclass(frozen=True, slots=True)
class Spender:
    """A job that spends a pool, under names for people."""

    pool: PoolGauge
    job: str
    job_text: str
    account_text: str


class Limiting(Doing):
    """Caps, reserves, and what the limits have cost."""

    def __init__(self, app: MagFlowApp) -> None:
        super().__init__(app)
        self._losses = Losses()
        self._reading = False

    # what is read

    @property
    def losses(self) -> LimitLosses | None:
        """What the limits have cost up to the shown moment, as far as that has been read."""
        shown = self._app.shown
        return self._losses.of(None if shown is None else shown.at)

    def follow(self) -> None:
        """On the limits screen: read what the limits have cost, once for every minute that is shown."""
        app, client, shown = self._app, self._app.client, self._app.shown
        if client is None or shown is None or self._reading or app.place.screen != "limits":
            return
        if self._losses.is_due(shown.at):
            self._reading = True
            self.beside("losses", partial(self._read, client))

    async def _read(self, client: EngineClient) -> None:
        from magflow_tui.client import EngineError

        shown = self._app.shown
        asked = self.losses is None  # the screen lacks them: somebody waits
        try:
            # What goes wrong with the engine, the link's own state says.
            with contextlib.suppress(EngineError):
                if shown is not None:
                    await self._losses.read(client, shown.at)
        finally:
            self._reading = False
        self._app.paint(live=not asked)

    # caps

    def do_cap(self) -> None:
        """Cap the job behind the row under the cursor; which of several is asked."""
        use, snapshot, client = self._route(), self._app.shown, self._app.client
        pools = snapshot.pools if snapshot is not None else ()
        pool = next((each for each in pools if use and (each.account, each.pool) == (use.account, use.pool)), None)
        if use is not None and pool is not None and client is not None:
            self.command(lambda: self._cap(client, use, pool))

    def do_cap_lift(self) -> None:
        """Take the cap of the job behind the row away; of another job where that one has none, which is asked."""
        client = self._app.client
        if client is not None:
            self.command(lambda: self._lift(client))

    async def _cap(self, client: EngineClient, use: RouteUse, pool: PoolGauge) -> None:
        app, say = self._app, self._app.say
        jobs = jobs_of_route(use, app.view().minutes)
        able = [job for job in jobs if can_be_capped(job)]
        if not able:
            busiest = next(iter(jobs), None)
            text = say("said.no_job") if busiest is None else say("said.not_capped", job=job_name(say, busiest))
            app.tell(text, "warn")
            return
        job = await self._pick_job(say("ask.cap_job", route=cut(clean(use.route), ROUTE_CELLS)), able)
        if job is None:
            return
        spender = self._spender(pool, job)
        count = await self._ask_count(spender)
        if count is None or not await self._is_sure(spender, count):
            return
        await self._set_cap(client, spender, count)

    async def _ask_count(self, spender: Spender) -> int | None:
        """How many requests a minute; what that would do to the job is told while it is written."""
        pool, say = spender.pool, self._app.say
        label = say("ask.cap", job=spender.job_text, account=spender.account_text)
        offered = pool.caps.get(spender.job) or two_thirds(pool)
        entered = await self._ask_number(
            label, str(offered), 1, pool.minute_limit - 1, lambda count: self._effect(spender, count)
        )
        return int(entered) if entered else None

    def _effect(self, spender: Spender, count: int) -> str:
        """What a cap would do to the job as it is at work now."""
        say, view, pool = self._app.say, self._app.view(), spender.pool
        snapshot = view.snapshot
        left = grouped(pool.minute_limit - count)
        if snapshot is None:
            return say("cap.leaves", left=left)
        rate = jobs_of_pool(snapshot, view.minutes, pool)[spender.job]
        end = self._end(spender)
        before, after = (None, None) if end is None else (end.seconds, seconds_under_cap(end, count))
        if before is not None and after is not None and count < rate:
            at = clock(later(view.shown_at, after), view.zone)
            return say("cap.ends", at=at, late=span(after - before), left=left)
        return say("cap.leaves", left=left) if count < rate else say("cap.idle", rate=grouped(rate))

    def _end(self, spender: Spender) -> JobEnd | None:
        """The sync at work that a job is."""
        view = self._app.view()
        ends = ends_of(view.snapshot, view.minutes, spender.pool.account) if view.snapshot else []
        return next((end for end in ends if job_of(end.run.resource) == spender.job), None)

    async def _is_sure(self, spender: Spender, count: int) -> bool:
        """Asked once where it holds up orders more than before: customers wait for those."""
        pool, say = spender.pool, self._app.say
        if pool.pool != "orders" or count >= pool.caps.get(spender.job, pool.minute_limit):
            return True
        names = {"job": spender.job_text, "account": spender.account_text}
        question = say("ask.cap_sure", count=count, limit=pool.minute_limit, what=self._effect(spender, count), **names)
        return await self._app.ask(question, [("y", say("ask.cap_yes")), ("esc", say("ask.cancel"))]) == "y"

    async def _lift(self, client: EngineClient) -> None:
        view, use = self._app.view(), self._route()
        capped = [self._spender(pool, job) for pool in view.pools for job in sorted(pool.caps)]
        jobs = jobs_of_route(use, view.minutes) if use is not None else ()
        own = [
            spender
            for spender in capped
            if use is not None
            and (spender.pool.account, spender.pool.pool) == (use.account, use.pool)
            and spender.job in jobs
        ]
        spender = own[0] if own else await self._pick_cap(capped)
        if spender is not None:
            await self._set_cap(client, spender, None)

    async def _pick_cap(self, capped: Sequence[Spender]) -> Spender | None:
        """One of the caps that hold, asked for even where there is one only: it is not that of the row."""
        app, say = self._app, self._app.say
        if not capped:
            app.tell(say("said.no_cap"), "warn")
            return None
        numbered = {str(number): spender for number, spender in enumerate(capped[:9], 1)}
        choices = [(key, f"{spender.job_text} {spender.account_text}") for key, spender in numbered.items()]
        picked = await app.ask(say("ask.uncap_job"), [*choices, ("esc", say("ask.cancel"))])
        return numbered.get(picked or "")

    def _spender(self, pool: PoolGauge, job: str) -> Spender:
        return Spender(pool, job, job_name(self._app.say, job), account_name(pool.account))

    async def _set_cap(self, client: EngineClient, spender: Spender, count: int | None) -> None:
        pool, before = spender.pool, spender.pool.caps.get(spender.job)

        async def put(client: EngineClient, count: int | None) -> str:
            await client.set_cap(pool.account, pool.pool, spender.job, count, by=self.who)
            return ""

        await put(client, count)
        words = {"job": spender.job_text, "account": spender.account_text}
        did = "limits_did.uncap" if count is None else "limits_did.cap"
        text = self._app.say(did, count=count, **words)
        self._app.keys.undoing.keep(text, lambda client: put(client, before), lambda client: put(client, count))
        self._done(text)

    # reserves

    def do_reserve(self, words: str = "") -> None:
        """Keep requests for operators: `[POOL] N`; what has not been said is asked."""
        app, say = self._app, self._app.say
        *named, last = words.lower().split() or [""]
        number = last if last.isdecimal() else ""
        wanted = next(iter([*named, *([] if number else [last])]), "")
        names = {**{say(f"pool.{name}"): name for name in POOLS}, **{name: name for name in POOLS}}
        if wanted and wanted not in names:
            app.tell(say("said.bad_pool", text=clean(wanted), known=", ".join(POOLS)), "warn")
            return
        pool = self._pool_meant(cast("PoolName | None", names.get(wanted)))
        client = app.client
        if pool is None:
            app.tell(say("said.which_account"), "warn")
        elif client is not None:
            self.command(lambda: self._reserve(client, pool, number))

    def _pool_meant(self, name: PoolName | None) -> PoolGauge | None:
        """The pool of the row under the cursor, or another one of its account by name."""
        view, use = self._app.view(), self._route()
        account = use.account if use is not None else self._app.account
        accounts = {pool.account for pool in view.pools}
        if account is None and len(accounts) == 1:
            account = next(iter(accounts))
        wanted = name or (use.pool if use is not None else "other")
        pools = view.snapshot.pools if view.snapshot is not None else ()
        return next((pool for pool in pools if (pool.account, pool.pool) == (account, wanted)), None)

    async def _reserve(self, client: EngineClient, pool: PoolGauge, number: str) -> None:
        say = self._app.say
        words = {"pool": say(f"pool.{pool.pool}"), "account": account_name(pool.account)}
        most = pool.minute_limit - 1
        count: int | None
        if number:
            count = _whole(number, 0, most)
            if count is None:
                self._app.tell(say("said.bad_rate", least=0, most=most, text=number), "warn")
                return
        else:
            label = say("ask.reserve", **words)

            def effect(count: int) -> str:
                return say("reserve.leaves", left=grouped(pool.minute_limit - count))

            entered = await self._ask_number(
                label, str(pool.reserve_per_minute), 0, most, effect, empty=say("reserve.own")
            )
            if entered is None:
                return
            count = int(entered) if entered else None
        before = await self._own_reserve(client, pool)

        async def put(client: EngineClient, count: int | None) -> str:
            await client.set_reserve(pool.account, pool.pool, count, by=self.who)
            return ""

        await put(client, count)
        text = say("limits_did.unreserve" if count is None else "limits_did.reserve", count=count, **words)
        self._app.keys.undoing.keep(text, lambda client: put(client, before), lambda client: put(client, count))
        self._done(text)

    async def _own_reserve(self, client: EngineClient, pool: PoolGauge) -> int | None:
        """The reserve that somebody has set; None where it is that of the settings."""
        for one in (await client.limit_settings()).settings:
            if (one.account, one.pool, one.job) == (pool.account, pool.pool, None) and one.by is not None:
                return one.per_minute
        return None

    # asking and telling

    def _route(self) -> RouteUse | None:
        """The route under the cursor."""
        app, body = self._app, self._app.body
        if app.place.list_name != "limits" or app.place.help_open or body.cursor.index >= len(body.keys):
            return None
        key = body.keys[body.cursor.index]
        return next((use for use in routes_shown(app.view()) if (use.account, use.route) == key), None)

    async def _pick_job(self, question: str, jobs: Sequence[str]) -> str | None:
        """One of several jobs by its digit; the only one without a question."""
        say = self._app.say
        if len(jobs) == 1:
            return jobs[0]
        numbered = [(str(number), job) for number, job in enumerate(jobs[:9], 1)]
        choices = [(key, job_name(say, job)) for key, job in numbered]
        picked = await self._app.ask(question, [*choices, ("esc", say("ask.cancel"))])
        return dict(numbered).get(picked or "")

    async def _ask_number(
        self, label: str, text: str, least: int, most: int, effect: Callable[[int], str], *, empty: str = ""
    ) -> str | None:
        """A number of requests a minute as it is written, asked for until it is one; None when it was put away.

        What it comes to is told while it is written. Where nothing may stand there, `empty` says what that means.
        """
        app, say = self._app, self._app.say
        bounds = say("rate.bounds", least=least, most=most)

        def explain(written: str) -> None:
            count = _whole(written, least, most)
            remark = effect(count) if count is not None else bounds if written.strip() or not empty else empty
            app.prompt.remark(remark, wrong=remark is bounds)

        while True:
            # What is offered is explained as soon as the line is there.
            app.call_later(explain, text)
            entered = await app.prompt.enter(label, text, on_change=explain)
            if entered is None:
                return None
            text = entered.strip()
            if (empty and not text) or _whole(text, least, most) is not None:
                return text

    def _done(self, text: str) -> None:
        self._app.tell(f"{text} · {self._app.say('triage.undoable')}", "ok")


def _whole(written: str, least: int, most: int) -> int | None:
    """A whole number within bounds, None for anything else."""
    text = written.strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        return None
    count = int(text)
    return count if least <= count <= most else None
