"""The engine as a process: start, refusal, end, and what is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from magflow_tui.client import (
    EngineClient,
    EngineError,
    EngineNotRunningError,
    EngineStartError,
    Launched,
    engine_mark,
    engine_status,
    ensure_engine,
    stop_engine,
)
from magflow_tui.config import DataFolder
from magflow_tui.contract.base import BASE_PATH
from magflow_tui.contract.runs import StartSync
from magflow_tui.sandbox import Latency, SandboxServer

pytestmark = pytest.mark.slow

NOTHING = Path(os.devnull)


@asynccontextmanager
async def engine_process(
    data_dir: Path, environ: Mapping[str, str], *, schedules: bool = False
) -> AsyncIterator[Launched]:
    """An engine of its own process, gone at the end."""
    launched = await ensure_engine(data_dir, NOTHING, environ=environ, schedules=schedules)
    try:
        yield launched
    finally:
        await stop_engine(data_dir)
        launched.let_go()
        await asyncio.to_thread(launched.wait)


async def run_engine(*arguments: str, environ: Mapping[str, str]) -> tuple[int, str]:
    """Exit code and stderr of an engine in the foreground that is expected to refuse."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "magflow_tui.engine", "--config", str(NOTHING), *arguments,
        env=dict(environ), stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, stderr = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode is not None
    return process.returncode, stderr.decode()


async def test_start_status_and_stop(data_dir: Path, environ: dict[str, str]) -> None:
    assert not (await engine_status(data_dir)).running
    assert not await stop_engine(data_dir)
    async with engine_process(data_dir, environ) as launched:
        status = await engine_status(data_dir)
        pid = launched.pid
        assert (status.running, status.pid) == (True, pid)
        assert os.getsid(pid) == pid, "ctrl+c in the terminal must not reach it"
        again = await ensure_engine(data_dir, NOTHING, schedules=False, environ=environ)
        assert (again.pid, again.started) == (pid, False)
        process = psutil.Process(pid)
        assert not any("Zebra" in part or "Yak" in part for part in process.cmdline())
        assert await stop_engine(data_dir)
        assert not DataFolder(data_dir).socket.exists()
        assert engine_mark(data_dir) is None
    async with EngineClient.connect(data_dir) as client:
        with pytest.raises(EngineNotRunningError):
            await client.engine()


async def test_two_that_start_at_once_get_the_same_engine(data_dir: Path, environ: dict[str, str]) -> None:
    both = await asyncio.gather(*(ensure_engine(data_dir, NOTHING, schedules=False, environ=environ) for _ in range(2)))
    try:
        assert both[0].pid == both[1].pid
        assert sorted(launched.started for launched in both) == [False, True]
    finally:
        await stop_engine(data_dir)
        for launched in both:
            await asyncio.to_thread(launched.wait)


async def test_a_second_engine_is_refused_with_the_pid_of_the_first(data_dir: Path, environ: dict[str, str]) -> None:
    async with engine_process(data_dir, environ) as launched:
        code, said = await run_engine("--data-dir", str(data_dir), environ=environ)
        assert code == 2
        assert f"pid {launched.pid}" in said
        assert len(said.strip().splitlines()) == 1
        assert (await engine_status(data_dir)).pid == launched.pid


async def test_a_killed_engine_leaves_nothing_in_the_way(data_dir: Path, environ: dict[str, str]) -> None:
    launched = await ensure_engine(data_dir, NOTHING, schedules=False, environ=environ)
    os.kill(launched.pid, signal.SIGKILL)
    await asyncio.to_thread(launched.wait)
    assert DataFolder(data_dir).socket.exists()
    assert engine_mark(data_dir) is None
    assert not (await engine_status(data_dir)).running
    async with engine_process(data_dir, environ) as second:
        assert second.pid != launched.pid


async def test_wrong_settings_are_told_in_one_line_with_exit_code_2(data_dir: Path, environ: dict[str, str]) -> None:
    wrong = environ | {"MAGFLOW_ACCOUNTS__SHOP__PLATFORM": "ebay", "MAGFLOW_LANGUAGE": "fr"}
    code, said = await run_engine("--data-dir", str(data_dir), environ=wrong)
    assert code == 2
    assert "accounts.shop.platform" in said
    assert "language" in said
    assert len(said.strip().splitlines()) == 1
    with pytest.raises(EngineStartError, match="emag-bg") as caught:
        await ensure_engine(data_dir, NOTHING, schedules=False, environ=wrong)
    assert caught.value.exit_code == 2
    failure = json.loads(DataFolder(data_dir).last_failure.read_text())
    assert failure == caught.value.body.model_dump()


async def test_a_missing_password_is_told_before_anything_is_asked(
    data_dir: Path, environ: dict[str, str], sandbox: SandboxServer
) -> None:
    del environ["MAGFLOW_ACCOUNTS__BG__PASSWORD"]
    with pytest.raises(EngineStartError, match=r"accounts\.bg\.password"):
        await ensure_engine(data_dir, NOTHING, schedules=True, environ=environ)
    assert sandbox.stats.served == 0


async def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(EngineStartError, match="cannot be used: Not a directory"):
        await ensure_engine(tmp_path / "file" / "data", NOTHING, schedules=False, environ=environ)


async def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(
    data_dir: Path, environ: dict[str, str]
) -> None:
    async with engine_process(data_dir, environ):
        pass
    database = DataFolder(data_dir).database
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE schema_version SET version_num = '9999'")
        connection.commit()
    before = database.read_bytes()
    with pytest.raises(EngineStartError, match="9999") as caught:
        await ensure_engine(data_dir, NOTHING, schedules=False, environ=environ)
    assert caught.value.body.code == "newer_database"
    assert database.read_bytes() == before


async def test_sigterm_ends_it_within_five_seconds_with_streams_open_and_a_sync_running(
    data_dir: Path, environ: dict[str, str], sandbox: SandboxServer
) -> None:
    sandbox.control.set_latency(Latency(mean=0.5))
    async with engine_process(data_dir, environ) as launched, EngineClient.connect(data_dir) as client:
        stopped = open_stream_that_is_never_read(data_dir)
        started = await client.start_sync(StartSync(full=True))
        async with aclosing(client.snapshots(reconnect=False)) as snapshots:
            while not (await anext(snapshots)).running:
                pass
            began = time.monotonic()
            os.kill(launched.pid, signal.SIGTERM)
            with pytest.raises(EngineError):
                async for _ in snapshots:
                    pass
            assert await asyncio.wait_for(asyncio.to_thread(launched.wait), 10) == 0
            took = time.monotonic() - began
        stopped.close()
    assert took <= 5.0
    sandbox.control.set_latency(Latency(mean=0.0))
    going_on = {run.run_id for run in started.runs}
    async with engine_process(data_dir, environ, schedules=True), EngineClient.connect(data_dir) as client:
        async with aclosing(client.event_stream(after=0)) as events, asyncio.timeout(30):
            async for event in events:
                if event.kind == "run.finished":
                    going_on.discard(event.run_id or 0)
                if not going_on:
                    break
        results = {(await client.run(run.run_id)).result for run in started.runs}
    assert results == {"completed"}, "what was interrupted went on by itself"


async def test_events_resume_over_a_restart_without_gap_or_double(data_dir: Path, environ: dict[str, str]) -> None:
    seen: list[int] = []
    enough = asyncio.Event()
    links: list[bool] = []

    async def follow(client: EngineClient) -> None:
        stream = client.event_stream(after=0, on_link=lambda link: links.append(link.up))
        async with aclosing(stream) as events:
            async for event in events:
                seen.append(event.seq)
                if event.seq >= 5:
                    enough.set()

    async with EngineClient.connect(data_dir) as client:
        following = asyncio.create_task(follow(client))
        for _ in range(2):
            async with engine_process(data_dir, environ):
                await client.reset_limiter()
                await asyncio.wait_for(client.events(), 5)
        async with engine_process(data_dir, environ):
            await asyncio.wait_for(enough.wait(), 10)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    assert seen == list(range(1, len(seen) + 1))
    assert len(seen) >= 5
    assert True in links
    assert False in links


STARTER = """
import asyncio, sys
from pathlib import Path
from magflow_tui.client import ensure_engine
async def main():
    launched = await ensure_engine(Path(sys.argv[1]), Path("/dev/null"), schedules=False, lifeline=True)
    print(launched.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_an_engine_on_a_lifeline_ends_when_its_starter_is_killed(data_dir: Path, environ: dict[str, str]) -> None:
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STARTER, str(data_dir), env=environ, stdout=asyncio.subprocess.PIPE
    )
    assert starter.stdout is not None
    engine = psutil.Process(int(await asyncio.wait_for(starter.stdout.readline(), 20)))
    async with EngineClient.connect(data_dir) as client, aclosing(client.snapshots(reconnect=False)) as snapshots:
        await anext(snapshots)
        starter.kill()
        await starter.wait()
        for _ in range(2):
            await anext(snapshots)
        assert engine.is_running(), "somebody else is attached: it stays"
    await asyncio.to_thread(engine.wait, 6)


async def test_a_one_shot_takes_its_engine_with_it_unless_others_are_attached(
    data_dir: Path, environ: dict[str, str]
) -> None:
    launched = await ensure_engine(data_dir, NOTHING, schedules=False, lifeline=True, environ=environ)
    async with EngineClient.connect(data_dir) as client:
        await client.snapshot()
    assert await launched.release()
    assert engine_mark(data_dir) is None

    launched = await ensure_engine(data_dir, NOTHING, schedules=False, lifeline=True, environ=environ)
    async with EngineClient.connect(data_dir) as other, aclosing(other.snapshots(reconnect=False)) as snapshots:
        await anext(snapshots)
        assert not await launched.release()
        await other.keep_engine()
    mark = engine_mark(data_dir)
    assert mark is not None
    assert mark.pid == launched.pid
    await stop_engine(data_dir)
    await asyncio.to_thread(launched.wait)


async def test_tcp_needs_a_token_and_serves_with_it(data_dir: Path, environ: dict[str, str]) -> None:
    with pytest.raises(EngineStartError, match="MAGFLOW_API_TOKEN"):
        await ensure_engine(data_dir, NOTHING, schedules=False, listen="127.0.0.1:0", environ=environ)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with_token = environ | {"MAGFLOW_API_TOKEN": "a-long-random-text"}
    launched = await ensure_engine(data_dir, NOTHING, schedules=False, listen=f"127.0.0.1:{port}", environ=with_token)
    try:
        async with EngineClient.at(f"http://127.0.0.1:{port}", "a-long-random-text") as client:
            assert (await client.engine()).pid == launched.pid
        async with EngineClient.at(f"http://127.0.0.1:{port}") as client:
            with pytest.raises(EngineError) as caught:
                await client.engine()
            assert caught.value.status == 401
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            assert (await http.get("/health")).status_code == 200
            assert (await http.get(f"{BASE_PATH}/health")).status_code == 401
    finally:
        await stop_engine(data_dir)
        await asyncio.to_thread(launched.wait)


async def test_no_secret_reaches_the_log_and_every_file_is_private(data_dir: Path, environ: dict[str, str]) -> None:
    environ["MAGFLOW_LOG_LEVEL"] = "debug"
    async with engine_process(data_dir, environ), EngineClient.connect(data_dir) as client:
        assert (await client.test_account("shop")).ok
    files = files_below(data_dir)
    assert files
    for path in files:
        content = path.read_bytes()
        assert b"Zebra-Quartz" not in content
        assert b"dTpaZWJyYS1RdWFydHo" not in content
        assert path.stat().st_mode & 0o077 == 0
    assert (data_dir / "logs" / "engine.out").read_text() == ""


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def open_stream_that_is_never_read(data_dir: Path) -> socket.socket:
    """As a stopped terminal leaves one: connected, asking, reading nothing."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(DataFolder(data_dir).socket))
    connection.sendall(f"GET {BASE_PATH}/snapshot/stream HTTP/1.1\r\nHost: e\r\n\r\n".encode())
    return connection
