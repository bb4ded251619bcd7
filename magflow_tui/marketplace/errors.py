"""What can go wrong between us and the marketplace, by name.

    EmagApiError                 anything the marketplace or the way to it did not do
    ├── RateLimitError           429: too many requests, `remaining_seconds` until it is worth asking again   retried
    ├── AuthenticationError      wrong credentials, or no right to use the API
    │   └── IpRefusedError       the caller's address is not on the seller's list (arrives as HTTP 200)
    ├── ValidationError          the request is wrong, `validation_errors` says where
    ├── ResourceNotFoundError    no such order, offer or address
    ├── BusinessLogicError       understood and refused: the order's status, a campaign, a card payment
    ├── NetworkError             no connection, or it broke                                                  retried
    ├── TimeoutError             no answer in time                                                           retried
    ├── MalformedAnswerError     an answer that cannot be read: HTML, truncated, no `isError`                retried
    └── ServerError              5xx                                                                         retried

No message, and nothing that `repr` shows, holds credentials or personal data; `response_data` holds the answer as it
came and is for code to look into, not for logs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from magflow_tui.contract.records import RequestOutcome


class EmagApiError(Exception):
    """The base: a sentence, and what is known about the answer.

    `code` is a short stable word for programs (`invalid_ip`, `truncated`, …) or None, `status_code` the HTTP status or
    None when there was no answer, `response_data` the answer's JSON when it had one.

    `retryable` tells that the same request may succeed later. `maybe_applied` is for writes: the marketplace may have
    carried the request out although it failed for us, so read back before sending it again. `attempts` are the requests
    that were made before it was raised.
    """

    outcome: ClassVar[RequestOutcome] = "business"
    may_succeed_later: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        code: str | int | None = None,
        status_code: int | None = None,
        response_data: object | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status_code = status_code
        self.response_data = response_data
        self.retryable = self.may_succeed_later
        self.maybe_applied = False
        self.attempts = 1

    def __str__(self) -> str:
        return self.message


class RateLimitError(EmagApiError):
    """Too many requests. `remaining_seconds` is what the answer asks to wait, None where it does not say.

    Existing callers also give the seconds alone: `RateLimitError(30)`.
    """

    outcome = "rate_limited"
    may_succeed_later = True

    def __init__(
        self,
        message: str | float = "the marketplace's rate limit is exceeded",
        remaining_seconds: float | None = None,
        *,
        code: str | int | None = "rate_limited",
        status_code: int | None = 429,
        response_data: object | None = None,
    ) -> None:
        if not isinstance(message, str):
            message, remaining_seconds = f"the marketplace asks to wait {message:g} s", float(message)
        super().__init__(message, code, status_code, response_data)
        self.remaining_seconds = remaining_seconds


class AuthenticationError(EmagApiError):
    """The credentials are wrong, or their user has no right to use the API."""

    outcome: ClassVar[RequestOutcome] = "authentication"


class IpRefusedError(AuthenticationError):
    """This machine's address is not on the account's list of addresses."""

    outcome = "refused_ip"


class ValidationError(EmagApiError):
    """The request is wrong. `validation_errors`: the marketplace's sentences, `field: message` where it names one."""

    outcome = "validation"

    def __init__(
        self,
        message: str,
        validation_errors: Sequence[object] = (),
        code: str | int | None = None,
        status_code: int | None = None,
        response_data: object | None = None,
    ) -> None:
        super().__init__(message, code, status_code, response_data)
        self.validation_errors = list(validation_errors)


class ResourceNotFoundError(EmagApiError):
    """There is no such thing at the marketplace."""

    outcome = "not_found"


class BusinessLogicError(EmagApiError):
    """The marketplace understood the request and refuses it."""

    outcome = "business"


class NetworkError(EmagApiError):
    """No connection to the marketplace, or it broke before the answer was whole."""

    outcome = "network"
    may_succeed_later = True


class TimeoutError(EmagApiError):  # noqa: A001 - existing callers know it by this name
    """The marketplace did not answer in time."""

    outcome = "timeout"
    may_succeed_later = True


class MalformedAnswerError(EmagApiError):
    """An answer that is not what the API promises: HTML, truncated, without `isError`, null where a list belongs."""

    outcome = "malformed"
    may_succeed_later = True


class ServerError(EmagApiError):
    """The marketplace failed (5xx). Routine for 500, 502 and 504."""

    outcome = "server_error"
    may_succeed_later = True
