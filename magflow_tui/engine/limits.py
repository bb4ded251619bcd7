"""The desk at which people set caps and reserves: durably in the store, at once in the limiter, told to everybody."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from magflow_tui.contract.base import PoolName
from magflow_tui.contract.events import EventKind, Severity
from magflow_tui.contract.management import BACKGROUND_JOBS, LimitSetting, LimitSettings, SetCap, SetReserve
from magflow_tui.marketplace.limiter import AccountLimiter, Pool
from magflow_tui.store import Store
from magflow_tui.store.limit_settings import drop_limit_setting, keep_limit_setting, list_limit_settings

log = logging.getLogger(__name__)


class UnknownAccountError(Exception):
    """There is no such account, or it is switched off."""


class LimitDesk:
    """Caps and reserves of every account.

    `limiters` are those of the accounts that are served, `own_reserves` what the settings keep of each pool where
    nobody has set anything. Raises StoreError.
    """

    def __init__(
        self,
        store: Store,
        limiters: Mapping[str, AccountLimiter],
        own_reserves: Mapping[Pool, int],
        *,
        notify: Callable[[EventKind, Severity, str, str | None], None],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._limiters = limiters
        self._own = own_reserves
        self._notify = notify
        self._now = now
        #: One command at a time, so that store and limiter end with the same one.
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Have what was set before hold again. What no longer fits an account or its limits is left alone."""
        for setting in await self._store.read(list_limit_settings):
            try:
                self._check(setting.account, setting.pool, setting.per_minute, setting.job)
            except (UnknownAccountError, ValueError) as error:
                log.warning("a limit that %s set does not hold: %s", setting.by, error)
            else:
                self._apply(setting.account, setting.pool, setting.job, setting.per_minute)

    async def set_cap(self, command: SetCap) -> str:
        """Cap a job, or lift its cap; what was done, in a sentence.

        Raises UnknownAccountError, and ValueError for a job that cannot be capped or more than the pool has.
        """
        account = command.account.lower()
        self._check(account, command.pool, command.per_minute, command.job)
        await self._set(account, command.pool, command.job, command.per_minute, command.by)
        whose = f"{command.job} of {account.upper()}"
        if command.per_minute is None:
            return self._tell(f"{whose} is not capped in '{command.pool}' any more", command.by, account)
        rate = _requests(command.per_minute)
        return self._tell(f"{whose} may make {rate} a minute in '{command.pool}'", command.by, account)

    async def set_reserve(self, command: SetReserve) -> str:
        """Set a pool's reserve, or go back to that of the settings; what holds now, in a sentence. Raises as above."""
        account = command.account.lower()
        self._check(account, command.pool, command.per_minute)
        await self._set(account, command.pool, None, command.per_minute, command.by)
        kept = self._own_reserve(command.pool) if command.per_minute is None else command.per_minute
        source = ", as the settings say" if command.per_minute is None else ""
        what = f"{_requests(kept)} a minute of '{command.pool}' are kept" if kept else f"'{command.pool}' keeps nothing"
        return self._tell(f"{what} for operators of {account.upper()}{source}", command.by, account)

    async def settings(self) -> LimitSettings:
        """What holds, be it set by somebody or by the settings."""
        kept = {(one.account, one.pool, one.job): one for one in await self._store.read(list_limit_settings)}
        holding = [
            LimitSetting(account=account, pool=pool.pool.value, job=job, per_minute=per_minute)
            for account, limiter in self._limiters.items()
            for pool in limiter.snapshot()
            for job, per_minute in ((None, pool.reserve_per_minute), *sorted(pool.caps.items()))
        ]
        named = [kept.get((one.account, one.pool, one.job), one) for one in holding]
        return LimitSettings(settings=tuple(one for one in named if one.per_minute or one.by is not None))

    async def _set(self, account: str, pool: PoolName, job: str | None, per_minute: int | None, by: str) -> None:
        async with self._turn:
            if per_minute is None:
                work = partial(drop_limit_setting, account=account, pool=pool, job=job)
            else:
                setting = LimitSetting(
                    account=account, pool=pool, job=job, per_minute=per_minute, by=by, at=self._now()
                )
                work = partial(keep_limit_setting, setting=setting)
            await self._store.write(work, durable=True)
            self._apply(account, pool, job, per_minute)

    def _apply(self, account: str, pool: PoolName, job: str | None, per_minute: int | None) -> None:
        limiter = self._limiters[account]
        if job is not None:
            limiter.set_cap(Pool(pool), job, per_minute)
        else:
            limiter.set_reserve(Pool(pool), self._own_reserve(pool) if per_minute is None else per_minute)

    def _own_reserve(self, pool: PoolName) -> int:
        return self._own.get(Pool(pool), 0)

    def _check(self, account: str, pool: PoolName, per_minute: int | None, job: str | None = None) -> None:
        limiter = self._limiters.get(account)
        if limiter is None:
            known = ", ".join(self._limiters) or "none"
            raise UnknownAccountError(f"There is no account {account} that sends requests; there are: {known}.")
        if job is not None and job not in BACKGROUND_JOBS:
            jobs = ", ".join(BACKGROUND_JOBS)
            raise ValueError(f"only background work can be capped ({jobs}), not {job}")
        limit = next(one.minute_limit for one in limiter.snapshot() if one.pool == pool)
        least = 0 if job is None else 1
        if per_minute is not None and not least <= per_minute < limit:
            what = "a cap" if job is not None else "a reserve"
            raise ValueError(f"{what} of '{pool}' is {least} to {limit - 1} requests a minute, not {per_minute}")

    def _tell(self, what: str, by: str, account: str) -> str:
        self._notify("limits.changed", "info", f"{by}: {what}", account)
        return f"{what[:1].upper()}{what[1:]}."


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count} requests"
