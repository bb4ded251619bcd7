"""Names for JSON that is built and changed in memory."""

from __future__ import annotations

from typing import TypeAlias, cast

JsonObject: TypeAlias = dict[str, object]


def as_object(value: object) -> JsonObject:
    """`value` as an object; an empty one when it is anything else."""
    return cast("JsonObject", value) if isinstance(value, dict) else {}


def objects_in(value: object) -> list[JsonObject]:
    """The objects in a list, in order; none when `value` is no list."""
    return [cast("JsonObject", item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def whole(value: object) -> int | None:
    """`value` as a whole number when it is one or text of one (`21`, `"21"`), else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
        return int(value)
    return None
