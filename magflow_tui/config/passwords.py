"""Finds the password of an account, or another secret. No message, log line or list of processes ever holds one."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from pydantic import SecretStr

KEYRING_SERVICE = "magflow"
COMMAND_SECONDS = 30.0


class PasswordError(Exception):
    """No secret could be found; the message says where it was looked for and never holds one."""


@dataclass(frozen=True)
class PasswordSource:
    """Where to look, in this order: inline (settings or environment), file, command, system keyring.

    `name` is the setting's: `password`, beside which stand `password_file` and `password_command`. Without a
    `keyring_user` the keyring is not asked.
    """

    inline: SecretStr | None
    file: Path | None
    command: str | None
    keyring_user: str | None
    name: str = "password"


def find_password(source: PasswordSource) -> str:
    """The first password found. May read a file or run a command for up to 30 s. Raises `PasswordError`."""
    if source.inline is not None:
        found = source.inline.get_secret_value()
    elif source.file is not None:
        found = _read_file(source.file, f"{source.name}_file")
    elif source.command is not None:
        found = _run_command(source.command, f"{source.name}_command")
    elif source.keyring_user is not None:
        found = _ask_keyring(source.keyring_user)
    else:
        raise PasswordError(f"none is set: give {source.name}, {source.name}_file or {source.name}_command")
    if not found:
        raise PasswordError(f"the {source.name.replace('_', ' ')} is empty")
    return found


def _read_file(path: Path, setting: str) -> str:
    try:
        text = path.expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not text"
        raise PasswordError(f"{setting} {path} cannot be read: {reason}") from None
    return text.partition("\n")[0].rstrip("\r")


def _run_command(command: str, setting: str) -> str:
    try:
        arguments = shlex.split(command)
        # No shell: the command comes from the owner's settings file, and arguments stay arguments.
        done = subprocess.run(  # noqa: S603 - what the owner wrote into the settings
            arguments, capture_output=True, text=True, timeout=COMMAND_SECONDS, stdin=subprocess.DEVNULL, check=False
        )
    except subprocess.TimeoutExpired:
        raise PasswordError(f"{setting} gave no answer within {COMMAND_SECONDS:.0f} s") from None
    except (OSError, ValueError, IndexError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a command"
        raise PasswordError(f"{setting} cannot be run: {reason}") from None
    if done.returncode != 0:
        raise PasswordError(f"{setting} ended with exit code {done.returncode}")
    return done.stdout.partition("\n")[0].rstrip("\r")


def _ask_keyring(user: str) -> str:
    missing = "no password is set: give password, password_file or password_command, or store it in the keyring"
    if find_spec("keyring") is None:
        raise PasswordError(missing)
    keyring = import_module("keyring")
    try:
        found = keyring.get_password(KEYRING_SERVICE, user)
    except Exception as error:  # a back end raises whatever its desktop raises
        raise PasswordError(f"the system keyring cannot be read: {type(error).__name__}") from None
    if not found:
        raise PasswordError(f"{missing} (service {KEYRING_SERVICE!r}, user {user!r})")
    return str(found)
