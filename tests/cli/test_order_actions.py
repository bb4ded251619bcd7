"""`magflow orders ack|status|cancel|reread|attach|reasons`: a line for each order, and exit codes scripts rely on."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from magflow_tui.cli.failures import CommandError
from magflow_tui.cli.reason_choice import pick_reason
from magflow_tui.contract.actions import Reason
from magflow_tui.marketplace.codes import CANCELLATION_REASONS, CANCELLATION_REASONS_EN
from magflow_tui.sandbox import SandboxAccount, SandboxConfig, SandboxProcess

if TYPE_CHECKING:
    from conftest import Done, Shell

REASONS = tuple(
    Reason(code=code, text=CANCELLATION_REASONS_EN[code], text_ro=text) for code, text in CANCELLATION_REASONS.items()
)


class Desk:
    """The command on a folder with a running engine, its marketplace, and orders nobody has acted on yet."""

    def __init__(self, shell: Shell, sandbox: SandboxProcess) -> None:
        self.shell = shell
        self.sandbox = sandbox
        self._used: set[int] = set()

    def truth(self) -> dict[int, dict[str, object]]:
        url = f"{self.sandbox.url}/control/orders"
        answer = httpx.get(url, params={"account": "main"}, trust_env=False)
        rows = [json.loads(line) for line in answer.raise_for_status().text.splitlines()]
        return {row["id"]: row for row in rows}

    def some(self, status: int, count: int = 1, order_type: int = 3) -> list[int]:
        """Numbers of orders in a status, each given once."""
        found = [
            number
            for number, row in self.truth().items()
            if (row["status"], row["type"]) == (status, order_type) and number not in self._used
        ][-count:]
        assert len(found) == count, "too few orders"
        self._used |= set(found)
        return found

    def status(self, number: int) -> object:
        return self.truth()[number]["status"]

    def call(self, *arguments: str, typed: str | None = None) -> Done:
        """`magflow orders …` in this process, with text on its stdin."""
        return self.shell.call("orders", *arguments, typed=typed)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, make_shell: type[Shell]) -> Iterator[Desk]:
    """Orders of all kinds, synced into a folder whose engine runs."""
    account = SandboxAccount(
        name="main", username="ro@example.com", password="geheim-7391", orders=260, offers=0, rmas=0, days=12, fbe=0.2
    )
    with SandboxProcess(SandboxConfig(accounts=(account,), seed=3)) as sandbox:
        httpx.post(f"{sandbox.url}/control/world", json={"add": 120}, trust_env=False).raise_for_status()
        folder = tmp_path_factory.mktemp("acting") / "data"
        shell = make_shell(folder, {"main": sandbox.base_url("main")}, accounts=("main",))
        try:
            quiet = {f"MAGFLOW_SYNC__{name}_EVERY": "off" for name in ("ORDERS", "OFFERS", "RMA")}
            assert shell.run("engine", "start", environ=quiet).code == 0
            assert shell.run("sync", "orders", "--full", "--json").code == 0
            yield Desk(shell, sandbox)
        finally:
            shell.run("engine", "stop")
            for process in shell.engines():
                process.kill()
                process.wait(5)


def results(done: Done) -> list[tuple[object, object]]:
    for line in done.lines:
        assert list(line) == ["id", "result", "message"]
        assert isinstance(line["message"], str)
    return [(line["id"], line["result"]) for line in done.lines]


@pytest.mark.slow
def test_orders_are_acknowledged_a_line_each_in_the_order_they_were_named(desk: Desk) -> None:
    ids = desk.some(1, 3)
    done = desk.shell.run("orders", "ack", *map(str, reversed(ids)), "--json")
    assert (done.code, results(done)) == (0, [(number, "done") for number in reversed(ids)])
    assert {desk.status(number) for number in ids} == {2}
    assert [line["message"] for line in done.lines] == ["acknowledged"] * 3
    again = desk.call("ack", str(ids[0]), "--json")
    assert (again.code, results(again)) == (1, [(ids[0], "refused")])


@pytest.mark.slow
def test_what_is_refused_and_what_is_unknown_have_their_lines_and_the_rest_is_done(desk: Desk) -> None:
    (running,), (new,), (fbe,) = desk.some(3), desk.some(1), desk.some(4, order_type=2)
    done = desk.call("cancel", str(new), "77", str(running), str(fbe), "--reason", "24", "--json")
    assert done.code == 1
    assert results(done) == [(new, "refused"), (77, "failed"), (running, "done"), (fbe, "refused")]
    told = {line["id"]: str(line["message"]) for line in done.lines}
    assert "acknowledge it first" in told[new]
    assert "no order 77" in told[77]
    assert told[running] == "cancelled: By customer request"
    assert "FBE" in told[fbe]
    assert (desk.status(running), desk.status(new)) == (0, 1)


@pytest.mark.slow
def test_a_dry_run_says_what_is_possible_and_changes_nothing(desk: Desk) -> None:
    (new,), (running,) = desk.some(1), desk.some(3)
    done = desk.call("status", str(new), str(running), "77", "--to", "finalized", "--dry-run", "--json")
    assert (done.code, results(done)) == (1, [(new, "refused"), (running, "possible"), (77, "refused")])
    done = desk.call("status", str(running), "--to", "4", "--dry-run", "--json")
    assert (done.code, results(done)) == (0, [(running, "possible")])
    assert desk.status(running) == 3
    done = desk.call("status", str(running), "--to", "finalised", "--json")
    assert (done.code, results(done), desk.status(running)) == (0, [(running, "done")], 4)


@pytest.mark.slow
def test_more_than_50_orders_can_come_from_stdin(desk: Desk) -> None:
    ids = desk.some(1, 60)
    typed = "\n".join(map(str, ids[:30])) + "\n\n" + ", ".join(map(str, [*ids[30:], ids[0]]))
    done = desk.call("ack", "-", "--dry-run", "--json", typed=typed)
    assert (done.code, results(done)) == (0, [(number, "possible") for number in ids])
    done = desk.call("ack", "-", "--json", typed=typed[:20])
    assert (done.code, results(done)) == (0, [(number, "done") for number in ids[:2]])
    assert desk.call("ack", "-", "--json", typed="  ").code == 2
    wrong = desk.call("ack", "-", "--json", typed="12 x13")
    assert (wrong.code, wrong.out) == (2, "")
    assert "'x13' is no order number" in wrong.err


@pytest.mark.slow
def test_a_cancellation_names_its_reason_by_number_or_by_words(desk: Desk) -> None:
    (order,) = desk.some(2)
    for options, words in (((), "needs a reason"), (("--reason", "99"), "99 is no cancellation reason")):
        done = desk.call("cancel", str(order), *options, "--json")
        assert (done.code, results(done)) == (1, [(order, "refused")])
        assert words in str(done.lines[0]["message"])
    vague = desk.call("cancel", str(order), "--reason", "other", "--json")
    assert (vague.code, vague.out) == (2, "")
    assert "fits several reasons" in vague.err
    done = desk.call("cancel", str(order), "--reason", "lipsa stoc", "--json")
    assert (done.code, done.lines[0]["message"]) == (0, "cancelled: Out of stock")


@pytest.mark.slow
def test_the_reasons_are_listed(desk: Desk) -> None:
    done = desk.call("reasons", "--json")
    assert done.code == 0
    assert {line["code"]: line["text_ro"] for line in done.lines} == dict(CANCELLATION_REASONS)
    assert "Lipsă stoc" in desk.call("reasons").out


@pytest.mark.slow
def test_people_get_a_table_and_what_it_comes_to(desk: Desk) -> None:
    (new,), (running,) = desk.some(1), desk.some(3)
    done = desk.call("ack", str(new), str(running))
    assert done.code == 1
    assert str(new) in done.out
    assert "only new orders are acknowledged" in done.out
    assert "1 done, 1 refused" in done.err


@pytest.mark.slow
def test_orders_are_read_again_and_get_files(desk: Desk) -> None:
    (order,), (fbe,) = desk.some(4), desk.some(4, order_type=2)
    done = desk.call("attach", str(order), str(fbe), "--url", "https://example.com/f.pdf", "--json")
    assert (done.code, results(done)) == (0, [(order, "done"), (fbe, "done")])
    shown = desk.shell.call("orders", "show", str(order), "--json").document
    attachments = shown["attachments"]
    assert isinstance(attachments, list)
    assert attachments[-1]["url"] == "https://example.com/f.pdf"
    assert desk.call("attach", str(order), "--url", "https://example.com/f.png", "--json").code == 2
    assert desk.call("attach", str(order), "--url", "https://example.com/f.pdf", "--name", "x" * 61).code == 2
    done = desk.call("reread", str(order), "77", "--json")
    assert (done.code, results(done)) == (1, [(order, "done"), (77, "failed")])


@pytest.mark.slow
def test_words_that_are_no_number_and_unknown_accounts_are_mistakes_of_the_call(desk: Desk) -> None:
    for arguments in (("ack",), ("ack", "abc"), ("ack", "0"), ("ack", "-5"), ("status", "5", "--to", "nowhere")):
        done = desk.call(*arguments, "--json")
        assert (done.code, done.out) == (2, ""), arguments
    done = desk.call("ack", "5", "--account", "elsewhere", "--json")
    assert done.code == 2
    assert "There is no account" in done.err


@pytest.mark.slow
def test_on_a_terminal_it_asks_once_and_no_means_that_nothing_is_sent(desk: Desk) -> None:
    (order,) = desk.some(3)

    def answered(text: bytes, *options: str) -> tuple[int, str]:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "magflow_tui", "orders", "cancel", str(order), "--reason", "24", *options]
        with subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env={**desk.shell.environ(), "COLUMNS": "120"}
        ) as process:
            os.close(theirs)
            os.write(ours, text)
            said = b""
            while True:
                try:
                    part = os.read(ours, 4096)
                except OSError:  # the other end is closed
                    break
                if not part:
                    break
                said += part
            code = process.wait(30)
        os.close(ours)
        return code, said.decode()

    code, said = answered(b"n\n")
    assert (code, desk.status(order)) == (1, 3)
    assert f"Cancel order {order} at the marketplace (reason: 24)? [y/N]" in said
    assert "nothing was sent" in said
    code, said = answered(b"y\n")
    assert (code, desk.status(order)) == (0, 0), said


@pytest.mark.slow
def test_an_order_nobody_has_stored_can_be_acted_on_by_an_engine_that_comes_and_goes(
    desk: Desk, make_shell: type[Shell], tmp_path_factory: pytest.TempPathFactory
) -> None:
    (order,) = desk.some(1)
    folder = tmp_path_factory.mktemp("fresh") / "data"
    shell = make_shell(folder, {"main": desk.sandbox.base_url("main")}, accounts=("main",))
    done = shell.run("orders", "ack", str(order), "--json")
    assert (done.code, results(done), done.err) == (0, [(order, "done")], "")
    assert shell.engines() == []
    assert desk.status(order) == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [("out of stock", 1), ("OTHERS", 21), ("Lipsă stoc", 1), ("lipsa   stoc", 1), ("client request", None),
     ("customer request", 24), ("blacklisted", 29), ("no such thing", None), ("other", None), ("  ", None)],
)  # fmt: skip
def test_words_mean_the_one_reason_that_has_them_all(words: str, code: int | None) -> None:
    if code is not None:
        assert pick_reason(REASONS, words) == code
        return
    with pytest.raises(CommandError):
        pick_reason(REASONS, words)
