"""The stand-in's side of the log of requests: older ones page by page, one with its bodies, the nearest fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

Row = dict[str, Any]
#: How conditions compare.
_ORDERS: dict[str, Callable[[float, float], bool]] = {
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
}
_FIELDS = {"acct": "account", "endpoint": "route", "ms": "elapsed_ms", "slow": "elapsed_ms", "wait": "waited_ms"}
_FIELDS |= {"try": "attempt", "bytes": "bytes_received", "run": "run_id"}
_WORDS = ("status", "method", "route", "account", "outcome", "note")
_BASE = "https://marketplace-api.emag.ro/api-3"


class Kept:
    """Requests as the store has them: those that `ring` holds and, before them, those of `add_older`.

    A search goes through `patience` numbers for one answer.
    """

    def __init__(self, ring: dict[str, Any], patience: int = 1 << 30) -> None:
        self._ring = ring
        self._older: list[Row] = []
        self.patience = patience

    def add_older(self, count: int, fault_every: int = 0) -> None:
        """Move the ring's numbers up by so many and have as many well answered requests before them.

        Every so many of them failed, where that is wanted.
        """
        rows = self._ring["requests"]
        for row in rows:
            row["seq"] += count
        model = rows[0]
        for seq in range(1, count + 1):
            failed = fault_every and seq % fault_every == 0
            changed = {"status": 502, "outcome": "server_error", "note": "HTTP 502"} if failed else {}
            at = datetime.fromisoformat(model["at"]).timestamp() - (count - seq + 1)
            when = datetime.fromtimestamp(at, datetime.fromisoformat(model["at"]).tzinfo).isoformat()
            self._older.append(model | {"seq": seq, "at": when, "call": f"{seq:08x}", "page": seq % 97} | changed)
        self._ring["last_seq"] += count
        self._ring["first_seq"] += count

    @property
    def rows(self) -> list[Row]:
        """All of them, in order."""
        return self._older + self._ring["requests"]

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Any] | None:
        """The answer to a question about kept requests, None when it is none."""
        parts = path.strip("/").split("/")
        if parts[0] != "requests" or len(parts) == 1:
            return None
        if parts[1] == "past":
            return 200, self._page(query)
        if len(parts) == 3 and parts[2] == "fault":
            return 200, {"request": self._fault(int(parts[1]), query)}
        row = next((row for row in self.rows if row["seq"] == int(parts[1])), None)
        return (404, {"code": "not_found", "message": "It is not kept."}) if row is None else (200, self._detail(row))

    def _page(self, query: dict[str, str]) -> dict[str, Any]:
        rows = self._until(query)
        last = rows[-1]["seq"] if rows else 0
        before, limit = int(query.get("before") or last + 1), int(query.get("limit", 500))
        low = max(0, before - 1 - self.patience)
        meant = [row for row in rows if low < row["seq"] < before and _wanted(row, query)]
        page = meant[-limit:]
        more = page[0]["seq"] if len(meant) > limit else low + 1 if low > 0 else None
        return {"requests": page, "last_seq": self._ring["last_seq"], "first_seq": 1, "next_before": more}

    def _fault(self, seq: int, query: dict[str, str]) -> Row | None:
        meant = [row for row in self._until(query) if row["outcome"] not in ("ok", "cancelled") and _wanted(row, query)]
        if query["direction"] == "next":
            return next((row for row in meant if row["seq"] > seq), None)
        return next((row for row in reversed(meant) if row["seq"] < seq), None)

    def _until(self, query: dict[str, str]) -> list[Row]:
        if not query.get("until"):
            return self.rows
        until = datetime.fromisoformat(query["until"])
        return [row for row in self.rows if datetime.fromisoformat(row["at"]) <= until]

    def _detail(self, row: Row) -> dict[str, Any]:
        answered = {"isError": False, "results": 100}
        if row["outcome"] != "ok":
            answered = {"body": "json", "bytes": row["bytes_received"], "isError": True, "messages": [row["note"]]}
        return {
            "row": row,
            "url": f"{_BASE}/{row['route']}",
            "sent": json.dumps({"currentPage": row["page"], "itemsPerPage": 100, "status": 1, "name": "…"}),
            "received": None if row["status"] is None else json.dumps(answered),
            "chain": [each for each in self.rows if each["call"] == row["call"]],
        }


def _wanted(row: Row, query: dict[str, str]) -> bool:
    """Whether a request meets a query's account and filter."""
    if query.get("account") not in (None, row["account"]):
        return False
    alternatives = json.loads(query.get("where") or "{}").get("alternatives", [])
    return not alternatives or any(all(_meets(row, term) for term in group) for group in alternatives)


def _meets(row: Row, term: dict[str, Any]) -> bool:
    field, operator, value = term["field"], term["operator"], term["value"]
    if field is None and operator == "has":
        met = value.lower() in " ".join(str(row[name] or "") for name in _WORDS).lower()
    else:
        found = row[_FIELDS.get(field or "ms", field or "ms")]
        if operator in _ORDERS:
            met = found is not None and _ORDERS[operator](float(found), float(value))
        elif operator == "any":
            met = found is not None
        elif isinstance(found, (int, float)):
            met = found == float(value)
        else:
            met = value.lower() in str(found or "").lower()
    return met != term["negated"]
