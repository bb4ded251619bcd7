"""When alerts open and close: to the second, once for a metric that flaps, and the same one after a restart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.contract.alerts import Cause
from magflow_tui.monitor.alerts import CLOSE_AFTER, OPEN_AFTER, STANDS_FOR, AlertKey, AlertWatch, Condition, worst
from magflow_tui.rules.findings import Words

START = datetime(2026, 3, 2, 10, 0, 30, tzinfo=UTC)
KEY: AlertKey = ("health.error_rate", "shop")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def condition(broken: bool | None, value: float | None = None, *, key: AlertKey = KEY, **changes: object) -> Condition:
    found = Condition(key, "critical", broken, Words(f"found {value}", f"găsit {value}"), value=value)
    return replace(found, **changes)


def fed(watch: AlertWatch, readings: Iterable[tuple[float, bool | None]]) -> list[tuple[str, float]]:
    """What opens and closes, and at which second, when `(second, broken)` is read."""
    return [
        (event.kind, (event.at - START).total_seconds())
        for second, broken in readings
        for event in watch.observe([condition(broken)], at(second))
    ]


def every_second(*spells: tuple[int, bool | None]) -> list[tuple[float, bool | None]]:
    """One reading a second: so many seconds of each."""
    readings = [broken for seconds, broken in spells for _ in range(seconds)]
    return [(float(second), broken) for second, broken in enumerate(readings)]


def test_an_alert_opens_fifteen_seconds_after_it_broke_and_closes_sixty_after_it_is_kept() -> None:
    assert (OPEN_AFTER, CLOSE_AFTER) == (15.0, 60.0)
    assert fed(AlertWatch(), every_second((5, False), (100, True), (100, False))) == [("opened", 20), ("closed", 165)]


def test_fourteen_seconds_open_nothing() -> None:
    assert fed(AlertWatch(), every_second((14, True), (200, False))) == []


def test_a_flapping_metric_opens_one_alert_however_long_it_flaps() -> None:
    flapping = every_second(*[(5, True), (20, False)] * 40, (61, False))
    # Three spells of five seconds make fifteen; it opens with the next reading that is broken.
    assert fed(AlertWatch(), flapping) == [("opened", 75), ("closed", 1040)]


def test_a_calm_of_sixty_seconds_makes_earlier_spells_forgotten() -> None:
    assert fed(AlertWatch(), every_second(*[(10, True), (61, False)] * 20)) == []
    assert fed(AlertWatch(), every_second((10, True), (59, False), (6, True))) == [("opened", 74)]


def test_a_calm_shorter_than_sixty_seconds_does_not_close() -> None:
    assert fed(AlertWatch(), every_second((16, True), (59, False), (1, True), (59, False))) == [("opened", 15)]
    assert fed(AlertWatch(), every_second((16, True), (59, False), (1, True), (61, False))) == [
        ("opened", 15),
        ("closed", 136),
    ]


def test_nothing_opens_with_a_reading_that_is_not_broken() -> None:
    watch = AlertWatch()
    assert fed(watch, [(0.0, True), (8.0, True), (16.0, False)]) == []
    assert fed(watch, [(20.0, True)]) == [("opened", 20)]


def test_what_does_not_pass_by_itself_opens_at_once() -> None:
    (opened,) = AlertWatch().observe([condition(True, open_after=0.0)], START)
    assert (opened.kind, opened.at) == ("opened", START)


def test_what_cannot_be_told_neither_opens_nor_closes() -> None:
    watch = AlertWatch()
    assert fed(watch, every_second((16, True), (500, None))) == [("opened", 15)]
    assert watch.standing(KEY) is not None
    assert fed(AlertWatch(), every_second((10, True), (500, None))) == []


def test_time_that_nobody_saw_counts_for_some_seconds_only() -> None:
    asleep = 8 * 3600.0
    watch = AlertWatch()
    assert fed(watch, [(0.0, True), (asleep, True)]) == []
    assert fed(watch, [(asleep + 5, True)]) == [("opened", asleep + STANDS_FOR - 5)]
    assert fed(watch, [(asleep + 6, False), (2 * asleep, False)]) == []


def test_a_clock_that_is_set_back_opens_and_closes_nothing() -> None:
    assert fed(AlertWatch(), [(100.0, True), (108.0, True), (0.0, True), (6.0, True), (7.0, True)]) == [("opened", 7)]


def test_an_open_alert_tells_how_it_stands_now_and_its_worst_value() -> None:
    watch = AlertWatch()
    cause = Cause(kind="server_error", text="order/read", text_ro="order/read")
    (opened,) = watch.observe([condition(True, 12.0, cause=cause, open_after=0.0)], at(0))
    assert (opened.condition.message.en, opened.standing) == ("found 12.0", watch.standing(KEY))
    watch.observe([condition(True, 30.0)], at(1))
    watch.observe([condition(True, 8.0)], at(2))
    standing = watch.standing(KEY)
    assert standing is not None
    assert (standing.value, standing.peak, standing.cause, standing.since) == (8.0, 30.0, cause, at(0))
    watch.observe([condition(False, 2.0)], at(3))
    closed = [event for second in range(4, 64) for event in watch.observe([condition(False, 1.0)], at(second))]
    assert [event.condition.message.en for event in closed] == ["found 8.0"]
    assert closed[0].standing is not None
    assert (closed[0].standing.value, closed[0].standing.peak) == (8.0, 30.0)
    assert watch.standing(KEY) is None


def test_the_worst_value_is_the_lowest_where_low_is_bad() -> None:
    watch = AlertWatch()
    for second, value in enumerate([90.0, 50.0, 80.0]):
        watch.observe([condition(True, value, worse="below", open_after=0.0)], at(second))
    standing = watch.standing(KEY)
    assert standing is not None
    assert standing.peak == 50.0
    assert worst(None, None, "above") is None


def test_an_alert_that_is_still_broken_after_a_restart_goes_on_as_the_same() -> None:
    watch = AlertWatch()
    watch.restore([(KEY, at(-3600))], START, {KEY: 44.0})
    assert fed(watch, every_second((100, None), (30, True))) == []
    standing = watch.standing(KEY)
    assert standing is not None
    assert (standing.since, standing.peak) == (at(-3600), 44.0)
    assert fed(watch, [(130.0 + second, False) for second in range(61)]) == [("closed", 190)]


def test_an_alert_that_is_kept_after_a_restart_closes_after_sixty_seconds() -> None:
    watch = AlertWatch()
    watch.restore([(KEY, at(-3600))], START)
    assert fed(watch, every_second((100, False))) == [("closed", 60)]


def test_an_alert_of_an_account_there_is_no_more_closes_too() -> None:
    watch = AlertWatch()
    gone: AlertKey = ("account.unauthorised", "sold")
    watch.restore([(gone, at(-3600))], START)
    events = [event for second in range(70) for event in watch.observe([condition(False)], at(second))]
    assert [(event.kind, event.key, event.at) for event in events] == [("closed", gone, at(60))]


def test_conditions_are_watched_each_by_itself() -> None:
    watch, other = AlertWatch(), ("health.error_rate", "other")
    opened = []
    for second in range(30):
        read = [condition(True), condition(second >= 10, key=other)]
        opened += [(event.key, event.at) for event in watch.observe(read, at(second))]
    assert opened == [(KEY, at(15)), (other, at(25))]


def test_a_watch_remembers_nothing_of_what_has_long_been_kept() -> None:
    watch = AlertWatch()
    for place in range(500):
        watch.observe([condition(True, key=(f"code.{place}", None))], at(place))
    fed(watch, [(500.0 + second, False) for second in range(62)])
    assert watch._spells == {}


@given(st.lists(st.tuples(st.integers(1, 90), st.sampled_from([True, False, None])), max_size=30))
def test_alerts_open_and_close_in_turn_and_never_without_reason(spells: list[tuple[int, bool | None]]) -> None:
    readings = every_second(*spells)
    events = fed(AlertWatch(), readings)
    assert [kind for kind, _ in events] == ["opened", "closed"] * (len(events) // 2) + ["opened"] * (len(events) % 2)
    told = dict(readings)
    for kind, second in events:
        assert told[second] is (kind == "opened")
        if kind == "closed":
            assert all(told[before] is not True for before in range(int(second) - 60, int(second)))
