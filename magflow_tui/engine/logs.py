"""The log file: rotating, written by a thread of its own so that the loop never waits for a disk, without secrets.

Every line is redacted before it leaves the calling thread: known secrets by value, then what looks like credentials,
e-mail addresses and phone numbers.
"""

from __future__ import annotations

import base64
import logging
import logging.handlers
import queue
import re
from collections.abc import Iterable
from pathlib import Path

MAX_BYTES = 5_000_000
KEPT_FILES = 5
LINE = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"

_HIDDEN = "[hidden]"
_CREDENTIALS = re.compile(
    r"(?i)\b(authorization['\"]?\s*[:=]\s*['\"]?|basic\s+|bearer\s+)(?:(?:basic|bearer)\s+)?[^\s'\",}]+"
)
_PASSWORD = re.compile(r"(?i)\b(pass(?:word|wd)?|token|secret)(['\"]?\s*[:=]\s*)(?:'[^']*'|\"[^\"]*\"|[^\s,;}]+)")
_LOGIN_IN_ADDRESS = re.compile(r"(?i)\b(https?://)[^\s/@]+@")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
#: International numbers, and national ones of Romania, Bulgaria (0 and 9–10 digits) and Hungary (06).
_PHONE = re.compile(r"(?<![\w.:-])(?:(?:\+|00)\d(?:[ .()/-]?\d){7,13}|0[2-9](?:[ ./-]?\d){7,9})(?![\w:])")
_QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "asyncio": logging.WARNING,
    "alembic": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    # The API logs its own failures, with method and path.
    "uvicorn": logging.CRITICAL,
}


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without secrets, credentials, e-mail addresses and phone numbers."""
    for secret in secrets:
        text = text.replace(secret, _HIDDEN)
    text = _CREDENTIALS.sub(rf"\1{_HIDDEN}", text)
    text = _PASSWORD.sub(rf"\1\2{_HIDDEN}", text)
    text = _LOGIN_IN_ADDRESS.sub(rf"\1{_HIDDEN}@", text)
    text = _EMAIL.sub("[e-mail]", text)
    return _PHONE.sub("[phone]", text)


class RedactingFormatter(logging.Formatter):
    """Formats a record with its traceback, then redacts the whole. Knows the secrets that were told to it."""

    def __init__(self) -> None:
        super().__init__(LINE)
        self._secrets: tuple[str, ...] = ()

    def hide(self, secrets: Iterable[str]) -> None:
        """Hide these texts from now on, longest first. Very short ones would hide ordinary words, so they are left."""
        self._secrets = tuple(sorted({secret for secret in secrets if len(secret) >= 4}, key=len, reverse=True))

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record), self._secrets)


class EngineLog:
    """Logging of the whole process into one rotating file, from `start` to `stop`."""

    def __init__(self, path: Path, level: str) -> None:
        """Raises `OSError` when the file cannot be written."""
        self._formatter = RedactingFormatter()
        file = logging.handlers.RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
        self._file = file
        records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        self._handler = logging.handlers.QueueHandler(records)
        self._handler.setFormatter(self._formatter)
        self._listener = logging.handlers.QueueListener(records, file)
        self._level = level.upper()

    def start(self) -> None:
        root = logging.getLogger()
        root.addHandler(self._handler)
        root.setLevel(self._level)
        for name, level in _QUIET.items():
            logging.getLogger(name).setLevel(level)
        self._listener.start()

    def hide(self, secrets: Iterable[str]) -> None:
        """Hide these texts wherever they appear."""
        self._formatter.hide(secrets)

    def stop(self) -> None:
        """Write what is waiting, and close the file."""
        logging.getLogger().removeHandler(self._handler)
        self._listener.stop()
        self._handler.close()
        self._file.close()


def forms_of(username: str, password: str) -> tuple[str, str]:
    """A password as it could appear: itself, and inside a Basic authorization header."""
    return password, base64.b64encode(f"{username}:{password}".encode()).decode()
