"""Exports by key and by command: the list as it is filtered and sorted, all of it, and no file when it is given up."""

from __future__ import annotations

import asyncio
import csv
import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
async def exporter(standin: Any, session: Any, watch: Any, tmp_path: Path) -> AsyncIterator[Any]:
    """An operator at a dashboard whose data folder is the test's."""
    session.data_dir = tmp_path
    async with watch(session) as operator:
        await operator.until("WARNING 60")
        yield operator


def exported(folder: Path) -> Path:
    [path] = (folder / "exports").iterdir()
    return path


async def test_the_list_of_the_screen_is_exported_in_the_chosen_format(exporter: Any, tmp_path: Path) -> None:
    await exporter.press("3", "ctrl+s")
    await exporter.until("export runs as")
    await exporter.press("c")
    await exporter.until("exported to")
    with exported(tmp_path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"run_id", "account", "result", "items"} <= rows[0].keys()
    assert len(rows) >= 20
    assert [int(row["run_id"]) for row in rows] == sorted((int(row["run_id"]) for row in rows), reverse=True)


async def test_a_list_is_exported_whole_masked_and_for_the_operator_alone(exporter: Any, tmp_path: Path) -> None:
    await exporter.press("4")
    await exporter.until("448120331")
    await exporter.press("ctrl+s", "j")
    await exporter.until("450 exported to")
    path = exported(tmp_path)
    rows = json.loads(path.read_text())
    assert len(rows) == 450
    assert all(row["customer"].endswith("*****") for row in rows if row["customer"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.name in exporter.screen()


async def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(exporter: Any, tmp_path: Path) -> None:
    (tmp_path / "exports").write_text("")
    exporter.app.keys.perform("export", "runs", "csv")
    await exporter.until("nothing could be written to")


async def test_the_screen_is_saved_as_a_private_picture(exporter: Any, tmp_path: Path) -> None:
    await exporter.press("P")
    await exporter.until("the screen is saved in")
    [path] = (tmp_path / "screenshots").iterdir()
    drawn = path.read_text()
    assert drawn.startswith("<svg ")
    assert "response time" in drawn
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_only_what_is_filtered_is_exported(exporter: Any, standin: Any, tmp_path: Path) -> None:
    await exporter.press("4")
    await exporter.until("448120331")
    await exporter.press("slash")
    await exporter.type("acct:fbe")
    await exporter.press("enter")
    await exporter.until(lambda: exporter.app.lists.orders.wish.filter == "acct:fbe")
    await exporter.press("ctrl+s", "j")
    await exporter.until("exported to")
    rows = json.loads(exported(tmp_path).read_text())
    assert {row["account"] for row in rows} == {"fbe"}
    assert len(rows) == sum(1 for row in standin.orders["orders"] if row["account"] == "fbe")


async def test_any_list_is_exported_by_its_name(exporter: Any, standin: Any, tmp_path: Path) -> None:
    await exporter.press("colon")
    await exporter.type("export events json")
    await exporter.press("enter")
    await exporter.until("events:")
    await exporter.until("exported to")
    rows = json.loads(exported(tmp_path).read_text())
    assert [row["seq"] for row in rows] == [event["seq"] for event in standin.events["events"]]


@pytest.mark.parametrize("name", ["orders", "offers", "runs", "requests", "alerts", "routes"])
async def test_every_list_can_be_exported(exporter: Any, tmp_path: Path, name: str) -> None:
    await exporter.press("5")
    exporter.app.keys.perform("export", name, "json")
    await exporter.until("exported to")
    assert isinstance(json.loads(exported(tmp_path).read_text()), list)


async def test_requests_are_exported_as_they_are_sorted(exporter: Any, tmp_path: Path) -> None:
    await exporter.press("6")
    await exporter.until("10:04:19")
    await exporter.press("f")
    exporter.app.keys.perform("export", "json")
    await exporter.until("exported to")
    rows = json.loads(exported(tmp_path).read_text())
    assert rows
    assert all(row["outcome"] != "ok" or row["elapsed_ms"] > 2000 for row in rows)
    assert [row["seq"] for row in rows] == sorted((row["seq"] for row in rows), reverse=True)


async def test_escape_gives_an_export_up_and_nothing_is_left(exporter: Any, standin: Any, tmp_path: Path) -> None:
    standin.gates["/runs"] = asyncio.Event()
    exporter.app.keys.perform("export", "runs", "json")
    await exporter.until(lambda: "/runs" in [path for _, path, _ in standin.asked])
    exporter.app.keys.perform("export", "orders", "json")
    await exporter.until("another export is under way")
    await exporter.press("escape")
    await exporter.until("was stopped; no file is left")
    assert list((tmp_path / "exports").iterdir()) == []
    standin.gates["/runs"].set()


async def test_an_engine_that_refuses_ends_the_export_in_its_own_words(
    exporter: Any, standin: Any, tmp_path: Path
) -> None:
    del standin.events["events"]
    exporter.app.keys.perform("export", "events", "json")
    await exporter.until("answered 500")
    assert list((tmp_path / "exports").iterdir()) == []
