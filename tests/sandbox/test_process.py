"""A sandbox in a process of its own."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys

import httpx
import orjson
import psutil
import pytest

from magflow_tui.sandbox import SandboxAccount, SandboxConfig, SandboxProcess, SandboxStartError
from magflow_tui.sandbox.__main__ import parse_account, parse_arguments
from magflow_tui.sandbox.config import config_json, read_config

CONFIG = SandboxConfig(accounts=(SandboxAccount(name="main", username="u", password="p", orders=10),), seed=4)


def test_a_process_serves_until_it_is_stopped():
    with SandboxProcess(CONFIG) as process:
        answer = httpx.post(f"{process.base_url('main')}/order/count", auth=("u", "p"), trust_env=False)
        assert answer.json()["results"]["noOfItems"] == "8"
        pid = process.pid
        assert psutil.pid_exists(pid)
    assert not psutil.pid_exists(pid)


def test_the_command_line_prints_one_line_and_ends_on_sigterm():
    account = "main:emag-bg:u:p:orders=20:fbe=0.5"
    command = [sys.executable, "-m", "magflow_tui.sandbox", "--port", "0", "--seed", "3", "--account", account]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        ready = orjson.loads(process.stdout.readline())
        assert ready["pid"] == process.pid
        assert ready["accounts"]["main"]["base_url"] == f"{ready['url']}/emag-bg/api-3"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert process.stdout.read() == b""


def test_it_does_not_outlive_the_process_that_started_it():
    script = (
        "import sys; from magflow_tui.sandbox import *; from magflow_tui.sandbox.config import read_config\n"
        "p = SandboxProcess(SandboxConfig(accounts=(SandboxAccount(name='main', orders=1),))); p.start()\n"
        "print(p.pid, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        sandbox = psutil.Process(int(parent.stdout.readline()))
        os.kill(parent.pid, signal.SIGKILL)
        gone, _ = psutil.wait_procs([sandbox], timeout=10)
        assert gone


def test_a_port_that_is_taken_is_told_in_the_start_error():
    with SandboxProcess(CONFIG) as first:
        port = int(first.url.rsplit(":", 1)[1])
        with pytest.raises(SandboxStartError, match="address already in use"):
            SandboxProcess(CONFIG, port=port).start()


def test_an_account_is_read_from_its_short_form():
    account = parse_account("main:fd-ro:me@x.ro:pw:orders=7:offers=8:fbe=0.5:days=30")
    assert (account.platform, account.username, account.orders, account.fbe) == ("fd-ro", "me@x.ro", 7, 0.5)


@pytest.mark.parametrize(
    "text", ["main", "a:emag-xx:u:p", "a:emag-ro:u:p:orders", "a:emag-ro:u:p:orders=many", "a:emag-ro:u:p:x=1"]
)
def test_a_wrong_account_is_refused_with_the_reason(text: str):
    with pytest.raises(argparse.ArgumentTypeError):
        parse_account(text)


def test_a_configuration_file_says_everything_a_command_line_can(tmp_path):
    path = tmp_path / "sandbox.json"
    path.write_bytes(config_json(CONFIG))
    assert read_config(path) == CONFIG
    config, _ = parse_arguments(["--config", str(path), "--unlimited", "--account", "other:emag-hu:a:b"])
    assert [account.name for account in config.accounts] == ["main", "other"]
    assert (config.seed, config.limits.enabled) == (4, False)


@pytest.mark.parametrize("arguments", [[], ["--config", "/nowhere/at/all.json"], ["--account", "broken"]])
def test_wrong_arguments_end_with_2(arguments: list[str], capsys):
    with pytest.raises(SystemExit) as ended:
        parse_arguments(arguments)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err
