"""What requests are made for, in the operator's words: the engine's syncs, and what operators ask for themselves."""

from __future__ import annotations

from magflow_tui.tui.views.context import Say
from magflow_tui.tui.views.spans import clean

_SYNC = "sync "
_RESOURCES = ("orders", "offers", "rma")
#: Jobs that have names of their own; `other` are requests of no job.
_NAMED = ("action", "test", "other")


def job_name(say: Say, job: str) -> str:
    """`sync offers`, `account test`; one that is not known by its own name."""
    resource = _resource(job)
    if resource is not None:
        return say("job.sync", what=say(f"resource.{resource}"))
    return say(f"job.{job}") if job in _NAMED else clean(job)


def job_short(say: Say, job: str) -> str:
    """The same in a column: `offers`, `test`."""
    resource = _resource(job)
    if resource is not None:
        return say(f"resource.{resource}")
    return say(f"job_short.{job}") if job in _NAMED else clean(job)


def can_be_capped(job: str) -> bool:
    """Whether a job is the engine's own work; what operators ask for is never capped."""
    return _resource(job) is not None


def _resource(job: str) -> str | None:
    resource = job.removeprefix(_SYNC)
    return resource if job.startswith(_SYNC) and resource in _RESOURCES else None
