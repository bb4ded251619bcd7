"""Requests and answers of the sandbox: bodies in JSON or PHP forms, the envelope, gateway answers."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import orjson

from magflow_tui.sandbox.jsontypes import JsonObject, as_object

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

JSON = "application/json"
HTML = "text/html; charset=UTF-8"
_FORM_PART = re.compile(r"([^\[\]]+)|\[([^\[\]]*)\]")


class BadBodyError(ValueError):
    """The body is not what its content type says."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer before it meets faults and the wire."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = field(default=())


def envelope(
    results: object = (), *, messages: Iterable[str] = (), is_error: bool = False, status: int = 200
) -> Answer:
    """The marketplace's envelope around results that are still to be serialised."""
    return enveloped(orjson.dumps(results), messages=messages, is_error=is_error, status=status)


def enveloped(results: bytes, *, messages: Iterable[str] = (), is_error: bool = False, status: int = 200) -> Answer:
    """The marketplace's envelope around results that are JSON already."""
    head = orjson.dumps({"isError": is_error, "messages": list(messages), "errors": []})
    return Answer(status, head[:-1] + b',"results":' + results + b"}")


def refusal(*messages: str, status: int = 200) -> Answer:
    """An envelope with `isError` true and empty results."""
    return envelope(messages=messages, is_error=True, status=status)


def list_envelope(items: Iterable[bytes]) -> Answer:
    """An envelope around a list of serialised items."""
    return enveloped(b"[" + b",".join(items) + b"]")


def too_many_requests(retry_after: int | None) -> Answer:
    """The documented 429: a gateway body without `isError`."""
    headers: tuple[tuple[str, str], ...] = (
        ("Server", "kong/0.12.1"),
        ("X-RateLimit-Limit-3second", "1"),
        ("X-RateLimit-Remaining-3second", "0"),
    )
    if retry_after is not None:
        headers = (*headers, ("Retry-After", str(retry_after)))
    return Answer(429, b'{"message":"API rate limit exceeded"}', "application/json; charset=utf-8", headers)


def html_error(status: int) -> Answer:
    """A gateway's HTML page for a 5xx."""
    reasons = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}
    title = f"{status} {reasons[status]}"
    page = f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
    return Answer(status, f"{page}<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n".encode(), HTML)


def without_is_error(answer: Answer) -> Answer:
    """The same answer, its `isError` gone."""
    body = as_object(orjson.loads(answer.body)) if answer.body else {}
    body.pop("isError", None)
    return Answer(answer.status, orjson.dumps(body), answer.content_type, answer.headers)


def with_null_results(answer: Answer) -> Answer:
    """The same answer, its `results` null."""
    body = {**(as_object(orjson.loads(answer.body)) if answer.body else {}), "results": None}
    return Answer(answer.status, orjson.dumps(body), answer.content_type, answer.headers)


def headers_of(scope: Scope) -> dict[str, str]:
    """The request's headers by lower-case name."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def basic_credentials(headers: dict[str, str]) -> tuple[str, str] | None:
    """Username and password of HTTP Basic authentication, or None."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        username, colon, password = b64decode(token, validate=True).decode("utf-8").partition(":")
    except (Base64Error, UnicodeDecodeError):
        return None
    return (username, password) if colon else None


async def read_body(receive: Receive) -> bytes:
    """The whole request body."""
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(chunks)
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


def parse_body(body: bytes, content_type: str) -> object:
    """What a body says: JSON, or a form as PHP reads it. An empty body is an empty object; raises `BadBodyError`."""
    if not body.strip():
        return {}
    if "form-urlencoded" in content_type:
        return parse_form(body.decode("utf-8", "replace"))
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadBodyError(str(error)) from error


def parse_form(text: str) -> object:
    """A form with PHP's brackets: `status[]=1&data[0][id]=5` is `{"status": ["1"], "data": [{"id": "5"}]}`."""
    root: JsonObject = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        path = [plain or bracketed for plain, bracketed in _FORM_PART.findall(name)]
        node = root
        for step in path[:-1]:
            node = as_object(node.setdefault(step or str(len(node)), {}))
        last = path[-1] if path else name
        node[last or str(len(node))] = value
    return _lists(root)


def count_inputs(value: object) -> int:
    """How many input variables PHP would count in a value: its leaves."""
    if isinstance(value, dict):
        return sum(count_inputs(item) for item in value.values())
    if isinstance(value, list):
        return sum(count_inputs(item) for item in value)
    return 1


def _is_list(node: JsonObject) -> bool:
    return bool(node) and list(node) == [str(place) for place in range(len(node))]


def _lists(node: object) -> object:
    """The same tree, objects with the keys 0, 1, 2 … made lists."""
    if not isinstance(node, dict):
        return node
    inner: JsonObject = {key: _lists(value) for key, value in node.items()}
    return list(inner.values()) if _is_list(inner) else inner
