"""What an operator says of alerts: taken note of, and not to be heard for a time. Each can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Final

from magflow_tui.tui.doing.base import Doing
from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.alert_detail import alert_name, subject_name
from magflow_tui.tui.views.figures import day
from magflow_tui.tui.views.moments import moment
from magflow_tui.tui.views.spans import clean

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.alerts import Alert, Mute

#: Keys that answer for how long, as findings are snoozed with; and the longest that the engine takes.
SPANS: Final = {"h": timedelta(hours=1), "4": timedelta(hours=4), "1": timedelta(days=1)}
LONGEST: Final = timedelta(days=30)
#: What codes of alerts begin with that are about the engine itself.
OF_NO_ACCOUNT: Final = "store."
#: Mutes that can be picked by a digit.
BY_DIGIT = 9


class Alerting(Doing):
    """Alerts, and what becomes of their noise."""

    def _open_alert(self) -> Alert | None:
        """The open alert under the cursor; said so where there is none."""
        app = self._app
        alert = app.keys.watching.alert()
        if alert is None or alert.state == "resolved":
            app.tell(app.say("why.no_alert" if alert is None else "why.alert_over"), "warn")
            return None
        return alert

    # taken note of

    def do_alert_ack(self) -> None:
        alert = self._open_alert()
        if alert is None:
            return
        if alert.acked_at is not None:
            at, by = self._day(alert.acked_at), clean(alert.acked_by or "-")
            self._app.tell(self._app.say("alert.acked_already", at=at, by=by))
            return
        self.command(lambda: self._acknowledge(alert))

    async def _acknowledge(self, alert: Alert) -> None:
        app, client = self._app, self._app.client
        if client is None:
            return
        ids = (alert.alert_id,)
        await client.alerts.acknowledge(ids, by=self.who)

        async def undo(client: EngineClient) -> str:
            await client.alerts.acknowledge(ids, by=self.who, undo=True)
            return ""

        async def redo(client: EngineClient) -> str:
            await client.alerts.acknowledge(ids, by=self.who)
            return ""

        words = app.say("alert_did.ack", name=alert_name(app.view(), alert))
        app.keys.undoing.keep(words, undo, redo)
        app.tell(f"{words} · {app.say('triage.undoable')}", "ok")

    # muted

    def do_mute(self) -> None:
        alert = self._open_alert()
        if alert is not None:
            self.command(lambda: self._mute(alert))

    async def _mute(self, alert: Alert) -> None:
        """Ask for how long and for whom, and mute; on a muted alert that can be lifted, too."""
        app, say, client = self._app, self._app.say, self._app.client
        if client is None:
            return
        account, picked = alert.account, "e"
        while picked == "e":
            name = self._name(alert.code, account)
            answer = await app.ask(say("ask.mute", name=name), self._choices(alert, account))
            if answer is None:
                return
            picked = answer
            if picked == "e":
                account = alert.account if account is None else None
        if picked == "l":
            await self._lift(client, await self._standing(client, alert))
            return
        until = self._now() + SPANS[picked] if picked in SPANS else await self._ask_until()
        if until is not None:
            await self._mute_until(client, alert.code, account, until)

    def _choices(self, alert: Alert, account: str | None) -> list[tuple[str, str]]:
        say = self._app.say
        choices = [*((key, say(f"span.{key}")) for key in SPANS), ("d", say("span.date"))]
        if alert.account is not None:
            one = say("ask.mute_one", account=account_name(alert.account))
            choices.append(("e", say("ask.mute_all") if account is not None else one))
        if alert.muted_until is not None:
            choices.append(("l", say("ask.mute_lift")))
        return [*choices, ("esc", say("ask.cancel"))]

    async def _ask_until(self) -> datetime | None:
        app, say = self._app, self._app.say
        text = ""
        while True:
            entered = await app.prompt.enter(say("ask.date"), text, on_change=self._explain)
            if entered is None:
                return None
            until = moment(entered, self._now(), app.view().zone)
            if until is not None and until - self._now() <= LONGEST:
                return until
            app.tell(say("said.no_date", text=clean(entered)) if until is None else say("alert.too_long"), "warn")
            text = entered

    def _explain(self, text: str) -> None:
        until = moment(text, self._now(), self._app.view().zone)
        self._app.prompt.remark("" if until is None else self._app.say("triage.until", at=self._day(until)))

    async def _mute_until(self, client: EngineClient, code: str, account: str | None, until: datetime) -> None:
        app, say = self._app, self._app.say
        # A mute takes the place of one that held: to undo it is to have that one again.
        before = await self._of(client, code, account)
        mute = await client.alerts.mute(code, self._minutes(until), account=account, by=self.who)

        async def undo(client: EngineClient) -> str:
            if before is not None and before.until > self._now():
                await self._again(client, before)
            else:
                await self._end(client, mute)
            return ""

        async def redo(client: EngineClient) -> str:
            await self._again(client, mute)
            return ""

        words = say("alert_did.mute", name=self._name(code, account))
        app.keys.undoing.keep(words, undo, redo)
        app.tell(" · ".join([words, say("triage.until", at=self._day(until)), say("triage.undoable")]), "ok")

    # lifted

    def do_mutes(self) -> None:
        """Show what is muted, and have one of them lifted by its digit."""
        self.command(self._pick)

    async def _pick(self) -> None:
        app, say, client = self._app, self._app.say, self._app.client
        if client is None:
            return
        mutes = (await self._mutes(client))[:BY_DIGIT]
        if not mutes:
            app.tell(say("alert.no_mutes"))
            return
        choices = [
            (str(number), f"{self._name(mute.code, mute.account)} {say('triage.until', at=self._day(mute.until))}")
            for number, mute in enumerate(mutes, 1)
        ]
        picked = await app.ask(say("ask.lift_mute"), [*choices, ("esc", say("ask.cancel"))])
        if picked is None:
            return
        if app.read_only:
            app.tell(say("why.read_only"), "warn")
        else:
            await self._lift(client, mutes[int(picked) - 1])

    async def _lift(self, client: EngineClient, mute: Mute | None) -> None:
        app, say = self._app, self._app.say
        if mute is None:
            app.tell(say("alert.no_mutes"))
            return
        await client.alerts.unmute(mute.mute_id, by=self.who)

        async def undo(client: EngineClient) -> str:
            await self._again(client, mute)
            return ""

        async def redo(client: EngineClient) -> str:
            await self._end(client, mute)
            return ""

        words = say("alert_did.lift", name=self._name(mute.code, mute.account))
        app.keys.undoing.keep(words, undo, redo)
        app.tell(f"{words} · {say('triage.undoable')}", "ok")

    async def _standing(self, client: EngineClient, alert: Alert) -> Mute | None:
        """The mute that holds for an alert: of its account, else of all."""
        own = await self._of(client, alert.code, alert.account)
        return own or await self._of(client, alert.code, None)

    async def _of(self, client: EngineClient, code: str, account: str | None) -> Mute | None:
        """The mute that holds of a code and an account, or of all when None."""
        mutes = await self._mutes(client)
        return next((mute for mute in mutes if (mute.code, mute.account) == (code, account)), None)

    async def _again(self, client: EngineClient, mute: Mute) -> None:
        """Mute as a mute did, for what is left of its time, a minute at the least."""
        await client.alerts.mute(mute.code, self._minutes(mute.until), account=mute.account, by=self.who)

    async def _end(self, client: EngineClient, mute: Mute) -> None:
        """End what holds in a mute's place by now: it may have been done again, and have another number then."""
        holding = await self._of(client, mute.code, mute.account)
        if holding is not None:
            await client.alerts.unmute(holding.mute_id, by=self.who)

    async def _mutes(self, client: EngineClient) -> Sequence[Mute]:
        return (await client.alerts.mutes()).mutes

    def _minutes(self, until: datetime) -> int:
        return max(1, ceil((until - self._now()) / timedelta(minutes=1)))

    def _name(self, code: str, account: str | None) -> str:
        """What is muted: of an account, or of all where there are several."""
        app = self._app
        name = subject_name(app.view(), code, account)
        several = app.snapshot is not None and len(app.snapshot.accounts) > 1
        of_all = account is None and several and not code.startswith(OF_NO_ACCOUNT)
        return app.say("alert.all_accounts", name=name) if of_all else name

    def _day(self, at: datetime) -> str:
        view = self._app.view()
        return day(at, view.shown_at, view.zone)

    def _now(self) -> datetime:
        """By the engine's clock."""
        app = self._app
        return app.snapshot.at if app.snapshot is not None else app.view().now
