"""Caps and reserves as people set them: kept until somebody sets them anew or takes them away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from magflow_tui.contract.management import LimitSetting
from magflow_tui.store.monitor_tables import LIMIT_SETTINGS

#: Stands for a job where it is the reserve of the pool: no job is called so.
RESERVE = ""
_KEY = ("account", "pool", "job")


def list_limit_settings(connection: Connection) -> tuple[LimitSetting, ...]:
    """All of them by account and pool, the reserve of a pool before its caps."""
    rows = connection.execute(select(LIMIT_SETTINGS).order_by(*(LIMIT_SETTINGS.c[name] for name in _KEY))).mappings()
    return tuple(LimitSetting(**{**row, "job": row["job"] or None}) for row in rows)


def keep_limit_setting(connection: Connection, setting: LimitSetting) -> None:
    """Keep a cap or a reserve in the place of the one that was set before."""
    values: Mapping[str, Any] = {**setting.model_dump(), "job": setting.job or RESERVE}
    statement = insert(LIMIT_SETTINGS).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=values))


def drop_limit_setting(connection: Connection, account: str, pool: str, job: str | None) -> None:
    """Forget a cap, or the reserve where `job` is None; one that is not there is gone already."""
    found = (
        LIMIT_SETTINGS.c.account == account,
        LIMIT_SETTINGS.c.pool == pool,
        LIMIT_SETTINGS.c.job == (job or RESERVE),
    )
    connection.execute(delete(LIMIT_SETTINGS).where(*found))
