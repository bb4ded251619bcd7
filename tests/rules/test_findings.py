"""What a finding shows: place, value, sentences, and the order in which findings come."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime

import pytest

from magflow_tui.marketplace.platforms import PLATFORMS
from magflow_tui.marketplace.schema import Order, read_item
from magflow_tui.rules.catalogue import ORDER_RULES, RULES, VERSION
from magflow_tui.rules.findings import SEVERITIES, Finding
from magflow_tui.rules.orders import check_order

from .faults import FAULTS, Fault, platform_of
from .faults.fault import BANK, CARD, DROP, RAW, payload


def findings(base: int = CARD, **options: object) -> tuple[Finding, ...]:
    changes = options.pop("changes", {})
    item = read_item(Order, payload(base, changes))  # type: ignore[arg-type]
    return check_order(item, platform=PLATFORMS[platform_of(base)], **options)  # type: ignore[arg-type]


def only(changes: dict[str, object], base: int = CARD) -> Finding:
    (finding,) = findings(base, changes=changes)
    return finding


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({"status": 17}, "17"),
        ({"status": "finalizată"}, '"finalizată"'),
        ({"status": True}, "true"),
        ({"status": None}, "null"),
        ({"status": DROP}, None),
        ({"status": RAW("1e400")}, "Infinity"),
        ({"status": {"a": 1}}, "{…}"),
        ({"status": {}}, "{}"),
        ({"status": [1, 2]}, "[…]"),
        ({"customer": []}, "[]"),
        ({"customer.name": "Ana\n\x00\u202e"}, '"Ana\\n\\u0000\\u202e"'),
        ({"date": "x" * 500}, '"' + "x" * 57 + '…"'),
    ],
)
def test_the_value_is_what_arrived_as_short_json(changes: dict[str, object], value: str | None) -> None:
    assert only(changes).value == value


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_values_and_sentences_are_short_and_of_one_line(fault: Fault) -> None:
    for finding in check_order(read_item(Order, fault.raw), platform=PLATFORMS[platform_of(fault.base)]):
        texts = [finding.message("en"), finding.message("ro"), finding.expected("en"), finding.expected("ro")]
        for text in [*texts, finding.value or "", finding.path]:
            assert text.isprintable()
            assert len(text) < 300
        assert all(texts)
        assert len(finding.value or "") <= 60


def test_a_total_that_is_off_is_explained_with_its_sum() -> None:
    finding = only({"cashed_co": 273.69})
    assert finding.message() == "lines 321.96 − vouchers 48.28 = 273.68, but cashed_co says 273.69."
    assert finding.message("ro") == "linii 321.96 − vouchere 48.28 = 273.68, dar cashed_co spune 273.69."
    assert finding.expected() == "273.68"


def test_a_storno_that_is_off_is_explained_with_its_numbers() -> None:
    finding = only({"products[0].storno_qty": 7})
    assert finding.message() == "Ordered 1 − reversed 7 = -6, but the quantity says 1."


def test_a_split_that_is_off_is_explained_with_both_sums() -> None:
    finding = only({"products[0].product_voucher_split[0].value": "-9.0350"})
    assert "make -40.6383, but the voucher is -40.6483" in finding.message()


def test_the_gravest_come_first_and_then_by_place() -> None:
    products = [
        {"id": number, "product_id": 1, "name": "a", "sale_price": "x", "quantity": 1, "vat": "0.21"}
        for number in range(1, 13)
    ]
    found = findings(
        changes={"products": products, "customer.gender": "?", "attachments[0].name": "F" * 61, "status": 9}
    )
    assert [finding.severity for finding in found] == sorted((f.severity for f in found), key=SEVERITIES.index)
    prices = [finding.path for finding in found if finding.path.endswith("sale_price")]
    assert prices == [f"$.products[{place}].sale_price" for place in range(12)]


def test_a_reason_is_found_where_it_stands_whatever_its_shape() -> None:
    shapes = {"reason_cancellation": {"id": 99, "name": None}}, {"reason_cancellation": 99}
    assert [only(shape).path for shape in shapes] == ["$.reason_cancellation.id", "$.reason_cancellation"]


def test_without_a_platform_currency_and_country_are_checked_only_against_themselves() -> None:
    item = read_item(
        Order,
        payload(
            CARD,
            {
                "currency": "HUF",
                "products[0].currency": "HUF",
                "products[1].currency": "HUF",
                "customer.shipping_country": "HU",
                "cashed_co": None,
            },
        ),
    )
    assert {finding.rule.code for finding in check_order(item)} == {"line.vat.rate"}
    item = read_item(Order, payload(CARD, {"currency": "EUR"}))
    assert [finding.rule.code for finding in check_order(item)] == ["currency.date"]


def test_the_future_is_judged_only_when_the_present_is_given() -> None:
    assert findings(changes={"date": "2025-09-02 01:16:52"}, now=datetime(2025, 9, 2, tzinfo=UTC)) == ()
    early = findings(now=datetime(2025, 8, 30, tzinfo=UTC))
    assert {finding.path for finding in early} == {"$.date", "$.created", "$.modified"}
    assert {finding.severity for finding in early} == {"warning"}


def test_the_hour_that_comes_twice_is_no_fault_in_the_order_of_dates() -> None:
    fold = {
        "date": "2025-10-26 03:50:00",
        "created": "2025-10-26 03:50:10",
        "modified": "2025-10-26 03:05:00",
        "finalization_date": None,
        "status": 2,
        "maximum_date_for_shipment": "2025-10-28 03:50:10",
    }
    assert findings(changes=fold) == ()
    assert [f.path for f in findings(changes=fold | {"modified": "2025-10-26 02:50:00"})] == ["$.modified"]


def test_rules_have_codes_of_their_own_and_say_the_same_in_both_languages() -> None:
    assert all(code == rule.code for code, rule in RULES.items())
    assert set(ORDER_RULES) <= set(RULES)
    for rule in ORDER_RULES.values():
        assert rule.severity in SEVERITIES
        assert rule.source
        for words in (rule.title, rule.expected, rule.sentence):
            assert words.en
            assert words.ro
            assert not set("şţŞŢ") & set(words.ro), "Romanian has commas below, not cedillas"
        assert rule.sentence.en.endswith(".")
        assert rule.sentence.ro.endswith(".")


def test_every_rule_of_orders_is_met_by_a_fault() -> None:
    met = {finding.split()[1] for fault in FAULTS for finding in fault.findings}
    # Those of the short form are met by what callers write; the others below.
    met |= {
        "cancellation.missing.short",
        "cancellation.reason.short",
        "schema.encoding",
        "date.future",
        "proforma.price",
        "proforma.quantity",
        "currency.date",
    }
    assert set(ORDER_RULES) - met == set()


def test_the_rules_without_a_fault_of_their_own_find_theirs() -> None:
    broken = payload(CARD, {}).replace("Teișanu".encode(), b"Tei\xffanu")
    assert "schema.encoding" in {f.rule.code for f in check_order(read_item(Order, broken))}
    line = "proforms[0].products[0].vendor_order_product"
    codes = {
        finding.rule.code
        for changes in ({f"{line}_sale_price": "1.0000"}, {f"{line}_quantity": 9})
        for finding in findings(BANK, changes=changes)
    }
    assert {"proforma.price", "proforma.quantity"} <= codes


def test_the_version_of_the_rules_is_an_edition_and_a_hash_of_their_words() -> None:
    assert re.fullmatch(r"\d+-[0-9a-f]{8}", VERSION)


def shuffled(value: object, rng: random.Random) -> object:
    """The same JSON with the keys of all objects in another order."""
    if isinstance(value, dict):
        keys = list(value)
        rng.shuffle(keys)
        return {key: shuffled(value[key], rng) for key in keys}
    return [shuffled(inner, rng) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "fault", [fault for fault in FAULTS if fault.name.startswith(("five", "prices, pay", "no id and"))]
)
def test_the_order_of_keys_changes_nothing(fault: Fault) -> None:
    first = check_order(read_item(Order, fault.raw))
    for seed in range(5):
        mixed = json.dumps(shuffled(json.loads(fault.raw), random.Random(seed))).encode()
        assert check_order(read_item(Order, mixed)) == first
