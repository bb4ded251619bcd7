"""The stand-in's past: a frame a minute since a day and a half, except for a gap in the night, and minutes of any time.

The last hour is the recorded one; before it everything is calm.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

MINUTE = timedelta(minutes=1)
#: The oldest minute that is kept: 00:00 on the wall of the tests. The engine did not run in [GAP, AFTER).
FIRST = datetime(2026, 3, 12, 22, 0, tzinfo=UTC)
GAP = datetime(2026, 3, 14, 0, 14, tzinfo=UTC)
AFTER = datetime(2026, 3, 14, 0, 31, tzinfo=UTC)
#: Values of the recorded hour that are calm, from its beginning.
_CALM = 36
#: At how many of its minutes a value of several is looked at.
_LOOKS = 6

Answer = dict[str, Any]


class Past:
    """What the engine keeps of what it showed. `live` are the stand-in's own snapshot, minutes, events and runs."""

    def __init__(self, snapshot: Answer, minutes: Answer, events: Answer, runs: Answer) -> None:
        self._now, self._minutes, self._events, self._runs = snapshot, minutes, events, runs
        #: As an engine of before there was a past.
        self.missing = False

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, Answer] | None:
        """The answer to a request; None where it is about something else."""
        if path == "/past":
            if self.missing:
                return 404, {"code": "not_found", "message": "Not Found"}
            return 200, self._moment(datetime.fromisoformat(query["at"]))
        if path == "/monitoring/minutes" and (query.keys() & {"until", "account"} or query.get("minutes") != "60"):
            return 200, self._course(query)
        return None

    @property
    def _over(self) -> datetime:
        """The minute that runs, which is not kept yet."""
        return datetime.fromisoformat(self._now["at"]).replace(second=0, microsecond=0)

    def _is_kept(self, minute: datetime) -> bool:
        return FIRST <= minute < self._over and not GAP <= minute < AFTER

    def _moment(self, at: datetime) -> Answer:
        minute = at.replace(second=0, microsecond=0)
        earlier, later = minute - MINUTE, minute + MINUTE
        if GAP <= earlier < AFTER:
            earlier = GAP - MINUTE
        if GAP <= later < AFTER:
            later = AFTER
        earlier, later = min(earlier, self._over - MINUTE), max(later, FIRST)
        return {
            "at": minute.isoformat(),
            "snapshot": self._frame(minute) if self._is_kept(minute) else None,
            "earlier": earlier.isoformat() if earlier >= FIRST else None,
            "later": later.isoformat() if later < self._over else None,
            "first": FIRST.isoformat(),
        }

    def _frame(self, minute: datetime) -> Answer:
        """The snapshot at the end of a minute: what had happened by then, and nothing else."""
        at = minute + MINUTE - timedelta(milliseconds=200)
        ago = int((self._over - minute) / MINUTE)
        frame = copy.deepcopy(self._now)
        frame |= {"at": at.isoformat(), "seq": max(1, frame["seq"] - 60 * ago)}
        frame["last_request_seq"] = max(0, frame["last_request_seq"] - 4 * ago)
        started = AFTER if minute >= AFTER else FIRST
        frame["engine"] |= {"started_at": started.isoformat(), "uptime_seconds": (at - started).total_seconds()}
        frame["alerts"] = [alert for alert in frame["alerts"] if _by(alert["opened_at"], at)]
        frame["account_health"] = []
        known = {run["run_id"]: run for run in (*frame["recent_runs"], *self._runs["runs"])}
        frame["recent_runs"] = [
            known[number] for number in sorted(known, reverse=True) if _by(known[number]["finished_at"], at)
        ][:20]
        frame["running"] = [run for run in frame["running"] if _by(run["started_at"], at)]
        for run in frame["running"]:
            run["items"], run["page"] = max(0, run["items"] - 2400 * ago), max(1, run["page"] - 24 * ago)
        events = [event for event in self._events["events"] if _by(event["at"], at)]
        frame["last_event"] = events[-1] if events else None
        health, calm = frame["health"], at < datetime(2026, 3, 14, 9, 57, tzinfo=UTC)
        health["history"] = _shifted(health["history"], ago, 100)
        for line in health["lines"]:
            line["history"] = _shifted(line["history"], ago, line["history"][0])
            if calm:
                line |= {"penalty": 0, "since": None, "value": line["history"][-1], "cause": None, "because": None}
        if calm:
            health |= {"score": 100, "level": "healthy"}
        return frame

    def _course(self, query: dict[str, str]) -> Answer:
        """Minutes up to any instant, a value for each step: the worst of its minutes."""
        count, step = int(query.get("minutes", 60)), int(query.get("step", 1))
        until = min(datetime.fromisoformat(query.get("until", self._minutes["until"])), self._over)

        def course(values: list[Any], worst: Any = max) -> list[Any]:
            return [self._worst(values, until - (count - at) * MINUTE, step, worst) for at in range(0, count, step)]

        flat = ("mean_ms", "p95_ms", "p50_ms", "max_ms", "requests", "errors")
        answer = {key: course(self._minutes[key]) for key in flat}
        use = [round(used / 1.8, 1) for used in self._minutes["pools"][1]["used"]]
        answer |= {
            "until": until.isoformat(),
            "step_minutes": step,
            "score": course([100 if mean <= 2000 else 60 for mean in self._minutes["mean_ms"]], min),
            "error_rate": course([1.2] * 60),
            "response_ms": course(self._minutes["mean_ms"]),
            "limit_use": course(use),
            "sync_success": course([98.6] * 60, min),
        }
        answer["pools"] = [
            pool | {key: course(pool[key]) for key in ("used", "waited_seconds", "hits")}
            for pool in self._minutes["pools"]
        ]
        answer["routes"] = [
            route | {key: course(route[key]) for key in ("requests", "mean_ms", "p95_ms")}
            for route in self._minutes["routes"]
        ]
        return answer

    def _worst(self, values: list[Any], begun: datetime, step: int, worst: Any) -> Any:
        """The worst of the values of so many minutes, None where the engine did not run in any of them."""
        looks = range(0, step, max(1, step // _LOOKS))
        minutes = [begun + look * MINUTE for look in looks]
        known = [self._value(values, minute) for minute in minutes if self._is_kept(minute)]
        known = [value for value in known if value is not None]
        return worst(known) if known else None

    def _value(self, values: list[Any], minute: datetime) -> Any:
        ago = int((datetime.fromisoformat(self._minutes["until"]) - minute) / MINUTE)
        return values[len(values) - ago] if 1 <= ago <= len(values) else values[ago % _CALM]


def _by(at: str | None, instant: datetime) -> bool:
    return at is not None and datetime.fromisoformat(at) <= instant


def _shifted(values: list[Any], by: int, calm: Any) -> list[Any]:
    """A value a minute, as it was so many minutes ago."""
    return ([calm] * by + values)[: len(values)]
