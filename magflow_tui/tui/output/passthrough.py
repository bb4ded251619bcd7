"""Control sequences for the terminal at the far end, through a multiplexer that would swallow them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

#: The program between the dashboard and the terminal; None for none.
Multiplexer = Literal["tmux", "screen"] | None

ESC, BEL, ST = "\x1b", "\x07", "\x1b\\"
#: Characters of a sequence that GNU screen takes in one device control string.
SCREEN_CHUNK = 76


def multiplexer_of(environ: Mapping[str, str]) -> Multiplexer:
    """What stands between, by the variables that it sets."""
    if environ.get("TMUX"):
        return "tmux"
    return "screen" if environ.get("STY") else None


def through(sequence: str, multiplexer: Multiplexer) -> str:
    """A control sequence, wrapped so that it passes a multiplexer.

    It must end with BEL: the end that a sequence shares with its wrapping (ST) would end both. tmux passes it on where
    its `allow-passthrough` is on.
    """
    if multiplexer == "tmux":
        return f"{ESC}Ptmux;{sequence.replace(ESC, ESC + ESC)}{ST}"
    if multiplexer == "screen":
        chunks = [sequence[start : start + SCREEN_CHUNK] for start in range(0, len(sequence), SCREEN_CHUNK)]
        return "".join(f"{ESC}P{chunk}{ST}" for chunk in chunks)
    return sequence
