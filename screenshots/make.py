"""Makes the pictures of this folder: `python screenshots/make.py`.

They are drawn by the dashboard itself from `demo.json.gz`, in which the answers of a demo's engine were kept: same
recording, same bytes. `--record MINUTES` rehearses a new one first, with the demo's fixed seed: its marketplace is
calm, fails, is busy, then refuses, so that there is something to see; the moment at its end is the clock of every
picture. Fifteen minutes fill the plots.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

# Textual reads these when it is imported.
os.environ.update(TEXTUAL_FPS="15", TEXTUAL_ANIMATIONS="none", TEXTUAL_SMOOTH_SCROLL="0", MAGFLOW_LANGUAGE="en")

import httpx

from magflow_tui.client import EngineClient
from magflow_tui.config.look import Look, ThemeName
from magflow_tui.contract.base import BASE_PATH
from magflow_tui.tui.app import MagFlowApp
from magflow_tui.tui.output.pictures import picture
from magflow_tui.tui.views.context import View

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from magflow_tui.cli.demo import Demo

HERE = Path(__file__).parent
RECORDING = HERE / "demo.json.gz"
ZONE = ZoneInfo("Europe/Bucharest")
SEED = 1

#: What the marketplace is like while a recording is made, and for which part of the time.
ACTS = (
    ("calm", 0.35),
    ("outage", 0.05),
    ("calm", 0.1),
    ("dirty-data", 0.1),
    ("calm", 0.1),
    ("black-friday", 0.15),
    ("rate-storm", 0.1),
    ("calm", 0.05),
)
#: Seconds for which a screen may take to show what its keys ask for.
PATIENCE = 20.0


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the size of the terminal, the keys that lead there, the theme."""

    name: str
    keys: tuple[str, ...]
    size: tuple[int, int] = (140, 40)
    theme: ThemeName = "dark"


#: To a run of the time when orders came damaged.
PARTIAL = ("f", "j")
#: Past the metrics of the score to the first alert.
ALERT = tuple("jjjj")

SHOTS = (
    Shot("health", ("1", *ALERT)),
    Shot("limits", ("2",)),
    Shot("sync", ("3", *PARTIAL)),
    Shot("orders", ("4", "f", "j", "j", "enter")),
    Shot("backups", ("5",)),
    Shot("api", ("6", "f", "j")),
    Shot("past", ("2", *"<<<<<<")),
    Shot("health-80x24", ("1", *ALERT), size=(80, 24)),
    Shot("orders-80x24", ("4", "f", "j"), size=(80, 24)),
    Shot("sync-light", ("3", *PARTIAL), theme="light"),
)


class Answers(httpx.AsyncBaseTransport):
    """Answers the dashboard's requests: from what was kept, or by asking an engine and keeping what it says.

    The snapshot is the same one throughout, so that every picture is of one moment. `missing` are requests that no
    answer was kept for.
    """

    def __init__(self, kept: dict[str, Any], engine: httpx.AsyncBaseTransport | None = None) -> None:
        self.kept = kept
        self._engine = engine
        self.under_way = 0
        self.missing: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        # Who draws the pictures need not be who recorded them.
        url = request.url.copy_remove_param("by") if "by" in request.url.params else request.url
        path = url.raw_path.decode().removeprefix(BASE_PATH)
        if path.startswith("/snapshot/stream"):
            line = json.dumps(self.kept["/snapshot"]).encode() + b"\n"
            return httpx.Response(200, stream=_Held(line))
        self.under_way += 1
        try:
            if path not in self.kept and self._engine is not None:
                response = await self._engine.handle_async_request(request)
                body = json.loads(await response.aread())
                self.kept[path] = body if response.is_success else None
        finally:
            self.under_way -= 1
        if path not in self.kept:
            self.missing.add(path)
        answer = self.kept.get(path)
        if answer is None:
            return httpx.Response(404, json={"code": "not_found", "message": "There is no such thing."})
        return httpx.Response(200, json=answer)


class _Held(httpx.AsyncByteStream):
    """A stream of one line that does not end."""

    def __init__(self, line: bytes) -> None:
        self._line = line

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._line
        await asyncio.Event().wait()


class Rehearsed:
    """A session of the dashboard over kept answers."""

    is_demo = True
    scenarios: tuple[str, ...] = ()
    scenario: str | None = None
    data_dir: Path | None = HERE

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    async def connect(self) -> EngineClient:
        """A client over the answers."""
        return EngineClient(self._answers, "the recording")

    async def close(self, *, stop_engine: bool) -> None:
        """There is nothing to end."""

    async def set_scenario(self, name: str) -> None:
        """Nothing changes in a recording."""


class Posing(MagFlowApp):
    """The dashboard without a terminal: there is no link to tell of."""

    def view(self) -> View:
        """What is drawn from."""
        return replace(super().view(), link_cost=None)


async def shoot(answers: Answers, shot: Shot) -> str:
    """The picture, as SVG."""
    at = datetime.fromisoformat(answers.kept["/snapshot"]["at"])
    app = Posing(
        Rehearsed(answers),
        look=Look(theme=shot.theme, ascii="off", slow="off"),
        environ={"TERM": "xterm-256color", "COLORTERM": "truecolor"},
        clock=lambda: 1000.0,
        now=lambda: at,
        zone=ZONE,
    )
    async with app.run_test(size=shot.size) as pilot:
        await _until(pilot, lambda: app.snapshot is not None)
        for key in shot.keys:
            await pilot.press(key)
            await _settled(pilot, answers)
        return picture(app)


async def _settled(pilot: Pilot[int], answers: Answers) -> None:
    """Until nothing is read any more, and a while longer than a debounced reading takes to begin."""
    quiet = 0
    while quiet < 8:
        await asyncio.sleep(0.02)
        await pilot.pause()
        quiet = 0 if answers.under_way else quiet + 1


async def _until(pilot: Pilot[int], what: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not what():
            await pilot.pause(0.01)


async def draw(answers: Answers, folder: Path) -> list[Path]:
    """Draw every picture; the files."""
    paths = []
    for shot in SHOTS:
        path = folder / f"{shot.name}.svg"
        path.write_text(await shoot(answers, shot), encoding="utf-8")
        paths.append(path)
    return paths


def read_recording() -> dict[str, Any]:
    """What was kept, by path and query."""
    kept: dict[str, Any] = json.loads(gzip.decompress(RECORDING.read_bytes()))
    return kept


def record(minutes: float, folder: Path) -> dict[str, Any]:
    """Rehearse for so long, draw every picture once from the living engine; what it answered."""
    from magflow_tui.cli.demo import Demo
    from magflow_tui.cli.demo_world import DemoPlan

    demo = Demo(DemoPlan(seed=SEED), folder=None, keep=False, environ=os.environ)
    try:
        return asyncio.run(_rehearse(demo, minutes, folder))
    finally:
        demo.clean_up()


async def _rehearse(demo: Demo, minutes: float, folder: Path) -> dict[str, Any]:
    from magflow_tui.contract.runs import StartSync

    client = await demo.connect()
    for scenario, share in ACTS:
        print(f"{scenario}: {minutes * share:.1f} min", flush=True)
        await demo.set_scenario(scenario)
        await asyncio.sleep(minutes * share * 60)
    await client.start_sync(StartSync(resources=("offers",), full=True, requested_by="ana"))
    await asyncio.sleep(12)
    snapshot = (await client.snapshot()).model_dump(mode="json")
    async with httpx.AsyncHTTPTransport(uds=snapshot["engine"]["socket"]) as engine:
        answers = Answers({"/snapshot": snapshot}, engine)
        await draw(answers, folder)
    await demo.close(stop_engine=True)
    return answers.kept


def main() -> int:
    """Draw, after recording if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--record", type=float, metavar="MINUTES", help="rehearse for so long first")
    arguments = parser.parse_args()
    if arguments.record:
        kept = record(arguments.record, HERE)
        text = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
        RECORDING.write_bytes(gzip.compress(text, mtime=0))
    answers = Answers(read_recording())
    for path in asyncio.run(draw(answers, HERE)):
        print(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    for asked in sorted(answers.missing):
        print(f"not in the recording, make a new one: {asked}", file=sys.stderr)
    return 1 if answers.missing else 0


if __name__ == "__main__":
    sys.exit(main())
