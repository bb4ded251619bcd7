"""How a message to the webhook is signed: HMAC-SHA256 as Standard Webhooks has it, "Signature scheme"."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime


def signed_headers(key: bytes, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message: its id, the second of this attempt, and the signature of both and the body."""
    timestamp = str(int(at.timestamp()))
    digest = hmac.digest(key, b".".join((message_id.encode(), timestamp.encode(), body)), hashlib.sha256)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
