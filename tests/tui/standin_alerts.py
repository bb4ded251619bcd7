"""Alerts as the stand-in for the engine keeps them: in its snapshot, and what operators say of them in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from magflow_tui.contract.alerts import (
    AckAlerts,
    Alert,
    AlertChange,
    AlertDetail,
    AlertList,
    AlertPage,
    Look,
    Looked,
    Mute,
    MuteAlerts,
    MuteList,
    Runbook,
    RunbookList,
    Unmute,
)

Answer = tuple[int, Any]

RUNBOOKS = (
    Runbook(
        code="health.limit_use",
        title="rate-limit use",
        title_ro="folosirea limitei",
        meaning="A pool uses more than 80 % of its minute: syncs wait, and what operators do may queue.",
        meaning_ro="O rezervă folosește peste 80 % din minutul ei: sincronizările așteaptă la rând.",
        steps=("See on 2 Limits which job spends it.", "Cap that job there, or wait for its end."),
        steps_ro=("Vedeți la 2 Limite ce sarcină consumă.", "Limitați-o acolo sau așteptați sfârșitul ei."),
    ),
    Runbook(
        code="health.limit_use",
        cause="full_pool",
        title="rate-limit use",
        title_ro="folosirea limitei",
        meaning="One job takes nearly all requests of a pool; others wait behind it.",
        meaning_ro="O singură sarcină ia aproape toate cererile; celelalte așteaptă în urma ei.",
        steps=("Cap the job on 2 Limits with c.", "Or let it end: syncs go on by themselves.", "Or mute it with m."),
        steps_ro=("Limitați sarcina la 2 Limite cu c.", "Sau lăsați-o să se termine.", "Sau opriți sunetul cu m."),
    ),
    Runbook(
        code="limit.refused",
        title="refused by the rate limit",
        title_ro="refuzat de limita de cereri",
        meaning="The marketplace answered 429 though we kept within the limit: somebody else uses the account.",
        meaning_ro="Marketplace-ul a răspuns 429 deși am respectat limita: altcineva folosește contul.",
        steps=("Find the other program.", "Give it other hours, or an account of its own."),
        steps_ro=("Găsiți celălalt program.", "Dați-i alte ore sau un cont al lui."),
    ),
)


class Alerts:
    """Open alerts are those of the snapshot, which `publish` sends; `over` are closed ones, newest first."""

    def __init__(self, snapshot: dict[str, Any], publish: Callable[[], None]) -> None:
        self.snapshot, self.publish = snapshot, publish
        self.over: list[Alert] = []
        self.mutes: list[Mute] = []
        self.looks: list[str] = []
        self.looked_at: datetime | None = self.now - timedelta(minutes=34)
        self.changes: dict[int, list[AlertChange]] = {}
        self.made = 0

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.snapshot["at"])

    @property
    def open(self) -> list[Alert]:
        return [Alert.model_validate(alert) for alert in self.snapshot["alerts"]]

    def ended(self, number: int, code: str, message: str, *, minutes_ago: float, lasted: float, **more: Any) -> Alert:
        """Have had an alert that is over, its times in minutes."""
        closed = self.now - timedelta(minutes=minutes_ago)
        given: dict[str, Any] = {"severity": "warning", "account": "main", "state": "resolved"} | more
        alert = Alert(
            alert_id=number,
            code=code,
            message=message,
            opened_at=closed - timedelta(minutes=lasted),
            closed_at=closed,
            **given,
        )
        self.over.append(alert)
        self.over.sort(key=lambda each: each.alert_id, reverse=True)
        return alert

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> Answer | None:
        """The answer to a request about alerts; None for any other."""
        match method, path.strip("/").split("/"):
            case "GET", ["alerts"]:
                return 200, _json(AlertList(alerts=tuple(self.open)))
            case "GET", ["alerts", "history"]:
                return 200, _json(self._history(query))
            case "GET", ["alerts", "runbooks"]:
                return 200, _json(RunbookList(runbooks=RUNBOOKS))
            case "GET", ["alerts", "mutes"]:
                return 200, _json(MuteList(mutes=tuple(self.mutes)))
            case "GET", ["alerts", "looked"]:
                return 200, _json(Looked(by=query["by"], at=self.looked_at))
            case "POST", ["alerts", "looked"]:
                command = Look.model_validate_json(body)
                self.looks.append(command.by)
                return 200, _json(Looked(by=command.by, at=self.looked_at))
            case "POST", ["alerts", "ack"]:
                return self._acknowledge(AckAlerts.model_validate_json(body))
            case "POST", ["alerts", "mute"]:
                return 200, _json(self._mute(MuteAlerts.model_validate_json(body)))
            case "POST", ["alerts", "unmute"]:
                return self._unmute(Unmute.model_validate_json(body))
            case "GET", ["alerts", number]:
                return self._show(int(number))
        return None

    def _history(self, query: dict[str, str]) -> AlertPage:
        alerts = sorted([*self.open, *self.over], key=lambda alert: alert.alert_id, reverse=True)
        before, limit = int(query.get("before") or 1 << 60), int(query.get("limit", 50))
        account = query.get("account")
        found = [alert for alert in alerts if alert.alert_id < before and account in (None, alert.account)]
        more = found[limit - 1].alert_id if len(found) > limit else None
        return AlertPage(alerts=tuple(found[:limit]), next_before=more)

    def _show(self, number: int) -> Answer:
        alert = next((each for each in [*self.open, *self.over] if each.alert_id == number), None)
        if alert is None:
            return 404, {"code": "not_found", "message": f"There is no alert {number}."}
        kind = None if alert.cause is None else alert.cause.kind
        books = [book for book in RUNBOOKS if book.code == alert.code and book.cause in (kind, None)]
        opened = AlertChange(at=alert.opened_at, kind="opened")
        detail = AlertDetail(
            alert=alert,
            runbook=max(books, key=lambda book: book.cause is not None, default=None),
            changes=(opened, *self.changes.get(number, ())),
            times=14,
            median_seconds=540.0,
        )
        return 200, _json(detail)

    def _acknowledge(self, command: AckAlerts) -> Answer:
        for alert in self.snapshot["alerts"]:
            if alert["alert_id"] in command.alert_ids:
                acked = not command.undo
                alert["acked_at"] = self.snapshot["at"] if acked else None
                alert["acked_by"] = command.by if acked else None
                alert["state"] = "acked" if acked else "new"
                self._note(alert["alert_id"], "acked" if acked else "unacked", command.by)
        known = {alert["alert_id"] for alert in self.snapshot["alerts"]}
        if not known.issuperset(command.alert_ids):
            return 409, {"code": "conflict", "message": "The alert is over."}
        self.publish()
        return 200, _json(AlertList(alerts=tuple(alert for alert in self.open if alert.alert_id in command.alert_ids)))

    def _mute(self, command: MuteAlerts) -> Mute:
        self.made += 1
        until = self.now + timedelta(minutes=command.minutes)
        mute = Mute(
            mute_id=self.made, code=command.code, account=command.account, by=command.by, at=self.now, until=until
        )
        self.mutes = [each for each in self.mutes if (each.code, each.account) != (mute.code, mute.account)] + [mute]
        self._hush(command.by)
        return mute

    def _unmute(self, command: Unmute) -> Answer:
        mute = next((each for each in self.mutes if each.mute_id == command.mute_id), None)
        if mute is None:
            return 404, {"code": "not_found", "message": "There is no such mute."}
        self.mutes.remove(mute)
        self._hush(command.by)
        return 200, _json(mute)

    def _hush(self, by: str) -> None:
        """Have the open alerts be as loud as the mutes let them."""
        for alert in self.snapshot["alerts"]:
            holding = [
                mute for mute in self.mutes if mute.code == alert["code"] and mute.account in (None, alert["account"])
            ]
            until = max((mute.until for mute in holding), default=None)
            was = alert.get("muted_until") is not None
            alert["muted_until"] = None if until is None else until.isoformat()
            alert["muted_by"] = None if until is None else by
            calm = "acked" if alert.get("acked_at") else "new"
            alert["state"] = calm if until is None else "muted"
            if until is not None or was:
                self._note(alert["alert_id"], "unmuted" if until is None else "muted", by, until)
        self.publish()

    def _note(self, number: int, kind: Any, by: str, until: datetime | None = None) -> None:
        self.changes.setdefault(number, []).append(AlertChange(at=self.now, kind=kind, by=by, until=until))


def _json(model: BaseModel) -> Any:
    return json.loads(model.model_dump_json())
