"""Who asks the engine for something, for its records."""

from __future__ import annotations

import getpass


def operator_name() -> str:
    """The name that the machine knows its user by; `operator` where it knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "operator"
