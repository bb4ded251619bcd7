"""The marketplace's envelope: `{"isError", "messages", "errors", "results"}`, and what an answer without one means.

An answer counts as done only when it says `"isError": false`. Refusals are told apart by status and by text, since
the marketplace is not consistent about either: a refused address arrives as HTTP 200, a 429 without an envelope,
gateway errors as HTML.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from magflow_tui.marketplace.errors import (
    AuthenticationError,
    BusinessLogicError,
    EmagApiError,
    IpRefusedError,
    MalformedAnswerError,
    RateLimitError,
    ResourceNotFoundError,
    ServerError,
    TimeoutError,  # noqa: A004 - existing callers know it by this name
    ValidationError,
)
from magflow_tui.marketplace.slices import BrokenJsonError, list_elements, object_members

_BOM: Final = b"\xef\xbb\xbf"
_MESSAGE_LENGTH: Final = 500
_DATA_KEPT: Final = 64 * 1024  # bytes of an error's answer that are kept for code to look into

_IP_REFUSED: Final = "invalid vendor ip"
_NOT_ALLOWED: Final = "not allowed to use this api"
_RATE_LIMITED: Final = "rate limit exceeded"
_NOT_FOUND: Final = ("not found", "does not exist", "invalid url")
_INVALID: Final = (
    "maximum input vars",
    "single array received",
    "invalid content",
    "validation error",
    "please provide",
    "is mandatory",
    "is required",
    "is limited to",
)
_ALREADY_ACKNOWLEDGED: Final = "already in progress"


class _Listing(msgspec.Struct):
    """An envelope around a list."""

    isError: msgspec.Raw  # noqa: N815 - the marketplace's spelling
    results: list[msgspec.Raw]


_LISTING: Final = msgspec.json.Decoder(_Listing)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that says it succeeded. `results` are its exact bytes.

    `messages` of a save need reading: the marketplace has been seen to name refused offers there while saying that
    there was no error.
    """

    messages: tuple[str, ...] = ()
    results: bytes = b"null"

    def elements(self) -> list[bytes]:
        """The results as a list of exact slices. MalformedAnswerError when they are no list."""
        try:
            return list_elements(self.results)
        except BrokenJsonError as error:
            raise MalformedAnswerError(f"no list of results: {error}", "no_list", 200) from error


def read_answer(status: int, body: bytes, *, retry_after: float | None = None) -> Answer:
    """Judge an answer by its HTTP status and body. Returns it when it succeeded, raises a named error otherwise.

    `retry_after` is the header's wish in seconds, for a 429.
    """
    if status == 204:
        return Answer()
    if status == 429:
        raise RateLimitError(remaining_seconds=retry_after)
    body = body.removeprefix(_BOM)
    try:
        members = object_members(body)
    except BrokenJsonError as error:
        raise _without_envelope(status, body, str(error)) from error
    messages = tuple(_messages(members))
    if members.get("isError") == b"false" and 200 <= status < 300:
        return Answer(messages, members.get("results", b"null"))
    raise _refusal(status, members.get("isError"), messages, body, retry_after)


def read_elements(status: int, body: bytes, *, retry_after: float | None = None) -> list[bytes]:
    """`read_answer(…).elements()`, going over the usual page once only: it is hundreds of kilobytes."""
    if status == 200:
        try:
            listing = _LISTING.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass  # not the usual answer
        else:
            if bytes(listing.isError) == b"false":
                return [bytes(element) for element in listing.results]
    return read_answer(status, body, retry_after=retry_after).elements()


def _refusal(
    status: int, is_error: bytes | None, messages: tuple[str, ...], body: bytes, retry_after: float | None
) -> EmagApiError:
    text = "; ".join(messages)[:_MESSAGE_LENGTH]
    lower = text.lower()
    data = _data(body)
    if _IP_REFUSED in lower:
        return IpRefusedError(text, "invalid_ip", status, data)
    if status in (401, 403) or _NOT_ALLOWED in lower:
        return AuthenticationError(text or f"refused with HTTP {status}", "not_allowed", status, data)
    if _RATE_LIMITED in lower:
        return RateLimitError(text, retry_after, status_code=status, response_data=data)
    if status >= 500:
        return ServerError(text or f"HTTP {status}", "server_error", status, data)
    if status == 408:
        return TimeoutError(text or "HTTP 408", "request_timeout", status, data)
    if status == 404 or (is_error == b"true" and any(word in lower for word in _NOT_FOUND)):
        return ResourceNotFoundError(text or "not found", "not_found", status, data)
    if _ALREADY_ACKNOWLEDGED in lower:
        return BusinessLogicError(text, "already_acknowledged", status, data)
    if is_error == b"true" or 400 <= status < 500:
        if status in (400, 413, 422) or any(word in lower for word in _INVALID):
            return ValidationError(text or f"HTTP {status}", messages, "invalid", status, data)
        return BusinessLogicError(text or f"refused with HTTP {status}, without a word", "refused", status, data)
    if 300 <= status < 400:
        return MalformedAnswerError(f"redirected (HTTP {status}): is the base URL right?", "redirected", status, data)
    return MalformedAnswerError(
        "an answer without isError" if is_error is None else f"isError is {is_error[:20].decode(errors='replace')}",
        "no_is_error",
        status,
        data,
    )


def _without_envelope(status: int, body: bytes, reason: str) -> EmagApiError:
    """A gateway's answer, or one that was cut short."""
    start = body.lstrip()[:1]
    kind, what = ("html", "an HTML page") if start == b"<" else ("truncated", f"broken JSON ({reason})")
    if not start:
        kind, what = "empty", "an empty body"
    elif start not in b"<{[":
        kind, what = "not_json", "something else than JSON"
    text = body[:_DATA_KEPT].decode(errors="replace").lower()
    if _IP_REFUSED in text:
        return IpRefusedError("Invalid vendor ip", "invalid_ip", status)
    if status in (401, 403):
        return AuthenticationError(f"refused with HTTP {status} and {what}", "not_allowed", status)
    if status >= 500:
        return ServerError(f"HTTP {status} with {what}", "server_error", status)
    if status == 404:
        return ResourceNotFoundError("there is no such address at the marketplace", "not_found", status)
    if status == 408:
        return TimeoutError("HTTP 408", "request_timeout", status)
    if 300 <= status < 400:
        return MalformedAnswerError(f"redirected (HTTP {status}): is the base URL right?", "redirected", status)
    if 400 <= status < 500:
        return ValidationError(f"HTTP {status} with {what}", (), "invalid", status)
    return MalformedAnswerError(f"{what} instead of an answer", kind, status)


def _messages(members: dict[str, bytes]) -> Iterator[str]:
    """Every sentence of `messages`, `message` and `errors`: strings, objects, and lists of either, in order."""
    seen = set()
    for key in ("messages", "message", "errors"):
        if key not in members:
            continue
        try:
            value: object = json.loads(members[key].decode("utf-8", errors="replace"))
            sentences = list(_sentences(value))
        except (ValueError, RecursionError):
            continue
        for sentence in sentences:
            clean = sentence.encode("utf-8", errors="replace").decode().strip().removeprefix("ERROR:").strip()
            if clean and clean not in seen:
                seen.add(clean)
                yield clean


def _sentences(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for element in value:
            yield from _sentences(element)
    elif isinstance(value, dict):
        text = next((value[key] for key in ("message", "text", "error") if isinstance(value.get(key), str)), None)
        if text is None:
            yield from _sentences(list(value.values()))
        else:
            field = value.get("field")
            yield f"{field}: {text}" if isinstance(field, str) and field else text


def _data(body: bytes) -> object:
    if len(body) > _DATA_KEPT:
        return None
    try:
        data: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return data
