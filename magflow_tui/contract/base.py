"""The base of every model on the wire, and the types that several of them share."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, PlainSerializer

#: Path under which the engine serves everything but the probe.
BASE_PATH = "/api/v1/emag/management"

Resource = Literal["orders", "offers", "rma"]
PoolName = Literal["orders", "other", "ean"]


def _instant(value: datetime) -> str:
    return value.isoformat(timespec="milliseconds")


def _money(value: Decimal) -> str:
    return f"{value:f}"


#: An aware datetime, ISO 8601 with offset and milliseconds in JSON.
Instant = Annotated[AwareDatetime, PlainSerializer(_instant, return_type=str, when_used="json")]

#: An amount of money, a string with a point in JSON (`"312.40"`).
Money = Annotated[Decimal, PlainSerializer(_money, return_type=str, when_used="json")]


class Model(BaseModel):
    """Frozen; unknown keys of a newer engine are ignored, so an older client keeps working.

    Validators are built when a model is first used: a command that uses three of them does not pay for fifty.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="null", defer_build=True)


class Command(Model):
    """What a client asks for: the body of a POST."""

    # FastAPI wraps a body's model in an annotation that pydantic cannot apply to one that is not built yet.
    model_config = ConfigDict(defer_build=False)
