"""The reasons that a cancellation can give, as the engine knows them; those given here before come first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from magflow_tui.client import EngineClient
    from magflow_tui.contract.actions import Reason


class Reasons:
    """Read once: they change with the engine's version alone."""

    def __init__(self) -> None:
        self.known: tuple[Reason, ...] = ()
        self._used: list[int] = []

    @property
    def used(self) -> int:
        """How many have been given before."""
        return len(self._used)

    async def read(self, client: EngineClient) -> tuple[Reason, ...]:
        """All of them, the last given first. Raises `EngineError`."""
        if not self.known:
            self.known = (await client.actions.reasons()).reasons
        by_code = {reason.code: reason for reason in self.known}
        first = [by_code[code] for code in self._used if code in by_code]
        return (*first, *(reason for reason in self.known if reason.code not in self._used))

    def named(self, code: int) -> Reason | None:
        """The reason of a code, as far as it has been read."""
        return next((reason for reason in self.known if reason.code == code), None)

    def give(self, code: int) -> None:
        """This one has been given."""
        if code in self._used:
            self._used.remove(code)
        self._used.insert(0, code)
