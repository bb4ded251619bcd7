"""A request to the marketplace as a curl command, to be pasted into a shell. User and password are variables of it."""

from __future__ import annotations

import json
import re
import shlex
from typing import Final
from urllib.parse import quote

#: Where user and password are taken from when the command is run: they are never known here.
CREDENTIALS: Final = '"$MAGFLOW_USER:$MAGFLOW_PASSWORD"'
#: What stands in a body in the place of something that is not kept.
GONE: Final = "…"

#: What may stand in an address as it is; the rest is written in percents.
_IN_ADDRESSES: Final = "/:?#[]@!$&'()*+,;=%~"
_METHOD: Final = re.compile(r"[A-Z]{1,10}", re.ASCII)
_ADDRESS: Final = re.compile(r"https?://[^\s/]+", re.ASCII)


def curl(method: str, url: str, body: str | None) -> str:
    """One line in printable ASCII that a POSIX shell takes for one command, whatever the texts hold.

    `body` is JSON text, None for an empty one. ValueError for a method that is no word and an address that is no
    http address.
    """
    address = quote(url, safe=_IN_ADDRESSES, errors="replace")
    if not _METHOD.fullmatch(method) or not _ADDRESS.match(address):
        raise ValueError(f"not a request: {method!r} {url!r}")
    # Without -g curl would take brackets in an address for a range of them.
    words = ["curl", "-sS", "-g", "-X", method, "-u", CREDENTIALS, "-H", "Content-Type: application/json"]
    words += ["--data-raw", "" if body is None else _ascii(body), address]
    return " ".join(word if word is CREDENTIALS else shlex.quote(word) for word in words)


def is_redacted(body: str | None) -> bool:
    """Whether something is missing in a body that was kept."""
    return body is not None and (GONE in body or "\\u2026" in body.lower())


def _ascii(body: str) -> str:
    """JSON that no terminal and no shell reads as anything else; text that is no JSON as a string of it."""
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        document = body
    return json.dumps(document, separators=(",", ":"))
