"""What a running run shows: its counters, its throughput over a moving window, and the time that is left."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from magflow_tui.contract.records import NO_ANSWER
from magflow_tui.contract.runs import ErrorGroup, Run, RunProgress, Silence, Throughput
from magflow_tui.marketplace.observer import RequestRecord
from magflow_tui.store.changes import PageOutcome

_SPAN: Final = 30.0
_GROUPS: Final = 50
#: So many requests in a row without an answer are a silence: a page that fails among others is not.
_SILENT: Final = 2
#: Seconds of a step of the throughput at first, and how many steps are kept: of a run of two hours, those of 160 s.
_STEP: Final = 5.0
_STEPS: Final = 48


class Meter:
    """Items and waiting over the last 30 s of `clock` (seconds)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._points: deque[tuple[float, int, float]] = deque([(clock(), 0, 0.0)])
        self._items = 0
        self._waited = 0.0

    def add(self, *, items: int = 0, waited: float = 0.0) -> None:
        self._items += items
        self._waited += waited
        now = self._clock()
        if now - self._points[-1][0] >= 0.25 or len(self._points) == 1:
            self._points.append((now, self._items, self._waited))
        self._forget(now)

    def rates(self) -> tuple[float | None, float]:
        """Items a second (None before there is anything to tell), and the share of the time spent waiting, 0 … 1."""
        now = self._clock()
        self._forget(now)
        since, items, waited = self._points[0]
        if now - since <= 0:
            return None, 0.0
        rate = (self._items - items) / (now - since)
        return rate if self._items else None, min((self._waited - waited) / (now - since), 1.0)

    def _forget(self, now: float) -> None:
        while len(self._points) > 1 and now - self._points[1][0] > _SPAN:
            self._points.popleft()


class Series:
    """Items a second over the whole of a run, in a bounded number of equal steps: when there are too many, each two
    become one, twice as long. `clock` gives seconds.
    """

    def __init__(self, clock: Callable[[], float], *, step: float = _STEP, most: int = _STEPS) -> None:
        self._clock = clock
        self._began = clock()
        self._step = step
        self._most = most
        self._items: list[int] = [0]

    def add(self, items: int) -> None:
        """Count items that are stored now."""
        self._reach_now()
        self._items[-1] += items

    def view(self) -> Throughput:
        """The series up to now."""
        self._reach_now()
        filling = self._clock() - self._began - (len(self._items) - 1) * self._step
        seconds = [self._step] * (len(self._items) - 1) + [max(filling, _STEP)]
        rates = tuple(round(items / length, 1) for items, length in zip(self._items, seconds, strict=True))
        return Throughput(seconds=self._step, items_per_second=rates)

    def _reach_now(self) -> None:
        passed = self._clock() - self._began
        while passed >= self._most * self._step:
            self._items += [0] * (len(self._items) % 2)
            self._items = [one + other for one, other in zip(self._items[::2], self._items[1::2], strict=True)]
            self._step *= 2
        self._items += [0] * (int(passed / self._step) + 1 - len(self._items))


class Traffic:
    """The requests of a run, and its errors in groups of like ones."""

    def __init__(self, errors: tuple[ErrorGroup, ...] = ()) -> None:
        self.requests = 0
        self.rate_limited = 0
        self.waited_seconds = 0.0
        self._errors = {group.message: group for group in errors}

    def note(self, record: RequestRecord) -> None:
        """Count one attempt of a request."""
        self.requests += 1
        self.waited_seconds += record.waited_ms / 1000
        if record.outcome == "rate_limited":
            self.rate_limited += 1
        if record.outcome not in ("ok", "cancelled"):
            place = record.route if record.page is None else f"{record.route} page {record.page}"
            self.add_error(record.outcome.replace("_", " "), f"{place}: {record.note}" if record.note else place)

    def add_error(self, message: str, example: str) -> None:
        """Count an error; the first example of its group is kept."""
        group = self._errors.get(message)
        if group is not None:
            self._errors[message] = group.model_copy(update={"count": group.count + 1})
        elif len(self._errors) < _GROUPS:
            self._errors[message] = ErrorGroup(message=message, count=1, example=example[:200])

    @property
    def errors(self) -> tuple[ErrorGroup, ...]:
        return tuple(self._errors.values())


class Patient:
    """Whether the marketplace answers a run at all, and if not, when it is asked again. `now` gives aware UTC."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._unanswered = 0
        self._since: datetime | None = None
        self._said: str | None = None
        self._due: list[datetime] = []

    def note(self, record: RequestRecord) -> None:
        """Take in how a request ended."""
        if record.outcome in NO_ANSWER:
            self._unanswered += 1
            self._since = self._since or record.started_at
            self._said = record.note
        elif record.outcome != "cancelled":
            self._unanswered, self._since = 0, None
            self._due.clear()

    def pause(self, seconds: float) -> None:
        """The next request is so far away; several may wait side by side."""
        self._due.append(self._now() + timedelta(seconds=seconds))

    def silence(self) -> Silence | None:
        """None while it answers."""
        if self._since is None or self._unanswered < _SILENT:
            return None
        now = self._now()
        self._due = [due for due in self._due if due > now]
        return Silence(since=self._since, said=self._said, retry_at=min(self._due, default=None))


class Progress:
    """The live counters of one run. They begin with what the record has, so that a resumed run goes on counting."""

    def __init__(
        self, run: Run, clock: Callable[[], float], now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._run = run
        self._patient = Patient(now)
        self._clock = clock
        self._began = clock()
        self._meter = Meter(clock)
        self._series = Series(clock)
        self.traffic = Traffic(run.errors)
        self.outcome = PageOutcome(run.items, run.created, run.updated, run.unchanged, run.failed)
        self.pages = run.pages
        self.phase = "starting"
        self.expected: int | None = None
        self.stopping = False

    def note_request(self, record: RequestRecord) -> None:
        self.traffic.note(record)
        self._patient.note(record)
        self._meter.add(waited=record.waited_ms / 1000)

    def note_pause(self, seconds: float) -> None:
        """A request failed, and the next one is made in so many seconds."""
        self._patient.pause(seconds)

    def note_page(self, outcome: PageOutcome) -> None:
        """Count a page that is stored."""
        self.pages += 1
        self.outcome = add(self.outcome, outcome)
        self._meter.add(items=outcome.items)
        self._series.add(outcome.items)

    def throughput(self) -> Throughput:
        """How fast it was over the time of this process."""
        return self._series.view()

    def seconds(self) -> float:
        """Time at work, this process's part included."""
        return self._run.seconds + self._clock() - self._began

    def view(self, page_size: int) -> RunProgress:
        """The run as a gauge shows it."""
        run, outcome = self._run, self.outcome
        rate, wait_share = self._meter.rates()
        total = None if self.expected is None else max(self.expected, outcome.items)
        left = None if total is None else total - outcome.items
        return RunProgress(
            run_id=run.run_id,
            account=run.account,
            resource=run.resource,
            kind=run.kind,
            phase=self.phase,
            started_at=run.started_at,
            page=self.pages,
            pages_total=None if left is None else self.pages + -(-left // page_size),
            items=outcome.items,
            items_total=total,
            created=outcome.created,
            updated=outcome.updated,
            unchanged=outcome.unchanged,
            failed=outcome.failed,
            requests=run.requests + self.traffic.requests,
            rate_limited=run.rate_limited + self.traffic.rate_limited,
            waited_seconds=run.waited_seconds + self.traffic.waited_seconds,
            items_per_second=rate,
            eta_seconds=left / rate if left is not None and rate else None,
            wait_share=wait_share,
            stopping=self.stopping,
            silence=self._patient.silence(),
            throughput=self.throughput(),
        )


def add(one: PageOutcome, other: PageOutcome) -> PageOutcome:
    """Both outcomes together."""
    return PageOutcome(
        one.items + other.items,
        one.created + other.created,
        one.updated + other.updated,
        one.unchanged + other.unchanged,
        one.failed + other.failed,
    )
