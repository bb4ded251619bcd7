"""The door to the rules: the one module of the command that knows them, for what needs neither engine nor store.

Everything else the command tells comes from the engine, which applies the rules itself. Checking a file is another
matter: it has to work where nothing is set up, and on what was never stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from magflow_tui.cli.failures import CommandError
from magflow_tui.cli.wording import printable

if TYPE_CHECKING:
    # Named anew: the commands say these types, and may not know the rules themselves.
    from magflow_tui.rules.findings import Finding as Finding
    from magflow_tui.rules.findings import Rule as Rule
    from magflow_tui.rules.verdicts import Purpose as Purpose
    from magflow_tui.rules.verdicts import Verdict as Verdict


def judged(file: BinaryIO, name: str, purpose: Purpose, platform: str | None) -> Iterator[Verdict]:
    """A verdict for each order of a file, in its order. CommandError for what holds no orders; `name` is how it is
    told of."""
    from magflow_tui.rules.documents import UnreadableDocumentError, order_parts
    from magflow_tui.rules.verdicts import verdicts

    try:
        parts = order_parts(file)
    except UnreadableDocumentError as error:
        raise CommandError(f"{name} cannot be read: {printable(error.message)}", hint=error.hint) from error
    return verdicts(parts, purpose, platform)


def every_rule() -> tuple[Rule, ...]:
    """The rules of every check, in the order of their subjects."""
    from magflow_tui.rules.catalogue import RULES

    return tuple(RULES.values())


def plain_value(shown: str | None) -> str | int | float | bool | None:
    """A finding's value for programs."""
    from magflow_tui.rules.verdicts import json_value

    return json_value(shown)
