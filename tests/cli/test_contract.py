"""The contract for scripts (JSON shapes and exit codes), on a real marketplace, a real engine and real processes."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Done, Shell

pytestmark = pytest.mark.slow

RUN_KEYS = [
    *("run_id", "account", "resource", "kind", "result", "pages", "items", "created", "updated", "unchanged"),
    *("failed", "requests", "rate_limited", "waited_seconds", "seconds"),
]
PROGRESS_KEYS = {
    *("event", "run_id", "account", "resource", "kind", "page", "pages", "items", "items_total", "items_per_second"),
    *("eta_seconds", "created", "updated", "unchanged", "failed", "requests", "rate_limited", "waited_seconds"),
}
ORDER_KEYS = [
    *("id", "account", "status", "type", "payment_mode_id", "total", "currency", "customer", "date", "modified"),
    "findings",
]
OFFER_KEYS = [
    *("id", "account", "name", "part_number", "status", "sale_price", "currency", "stock", "sellable", "reasons"),
]
LIMITER_KEYS = {
    *("orders_requests", "other_requests", "rate_limit_hits", "total_wait_time", "current_orders_rpm"),
    *("current_other_rpm", "orders_rpm_usage", "other_rpm_usage", "orders_tokens_available"),
    *("other_tokens_available", "accounts"),
}
STATUS_KEYS = {"pid", "version", "uptime", "socket", "clients", "running"}
MONEY = re.compile(r"-?\d+\.\d{2,4}")


def is_instant(text: object) -> bool:
    return isinstance(text, str) and datetime.fromisoformat(text).utcoffset() is not None


def test_a_full_sync_ends_with_every_run_completed(synced: tuple[Shell, Done]) -> None:
    _, done = synced
    assert done.code == 0, done.err
    *progress, last = done.lines
    assert progress
    for line in progress:
        assert line["event"] == "progress"
        assert set(line) == PROGRESS_KEYS
    assert list(last) == ["event", "runs"]
    assert last["event"] == "run"
    runs = last["runs"]
    assert isinstance(runs, list)
    assert all(list(run) == RUN_KEYS for run in runs)
    assert {(run["account"], run["resource"]) for run in runs} == {
        (account, resource) for account in ("main", "bg") for resource in ("orders", "offers", "rma")
    }
    assert {run["result"] for run in runs} == {"completed"}
    assert {run["kind"] for run in runs} == {"full"}
    items = {(run["account"], run["resource"]): run["items"] for run in runs}
    assert items["main", "orders"] >= 230
    assert (items["main", "offers"], items["bg", "offers"]) == (120, 30)
    assert {line["run_id"] for line in progress} == {run["run_id"] for run in runs}


def test_orders_are_listed_a_line_each(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    done = shell.call("orders", "list", "--json")
    assert (done.code, done.err) == (0, "")
    orders = done.lines
    assert len(orders) == 230 + 60
    for order in orders:
        assert list(order) == ORDER_KEYS
        assert isinstance(order["id"], int)
        assert order["total"] is None or MONEY.fullmatch(str(order["total"]))
        assert is_instant(order["date"])
        assert is_instant(order["modified"])
    assert {order["currency"] for order in orders if order["account"] == "main"} == {"RON"}


def test_orders_are_filtered_by_account_status_and_number(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    bulgarian = shell.call("orders", "list", "--account", "BG", "--json").lines
    assert len(bulgarian) == 60
    assert {order["account"] for order in bulgarian} == {"bg"}
    finalized = shell.call("orders", "list", "--status", "finalized", "--json").lines
    assert finalized
    assert {order["status"] for order in finalized} == {4}
    assert len(shell.call("orders", "list", "--limit", "7", "--json").lines) == 7
    assert len(shell.call("orders", "list", "--limit", "0", "--json").lines) == 290


def test_the_table_of_orders_masks_names_unless_told_to_reveal(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    name = str(shell.call("orders", "list", "--limit", "1", "--json").document["customer"])
    masked = shell.call("orders", "list", "--limit", "1")
    assert masked.code == 0
    assert name not in masked.out
    assert "*****" in masked.out
    assert name in shell.call("orders", "list", "--limit", "1", "--reveal").out
    assert "--limit 0" in masked.err


def test_one_order_is_shown_as_a_document_and_as_it_was_received(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    listed = shell.call("orders", "list", "--account", "main", "--limit", "1", "--json").document
    number = str(listed["id"])
    shown = shell.call("orders", "show", number, "--account", "main", "--json").document
    assert {key: shown[key] for key in ORDER_KEYS if key != "customer"} == {
        key: listed[key] for key in ORDER_KEYS if key != "customer"
    }
    assert isinstance(shown["products"], list)
    raw = shell.call("orders", "show", number, "--account", "main", "--json", "--raw")
    payload = json.loads(raw.out)
    assert raw.out.endswith("}\n")
    assert payload["id"] == listed["id"]
    assert payload["products"] == shown["products"]
    people = shell.call("orders", "show", number, "--account", "main")
    assert number in people.out
    assert str(listed["customer"]) not in people.out


def test_an_order_that_is_not_stored_is_exit_1(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    for extra in ([], ["--raw"]):
        done = shell.call("orders", "show", "999999999999", "--json", *extra)
        assert done.code == 1
        assert done.out == ""
        assert "999999999999" in done.err
        assert "Traceback" not in done.err


def test_offers_are_listed_a_line_each(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    done = shell.call("offers", "list", "--account", "main", "--json")
    assert done.code == 0
    offers = done.lines
    assert len(offers) == 120
    for offer in offers:
        assert list(offer) == OFFER_KEYS
        assert offer["sale_price"] is None or MONEY.fullmatch(str(offer["sale_price"]))
        assert isinstance(offer["reasons"], list)
        assert offer["sellable"] is (offer["reasons"] == [])
    assert "120" not in shell.call("offers", "list", "--limit", "3").err


def test_offers_are_counted_by_account_and_validation_status(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    [stats] = shell.call("offers", "stats", "--json").lines
    assert stats["by_account"] == {"main": 120, "bg": 30}
    assert stats["total_products"] == stats["active_products"] + stats["inactive_products"] == 150
    assert stats["recently_synced_24h"] == 150
    assert 0 < stats["sellable"] < stats["total_products"]
    assert [each["account"] for each in stats["accounts"]] == ["bg", "main"]
    assert sum(each["offers"] for each in stats["by_validation_status"]) == 150
    sellable = sum(not offer["reasons"] for offer in shell.call("offers", "list", "--limit", "500", "--json").lines)
    assert stats["sellable"] == sellable
    text = shell.call("offers", "stats").out
    assert "SYNCED IN 24 H" in text
    assert "Approved" in text


def test_runs_are_listed_and_shown(synced: tuple[Shell, Done]) -> None:
    shell, done = synced
    synced_runs = done.lines[-1]["runs"]
    assert isinstance(synced_runs, list)
    listed = shell.call("runs", "--json").lines
    assert {run["run_id"] for run in synced_runs} <= {run["run_id"] for run in listed}
    number = synced_runs[0]["run_id"]
    shown = shell.call("runs", "show", str(number), "--json").document
    assert shown["run_id"] == number
    assert shown["result"] == "completed"
    assert shown["missed_pages"] == []
    assert shell.call("runs", "show", "987654", "--json").code == 1
    assert "completed" in shell.call("runs").out


def test_limits_are_the_management_answer_with_accounts(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    done = shell.call("limits", "--json")
    assert done.code == 0
    stats = done.document
    assert set(stats) == LIMITER_KEYS
    assert isinstance(stats["accounts"], dict)
    assert set(stats["accounts"]) == {"main", "bg"}
    assert {"orders", "other"} <= set(stats["accounts"]["main"])


def test_health_tells_its_level_by_exit_code(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    done = shell.call("health", "--json")
    health = done.document
    assert {"status", "health_score", "metrics", "alerts", "timestamp"} <= set(health)
    codes = {"healthy": 0, "degraded": 1, "warning": 1, "critical": 2, "unknown": 3}
    assert done.code == codes[str(health["status"])]
    assert str(health["status"]) in shell.call("health").out


def test_requests_and_accounts_are_listed(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    requests = shell.call("requests", "--account", "main", "--limit", "50", "--json")
    assert requests.code == 0
    assert {line["account"] for line in requests.lines} == {"main"}
    accounts = shell.call("accounts", "--json")
    assert {str(line["name"]): line["orders"] for line in accounts.lines} == {"main": 230, "bg": 60}
    assert shell.call("accounts", "test", "--json").code == 0


def test_watch_prints_a_snapshot_a_second(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    done = shell.call("watch", "--seconds", "1.5", "--json")
    assert done.code == 0
    assert done.lines
    assert done.lines[-1]["version"] == 1
    plain = shell.call("watch", "--plain", "--seconds", "1.2")
    assert plain.code == 0
    assert "Health" in plain.out


def test_an_unknown_account_names_those_that_exist(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    for command in (["sync", "orders"], ["sync", "--full"]):
        done = shell.call(*command, "--account", "nobody", "--json")
        assert (done.code, done.out) == (2, "")
        assert "main" in done.err
        assert "bg" in done.err


def test_an_incremental_sync_fetches_little(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    done = shell.call("sync", "orders", "--account", "main", "--json")
    assert done.code == 0
    (run,) = done.lines[-1]["runs"]  # type: ignore[misc]
    assert (run["kind"], run["result"], run["created"]) == ("incremental", "completed", 0)
    assert run["items"] < 230


def test_the_engine_tells_its_status(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    done = shell.call("engine", "status", "--json")
    assert done.code == 0
    status = done.document
    assert set(status) == STATUS_KEYS
    assert status["running"] is True
    (process,) = shell.engines()
    assert status["pid"] == process.pid
    again = shell.call("engine", "start", "--json")
    assert again.code == 0
    assert again.document["pid"] == process.pid


def test_a_second_engine_is_refused_with_the_pid_of_the_first(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    (process,) = shell.engines()
    done = shell.run("engine", "run")
    assert done.code == 2
    assert str(process.pid) in done.err
    assert "Traceback" not in done.err


def test_output_that_nobody_reads_to_its_end_is_no_error(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    with shell.start("orders", "list", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        process.wait(20)


def test_limits_are_reset(synced: tuple[Shell, Done]) -> None:
    shell, _ = synced
    done = shell.call("limits", "reset", "--json")
    assert done.code == 0
    assert set(done.document) == {"message"}
    assert shell.call("limits", "--json").document["orders_requests"] == 0


def test_no_password_is_in_any_list_of_processes(synced: tuple[Shell, Done], password: str) -> None:
    import psutil

    assert synced
    words = [word for process in psutil.process_iter(["cmdline"]) for word in process.info["cmdline"] or ()]
    assert words
    assert not any(password in word for word in words)
