"""`magflow requests` on a real engine that has synced: which are listed, one with its bodies, and as a command."""

from __future__ import annotations

import json
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Done, Shell

Synced = tuple["Shell", "Done"]


@pytest.fixture(scope="module")
def lines(synced: Synced) -> list[dict[str, object]]:
    """Every request of the engine, as it lists them."""
    shell, _ = synced
    done = shell.call("requests", "--limit", "100000", "--json")
    assert done.code == 0, done.err
    return done.lines


def test_requests_are_listed_oldest_first_and_without_a_command_too(
    synced: Synced, lines: list[dict[str, object]]
) -> None:
    shell, _ = synced
    numbers = [int(str(line["seq"])) for line in lines]
    assert numbers == sorted(numbers)
    assert len(numbers) > 5
    last = shell.call("requests", "list", "--limit", "3", "--json").lines
    assert [line["seq"] for line in last] == numbers[-3:]
    table = shell.call("requests", "--limit", "3").out.splitlines()
    assert " ".join(table[0].split()) == "TIME ACCOUNT ROUTE STATUS OUTCOME TRY WAITED TOOK BYTES PAGE RUN NOTE"
    assert len(table) == 4


def test_account_route_and_status_choose(synced: Synced, lines: list[dict[str, object]]) -> None:
    shell, _ = synced
    found = shell.call("requests", "--account", "BG", "--route", "/order/read", "--status", "2xx", "--json").lines
    wanted = [line for line in lines if line["account"] == "bg" and line["route"] == "order/read"]
    assert found == wanted != []
    assert shell.call("requests", "--status", ">=500", "--json").lines == []
    assert shell.call("requests", "--faults", "--json").lines == []
    assert "no such requests" in shell.call("requests", "--faults").err
    wrong = shell.call("requests", "--status", "9000")
    assert wrong.code == 2
    assert "'9000' is no status" in wrong.err


def test_times_choose(synced: Synced, lines: list[dict[str, object]]) -> None:
    shell, _ = synced
    assert shell.call("requests", "--since", "1h", "--limit", "100000", "--json").lines == lines
    assert shell.call("requests", "--until", "1h", "--json").lines == []


def test_one_request_is_shown_with_what_was_sent(synced: Synced, lines: list[dict[str, object]], password: str) -> None:
    shell, _ = synced
    read = next(line for line in lines if line["route"] == "order/read" and line["account"] == "main")
    done = shell.call("requests", "show", str(read["seq"]), "--json")
    assert done.code == 0, done.err
    detail = done.document
    assert json.loads(str(detail["sent"]))["itemsPerPage"] == 100
    assert json.loads(str(detail["received"]))["isError"] is False
    assert str(detail["url"]).endswith("/order/read")
    assert password not in done.out
    words = shell.call("requests", "show", str(read["seq"])).out
    assert "POST http" in words
    assert f"call {read['call']}" in words
    gone = shell.call("requests", "show", "999999999")
    assert gone.code == 1


def test_a_request_as_curl_reads_the_same_from_the_marketplace(
    synced: Synced, lines: list[dict[str, object]], password: str
) -> None:
    shell, _ = synced
    read = next(line for line in lines if line["route"] == "order/count" and line["account"] == "main")
    kept = json.loads(str(shell.call("requests", "show", str(read["seq"]), "--json").document["received"]))
    command = shell.call("requests", "show", str(read["seq"]), "--curl").out.strip()
    assert shlex.split(command)[0] == "curl"
    assert password not in command
    environ = {"PATH": "/usr/bin:/bin", "MAGFLOW_USER": "ro@example.com", "MAGFLOW_PASSWORD": password}
    ran = subprocess.run(["/bin/sh", "-c", command], env=environ, capture_output=True, check=False)
    if ran.returncode == 127:
        pytest.skip("there is no curl on this machine")
    assert json.loads(ran.stdout)["isError"] is False
    assert int(json.loads(ran.stdout)["results"]["noOfItems"]) == kept["noOfItems"] > 0
