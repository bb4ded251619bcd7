"""Caps, reserves and losses as the stand-in for the engine keeps them: what is set shows in its snapshot's pools."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

#: Where the settings keep something for operators, requests a minute by account and pool.
OWN_RESERVES = {("main", "other"): 20}


class Limits:
    """Caps and reserves of the pools of a snapshot."""

    def __init__(self, snapshot: dict[str, Any]) -> None:
        self.snapshot = snapshot
        self.set_by: dict[tuple[str, str, str | None], dict[str, Any]] = {}

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any] | None:
        """The answer to a request about limits; None for any other."""
        match method, path:
            case "POST", "/rate-limiter/cap":
                return self._set(json.loads(body))
            case "POST", "/rate-limiter/reserve":
                return self._set({**json.loads(body), "job": None})
            case "GET", "/rate-limiter/settings":
                return 200, {"settings": list(self.set_by.values())}
            case "GET", "/rate-limiter/losses":
                return 200, self._losses()
        return None

    def _set(self, wanted: dict[str, Any]) -> tuple[int, Any]:
        account, name, job, count = (wanted[key] for key in ("account", "pool", "job", "per_minute"))
        pool = next(pool for pool in self.snapshot["pools"] if (pool["account"], pool["pool"]) == (account, name))
        if count is not None and count >= pool["minute_limit"]:
            return 400, {"code": "bad_request", "message": "That is more than the pool has."}
        self.set_by.pop((account, name, job), None)
        if count is not None:
            kept = {"account": account, "pool": name, "job": job, "per_minute": count, "by": wanted["by"]}
            self.set_by[account, name, job] = kept
        if job is None:
            pool["reserve_per_minute"] = OWN_RESERVES.get((account, name), 0) if count is None else count
        elif count is None:
            pool["caps"].pop(job, None)
        else:
            pool["caps"][job] = count
        return 200, {"message": "Done."}

    def _losses(self) -> dict[str, Any]:
        """`other` of MAIN waited most between 07:00 and 07:30 UTC, and was refused three times yesterday and today."""
        at = datetime.fromisoformat(self.snapshot["at"]).replace(second=0, microsecond=0)
        day = at.replace(hour=0, minute=0)
        lost = {
            "account": "main",
            "pool": "other",
            "hour_seconds": 198.0,
            "day_seconds": 5_184.0,
            "known_minutes": 1440,
            "peak_from": (day + timedelta(hours=7)).isoformat(),
            "peak_seconds": 900.0,
            "refusals": [
                {"at": (at - timedelta(minutes=2)).isoformat(), "count": 2},
                {"at": (at - timedelta(minutes=6)).isoformat(), "count": 1},
                {"at": (at - timedelta(days=1)).isoformat(), "count": 1},
            ],
        }
        return {"until": at.isoformat(), "pools": [lost]}
