"""The rehearsal's world: its seller accounts, the settings of its engine, the environment that engine may see.

Pure: nothing is started and nothing is written here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from magflow_tui.cli.failures import FAILED, CommandError

if TYPE_CHECKING:
    from magflow_tui.sandbox.config import SandboxConfig

SCENARIOS: Final = ("calm", "black-friday", "rate-storm", "outage", "dirty-data")

#: The largest rehearsal: the sandbox makes its rows as they are asked for.
MOST_ROWS: Final = 1_000_000

#: Variables of ours that tell nothing about accounts or places.
_HARMLESS: Final = frozenset({"MAGFLOW_DEBUG", "MAGFLOW_LOG_LEVEL", "MAGFLOW_LANGUAGE"})

#: Syncs come often, so that there is always something to see.
_SETTINGS: Final = """\
[sync]
orders_every = "20s"
offers_every = "5m"
rma_every = "2m"
"""


@dataclass(frozen=True)
class DemoAccount:
    """One account of the rehearsal; `share` is its part (0..1) of all orders and offers."""

    name: str
    platform: Literal["emag-ro", "emag-bg"]
    kind: Literal["main", "fbe"]
    share: float


ACCOUNTS: Final = (
    DemoAccount("main", "emag-ro", "main", 0.6),
    DemoAccount("fbe", "emag-ro", "fbe", 0.25),
    DemoAccount("bg", "emag-bg", "main", 0.15),
)


@dataclass(frozen=True)
class DemoPlan:
    """What the rehearsal is to be: the scenario it begins with, rows of all accounts together, its world's seed."""

    scenario: str = "calm"
    orders: int = 40_000
    offers: int = 8_000
    seed: int = 1

    def part(self, account: DemoAccount) -> tuple[int, int]:
        """Orders and offers of one account."""
        return round(self.orders * account.share), round(self.offers * account.share)


def new_passwords(token: Callable[[], str] = secrets.token_urlsafe) -> dict[str, str]:
    """A password for each account, good for one rehearsal."""
    return {account.name: token() for account in ACCOUNTS}


def username(account: DemoAccount) -> str:
    """The marketplace user of an account; invented."""
    return f"{account.name}@demo.example"


def sandbox_config(plan: DemoPlan, passwords: Mapping[str, str]) -> SandboxConfig:
    """The marketplace of the rehearsal. Its weather (latency, faults, arriving orders) is the scenario's."""
    from magflow_tui.sandbox.config import SandboxAccount, SandboxConfig

    return SandboxConfig(
        seed=plan.seed,
        accounts=tuple(
            SandboxAccount(
                name=account.name,
                platform=account.platform,
                username=username(account),
                password=passwords[account.name],
                orders=plan.part(account)[0],
                offers=plan.part(account)[1],
                fbe=1.0 if account.kind == "fbe" else 0.1,
            )
            for account in ACCOUNTS
        ),
    )


def engine_settings() -> str:
    """The settings file of the rehearsal's engine. It keeps the operator's own file from being read."""
    return _SETTINGS


def engine_environ(
    environ: Mapping[str, str], passwords: Mapping[str, str], base_urls: Mapping[str, str]
) -> dict[str, str]:
    """The environment of the rehearsal's engine: the given one without the operator's accounts, with the invented ones.

    `base_urls` holds the address of each account's marketplace.
    """
    kept = {
        name: value
        for name, value in environ.items()
        if not name.upper().startswith("MAGFLOW_") or name.upper() in _HARMLESS
    }
    for account in ACCOUNTS:
        prefix = f"MAGFLOW_ACCOUNTS__{account.name.upper()}__"
        kept[f"{prefix}PLATFORM"] = account.platform
        kept[f"{prefix}KIND"] = account.kind
        kept[f"{prefix}USERNAME"] = username(account)
        kept[f"{prefix}PASSWORD"] = passwords[account.name]
        kept[f"{prefix}BASE_URL"] = base_urls[account.name]
    return kept


def refuse_real_store(entries: frozenset[str], folder: str) -> None:
    """Raise `CommandError` when a named folder holds a store that no rehearsal made. `entries` are its files."""
    if "magflow.db" in entries and MARKER not in entries:
        raise CommandError(
            f"{folder} holds a store that is not a rehearsal's", hint="name an empty folder, or none", exit_code=FAILED
        )


#: File that marks a folder as a rehearsal's.
MARKER: Final = "rehearsal.json"
