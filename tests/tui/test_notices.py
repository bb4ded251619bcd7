"""Alerts reach an operator who looks elsewhere, seldom enough to be heeded."""

from __future__ import annotations

from typing import Any

import pytest

from magflow_tui.tui.output.notices import QUIET_SECONDS


class Heard:
    """A dashboard and every control sequence that it sent."""

    def __init__(self, operator: Any, standin: Any) -> None:
        self.operator, self.standin = operator, standin
        self.sent: list[str] = []
        operator.app.send = self.sent.append

    async def alerts(self, *alerts: tuple[int, str, str], **changed: Any) -> None:
        """Publish open alerts as `(id, severity, message)` and wait until they have been seen."""
        first = dict(self.standin.snapshot["alerts"][0] if self.standin.snapshot["alerts"] else self.first)
        self.first = first | {"message_ro": "", "account": None, "state": "new"}
        before = self.operator.app.snapshot
        self.standin.publish(
            alerts=[
                self.first | {"alert_id": number, "severity": severity, "message": said} | changed
                for number, severity, said in alerts
            ]
        )
        await self.operator.until(lambda: self.operator.app.snapshot is not before)

    def notifications(self) -> list[str]:
        return [sequence for sequence in self.sent if sequence.startswith("\x1b]9;")]


@pytest.fixture
def heard(operator: Any, standin: Any) -> Heard:
    return Heard(operator, standin)


async def test_the_first_alert_of_a_severity_is_told_and_rung(heard: Heard) -> None:
    await heard.alerts((901, "warning", "rate limit: 'other' at 84 %"))
    assert heard.notifications() == ["\x1b]9;MagFlow: warning: rate limit: 'other' at 84 %\x07"]
    assert heard.sent.count("\x07") == 1


async def test_what_was_open_when_the_dashboard_began_is_not_told(heard: Heard) -> None:
    heard.standin.publish()
    await heard.operator.until(lambda: heard.operator.app.snapshot.seq == heard.standin.snapshot["seq"])
    assert heard.notifications() == []


async def test_another_one_of_a_severity_is_told_after_ten_minutes(heard: Heard) -> None:
    await heard.alerts((901, "warning", "first"))
    await heard.alerts((901, "warning", "first"), (902, "warning", "second"))
    await heard.alerts((902, "warning", "second"), (903, "critical", "third"))
    assert [text.rpartition(" ")[2] for text in heard.notifications()] == ["first\x07", "third\x07"]
    heard.operator.clock.time += QUIET_SECONDS
    await heard.alerts((904, "warning", "fourth"))
    assert len(heard.notifications()) == 3


async def test_alerts_that_open_together_are_one_notice_of_each_severity(heard: Heard) -> None:
    await heard.alerts((901, "warning", "one"), (902, "warning", "two"), (903, "critical", "worst"), (904, "info", "-"))
    assert heard.notifications() == [
        "\x1b]9;MagFlow: critical: worst\x07",
        "\x1b]9;MagFlow: warning: one … 1 more\x07",
    ]


async def test_no_text_of_an_alert_steers_the_terminal_or_tells_of_a_person(heard: Heard) -> None:
    await heard.alerts((901, "critical", "phone +40722000111 \x1b]0;owned\x07\x9b of ana@posta.example"))
    [told] = heard.notifications()
    assert all(character.isprintable() for character in told[2:-1])
    assert "722000111" not in told
    assert "ana@" not in told


async def test_the_window_is_named_anew_only_when_its_name_changes(heard: Heard) -> None:
    def titles() -> list[str]:
        return [sequence for sequence in heard.sent if "\x1b]2;" in sequence]

    await heard.alerts((901, "warning", "first"))
    count = len(titles())
    await heard.alerts((901, "warning", "first"))
    assert len(titles()) == count
    await heard.alerts()
    assert titles()[-1] == "\x1b]2;MagFlow ▲ warning 60\x07"


async def test_an_alert_that_somebody_has_dealt_with_makes_no_noise(heard: Heard) -> None:
    await heard.alerts((901, "critical", "first"), state="muted")
    await heard.alerts((901, "critical", "first"), (902, "critical", "second"), state="acked")
    assert heard.notifications() == []
    assert "\x07" not in heard.sent
    assert [sequence for sequence in heard.sent if "\x1b]2;" in sequence] == ["\x1b]2;MagFlow ▲ warning 60\x07"]


async def test_an_alert_rings_when_its_mute_ends_before_it_does(heard: Heard) -> None:
    await heard.alerts((901, "critical", "first"), state="muted")
    await heard.alerts((901, "critical", "first"))
    assert heard.notifications() == ["\x1b]9;MagFlow: critical: first\x07"]
    await heard.alerts((901, "critical", "first"), state="acked")
    heard.operator.clock.time += QUIET_SECONDS
    await heard.alerts((901, "critical", "first"))  # the ack is taken back: it has been heard
    assert len(heard.notifications()) == 1


async def test_the_title_counts_what_waits_for_somebody(heard: Heard) -> None:
    await heard.alerts((901, "warning", "first"), (902, "warning", "second"), (903, "warning", "third"))
    assert "\x1b]2;MagFlow ▲ warning 60, alerts 3\x07" in heard.sent
    await heard.alerts((901, "warning", "first"))
    assert heard.sent[-1] == "\x1b]2;MagFlow ▲ warning 60, alerts 1\x07"


async def test_a_notice_is_in_the_screens_language_and_names_the_account(
    standin: Any, session: Any, watch: Any
) -> None:
    async with watch(session, language="ro") as operator:
        heard = Heard(operator, standin)
        await operator.until("ATENȚIE 60")
        await heard.alerts((901, "critical", "error rate"), message_ro="rata erorilor", account="fbe")
        assert heard.notifications() == ["\x1b]9;MagFlow: critic: FBE: rata erorilor\x07"]


async def test_nothing_is_sent_that_the_settings_turn_off(standin: Any, session: Any, watch: Any) -> None:
    async with watch(session, bell=False, notify=False, title=False) as operator:
        heard = Heard(operator, standin)
        await operator.until("WARNING 60")
        await heard.alerts((901, "critical", "first"))
        assert heard.sent == []


async def test_inside_tmux_a_notification_passes_through(standin: Any, session: Any, watch: Any) -> None:
    async with watch(session, environ={"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0"}) as operator:
        heard = Heard(operator, standin)
        await operator.until("WARNING 60")
        await heard.alerts((901, "critical", "first"))
        assert "\x1bPtmux;\x1b\x1b]9;MagFlow: critical: first\x07\x1b\\" in heard.sent
