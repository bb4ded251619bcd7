"""What the options of one call of the command say, wherever on the line they stood."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import click


@dataclass
class Invocation:
    """Options that every command has. None where they were not given: environment, file and defaults then hold."""

    data_dir: Path | None = None
    config: Path | None = None
    json: bool = False
    #: Of the dashboard: fields of `config.Look` that flags set, over what the settings say.
    look: dict[str, object] = field(default_factory=dict)
    reveal: bool = False


def invocation_of(context: click.Context) -> Invocation:
    """The one `Invocation` of the call that `context` is a part of."""
    return context.find_root().ensure_object(Invocation)


#: Hands the call's `Invocation` to a command as its first argument.
pass_invocation = click.make_pass_decorator(Invocation, ensure=True)
