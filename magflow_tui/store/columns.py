"""How money and times are kept: money as a count of 1/10 000 units, times as milliseconds since 1970 UTC.

The column types convert for queries built with SQLAlchemy; the functions do the same for rows that go straight to the
driver (see `upsert`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

_UNITS: Final = Decimal(10_000)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_INT64_MAX: Final = 2**63 - 1
_MILLISECOND: Final = timedelta(milliseconds=1)


def money_to_units(amount: Decimal | None) -> int | None:
    """An amount as 1/10 000 units, half up. None for None and for what 64 bits cannot hold (`NaN`, `1e300`)."""
    if amount is None:
        return None
    units = amount * _UNITS
    try:
        whole = int(units)
    except (ValueError, OverflowError):  # NaN, infinite
        return None
    if whole != units:
        whole = int(units.to_integral_value(ROUND_HALF_UP))
    return whole if -_INT64_MAX <= whole <= _INT64_MAX else None


def units_to_money(units: int | None) -> Decimal | None:
    """1/10 000 units as an amount, with two decimals, or four where they count."""
    if units is None:
        return None
    return Decimal(units).scaleb(-4) if units % 100 else Decimal(units // 100).scaleb(-2)


def time_to_millis(moment: datetime | None) -> int | None:
    """An aware time as milliseconds since 1970 UTC, fractions of a millisecond cut."""
    return None if moment is None else (moment - _EPOCH) // _MILLISECOND


def millis_to_time(millis: int | None) -> datetime | None:
    """Milliseconds since 1970 UTC as an aware UTC time."""
    return None if millis is None else _EPOCH + millis * _MILLISECOND


class Money(TypeDecorator[Decimal]):
    """`Decimal` in Python, 1/10 000 units in the store."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return money_to_units(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return units_to_money(value)


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC `datetime` in Python, milliseconds since 1970 in the store: they sort, in any database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return time_to_millis(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return millis_to_time(value)
