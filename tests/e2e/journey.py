"""A whole journey through the command, checked against the sandbox's own truth.

Two accounts are synced in full within the marketplace's exact limits; orders change and arrive; an incremental sync
fetches them. At each end the store holds exactly the sandbox's rows, byte for byte, and the sandbox refused nothing.

    python tests/e2e/journey.py --orders 10000 --offers 5000
    python tests/e2e/journey.py --orders 2000 --offers 300 --faults     # and the same in bad weather

Prints what it found and exits with 0, or says what differs and exits with 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from magflow_tui.sandbox import Faults, Living, SandboxAccount, SandboxConfig, SandboxProcess

TABLES = {"orders": "orders", "offers": "offers", "rma": "rma"}
WEATHER = Faults(
    server_error=0.05, reset=0.02, truncated=0.02, hang=0.01, hang_seconds=5.0, rate_limited=0.01, retry_after=1
)


def environment(folder: Path, accounts: tuple[SandboxAccount, ...], sandbox: SandboxProcess) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("MAGFLOW_")}
    kept["MAGFLOW_DATA_DIR"] = str(folder)
    kept["MAGFLOW_CONFIG"] = str(folder / "config.toml")
    for account in accounts:
        prefix = f"MAGFLOW_ACCOUNTS__{account.name.upper()}__"
        kept[prefix + "PLATFORM"] = account.platform
        kept[prefix + "USERNAME"] = account.username
        kept[prefix + "PASSWORD"] = account.password
        kept[prefix + "BASE_URL"] = sandbox.base_url(account.name)
    return kept


def sync(environ: dict[str, str], *arguments: str) -> tuple[list[dict[str, object]], int, float]:
    """Run `magflow sync`; returns the runs of its last line, its exit code, and the seconds it took."""
    began = time.monotonic()
    command = [sys.executable, "-m", "magflow_tui", "sync", *arguments, "--json"]
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=False, timeout=3600)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if not lines or lines[-1].get("event") != "run":
        raise SystemExit(f"the last line of sync is not a run: {done.stdout[-500:]!r}, exit code {done.returncode}")
    return lines[-1]["runs"], done.returncode, time.monotonic() - began


def stored(database: Path, table: str, account: str) -> dict[int, str]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        query = f"SELECT id, raw FROM {table} WHERE account = ?"  # noqa: S608 - one of TABLES
        rows = connection.execute(query, (account,)).fetchall()
    connection.close()
    return {number: hashlib.sha256(raw).hexdigest() for number, raw in rows}


def truth(url: str, kind: str, account: str) -> dict[int, str]:
    answer = httpx.get(f"{url}/control/{kind}", params={"account": account}, trust_env=False, timeout=300)
    rows = [json.loads(line) for line in answer.raise_for_status().text.splitlines()]
    return {row["id"]: row["sha256"] for row in rows}


class Differences:
    """What was found, and what of it is wrong."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def check(self, holds: bool, found: str) -> None:
        print(("ok    " if holds else "WRONG ") + found, flush=True)
        if not holds:
            self.wrong.append(found)

    def rows(self, url: str, database: Path, accounts: tuple[SandboxAccount, ...]) -> None:
        for account in accounts:
            for kind, table in TABLES.items():
                have, want = stored(database, table, account.name), truth(url, kind, account.name)
                missing, doubled = len(want.keys() - have.keys()), len(have.keys() - want.keys())
                stale = sum(have[number] != want[number] for number in have.keys() & want.keys())
                self.check(
                    have == want,
                    f"{account.name} {kind}: {len(have)} rows, {missing} missing, {doubled} unknown, {stale} stale",
                )


def main() -> None:
    parser = argparse.ArgumentParser(description="A whole journey through the command.")
    parser.add_argument("--orders", type=int, default=600, help="of both accounts together")
    parser.add_argument("--offers", type=int, default=200, help="of both accounts together")
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--new", type=int, default=50)
    parser.add_argument(
        "--faults", action="store_true", help="5 % 5xx, 2 % resets, 2 % truncated, 1 % hangs, bursts of 429"
    )
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()

    def account(name: str, platform: str, share: float) -> SandboxAccount:
        return SandboxAccount(
            name=name,
            platform=platform,  # type: ignore[arg-type]
            username=f"{name}@example.com",
            password="a password of the sandbox",
            orders=round(options.orders * share),
            offers=round(options.offers * share),
            rmas=30,
            fbe=0.25,
            days=300,
        )

    accounts = (account("main", "emag-ro", 0.6), account("bg", "emag-bg", 0.4))
    faults = WEATHER if options.faults else Faults()
    config = SandboxConfig(seed=options.seed, accounts=accounts, faults=faults, living=Living())
    found = Differences()
    with tempfile.TemporaryDirectory(prefix="magflow-journey-") as name, SandboxProcess(config) as sandbox:
        folder = Path(name)
        environ = environment(folder, accounts, sandbox)
        (folder / "config.toml").write_text("[http]\nread_timeout = 2\n" if options.faults else "")
        database = folder / "magflow.db"

        runs, code, seconds = sync(environ, "all", "--full")
        found.check(
            code == 0 and all(run["result"] == "completed" for run in runs),
            f"full sync: exit {code}, {seconds:.1f} s, "
            + ", ".join(f"{run['account']} {run['resource']} {run['result']}" for run in runs),
        )
        for run in runs:
            added_up = run["created"] + run["updated"] + run["unchanged"] + run["failed"]  # type: ignore[operator]
            found.check(added_up == run["items"], f"{run['account']} {run['resource']}: {run['items']} items add up")
        found.rows(sandbox.url, database, accounts)

        body = {"change": options.changes, "add": options.new}
        done = (
            httpx.post(f"{sandbox.url}/control/world", json=body, trust_env=False, timeout=60).raise_for_status().json()
        )
        touched = len({(name, one) for part in ("added", "changed") for name, ids in done[part].items() for one in ids})
        runs, code, seconds = sync(environ, "orders")
        fetched = sum(run["items"] for run in runs)  # type: ignore[misc]
        renewed = sum(run["created"] + run["updated"] for run in runs)  # type: ignore[misc,operator]
        found.check(
            code == 0 and all((run["kind"], run["result"]) == ("incremental", "completed") for run in runs),
            f"incremental sync: exit {code}, {seconds:.1f} s",
        )
        found.check(renewed == touched, f"{renewed} of {touched} changed and new orders fetched")
        found.check(
            fetched - touched < 0.05 * options.orders, f"{fetched - touched} others fetched, of {options.orders}"
        )
        found.rows(sandbox.url, database, accounts)

        counts = httpx.get(f"{sandbox.url}/control/stats", trust_env=False).json()
        found.check(counts["refused"] == 0, f"{counts['served']} requests served, {counts['refused']} refused")
        if options.faults:
            print("faults given:", counts["faults"])
    raise SystemExit(1 if found.wrong else 0)


if __name__ == "__main__":
    main()
