"""Plays the rehearsal's scenarios for real: each has to cost points, raise its alert with its advice, and pass.

    python tests/e2e/scenarios.py                        # all four side by side, about a quarter of an hour
    python tests/e2e/scenarios.py --scenario outage

Every scenario has a rehearsal of its own: marketplace, engine, throwaway folder, as `magflow demo` has. It is played
once the store is in sync and the score is healthy, and left for calm when its alert is open. Prints what happened when;
the exit code is 1 when something that was to happen did not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor

from magflow_tui.cli.demo import Demo
from magflow_tui.cli.demo_world import DemoPlan
from magflow_tui.client import EngineClient
from magflow_tui.contract.alerts import Alert
from magflow_tui.contract.snapshot import Snapshot

#: The alert that each scenario has to raise, and the kind of cause that it has to name; no kind: any.
EXPECTED: Mapping[str, tuple[str, str | None]] = {
    "black-friday": ("health.response_time", "slow_route"),
    "rate-storm": ("health.error_rate", "rate_limited"),
    "outage": ("account.unreachable", None),
    "dirty-data": ("health.sync_success", "unfinished_run"),
}
#: Seconds that each step may take: until the score is healthy, until the alert is open, until all is over.
CALM_SECONDS, RAISE_SECONDS, RECOVER_SECONDS = 480.0, 300.0, 540.0


class ScenarioError(Exception):
    """Something that was to happen did not."""


class Watching:
    """What an engine says of itself, a snapshot a second, and what is told of it."""

    def __init__(self, scenario: str, client: EngineClient) -> None:
        self._scenario = scenario
        self._client = client
        self._began = time.monotonic()
        self._score: int | None = -1
        self._alerts: dict[int, Alert] = {}
        self.told: list[str] = []

    def tell(self, text: str) -> None:
        line = f"{self._scenario:<13} {time.monotonic() - self._began:6.0f} s  {text}"
        self.told.append(line)
        print(line, flush=True)

    async def until(self, what: str, reached: Callable[[Snapshot], bool], seconds: float) -> Snapshot:
        """The first snapshot of which something is true. Raises `ScenarioError`."""
        snapshots = self._client.snapshots()
        try:
            async with asyncio.timeout(seconds):
                async for snapshot in snapshots:
                    self._follow(snapshot)
                    if reached(snapshot):
                        return snapshot
        except TimeoutError:
            raise ScenarioError(f"not within {seconds:.0f} s: {what}") from None
        finally:
            await snapshots.aclose()
        raise ScenarioError("the engine ended")

    def _follow(self, snapshot: Snapshot) -> None:
        """Tell what has changed: score and alerts."""
        if snapshot.health.score != self._score:
            self._score = snapshot.health.score
            lost = ", ".join(f"{line.metric} {line.value}" for line in snapshot.health.lines if line.penalty)
            self.tell(f"score {self._score} {snapshot.health.level} {lost}")
        alerts = {alert.alert_id: alert for alert in snapshot.alerts}
        for alert_id in alerts.keys() - self._alerts.keys():
            self.tell(f"alert  {alerts[alert_id].code}: {alerts[alert_id].message}")
        for alert_id in self._alerts.keys() - alerts.keys():
            self.tell(f"over   {self._alerts[alert_id].code} of {self._alerts[alert_id].account}")
        self._alerts = alerts


async def rehearse(scenario: str, demo: Demo) -> None:
    """Play a scenario on a rehearsal that has just begun. Raises `ScenarioError`."""
    code, kind = EXPECTED[scenario]
    client = await demo.connect()
    watching = Watching(scenario, client)

    def settled(snapshot: Snapshot) -> bool:
        everything = {(run.account, run.resource) for run in snapshot.recent_runs if run.result == "completed"}
        return len(everything) >= 9 and snapshot.health.level == "healthy" and not snapshot.alerts

    before = await watching.until("a healthy score without alerts", settled, CALM_SECONDS)
    await demo.set_scenario(scenario)
    watching.tell("played")

    def raised(snapshot: Snapshot) -> Alert | None:
        return next(
            (
                alert
                for alert in snapshot.alerts
                if alert.code == code and (kind is None or (alert.cause is not None and alert.cause.kind == kind))
            ),
            None,
        )

    found = await watching.until(f"{code} ({kind})", lambda snapshot: raised(snapshot) is not None, RAISE_SECONDS)
    alert = raised(found)
    if alert is None or not (alert.advice and alert.advice_ro and alert.message_ro):
        raise ScenarioError(f"{code} without advice in both languages")
    if (found.health.score or 0) >= (before.health.score or 0):
        await watching.until(
            "a lower score", lambda snapshot: (snapshot.health.score or 0) < (before.health.score or 0), 60
        )
    detail = await client.alerts.show(alert.alert_id)
    if detail.runbook is None or len(detail.runbook.steps) < 2:
        raise ScenarioError(f"{code} without a runbook")
    watching.tell(f"advice {alert.advice}")
    await demo.set_scenario("calm")
    watching.tell("calm again")
    await watching.until(
        "healthy again, every alert over",
        lambda snapshot: snapshot.health.level == "healthy" and not snapshot.alerts,
        RECOVER_SECONDS,
    )
    await demo.close(stop_engine=True)


def play(scenario: str, orders: int) -> str | None:
    """Play one scenario; what went wrong, None when nothing did."""
    demo = Demo(DemoPlan(orders=orders, offers=orders // 5), folder=None, keep=False, environ=os.environ)
    try:
        asyncio.run(rehearse(scenario, demo))
    except ScenarioError as error:
        return f"{scenario}: {error}"
    finally:
        demo.clean_up()
    return None


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenario", choices=tuple(EXPECTED), action="append")
    parser.add_argument("--orders", type=int, default=3_000)
    options = parser.parse_args()
    scenarios = options.scenario or list(EXPECTED)
    with ProcessPoolExecutor(len(scenarios)) as pool:
        wrong = [said for said in pool.map(play, scenarios, [options.orders] * len(scenarios)) if said]
    for said in wrong:
        print(f"FAILED {said}")
    print("every scenario cost points, raised its alert, and passed" if not wrong else f"{len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
