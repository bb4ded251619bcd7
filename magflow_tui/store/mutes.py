"""Mutes: no noise of a code for an account, or for all, until a moment. Who said so stays when a mute is over."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, insert, select, update

from magflow_tui.contract.alerts import Mute, MuteAlerts
from magflow_tui.store.alert_tables import ALERT_MUTES

_SHOWN: Final = [ALERT_MUTES.c[name] for name in ("mute_id", "code", "account", "by", "at", "until")]


def add_mute(connection: Connection, command: MuteAlerts, *, at: datetime, until: datetime) -> Mute:
    """Keep a mute; it takes the place of one that holds for the same code and account."""
    of_the_same = ALERT_MUTES.c.code == command.code, ALERT_MUTES.c.account.is_not_distinct_from(command.account)
    _lift(connection, *of_the_same, by=command.by, at=at)
    values = {"code": command.code, "account": command.account, "by": command.by, "at": at, "until": until}
    row = connection.execute(insert(ALERT_MUTES).values(values).returning(*_SHOWN)).mappings().one()
    return Mute(**row)


def lift_mute(connection: Connection, mute_id: int, *, by: str, at: datetime) -> Mute | None:
    """End a mute that holds: it then lasted until `at`. None when none of this number holds."""
    lifted = _lift(connection, ALERT_MUTES.c.mute_id == mute_id, by=by, at=at)
    return lifted[0].model_copy(update={"until": at}) if lifted else None


def holding_mutes(connection: Connection, at: datetime) -> tuple[Mute, ...]:
    """The mutes that hold at a moment, newest first."""
    statement = select(*_SHOWN).where(*_holds(at)).order_by(ALERT_MUTES.c.mute_id.desc())
    return tuple(Mute(**row) for row in connection.execute(statement).mappings())


def _holds(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return ALERT_MUTES.c.until > at, ALERT_MUTES.c.lifted_at.is_(None)


def _lift(connection: Connection, *of_these: ColumnElement[bool], by: str, at: datetime) -> list[Mute]:
    statement = update(ALERT_MUTES).where(*of_these, *_holds(at)).values(lifted_at=at, lifted_by=by)
    return [Mute(**row) for row in connection.execute(statement.returning(*_SHOWN)).mappings()]
