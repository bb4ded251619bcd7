"""`magflow findings` and `magflow orders revalidate` on a real engine: what they print, and what they do."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from magflow_tui.cli.moments import UntilType
from magflow_tui.config.folder import DataFolder
from magflow_tui.marketplace.schema import Order, read_item
from magflow_tui.store import Store
from magflow_tui.store.orders import store_orders
from magflow_tui.store.payloads import Source

if TYPE_CHECKING:
    from conftest import Done, Shell

FLAG = "schema.container"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
LINE_KEYS = [
    *("finding_id", "order", "account", "rule", "severity", "path", "message", "value", "state", "until", "opened"),
]


async def _fill(folder: Path) -> None:
    """Ten orders whose flag is an object and whose customer's name has two lines; one item without a number."""
    customer = {"id": 1, "name": "Ana\nInventata"}
    orders = [{"id": number, "status": 1, "is_complete": {"a": 1}, "customer": customer} for number in range(1, 11)]
    items = [read_item(Order, json.dumps(order).encode()) for order in [*orders, {"id": None}]]
    async with await Store.open(DataFolder(folder).database) as store:
        source = Source("main", "Europe/Bucharest", NOON)
        await store.write(lambda connection: store_orders(connection, source, items))


@pytest.fixture(scope="module")
def desk(
    marketplace: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory, make_shell: Callable
) -> Iterator[Shell]:
    """The command on a folder with findings and an engine that starts nothing by itself."""
    shell = make_shell(tmp_path_factory.mktemp("desk") / "data", marketplace)
    shell.folder.mkdir(mode=0o700)
    asyncio.run(_fill(shell.folder))
    quiet = {f"MAGFLOW_SYNC__{name}_EVERY": "off" for name in ("ORDERS", "OFFERS", "RMA")}
    try:
        started = shell.run("engine", "start", environ=quiet)
        assert started.code == 0, started.err
        yield shell
    finally:
        shell.run("engine", "stop")
        for process in shell.engines():
            process.kill()
            process.wait(5)


def findings(desk: Shell, *arguments: str) -> Done:
    done = desk.call("findings", *arguments)
    assert done.code == 0, done.err
    return done


pytestmark = pytest.mark.slow


def test_findings_are_json_lines_for_programs(desk: Shell) -> None:
    lines = findings(desk, "--rule", FLAG, "--order", "7", "--account", "MAIN", "--json").lines
    assert [list(line) for line in lines] == [LINE_KEYS] * len(lines)
    flag = next(line for line in lines if line["path"] == "$.is_complete")
    assert (flag["order"], flag["account"], flag["severity"], flag["state"]) == (7, "main", "error", "open")
    assert datetime.fromisoformat(str(flag["opened"])) == NOON
    assert len(findings(desk, "--rule", FLAG, "--json", "--limit", "4").lines) == 4


def test_findings_are_a_table_for_people_and_an_export_for_spreadsheets(desk: Shell, tmp_path: Path) -> None:
    table = findings(desk, "--rule", FLAG, "--limit", "3").out
    assert table.splitlines()[0].split()[:5] == ["FINDING", "ORDER", "ACCOUNT", "SEVERITY", "RULE"]
    assert len(table.splitlines()) == 4
    target = tmp_path / "findings.csv"
    findings(desk, "--rule", FLAG, "--csv", str(target))
    assert target.stat().st_mode & 0o777 == 0o600
    written = list(csv.DictReader(io.StringIO(target.read_text(encoding="utf-8-sig"))))
    printed = list(csv.DictReader(io.StringIO(findings(desk, "--rule", FLAG, "--csv", "-").out)))
    assert written == printed
    assert list(written[0]) == LINE_KEYS
    assert {row["rule"] for row in written} == {FLAG}


def test_what_a_finding_quotes_of_a_customer_is_hidden_from_people_unless_revealed(desk: Shell) -> None:
    of_name = ("--rule", "text.line_break", "--limit", "1", "--csv", "-")
    assert "Inventata" not in findings(desk, *of_name).out
    assert "Inventata" in findings(desk, *of_name, "--reveal").out


def test_counts_are_by_rule_and_name_what_is_too_broken(desk: Shell) -> None:
    counts = findings(desk, "counts", "--json").document
    assert counts["broken"] == 1
    rules = {rule["rule"]: rule for rule in counts["rules"]}
    assert rules[FLAG]["orders"] == 10
    assert FLAG in findings(desk, "counts").out
    [broken] = findings(desk, "--broken", "--json").lines
    assert broken["issues"]
    assert "orders" in findings(desk, "--broken").out


def test_findings_are_ignored_and_brought_back(desk: Shell) -> None:
    some = ("--rule", FLAG, "--order", "1", "--order", "2")
    tried = findings(desk, "ignore", *some, "--dry-run", "--json").document
    assert (tried["batch_id"], tried["orders"]) == (0, 2)
    done = findings(desk, "ignore", *some, "--until", "7d", "--by", "ana", "--json").document
    assert (done["action"], done["by"], done["findings"]) == ("ignore", "ana", tried["findings"])
    ignored = findings(desk, "--state", "ignored", "--json").lines
    assert {line["order"] for line in ignored} == {1, 2}
    assert all(line["until"] for line in ignored)
    back = findings(desk, "undo", "--json").document
    assert (back["batch_id"], back["findings"], back["skipped"]) == (done["batch_id"], done["findings"], 0)
    assert findings(desk, "--state", "ignored", "--json").lines == []
    assert findings(desk, "redo", str(done["batch_id"])).out.startswith(f"batch {done['batch_id']} is done again")
    assert findings(desk, "open", *some).out.endswith("takes it back\n")
    assert findings(desk, "open", *some).out == "nothing to change\n"


def test_a_standing_ignore_is_listed_and_lifted(desk: Shell) -> None:
    findings(desk, "ignore", "--rule", FLAG, "--order", "5", "--standing")
    [ignore] = findings(desk, "ignores", "--json").lines
    assert (ignore["rule"], ignore["order_id"], ignore["expires_at"]) == (FLAG, 5, None)
    assert "order 5 of main" in findings(desk, "ignores").out
    assert "ignored no more" in findings(desk, "lift", str(ignore["ignore_id"])).out
    assert findings(desk, "ignores", "--json").lines == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("snooze", "--rule", FLAG), "--until"),
        (("see",), "name what is meant"),
        (("snooze", "--rule", FLAG, "--until", "soon"), "is no time within"),
        (("ignore", "--rule", FLAG), "needs until"),
        (("see", "--rule", "no.such"), "no rule 'no.such'"),
        (("see", "--order", "99"), "no order 99"),
        (("undo", "99"), "no batch 99"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_is_one_sentence(desk: Shell, arguments: tuple[str, ...], said: str) -> None:
    done = desk.call("findings", *arguments)
    assert done.code != 0
    assert said in done.err
    assert "Traceback" not in done.err


def test_stored_orders_are_checked_again_and_waited_for(desk: Shell) -> None:
    done = desk.call("orders", "revalidate", "--json")
    assert done.code == 0, done.err
    document = done.document
    assert (document["running"], document["checked"], document["orders"]) == (False, 10, 10)
    assert (document["opened"], document["resolved"]) == (0, 0)
    assert desk.call("orders", "revalidate").out == "10 orders checked, 0 findings opened, 0 resolved\n"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("7d", NOON + timedelta(days=7)),
        ("1w2d3h4m", NOON + timedelta(days=9, hours=3, minutes=4)),
        ("12H", NOON + timedelta(hours=12)),
        ("2026-07-01T10:00:00+03:00", datetime(2026, 7, 1, 7, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 7, 1).astimezone()),
    ],
)
def test_a_time_is_typed_as_how_far_away_or_when(typed: str, expected: datetime) -> None:
    assert UntilType(lambda: NOON).convert(typed, None, None) == expected


@pytest.mark.parametrize("typed", ["", "soon", "7", "2026-13-01", "-3d"])
def test_what_is_no_time_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="7d, 12h"):
        UntilType(lambda: NOON).convert(typed, None, None)
