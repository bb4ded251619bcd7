"""`magflow alerts` against a running engine, with an account that is refused and a webhook on this machine."""

from __future__ import annotations

import getpass
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from click.testing import CliRunner

from magflow_tui.cli.root import magflow

REFUSED = "account.refused_ip"


class Hook(BaseHTTPRequestHandler):
    """Takes every message."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(202)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing on stderr."""


@pytest.fixture(scope="module")
def hook() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def desk(
    marketplace: Mapping[str, str], make_shell: Any, tmp_path_factory: pytest.TempPathFactory, hook: str
) -> Iterator[Any]:
    """The command with an engine that has found one alert: the account `shut` is refused."""
    shell = make_shell(tmp_path_factory.mktemp("alerts") / "data", marketplace, accounts=("main", "shut"))
    settings = {f"MAGFLOW_SYNC__{name}_EVERY": "off" for name in ("ORDERS", "OFFERS", "RMA")}
    settings |= {"MAGFLOW_ALERTS__WEBHOOK": f"{hook}?key=sesame", "MAGFLOW_ALERTS__WEBHOOK_SECRET": "x" * 24}
    try:
        started = shell.run("engine", "start", environ=settings)
        assert started.code == 0, started.err
        assert shell.call("accounts", "test", "shut").code == 2
        while not shell.call("alerts", "--json").out:
            pass  # the engine looks once a second
        yield shell
    finally:
        shell.run("engine", "stop")
        for process in shell.engines():
            process.kill()
            process.wait(5)


def test_open_alerts_are_listed_for_people_and_programs(desk: Any) -> None:
    table = desk.call("alerts")
    assert table.code == 0
    assert REFUSED in table.out
    [line] = desk.call("alerts", "list", "--account", "SHUT", "--json").lines
    assert (line["alert_id"], line["code"], line["account"], line["severity"]) == (1, REFUSED, "shut", "critical")
    assert desk.call("alerts", "--account", "main", "--json").out == ""
    nothing = desk.call("alerts", "--account", "main")
    assert (nothing.code, nothing.err) == (0, "nothing is wrong\n")


def test_history_has_open_ones_too_unless_told_otherwise(desk: Any) -> None:
    assert [line["alert_id"] for line in desk.call("alerts", "list", "--all", "--json").lines] == [1]
    assert [line["alert_id"] for line in desk.call("alerts", "--since", "24h", "--json").lines] == [1]
    assert desk.call("alerts", "list", "--history", "--json").out == ""
    assert desk.call("alerts", "list", "--history").err == "no alerts\n"
    assert desk.call("alerts", "list", "--all", "--history").code == 2
    future = desk.call("alerts", "--since", "2999-01-01")
    assert future.code == 2
    assert "write how long ago it was" in future.err


def test_an_alert_is_shown_with_what_to_do_in_the_language_asked_for(desk: Any) -> None:
    english, romanian = desk.call("alerts", "show", "1"), desk.call("alerts", "show", "1", "--lang", "ro")
    detail = desk.call("alerts", "show", "1", "--json").document
    alert, runbook = detail["alert"], detail["runbook"]
    assert english.out.startswith(alert["message"])
    assert romanian.out.startswith(alert["message_ro"])
    assert f"  1. {runbook['steps'][0]}" in english.out
    assert f"  1. {runbook['steps_ro'][0]}" in romanian.out
    assert desk.call("alerts", "show", "99").code == 1
    assert desk.call("alerts", "show", "99").err.startswith("magflow: There is no alert 99.")


def test_taking_note_is_by_the_user_of_the_machine_and_can_be_taken_back(desk: Any) -> None:
    some = desk.call("alerts", "ack", "1", "99", "--json")
    assert (some.code, some.err) == (1, "there is no open alert 99\n")
    assert (some.document["state"], some.document["acked_by"]) == ("acked", getpass.getuser())
    nobody = desk.call("alerts", "ack", "--all")
    assert (nobody.code, nobody.err) == (0, "no alert waits for somebody\n")
    back = desk.call("alerts", "unack", "1", "--by", "ana")
    assert (back.code, back.out.split(":")[0]) == (0, "alert 1 waits for somebody again")
    everything = desk.call("alerts", "ack", "--all", "--by", "ana", "--json")
    assert (everything.code, everything.document["acked_by"]) == (0, "ana")
    assert desk.call("alerts", "unack", "1").code == 0
    changes = desk.call("alerts", "show", "1", "--json").document["changes"]
    assert [change["kind"] for change in changes[:4]] == ["opened", "acked", "unacked", "acked"]
    assert desk.call("alerts", "ack").code == 2
    assert desk.call("alerts", "ack", "1", "--all").code == 2


def test_a_code_is_muted_for_a_time_and_unmuted_by_number_or_code(desk: Any) -> None:
    muted = desk.call("alerts", "mute", REFUSED, "--account", "shut", "--for", "2h", "--json").document
    lasts = datetime.fromisoformat(muted["until"]) - datetime.fromisoformat(muted["at"])
    assert lasts == timedelta(hours=2)
    assert [line["state"] for line in desk.call("alerts", "--json").lines] == ["muted"]
    for_all = desk.call("alerts", "mute", REFUSED, "--for", "30m")
    assert for_all.out.startswith(f"{REFUSED} of all accounts is muted until ")
    assert len(desk.call("alerts", "mutes", "--json").lines) == 2
    assert REFUSED in desk.call("alerts", "mutes").out
    assert desk.call("alerts", "unmute", str(muted["mute_id"])).out == f"{REFUSED} of shut is muted no more\n"
    assert desk.call("alerts", "unmute", REFUSED, "--json").document["account"] is None
    gone = desk.call("alerts", "unmute", REFUSED)
    assert (gone.code, gone.err.split(";")[0]) == (1, f"no mute {REFUSED} holds")
    assert [line["state"] for line in desk.call("alerts", "--json").lines] == ["new"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("mute", "account.refused", "--for", "2h"), "Did you mean account.refused_ip?"),
        (("mute", REFUSED, "--for", "31d"), "a mute lasts 30 days at most"),
        (("mute", REFUSED), "Missing option '--for'"),
        (("mute", REFUSED, "--for", "soon"), "is no time within a year"),
    ],
)
def test_a_mute_that_cannot_be_is_told(desk: Any, arguments: tuple[str, ...], told: str) -> None:
    done = desk.call("alerts", *arguments)
    assert done.code == 2
    assert told in done.err


def test_a_runbook_is_told_for_a_code_and_all_codes_are_listed(desk: Any) -> None:
    listed = desk.call("alerts", "runbook", "--json").lines
    assert REFUSED in {line["code"] for line in listed}
    assert REFUSED in desk.call("alerts", "runbook").out
    [own] = [line for line in listed if line["code"] == REFUSED and line["cause"] is None]
    assert own["title"] in desk.call("alerts", "runbook", REFUSED).out
    assert own["steps_ro"][0] in desk.call("alerts", "runbook", REFUSED, "--lang", "ro").out
    none = desk.call("alerts", "runbook", "no.such")
    assert (none.code, none.err.split(";")[0]) == (1, "there is no alert 'no.such'")


def test_messages_to_the_webhook_are_listed_and_a_test_is_sent(desk: Any, hook: str) -> None:
    tested = desk.call("alerts", "test-webhook")
    assert (tested.code, tested.out) == (0, "delivered, the answer is 202\n")
    newest, *_, first = desk.call("alerts", "deliveries", "--json").lines
    assert (newest["kind"], newest["state"], newest["status"]) == ("webhook.test", "delivered", 202)
    assert (first["kind"], first["alert_id"]) == ("alert.opened", 1)
    table = desk.call("alerts", "deliveries", "--limit", "1")
    assert table.err == f"to {hook}\n"
    assert "sesame" not in table.out + table.err
    assert len(desk.call("alerts", "deliveries", "--limit", "1", "--json").lines) == 1


def test_the_help_tells_the_exit_codes() -> None:
    for words in (("ack",), ("show",), ("unmute",), ("test-webhook",), ("list",), ()):
        assert "Exit code" in CliRunner().invoke(magflow, ["alerts", *words, "--help"]).output
