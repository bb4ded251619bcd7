"""The world's time, and its data files."""

from __future__ import annotations

import tomllib

from magflow_tui.sandbox import SandboxAccount, SandboxConfig
from magflow_tui.sandbox.datafiles import data_folder
from magflow_tui.sandbox.world import World

ACCOUNT = SandboxAccount(name="main", orders=20)


def test_a_pinned_world_begins_at_its_moment_and_its_time_goes_on():
    clock = [5_000.0]
    world = World(SandboxConfig(accounts=(ACCOUNT,), now=1_790_000_000), wall_clock=lambda: clock[0])
    assert (world.began, world.now) == (1_790_000_000, 1_790_000_000)
    clock[0] += 90
    assert world.now == 1_790_000_090


def test_time_never_runs_back_before_the_beginning():
    clock = [1_790_000_000.0]
    world = World(SandboxConfig(accounts=(ACCOUNT,)), wall_clock=lambda: clock[0])
    clock[0] -= 3_600
    assert world.now == world.live() == 1_790_000_000


def test_two_pinned_worlds_are_byte_for_byte_the_same():
    config = SandboxConfig(accounts=(ACCOUNT,), seed=8, now=1_790_000_000)
    one = World(config, wall_clock=lambda: 1.0).sellers["main"].orders
    other = World(config, wall_clock=lambda: 99.0).sellers["main"].orders
    assert [one.payload(index) for index in range(20)] == [other.payload(index) for index in range(20)]


def test_every_data_file_is_where_the_sandbox_looks_for_it():
    for name in ("names.toml", "catalogue.toml", "cancellation_reasons.toml"):
        assert tomllib.loads((data_folder() / name).read_text(encoding="utf-8"))
    reasons = tomllib.loads((data_folder() / "cancellation_reasons.toml").read_text(encoding="utf-8"))["reason"]
    assert sorted(item["id"] for item in reasons) == [1, 2, 3, *range(15, 44)]
