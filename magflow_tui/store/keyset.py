"""Marks that tell where a list page ended: opaque to callers, short, safe in a URL."""

from __future__ import annotations

import base64
import binascii
import json


def encode_mark(*place: int | str | None) -> str:
    """The sort key of a page's last row as a mark."""
    text = json.dumps(place, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_mark(mark: str, *types: type[int] | type[str]) -> list[int | str]:
    """The sort key in a mark, of these types. Raises ValueError for text that is no mark of this list."""
    try:
        place = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise ValueError(f"{mark[:40]!r} is no mark of a list page") from error
    if not isinstance(place, list) or [type(part) for part in place] != list(types):
        raise ValueError(f"{mark[:40]!r} is no mark of this list")
    return place
