"""Statuses of orders on the command line, by number or by name."""

from __future__ import annotations

import click

_STATUSES = {"cancelled": 0, "new": 1, "in-progress": 2, "prepared": 3, "finalized": 4, "returned": 5}
#: Other spellings.
_ALSO = {"canceled": 0, "finalised": 4}


class StatusType(click.ParamType[int]):
    """An order status by number or by name."""

    name = "status"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).strip().lower().replace(" ", "-").replace("_", "-")
        found = (_STATUSES | _ALSO).get(text)
        if found is not None:
            return found
        if text.isdigit():
            return int(text)
        raise click.BadParameter(f"{value!r} is no order status; there are {status_names()}", ctx, param)


def status_names() -> str:
    """All of them: `0 cancelled, 1 new …`."""
    return ", ".join(f"{number} {name}" for name, number in _STATUSES.items())
