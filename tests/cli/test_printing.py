"""Which of the two streams holds what, and that nothing printed steers the terminal."""

from __future__ import annotations

import io
import json
import sys

import pytest

from magflow_tui.cli.failures import ReaderGoneError
from magflow_tui.cli.printing import Column, Printer
from magflow_tui.contract.management import Message

COLUMNS = (Column("NAME"), Column("TOTAL", right=True))


class ClosedPipe(io.StringIO):
    def write(self, _: str, /) -> int:
        raise BrokenPipeError


def test_people_read_stdout_and_remarks_come_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    printer = Printer(json=False)
    printer.sentence("an answer")
    printer.table(COLUMNS, [("a", "1.00")])
    printer.remark("by the way")
    captured = capsys.readouterr()
    assert captured.out.splitlines() == ["an answer", "NAME  TOTAL", "a      1.00"]
    assert captured.err == "by the way\n"


def test_under_json_stdout_holds_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    printer = Printer(json=True)
    printer.document(Message(message="Țară\nnouă"))
    printer.sentence("an answer")
    printer.table(COLUMNS, [("a", "1.00")])
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"message": "Țară\nnouă"}
    assert captured.out.count("\n") == 1
    assert "an answer" in captured.err
    assert "TOTAL" in captured.err


def test_a_table_in_a_pipe_cuts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    long = "x" * 300
    Printer(json=False).table((Column("NAME", flexible=True),), [(long,)])
    assert long in capsys.readouterr().out


def test_data_cannot_steer_the_terminal_or_be_read_as_markup(capsys: pytest.CaptureFixture[str]) -> None:
    printer = Printer(json=False)
    printer.table((Column("NAME"),), [("\x1b[31m[bold]red[/bold] :smile:\x9b2J",)])
    printer.sentence("\x1b]0;title\x07")
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\x9b" not in out
    assert "[bold]red[/bold] :smile:" in out


@pytest.mark.parametrize("json_output", [True, False])
def test_a_reader_that_has_gone_is_told_apart_from_an_error(
    monkeypatch: pytest.MonkeyPatch, *, json_output: bool
) -> None:
    monkeypatch.setattr(sys, "stdout", ClosedPipe())
    printer = Printer(json=json_output)
    with pytest.raises(ReaderGoneError):
        printer.document({"a": 1})
