"""Calls about what went wrong and what was: alerts and what is said of them, and the past as it was stored."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from magflow_tui.contract.alerts import (
    AckAlerts,
    AlertDetail,
    AlertList,
    AlertPage,
    Deliveries,
    Delivery,
    Look,
    Looked,
    Mute,
    MuteAlerts,
    MuteList,
    RunbookList,
    Unmute,
)
from magflow_tui.contract.minutes import Minutes
from magflow_tui.contract.past import FaultFound, PastMoment, RequestDetail, RouteMetricsList
from magflow_tui.contract.records import RequestPage

if TYPE_CHECKING:
    from magflow_tui.client.orders_desk import Get, Post
    from magflow_tui.contract.listing import RowFilter


class AlertCalls:
    """Alerts, and what operators do with them. Raises as `EngineClient` does."""

    def __init__(self, get: Get, post: Post) -> None:
        self._get = get
        self._post = post

    async def open(self) -> AlertList:
        """Alerts that are open, newest first, muted ones included."""
        return await self._get("/alerts", AlertList)

    async def history(
        self,
        *,
        account: str | None = None,
        code: str | None = None,
        since: datetime | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> AlertPage:
        """Alerts, open and closed, newest first: those that were open at `since` or later."""
        given = {"account": account, "code": code, "since": _iso(since), "before": before, "limit": limit}
        return await self._get("/alerts/history", AlertPage, given)

    async def show(self, alert_id: int) -> AlertDetail:
        """One alert with its runbook and what happened to it. Code `not_found`."""
        return await self._get(f"/alerts/{alert_id}", AlertDetail)

    async def runbooks(self) -> RunbookList:
        """What to do about every alert there can be."""
        return await self._get("/alerts/runbooks", RunbookList)

    async def acknowledge(self, alert_ids: tuple[int, ...], *, by: str, undo: bool = False) -> AlertList:
        """Take note of open alerts, or take that back; answers them as they are now. Codes `not_found`, `conflict`."""
        return await self._post("/alerts/ack", AlertList, AckAlerts(alert_ids=alert_ids, by=by, undo=undo))

    async def mute(self, code: str, minutes: int, *, account: str | None = None, by: str) -> Mute:
        """Silence a code for an account, or for all of them. A newer mute of the same takes an older one's place.

        Codes `bad_request` for a code that no alert has, `account_unknown`.
        """
        return await self._post("/alerts/mute", Mute, MuteAlerts(code=code, account=account, minutes=minutes, by=by))

    async def unmute(self, mute_id: int, *, by: str) -> Mute:
        """End a mute now. Code `not_found`."""
        return await self._post("/alerts/unmute", Mute, Unmute(mute_id=mute_id, by=by))

    async def mutes(self) -> MuteList:
        """Mutes that hold now."""
        return await self._get("/alerts/mutes", MuteList)

    async def last_look(self, by: str) -> Looked:
        """When an operator last looked."""
        return await self._get("/alerts/looked", Looked, {"by": by})

    async def look(self, by: str) -> Looked:
        """Note that an operator looks now; answers when they last did before."""
        return await self._post("/alerts/looked", Looked, Look(by=by))

    async def deliveries(self, *, limit: int = 50) -> Deliveries:
        """What was sent to the webhook lately, and what waits."""
        return await self._get("/alerts/deliveries", Deliveries, {"limit": limit})

    async def test_webhook(self) -> Delivery:
        """Send a test to the webhook now, and tell how it went. Code `conflict` when none is set."""
        return await self._post("/alerts/deliveries/test", Delivery)


class PastCalls:
    """What was. Raises as `EngineClient` does."""

    def __init__(self, get: Get) -> None:
        self._get = get

    async def moment(self, at: datetime) -> PastMoment:
        """What the screens showed at the end of the minute in which `at` is."""
        return await self._get("/past", PastMoment, {"at": _iso(at)})

    async def minutes(
        self, *, until: datetime | None = None, minutes: int = 60, step: int = 1, account: str | None = None
    ) -> Minutes:
        """So many minutes up to `until` (now when None), a value for every `step`; the score of an account."""
        given = {"until": _iso(until), "minutes": minutes, "step": step, "account": account}
        return await self._get("/monitoring/minutes", Minutes, given)

    async def routes(
        self, *, since: datetime, until: datetime | None = None, account: str | None = None
    ) -> RouteMetricsList:
        """The metrics of each route over the minutes from `since` until `until` (now when None), a week at most."""
        given = {"since": _iso(since), "until": _iso(until), "account": account}
        return await self._get("/monitoring/routes", RouteMetricsList, given)

    async def requests(
        self,
        *,
        until: datetime | None = None,
        before: int | None = None,
        account: str | None = None,
        faults: bool = False,
        where: RowFilter | None = None,
        limit: int = 500,
    ) -> RequestPage:
        """Stored requests that began at `until` or before and came before number `before`: the last `limit` of them,
        in order. Code `bad_request` for a field that requests do not have.
        """
        filtered = where.model_dump_json() if where is not None and where.alternatives else None
        given = {"until": _iso(until), "before": before, "account": account, "faults": faults or None}
        return await self._get("/requests/past", RequestPage, {**given, "where": filtered, "limit": limit})

    async def request(self, seq: int) -> RequestDetail:
        """One request with its bodies and the other attempts of its call. Code `not_found`."""
        return await self._get(f"/requests/{seq}", RequestDetail)

    async def fault(
        self,
        seq: int,
        direction: Literal["next", "previous"],
        *,
        until: datetime | None = None,
        account: str | None = None,
    ) -> FaultFound:
        """The nearest request after or before number `seq` that was not answered well, begun at `until` or before."""
        given = {"direction": direction, "until": _iso(until), "account": account}
        found = await self._get(f"/requests/{seq}/fault", FaultFound, given)
        while found.searched_to is not None:
            found = await self._get(f"/requests/{found.searched_to}/fault", FaultFound, given)
        return found


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
