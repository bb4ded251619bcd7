"""What can go wrong between a client and the engine: one shape, a sentence and the way out."""

from __future__ import annotations

from magflow_tui.contract.errors import ErrorBody


class EngineError(Exception):
    """The engine could not do what was asked. `body` is its answer, `status` its HTTP status (None without one)."""

    def __init__(self, body: ErrorBody, status: int | None = None) -> None:
        super().__init__(body.message)
        self.body = body
        self.status = status

    def __str__(self) -> str:
        return f"{self.body.message} {self.body.hint}" if self.body.hint else self.body.message


class EngineNotRunningError(EngineError):
    """No engine answers."""

    def __init__(self, where: str) -> None:
        super().__init__(
            ErrorBody(
                code="engine_not_running",
                message="No engine is running.",
                detail=where,
                hint="Start it with `magflow engine start`.",
            )
        )


class EngineUnreachableError(EngineError):
    """An engine is there and gives no answer that can be read: it hangs, or something else listens there."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            ErrorBody(
                code="engine_unreachable",
                message=f"The engine gives no answer ({reason}).",
                detail=where,
                hint="See its log, or restart it with `magflow engine stop` and `magflow engine start`.",
            )
        )


class EngineStartError(EngineError):
    """The engine did not start. `exit_code` is the one the engine ended with, 2 for everything an operator can mend."""

    def __init__(self, body: ErrorBody, exit_code: int) -> None:
        super().__init__(body)
        self.exit_code = exit_code
