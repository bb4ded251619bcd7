"""When an account's last requests left, in a small memory-mapped file: a restart, or a crash, forgets none of them.

The server goes on counting while an engine is down. An engine that starts with empty windows would be refused, so
each grant writes its instant into a ring as large as the longest window. The page cache outlives a killed process; a
lost machine takes longer to come back than the windows last.
"""

from __future__ import annotations

import mmap
import os
import struct
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from magflow_tui.marketplace.limiter.limits import EMAG_LIMITS, Pool, PoolLimit

_MAGIC = b"MFSLOTS1"
_HEADER = struct.Struct("<8sdB7x")  # magic, learned spread in seconds (0: none), gather
_NEXT = struct.Struct("<Q")
_INSTANT = struct.Struct("<d")


class SlotJournal:
    """Rings of wall-clock instants, one a pool; `path` is created with mode 0600. Raises OSError when it can't be."""

    def __init__(
        self, path: Path, *, limits: Mapping[Pool, PoolLimit] = EMAG_LIMITS, wall: Callable[[], float] = time.time
    ) -> None:
        self._wall = wall
        self._rings: dict[Pool, tuple[int, int]] = {}
        size = _HEADER.size
        for pool, limit in limits.items():
            slots = limit.per_day or limit.per_minute
            self._rings[pool] = (size, slots)
            size += _NEXT.size + slots * _INSTANT.size
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(descriptor).st_size != size or os.pread(descriptor, len(_MAGIC), 0) != _MAGIC:
                os.ftruncate(descriptor, 0)
                # Written, not only lengthened: a hole in the file would end the process with SIGBUS on a full disk.
                os.pwrite(descriptor, _HEADER.pack(_MAGIC, 0.0, 0) + bytes(size - _HEADER.size), 0)
            self._map = mmap.mmap(descriptor, size)
        finally:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Unmap the file; what was recorded stays."""
        self._map.close()

    def record(self, pool: Pool) -> None:
        """A request of `pool` leaves now."""
        start, slots = self._rings[pool]
        (following,) = _NEXT.unpack_from(self._map, start)
        _INSTANT.pack_into(self._map, start + _NEXT.size + (following % slots) * _INSTANT.size, self._wall())
        _NEXT.pack_into(self._map, start, following + 1)

    def ages(self, pool: Pool, longest: float) -> list[float]:
        """Seconds since each recorded request of `pool` that left no more than `longest` seconds ago.

        One from the future (the clock was set back) counts as having left now.
        """
        start, slots = self._rings[pool]
        now = self._wall()
        instants = struct.unpack_from(f"<{slots}d", self._map, start + _NEXT.size)
        return [max(0.0, now - at) for at in instants if at > 0.0 and now - longest < at < now + longest]

    @property
    def learned(self) -> tuple[float, bool] | None:
        """The spread (seconds) and gather mode that an earlier process learned, None when there is nothing."""
        _, spread, gather = _HEADER.unpack_from(self._map, 0)
        return (spread, bool(gather)) if 0.0 < spread <= 60.0 else None

    def learn(self, spread: float, gather: bool) -> None:
        """Keep what was learned for the next process."""
        _HEADER.pack_into(self._map, 0, _MAGIC, spread, gather)
