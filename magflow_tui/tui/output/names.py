"""What can be exported, and as what: known before anything is, for the command line's completion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

#: Everything that can be exported, by the name that `:export` knows it by.
ListName = Literal["orders", "findings", "rules", "ignores", "offers", "runs", "requests", "alerts", "events", "routes"]
LIST_NAMES: tuple[ListName, ...] = (
    "orders",
    "findings",
    "rules",
    "ignores",
    "offers",
    "runs",
    "requests",
    "alerts",
    "events",
    "routes",
)
#: The list that a screen shows.
LIST_OF: Mapping[str, ListName] = {
    "health": "alerts",
    "limits": "routes",
    "sync": "runs",
    "orders": "orders",
    "rules": "rules",
    "ignores": "ignores",
    "offers": "offers",
    "api": "requests",
}

Format = Literal["csv", "json"]
FORMATS: tuple[Format, ...] = ("csv", "json")
