"""Caps and reserves that people set, and what the limits have cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import insert

from magflow_tui.contract.management import LimitSetting, Refusals
from magflow_tui.store.limit_losses import MOST_REFUSALS, limit_losses
from magflow_tui.store.limit_settings import drop_limit_setting, keep_limit_setting, list_limit_settings
from magflow_tui.store.monitor_tables import POOL_MINUTES

NOW = datetime(2026, 6, 1, 13, tzinfo=UTC)
MINUTE = int(NOW.timestamp() // 60)


def setting(pool, job, per_minute, by="ana", account="main"):
    return LimitSetting(account=account, pool=pool, job=job, per_minute=per_minute, by=by, at=NOW)


async def keep(shelf, *settings):
    for each in settings:
        await shelf.store.write(partial(keep_limit_setting, setting=each))


async def listed(shelf):
    return await shelf.store.read(list_limit_settings)


async def test_what_is_set_anew_takes_the_place_of_what_was_set_before(shelf):
    await keep(shelf, setting("other", "sync offers", 120), setting("other", "sync offers", 90, by="dan"))
    assert await listed(shelf) == (setting("other", "sync offers", 90, by="dan"),)


async def test_settings_are_listed_by_account_and_pool_with_the_reserve_first(shelf):
    wanted = (
        setting("orders", None, 10, account="fbe"),
        setting("other", None, 20),
        setting("other", "sync offers", 120),
        setting("other", "sync rma", 30),
    )
    await keep(shelf, *reversed(wanted))
    assert await listed(shelf) == wanted


async def test_what_is_taken_away_is_gone_and_nothing_else(shelf):
    await keep(shelf, setting("other", None, 20), setting("other", "sync offers", 120))
    drop = partial(drop_limit_setting, account="main", pool="other", job=None)
    await shelf.store.write(drop)
    await shelf.store.write(drop)
    assert await listed(shelf) == (setting("other", "sync offers", 120),)


async def minutes(shelf, *rows, account="main", pool="other"):
    """Minutes of a pool as `(minutes ago, ms waited, 429s)`."""
    values = [
        {"minute": MINUTE - ago, "account": account, "pool": pool, "used": 9, "waited_ms": waited, "hits": hits}
        for ago, waited, hits in rows
    ]
    await shelf.store.write(lambda connection: connection.execute(insert(POOL_MINUTES), values))


async def losses(shelf, until=NOW):
    found = await shelf.store.read(partial(limit_losses, until=until))
    return {(pool.account, pool.pool): pool for pool in found.pools}


async def test_time_waited_is_summed_over_the_last_hour_and_the_last_24_hours(shelf):
    await minutes(shelf, (0, 64_000, 0), (1, 1_000, 0), (60, 2_000, 0), (61, 4_000, 0), (1440, 8_000, 0))
    await minutes(shelf, (1441, 16_000, 0), (5, 500, 0), account="fbe")
    found = await losses(shelf)
    assert (found["main", "other"].hour_seconds, found["main", "other"].day_seconds) == (3.0, 15.0)
    assert (found["fbe", "other"].hour_seconds, found["fbe", "other"].day_seconds) == (0.5, 0.5)
    assert (found["main", "other"].known_minutes, found["fbe", "other"].known_minutes) == (4, 1)


async def test_the_half_hour_with_most_waiting_is_the_peak(shelf):
    await minutes(shelf, (20, 9_000, 0), (100, 5_000, 0), (110, 5_000, 0), (121, 9_500, 0))
    peak = (await losses(shelf))["main", "other"]
    assert (peak.peak_from, peak.peak_seconds) == (NOW - timedelta(hours=2), 10.0)
    await minutes(shelf, (3, 0, 0), account="fbe")
    quiet = (await losses(shelf))["fbe", "other"]
    assert (quiet.peak_from, quiet.day_seconds) == (None, 0.0)


async def test_refusals_are_the_last_minutes_with_a_429_of_each_pool_newest_first(shelf):
    await minutes(shelf, *((ago, 0, ago % 2) for ago in range(1, 40)))
    await minutes(shelf, (3 * 1440, 0, 2), account="fbe")
    found = await losses(shelf)
    expected = [Refusals(at=NOW - timedelta(minutes=ago), count=1) for ago in range(1, 2 * MOST_REFUSALS, 2)]
    assert list(found["main", "other"].refusals) == expected
    assert found["fbe", "other"].refusals == (Refusals(at=NOW - timedelta(days=3), count=2),)


async def test_what_was_at_an_earlier_moment_is_told_as_of_then(shelf):
    await minutes(shelf, (1, 1_000, 1), (61, 4_000, 0))
    found = (await losses(shelf, NOW - timedelta(hours=1)))["main", "other"]
    assert (found.hour_seconds, found.refusals) == (4.0, ())
