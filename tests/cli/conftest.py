"""Fixtures of the command's tests: a marketplace in a process of its own, and the command as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from magflow_tui.cli.root import magflow
from magflow_tui.sandbox import Latency, SandboxAccount, SandboxConfig, SandboxProcess

PASSWORD = "geheim-7391"
COMMAND_SECONDS = 60.0

ACCOUNTS = {
    "main": SandboxAccount(
        name="main", platform="emag-ro", username="ro@example.com", password=PASSWORD, orders=230, offers=120, days=40
    ),
    "bg": SandboxAccount(
        name="bg", platform="emag-bg", username="bg@example.com", password=PASSWORD, orders=60, offers=30, days=40
    ),
    "shut": SandboxAccount(
        name="shut", platform="emag-ro", username="shut@example.com", password=PASSWORD, orders=5, ip_refused=True
    ),
}


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, object]]:
        """Its JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def document(self) -> dict[str, object]:
        """Its one JSON document."""
        (line,) = self.lines
        return line


@dataclass
class Shell:
    """The `magflow` command as a process, with accounts from the environment and a data folder of its own."""

    folder: Path
    base_urls: Mapping[str, str]
    accounts: tuple[str, ...] = ("main", "bg")
    passwords: dict[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("MAGFLOW_")}
        kept["MAGFLOW_DATA_DIR"] = str(self.folder)
        kept["XDG_CONFIG_HOME"] = str(self.folder / "no-settings-here")
        for name in self.accounts:
            account = ACCOUNTS[name]
            prefix = f"MAGFLOW_ACCOUNTS__{name.upper()}__"
            kept[f"{prefix}PLATFORM"] = account.platform
            kept[f"{prefix}USERNAME"] = account.username
            kept[f"{prefix}PASSWORD"] = self.passwords.get(name, account.password)
            kept[f"{prefix}BASE_URL"] = self.base_urls[name]
        return kept

    def start(self, *arguments: str, environ: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "magflow_tui", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**self.environ(), **(environ or {})},
        )

    def run(self, *arguments: str, environ: Mapping[str, str] | None = None) -> Done:
        with self.start(*arguments, environ=environ) as process:
            out, err = process.communicate(timeout=COMMAND_SECONDS)
        return Done(process.returncode, out, err)

    def call(self, *arguments: str, typed: str | None = None) -> Done:
        """As `run`, in this process: for commands that ask a running engine, without the price of an interpreter.

        `typed` is what comes on stdin.
        """
        ours = {name: None for name in os.environ if name.upper().startswith("MAGFLOW_")}
        env = {**ours, **self.environ()}
        result = CliRunner().invoke(magflow, arguments, prog_name="magflow", env=env, input=typed)
        return Done(result.exit_code, result.stdout, result.stderr)

    def engines(self) -> list[psutil.Process]:
        """Engines that serve this shell's folder."""
        return [process for process in ours() if str(self.folder) in process.info["cmdline"]]


def ours() -> list[psutil.Process]:
    """Living processes of MagFlow, with their `cmdline`."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if process.info["status"] != psutil.STATUS_ZOMBIE
        and any("magflow_tui" in word for word in process.info["cmdline"] or ())
    ]


def serve(config: SandboxConfig) -> Iterator[Mapping[str, str]]:
    """Addresses of the marketplaces of a sandbox's accounts, while it runs."""
    with SandboxProcess(config) as sandbox:
        yield {account.name: sandbox.base_url(account.name) for account in config.accounts}


@pytest.fixture(scope="session")
def marketplace() -> Iterator[Mapping[str, str]]:
    """A calm marketplace with the accounts `main`, `bg`, and `shut` that refuses our address."""
    yield from serve(SandboxConfig(accounts=tuple(ACCOUNTS.values()), seed=3))


@pytest.fixture(scope="session")
def slow_marketplace() -> Iterator[Mapping[str, str]]:
    """A marketplace whose answers take long enough to be interrupted between pages."""
    yield from serve(SandboxConfig(accounts=(ACCOUNTS["main"],), seed=3, latency=Latency(mean=0.12)))


@pytest.fixture
def shell(marketplace: Mapping[str, str], tmp_path: Path) -> Iterator[Shell]:
    """The command on an empty folder; whatever engine it left is ended."""
    shell = Shell(tmp_path / "data", marketplace)
    yield shell
    for process in shell.engines():
        process.kill()
        process.wait(5)


@pytest.fixture(scope="session")
def synced(marketplace: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shell, Done]]:
    """The command on a folder with a running engine that has synced everything, and what that sync printed."""
    shell = Shell(tmp_path_factory.mktemp("synced") / "data", marketplace)
    try:
        # Schedules would sync by themselves while the tests look.
        quiet = {f"MAGFLOW_SYNC__{name}_EVERY": "off" for name in ("ORDERS", "OFFERS", "RMA")}
        started = shell.run("engine", "start", environ=quiet)
        assert started.code == 0, started.err
        yield shell, shell.run("sync", "all", "--full", "--json")
    finally:
        shell.run("engine", "stop")
        for process in shell.engines():
            process.kill()
            process.wait(5)


@pytest.fixture(scope="session")
def make_shell() -> type[Shell]:
    """For tests that have a marketplace of their own."""
    return Shell


@pytest.fixture(scope="session")
def password() -> str:
    """The password of every account."""
    return PASSWORD


@pytest.fixture
def first_line() -> Callable[[subprocess.Popen[str]], str]:
    """Wait for the first line that a command prints."""

    def read(process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        return process.stdout.readline()

    return read
