"""Where alerts are sent, and what they are signed with: what an address and a secret may be.

Secrets are those of Standard Webhooks (<https://www.standardwebhooks.com>, "Symmetric signatures"): `whsec_` and the
key in base64. Any other text is its own key.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final
from urllib.parse import urlsplit

_URL_ALLOWED: Final = "an address such as `https://alerts.example.com/hooks/magflow`"
_PREFIX: Final = "whsec_"
#: Bytes of a key, or characters of a text: 192 bits at least, as the standard asks.
_SHORTEST: Final = 24
SECRET_ALLOWED: Final = (
    f"`{_PREFIX}` and {_SHORTEST} bytes or more in base64, or a text of at least {_SHORTEST} characters"
)


def check_webhook_url(value: str) -> str:
    """The address as it was given. Raises ValueError with what is allowed."""
    try:
        parts = urlsplit(value)
        is_one = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is none
        raise ValueError(_URL_ALLOWED) from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address without a user name or password in it")
    if not is_one or parts.fragment or not value.isprintable() or " " in value:
        raise ValueError(_URL_ALLOWED)
    return value


def signing_key(secret: str) -> bytes:
    """The key that a secret stands for. Raises ValueError, with what is allowed and without the secret."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True) if secret.startswith(_PREFIX) else None
    except binascii.Error:
        raise ValueError(SECRET_ALLOWED) from None
    if key is None:
        key = secret.encode() if len(secret) >= _SHORTEST else b""
    if len(key) < _SHORTEST:
        raise ValueError(SECRET_ALLOWED)
    return key
