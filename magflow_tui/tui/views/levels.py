"""Levels, states and outcomes as a sign, a word and a role: never colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from magflow_tui.tui.views.glyphs import Glyphs
from magflow_tui.tui.views.spans import Role, Span

if TYPE_CHECKING:
    from magflow_tui.contract.alerts import Alert

#: Response time over which a single request counts as slow, in ms.
SLOW_MS = 2000.0
#: Share of a pool's minute from which on the operator is warned.
WARN_USE = 0.8

_HEALTH: dict[str, Role] = {
    "healthy": "ok",
    "degraded": "warn",
    "warning": "warn",
    "critical": "crit",
    "unknown": "muted",
}
_SEVERITY: dict[str, Role] = {"ok": "ok", "info": "muted", "warning": "warn", "critical": "crit"}
_RESULT: dict[str, Role] = {
    "running": "info",
    "completed": "ok",
    "partial": "warn",
    "failed": "crit",
    "cancelled": "muted",
}
_ACCOUNT: dict[str, Role] = {
    "ok": "ok",
    "unknown": "muted",
    "unauthorised": "crit",
    "refused_ip": "crit",
    "unreachable": "crit",
}


def sign(role: Role, glyphs: Glyphs) -> str:
    """The sign that goes with a role."""
    return {"ok": glyphs.ok, "warn": glyphs.warn, "crit": glyphs.crit, "info": glyphs.run}.get(role, glyphs.dot)


def health_role(level: str) -> Role:
    """Role of a health level."""
    return _HEALTH.get(level, "muted")


def severity_role(severity: str) -> Role:
    """Role of an event's or alert's severity."""
    return _SEVERITY.get(severity, "muted")


def alert_role(alert: Alert) -> Role:
    """Role of an alert: that of its severity while it waits for somebody, a quiet one from then on."""
    return severity_role(alert.severity) if alert.state == "new" else "ok" if alert.state == "resolved" else "muted"


def result_role(result: str) -> Role:
    """Role of a run's result."""
    return _RESULT.get(result, "muted")


def account_role(status: str) -> Role:
    """Role of how the marketplace last answered an account."""
    return _ACCOUNT.get(status, "muted")


def mark(role: Role, glyphs: Glyphs) -> Span:
    """The sign of a role in two cells, on the right."""
    return (f"{sign(role, glyphs):>2}", role)


def use_role(share: float) -> Role:
    """Role of a share (0..1) of a limit."""
    return "crit" if share >= 1.0 else "warn" if share > WARN_USE else "ok"


def penalty_role(penalty: int) -> Role:
    """Role of points lost."""
    return "ok" if penalty == 0 else "crit" if penalty >= 30 else "warn"
