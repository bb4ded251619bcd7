"""The layout of a data folder, and where it and the settings file are by default."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_config_path, user_data_path

#: Longest path a unix socket may have, with room to spare (`sun_path` holds 108 bytes on Linux, 104 on macOS).
SOCKET_PATH_MAX = 100


def default_config_path() -> Path:
    """`config.toml` in the platform's config folder."""
    return user_config_path("magflow", appauthor=False) / "config.toml"


def default_data_dir() -> Path:
    """The platform's folder for application data."""
    return user_data_path("magflow", appauthor=False)


@dataclass(frozen=True)
class DataFolder:
    """Where everything of one engine lives. One engine at a time serves a data folder; `lock` tells which."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "magflow.db"

    @property
    def lock(self) -> Path:
        """Held with `flock` by the running engine; holds its pid and socket as JSON."""
        return self.root / "engine.lock"

    @property
    def socket(self) -> Path:
        """The engine's unix socket: in the folder, or in a short private folder when that path would be too long."""
        inside = self.root / "engine.sock"
        if len(os.fsencode(inside)) <= SOCKET_PATH_MAX:
            return inside
        digest = hashlib.sha256(os.fsencode(self.root.resolve())).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"magflow-{os.getuid()}-{digest}" / "engine.sock"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def log(self) -> Path:
        return self.logs / "engine.log"

    @property
    def output(self) -> Path:
        """What a detached engine wrote to its standard streams: empty unless it crashed."""
        return self.logs / "engine.out"

    @property
    def last_failure(self) -> Path:
        """Why the last start failed, as an `ErrorBody` in JSON; gone after a good start."""
        return self.logs / "last-failure.json"

    @property
    def limits(self) -> Path:
        """Request journals of the rate limiters, one file per account."""
        return self.root / "limits"

    @property
    def backups(self) -> Path:
        return self.root / "backups"
