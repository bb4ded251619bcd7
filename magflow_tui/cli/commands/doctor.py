"""`magflow doctor`: is everything as it should be, and if not, what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from magflow_tui.cli.borrowing import data_folder, settings_path, settings_problems, with_engine
from magflow_tui.cli.failures import CommandError
from magflow_tui.cli.grammar import Command, json_option
from magflow_tui.cli.invocation import Invocation, pass_invocation
from magflow_tui.cli.printing import Printer

if TYPE_CHECKING:
    from magflow_tui.cli.doctor.check import Check
    from magflow_tui.client import EngineClient

EXIT_CODES = {"ok": 0, "warning": 1, "failed": 2}
_NAME_CELLS = 14
_WORDS = {"ok": "ok", "warning": "look", "failed": "FAIL", "skipped": "-"}


@click.command(cls=Command, example="magflow doctor --deep")
@click.option("--deep", is_flag=True, help="Read all of the store and check every page of it.")
@click.option("--offline", is_flag=True, help="Ask the marketplace nothing.")
@json_option
@pass_invocation
def doctor(invocation: Invocation, deep: bool, offline: bool) -> int:
    """Look at machine, settings, data folder, engine, store, accounts and alerts, and say what to do.

    Exit code: 0 all is well, 1 something deserves a look, 2 something does not work.
    """
    from magflow_tui.cli.doctor.check import worst

    printer = Printer(json=invocation.json)
    checks: list[Check] = []

    def take(check: Check) -> None:
        checks.append(check)
        if printer.json:
            printer.document({"name": check.name, "result": check.result, "found": check.found, "advice": check.advice})
        else:
            _tell(printer, check)

    usable = _look_around(invocation, take)
    if usable:
        _ask_engine(invocation, take, deep=deep, offline=offline)
    result = worst(tuple(checks))
    wrong = sum(check.result in ("warning", "failed") for check in checks)
    printer.remark("all is well" if result == "ok" else f"{wrong} of {len(checks)} checks deserve a look")
    return EXIT_CODES[result]


def _look_around(invocation: Invocation, take: Callable[[Check], None]) -> bool:
    """Look at what needs no engine; whether one could run."""
    from magflow_tui.cli.doctor import machine, setup
    from magflow_tui.config.folder import DataFolder

    take(machine.check_python())
    take(machine.check_sqlite())
    take(machine.check_open_files())
    take(machine.check_terminal())
    problems = settings_problems(invocation)
    for check in setup.check_settings(problems, settings_path(invocation)):
        take(check)
    folder = DataFolder(data_folder(invocation))
    usable = not problems
    for check in setup.check_folder(folder):
        take(check)
        usable = usable and check.result != "failed"
    take(setup.check_room(folder))
    return usable


def _ask_engine(invocation: Invocation, take: Callable[[Check], None], *, deep: bool, offline: bool) -> None:
    """Look at what an engine knows: the one that runs, or one for as long as this takes."""
    from magflow_tui.cli.doctor import running
    from magflow_tui.cli.doctor.check import Check
    from magflow_tui.client.launch import engine_mark

    found_running = engine_mark(data_folder(invocation)) is not None

    async def ask(client: EngineClient) -> None:
        take(await running.check_engine(client, found_running=found_running))
        take(await running.check_store(client, deep=deep))
        async for check in running.check_accounts(client, offline=offline):
            take(check)
        if found_running:
            take(await running.check_health(client))
        take(await running.check_webhook(client))

    try:
        with_engine(invocation, ask)
    except CommandError as error:
        take(Check("engine", "failed", error.message, error.hint))


def _tell(printer: Printer, check: Check) -> None:
    printer.sentence(f"{_WORDS[check.result]:<5}{check.name:<{_NAME_CELLS}}  {check.found}")
    if check.advice:
        printer.sentence(f"{'':<{5 + _NAME_CELLS}}  {check.advice}")
