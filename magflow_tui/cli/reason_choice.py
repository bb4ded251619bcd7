"""The reason of a cancellation on the command line: its number, or words that only one of them has."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from magflow_tui.cli.failures import FAILED, CommandError

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.actions import Reason


async def choose_reason(client: EngineClient, given: str | None) -> int | None:
    """The code that is meant, None when none is given. A number is taken as it is: the rules know the codes.

    Raises CommandError for words that no reason has, or several.
    """
    if given is None:
        return None
    if given.strip().isascii() and given.strip().isdigit():
        return int(given)
    return pick_reason((await client.actions.reasons()).reasons, given)


def pick_reason(reasons: Sequence[Reason], given: str) -> int:
    """The one reason that is called so, or else that has all of these words, in either language."""
    exact = [reason for reason in reasons if _plain(given) in (_plain(reason.text), _plain(reason.text_ro))]
    words = _plain(given).split()
    found = exact or [
        reason
        for reason in reasons
        if any(all(word in _plain(text) for word in words) for text in (reason.text, reason.text_ro))
    ]
    if len(found) == 1 and words:
        return found[0].code
    if not found or not words:
        raise CommandError(
            f"there is no reason {given!r}", hint="`magflow orders reasons` lists them", exit_code=FAILED
        )
    listed = "; ".join(f"{reason.code} {reason.text}" for reason in found[:8])
    raise CommandError(f"{given!r} fits several reasons: {listed}", hint="give the number", exit_code=FAILED)


def _plain(text: str) -> str:
    """Without case and diacritics."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(letter for letter in decomposed if not unicodedata.combining(letter)).split())
