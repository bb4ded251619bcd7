"""Scenarios: a name for a whole weather, set over whatever held before."""

from __future__ import annotations

from magflow_tui.sandbox.config import Faults, Latency, Living, ScenarioName
from magflow_tui.sandbox.damage import KINDS
from magflow_tui.sandbox.world import World

_WEATHER: dict[ScenarioName, tuple[Latency, Faults, Living]] = {
    "calm": (Latency(mean=0.06, spread=0.04), Faults(), Living(new_orders=4, changes=10)),
    "black-friday": (
        Latency(mean=6.0, spread=2.0),
        Faults(server_error=0.02, slow=0.01, slow_seconds=4.0),
        Living(new_orders=240, changes=480),
    ),
    "rate-storm": (
        Latency(mean=0.08, spread=0.06, arrival_jitter=0.08),
        Faults(rate_limited=0.35, retry_after=2),
        Living(new_orders=30, changes=600),
    ),
    "outage": (Latency(mean=0.06, spread=0.04), Faults(outage="unavailable"), Living(new_orders=4, changes=10)),
    "dirty-data": (Latency(mean=0.06, spread=0.04), Faults(), Living(new_orders=30, changes=60, broken=0.3)),
}
_DIRTY_AT_ONCE = len(KINDS)


def play(world: World, name: ScenarioName) -> None:
    """Set latency, faults and life to those of a scenario; `dirty-data` damages one order in every way at once."""
    latency, faults, living = _WEATHER[name]
    world.latency = latency
    world.faults.set(faults)
    world.set_living(living)
    if name == "dirty-data":
        now = world.live()
        for seller, count in world.shared_out(_DIRTY_AT_ONCE, None):
            seller.change(count, now, kinds=KINDS)
