"""A marketplace that runs on this machine: invented data, exact limits, faults, scenarios.

Reading order: `config` (what a sandbox is told), `server` and `process` (how it is served), `control` (how it is
steered), `app` (the way of a request), `routes` (what each route does), then the world: `seller`, `orders`,
`order_body`, `timeline`.
"""

from __future__ import annotations

from magflow_tui.sandbox.config import (
    Burst,
    Faults,
    Latency,
    Limits,
    Living,
    PageFault,
    SandboxAccount,
    SandboxConfig,
)
from magflow_tui.sandbox.process import SandboxProcess, SandboxStartError
from magflow_tui.sandbox.server import SandboxServer

__all__ = [
    "Burst",
    "Faults",
    "Latency",
    "Limits",
    "Living",
    "PageFault",
    "SandboxAccount",
    "SandboxConfig",
    "SandboxProcess",
    "SandboxServer",
    "SandboxStartError",
]
