"""`magflow orders validate` and `magflow rules`: checks that need no engine, no store and no settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner, Result

from magflow_tui.cli.commands.validate import PLATFORMS, PURPOSES
from magflow_tui.cli.root import magflow
from magflow_tui.config.model import PlatformName
from magflow_tui.rules import catalogue, verdicts

NAME, STREET = "Ana-Maria Exemplu", "Strada Inventată 12"


def order(number: int = 1, **changes: object) -> dict[str, Any]:
    """A good order in short form."""
    return {
        "id": number,
        "status": 2,
        "payment_mode_id": 1,
        "customer": {"name": NAME, "phone1": "0721000000"},
        "products": [{"product_id": 7, "name": "Lampă", "quantity": 2, "sale_price": 99.99, "status": 1}],
        **changes,
    }


def run(*arguments: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(magflow, arguments, prog_name="magflow", input=given)


def validate(document: object, *arguments: str) -> Result:
    """The command over standard input: JSON of an object, or bytes as they are."""
    given = document if isinstance(document, bytes) else json.dumps(document).encode()
    return run("orders", "validate", "-", *arguments, given=given)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_there_is_a_line_per_order_in_the_order_of_the_file_and_exit_1_when_one_is_not_ok() -> None:
    result = validate([order(3), order(1, status=9), order(2)], "--json")
    assert result.exit_code == 1
    assert [(line["id"], line["ok"]) for line in lines(result)] == [(3, True), (1, False), (2, True)]
    assert list(lines(result)[0]) == ["id", "ok", "total", "currency", "findings"]
    (finding,) = lines(result)[1]["findings"]
    assert finding == {
        "rule": "order.status",
        "severity": "error",
        "path": "$.status",
        "message": finding["message"],
        "value": 9,
    }
    assert "Status 9" in finding["message"]


def test_good_orders_are_exit_0_and_remarks_do_not_change_that() -> None:
    result = validate([order(), order(2, delivery_mode="Livrare 3H")], "--json")
    assert result.exit_code == 0
    remarked = lines(result)[1]
    assert (remarked["ok"], [finding["severity"] for finding in remarked["findings"]]) == (True, ["info"])


def test_no_orders_are_good_orders() -> None:
    result = validate([], "--json")
    assert (result.exit_code, result.stdout) == (0, "")


def test_the_total_is_text_with_a_point_and_null_where_it_cannot_be_told() -> None:
    line = {
        "id": 1,
        "product_id": 7,
        "name": "x",
        "quantity": 4,
        "sale_price": "149.5041",
        "vat": "0.2100",
        "status": 1,
    }
    result = validate([order(products=[line], currency="RON"), order(2)], "--json")
    assert [(each["total"], each["currency"]) for each in lines(result)] == [("723.60", "RON"), (None, None)]


def test_the_platform_tells_the_currency() -> None:
    result = validate(order(date="2026-02-01 10:00:00"), "--platform", "emag-bg", "--json")
    assert lines(result)[0]["currency"] == "EUR"


def test_values_are_the_json_they_were_or_null() -> None:
    result = validate([order(status=None), order(status="neu\n"), order(status=[1]), {"id": 4}], "--json")
    values = [
        next(finding["value"] for finding in line["findings"] if finding["path"] == "$.status")
        for line in lines(result)
    ]
    assert values == [None, "neu\n", "[…]", None]


def test_json_lines_are_checked_one_by_one_and_a_broken_one_is_a_finding() -> None:
    document = b"\n".join([json.dumps(order(1)).encode(), b'{"id": 2, ', b"", json.dumps(order(3)).encode()])
    result = validate(document, "--json")
    assert result.exit_code == 1
    assert [(line["id"], line["ok"]) for line in lines(result)] == [(1, True), (None, False), (3, True)]
    assert [(finding["rule"], finding["path"]) for finding in lines(result)[1]["findings"]] == [("schema.json", "$")]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("form", ["list", "one", "envelope", "lines"])
def test_a_file_has_any_of_four_forms(tmp_path: Path, form: str, mark: bytes) -> None:
    document = {
        "list": json.dumps([order(5)], indent=2),
        "one": json.dumps(order(5), indent=2),
        "envelope": json.dumps({"isError": False, "messages": [], "results": [order(5)]}),
        "lines": json.dumps(order(5)) + "\n",
    }[form]
    file = tmp_path / "orders.json"
    file.write_bytes(mark + document.encode())
    result = run("orders", "validate", str(file), "--json")
    assert (result.exit_code, [line["id"] for line in lines(result)]) == (0, [5])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file"),
        (b"", "nothing in it"),
        (b"id,total\n1,2\n", "not JSON"),
        (bytes(range(256)), "UTF-8"),
        (b'[{"id": 1}', "cut short"),
        (b'{"isError": true, "messages": ["Invalid vendor ip"], "results": []}', "Invalid vendor ip"),
    ],
)
def test_a_file_that_cannot_be_read_is_exit_2_in_one_sentence_with_a_way_out(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "orders.json"
    if content is not None:
        file.write_bytes(content)
    result = run("orders", "validate", str(file), "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    sentence, way_out = result.stderr.splitlines()
    assert sentence.startswith(f"magflow: `{file}` cannot be read: ")
    assert said in sentence
    assert way_out.startswith("  ")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    result = run("orders", "validate", str(tmp_path))
    assert result.exit_code == 2
    assert "is a directory" in result.stderr


def test_updates_and_cancellations_are_checked_as_such() -> None:
    cancelling = order(status=0)
    assert validate(cancelling, "--for", "update", "--json").exit_code == 1
    assert validate({**cancelling, "reason_cancellation": 24}, "--for", "update", "--json").exit_code == 0
    assert validate({"id": 1, "reason_cancellation": 24}, "--for", "cancellation", "--json").exit_code == 0
    result = validate([{"id": 1, "reason_cancellation": 99}, {"id": 2}], "--for", "cancellation", "--json")
    assert [finding["rule"] for line in lines(result) for finding in line["findings"]] == [
        "cancel.reason",
        "cancel.reason.missing",
    ]


def test_a_request_with_many_updates_is_checked_as_a_whole() -> None:
    many = {"data": [order(number) for number in range(1, 52)]}
    assert validate(many, "--for", "update", "--json").exit_code == 0
    result = validate(many, "--for", "bulk", "--json")
    assert [line["id"] for line in lines(result) if not line["ok"]] == [51]


def test_people_read_findings_counts_and_a_sum() -> None:
    result = validate([order(1, status=9), order(2, status=8), order(3), {"status": 2}])
    assert result.exit_code == 1
    assert "order 1  –" in result.stdout
    assert "  error    status: Status 9 does not exist" in result.stdout
    assert "order number 4, without a usable id" in result.stdout
    assert "order.status" in result.stdout
    assert result.stdout.splitlines()[-1] == "4 orders: 1 good, 3 with errors"


def test_the_most_that_people_read_is_limited_and_counts_are_of_all() -> None:
    bad = [order(number, status=9) for number in range(1, 8)]
    result = validate(bad, "--limit", "2")
    assert result.stdout.count("does not exist") == 2
    assert "the first 2 of 7 orders with findings" in result.stderr
    assert "7 orders: 0 good, 7 with errors" in result.stdout
    assert validate(bad, "--limit", "0").stdout.count("does not exist: ") == 7


def test_customers_data_is_masked_for_people_unless_revealed_and_whole_for_programs() -> None:
    customer = {
        "name": NAME,
        "phone1": "0721000000",
        "shipping_street": [STREET],
        "fax": {"number": STREET},
        "gender": NAME,
    }
    document = order(customer=customer)
    assert "Ana-Maria" not in validate(document).output
    assert "Ana-Maria" in validate(document, "--reveal").output
    assert NAME in [finding["value"] for line in lines(validate(document, "--json")) for finding in line["findings"]]


def test_neither_a_file_nor_its_name_can_steer_the_terminal(tmp_path: Path) -> None:
    for result in (
        validate(order(delivery_mode="\x1b[2J\x1b]0;owned\x07\n[bold]x")),
        validate(b'{"isError": true, "messages": ["\x1b[2J\x07"]}'),
        run("orders", "validate", str(tmp_path / "\x1b[2J\x07\nx")),
    ):
        assert "\x1b" not in result.output
        assert "\x07" not in result.output


def test_hostile_files_end_in_findings_or_a_sentence() -> None:
    for document in (
        b"[" * 200_000,
        b'{"id":' * 100_000,
        b'[{"id": ' + b"9" * 100_000 + b"}]",
        b'{"a": "' + b"x" * 10**6,
    ):
        result = validate(document, "--json")
        assert result.exit_code in (1, 2)
        assert result.exception is None or isinstance(result.exception, SystemExit)


def test_nothing_is_made_or_read_of_settings_store_or_engine(tmp_path: Path) -> None:
    settings = tmp_path / "config.toml"
    settings.write_text("this is no TOML")
    folder = tmp_path / "data"
    environ = {**os.environ, "MAGFLOW_DATA_DIR": str(folder), "MAGFLOW_CONFIG": str(settings)}
    done = subprocess.run(
        [sys.executable, "-m", "magflow_tui", "orders", "validate", "-", "--json"],
        input=json.dumps(order()).encode(),
        capture_output=True,
        env=environ,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert not folder.exists()


def test_the_choices_are_those_of_settings_and_rules() -> None:
    assert get_args(PlatformName) == PLATFORMS
    assert verdicts.PURPOSES == PURPOSES


def test_rules_are_listed_for_people_and_programs() -> None:
    listed = lines(run("rules", "--json"))
    assert [rule["code"] for rule in listed] == list(catalogue.RULES)
    assert list(listed[0]) == [
        "code", "severity", "title", "title_ro", "expected", "expected_ro", "message", "message_ro", "source",
    ]  # fmt: skip
    table = run("rules").stdout
    assert all(code in table for code in catalogue.RULES)


def test_one_rule_is_told_whole() -> None:
    result = run("rules", "bulk.entities")
    assert "at most 50 orders" in result.stdout
    assert "cel mult 50 de comenzi" in result.stdout
    assert json.loads(run("rules", "BULK.entities", "--json").stdout)["code"] == "bulk.entities"


def test_a_rule_that_is_not_there_is_exit_1_with_the_nearest_as_the_way_out() -> None:
    result = run("rules", "bulk.entity")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "did you mean `bulk.entities`?" in result.stderr
