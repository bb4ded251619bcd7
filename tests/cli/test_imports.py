"""What the command loads before it does anything, and what that costs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

HEAVY = {"textual", "rich", "sqlmodel", "sqlalchemy", "alembic", "fastapi", "uvicorn", "httpx", "pydantic", "msgspec"}

REPORT = """
import json, sys
sys.argv = ["magflow", *{arguments!r}]
from magflow_tui.cli import main
try:
    main()
except SystemExit as ended:
    print(json.dumps([ended.code, sorted(sys.modules)]), file=sys.stderr)
"""

#: Times of the interpreter's own start and of the help are compared as the best of so many.
ROUNDS = 5
#: Starting Python and loading click is the floor; the help may cost this many times as much.
HELP_RATIO = 2.5


def modules_after(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", REPORT.format(arguments=arguments)], capture_output=True, text=True, check=True
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    return set(modules)


def best_time(*arguments: str) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
        times.append(time.perf_counter() - began)
    return min(times)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["sync", "--help"],
        ["demo", "--help"],
        ["orders", "validate", "--help"],
        ["rules", "--help"],
    ],
    ids=" ".join,
)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert modules_after(*arguments) & HEAVY == set()


def test_help_costs_little_more_than_python_and_click() -> None:
    floor = best_time("-c", "import click")
    assert best_time("-m", "magflow_tui", "--help") < HELP_RATIO * floor


def test_settings_commands_load_no_store_no_server_and_no_screens() -> None:
    assert modules_after("config", "path") & (HEAVY - {"pydantic"}) == set()


def test_checking_a_file_loads_no_store_no_server_and_no_screens(tmp_path: Path) -> None:
    file = tmp_path / "orders.json"
    file.write_text("[]")
    heavy = HEAVY - {"pydantic", "msgspec"}
    assert modules_after("orders", "validate", str(file), "--json") & heavy == set()
