"""One HTTP request and its answer: bytes out, status and bytes in, every failure by our names, every instant told."""

from __future__ import annotations

import asyncio
import builtins
import email.utils
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

import httpx

from magflow_tui.marketplace.errors import (
    EmagApiError,
    MalformedAnswerError,
    NetworkError,
    TimeoutError,  # noqa: A004 - existing callers know it by this name
)

#: An answer larger than this (bytes, unpacked) is refused: a page of 100 orders is under 1 MiB.
BODY_LIMIT: Final = 64 * 1024 * 1024

_LONGEST_RETRY_AFTER: Final = 3600.0
_NEVER_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


class Signals(Protocol):
    """Who wants to know when the request begins to leave, is on the wire, and is answered: a limiter's slot."""

    def leaving(self) -> None: ...
    def sent(self) -> None: ...
    def answered(self) -> None: ...


@dataclass(slots=True)
class Progress:
    """What is known of a request so far; still there when it fails or is cancelled. Times in seconds of `clock`."""

    began: float
    first_byte: float | None = None
    status: int | None = None
    bytes_received: int = 0


@dataclass(frozen=True, slots=True)
class RawAnswer:
    status: int
    body: bytes
    retry_after: float | None


async def exchange(
    http: httpx.AsyncBaseTransport,
    request: httpx.Request,
    *,
    signals: Signals,
    progress: Progress,
    deadline: float,
    clock: Callable[[], float] = time.monotonic,
) -> RawAnswer:
    """Send and receive, in `deadline` seconds at most. Raises NetworkError, TimeoutError or MalformedAnswerError.

    The error's `maybe_applied` is set when the marketplace may have received the request.
    """

    async def trace(event: str, _: object) -> None:
        if event.endswith("send_request_headers.started"):
            signals.leaving()
        elif event.endswith("send_request_body.complete"):
            signals.sent()
        elif event.endswith("receive_response_headers.complete"):
            progress.first_byte = clock()
            signals.answered()

    request.extensions["trace"] = trace
    try:
        async with asyncio.timeout(deadline):
            response = await http.handle_async_request(request)
            try:
                if progress.first_byte is None:  # a transport that does not tell
                    progress.first_byte = clock()
                    signals.answered()
                progress.status = response.status_code
                body = await _body(response, progress)
            finally:
                await response.aclose()
    except builtins.TimeoutError as error:
        raise _after_sending(TimeoutError(f"no whole answer within {deadline:g} s", "timeout")) from error
    except httpx.HTTPError as error:
        raise _named(error, progress) from error
    return RawAnswer(response.status_code, body, parse_retry_after(response.headers.get("retry-after"), _now()))


async def _body(response: httpx.Response, progress: Progress) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        progress.bytes_received = response.num_bytes_downloaded
        if size > BODY_LIMIT:
            error = MalformedAnswerError(f"an answer of more than {BODY_LIMIT >> 20} MiB", "too_large", progress.status)
            error.retryable = False
            raise _after_sending(error)
    return b"".join(chunks)


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a `Retry-After` header, which is seconds or a date; None when absent or unreadable."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (email.utils.parsedate_to_datetime(value) - now).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), _LONGEST_RETRY_AFTER)


def _named(error: httpx.HTTPError, progress: Progress) -> EmagApiError:
    """Our error for httpx's. Its own text is used only where it holds no address, header or body."""
    named: EmagApiError
    if isinstance(error, httpx.TimeoutException):
        waiting_for = "a connection" if isinstance(error, _NEVER_SENT) else "an answer"
        named = TimeoutError(f"timed out waiting for {waiting_for}", "timeout", progress.status)
    elif isinstance(error, httpx.DecodingError):
        named = MalformedAnswerError("the answer's compression is broken", "undecodable", progress.status)
    elif isinstance(error, httpx.RemoteProtocolError) and progress.status is not None:
        named = MalformedAnswerError(
            f"the answer was cut short after {progress.bytes_received} bytes", "truncated", progress.status
        )
    elif isinstance(error, httpx.RemoteProtocolError):
        named = NetworkError("the connection was closed without an answer", "no_answer")
    elif isinstance(error, httpx.ConnectError):
        untrusted = "CERTIFICATE_VERIFY_FAILED" in str(error)
        reason = "its certificate is not trusted" if untrusted else str(error) or "no connection"
        named = NetworkError(f"cannot connect: {reason}", "certificate" if untrusted else "no_connection")
        named.retryable = not untrusted
    elif isinstance(error, httpx.UnsupportedProtocol):
        named = NetworkError("the base URL is not http or https", "base_url")
        named.retryable = False
    else:
        named = NetworkError("the connection broke", "connection_broken", progress.status)
    return named if isinstance(error, _NEVER_SENT) else _after_sending(named)


def _after_sending(error: EmagApiError) -> EmagApiError:
    error.maybe_applied = True
    return error


def _now() -> datetime:
    return datetime.now(UTC)
