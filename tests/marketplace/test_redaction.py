"""What is kept of requests and answers: enough to understand them, nothing that belongs to a person, no secret."""

from __future__ import annotations

import json
import re
import timeit
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.marketplace import errors
from magflow_tui.marketplace.filters import OfferFilter, OrderFilter
from magflow_tui.marketplace.redaction import (
    LIMIT,
    redacted_answer,
    redacted_refusal,
    redacted_request,
    scrubbed,
)
from magflow_tui.sandbox.people import customers
from magflow_tui.sandbox.platforms import MARKETS

PASSWORD = "parola-inventata"

#: What is written by people and about them, as it may come in any of these keys.
TEXT = st.text(min_size=1, max_size=40)
PHONES = st.from_regex(r"(\+?40|0)[237][0-9]{2}[ .]?[0-9]{3}[ .]?[0-9]{3}", fullmatch=True)
IBANS = st.from_regex(r"RO[0-9]{2} ?[A-Z]{4}( ?[0-9A-Z]{4}){4}", fullmatch=True)
EMAILS = st.from_regex(r"[a-z]{3,9}\.[a-z]{3,9}@[a-z]{3,9}\.ro", fullmatch=True)
PEOPLE = st.sampled_from([customer.home for market in MARKETS.values() for customer in customers(market, 1)[:60]])
PERSONAL = TEXT | PHONES | IBANS | EMAILS
PERSONAL_KEYS = st.sampled_from([
    "name", "phone_1", "billing_name", "billing_street", "shipping_contact", "email", "iban", "bank", "code",
    "company", "observation", "url", "serial_numbers", "vendor_name", "locker_name", "details", "customer_name",
    "customer_phone", "new_field", "voucher_name",
])  # fmt: skip
ORDERS = st.fixed_dictionaries(
    {
        "id": st.integers(1, 10**12),
        "status": st.integers(0, 5),
        "customer": PEOPLE,
        "products": st.lists(
            st.fixed_dictionaries(
                {
                    "id": st.integers(1, 10**9),
                    "name": TEXT,
                    "sale_price": st.decimals(0, 10**4, places=4),
                    "code": PHONES,
                }
            ),
            max_size=4,
        ),
    },
    optional={"observation": PERSONAL, "attachments": st.lists(st.dictionaries(PERSONAL_KEYS, PERSONAL), max_size=3)},
)
EXTRAS = st.dictionaries(PERSONAL_KEYS | TEXT, PERSONAL | st.lists(PERSONAL, max_size=3), max_size=6)


def strings_of(value: object) -> Iterator[str]:
    """Every text of a document, its keys aside."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from strings_of(member)
    elif isinstance(value, list):
        for element in value:
            yield from strings_of(element)


def kept_strings(text: str) -> set[str]:
    """Every text of a kept body, keys included."""

    def walk(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            yield from value
        yield from strings_of(value)

    return set(walk(json.loads(text)))


@given(orders=st.lists(st.builds(lambda order, more: order | more, ORDERS, EXTRAS), min_size=1, max_size=8))
@settings(deadline=None, max_examples=50)
def test_no_text_of_an_order_or_a_person_is_kept_of_what_is_sent(orders: list[dict[str, Any]]) -> None:
    text = redacted_request({"data": orders})
    assert len(text.encode()) <= LIMIT
    kept = kept_strings(text)
    known = re.compile(r"[A-Za-z_]{2,}|…( \d+ more)?|\d+ more|\d{4}-\d\d-\d\d.*|-?\d{1,8}(\.\d+)?")
    assert [string for string in kept if not known.fullmatch(string)] == []
    values = set(strings_of(json.loads(text)))
    for string in strings_of(orders):
        assert len(string) < 2 or string not in values


@given(key=PERSONAL_KEYS, value=PERSONAL, number=st.integers(10**8, 10**13))
def test_a_filter_keeps_its_numbers_and_dates_and_no_text(key: str, value: str, number: int) -> None:
    sent = {"currentPage": 3, "itemsPerPage": 100, "status": [1, 2], "modifiedAfter": "2026-03-14 10:00:00", key: value}
    kept = json.loads(redacted_request({**sent, "phone": number}))
    assert kept.pop(key, "…") == "…"
    assert kept == {
        "currentPage": 3,
        "itemsPerPage": 100,
        "status": [1, 2],
        "modifiedAfter": "2026-03-14 10:00:00",
        "…": kept["…"],
    }


@given(person=PEOPLE, phone=PHONES, iban=IBANS, email=EMAILS)
@settings(deadline=None)
def test_no_sentence_names_a_person_or_a_number_to_call_or_to_pay_to(
    person: dict[str, Any], phone: str, iban: str, email: str
) -> None:
    quoted = [str(person[key]) for key in ("name", "billing_street", "phone_1", "shipping_contact") if person.get(key)]
    for value in [*quoted, phone, iban, email]:
        for sentence in (f"customer {value} is invalid", f"ERROR: {value}", f'Order 7: "{value}" not found', value):
            kept = scrubbed(sentence)
            assert value not in kept
            digits = re.sub(r"\D", "", value)
            assert len(digits) < 6 or digits not in re.sub(r"\D", "", kept)


SENTENCES = [
    "Invalid vendor ip [203.0.113.9]",
    "Invalid vendor ip [2001:db8::7:1]",
    "You are not allowed to use this API.",
    "Internal error, ref 77120",
    "Order 448120331: type is required.",
    "Maximum input vars of 4000 exceeded",
    "The interval between createdAfter and createdBefore cannot be longer than 1 month",
    "Invalid date format for createdAfter, expected Y-m-d H:i:s",
    "please provide the customer name - Rma id: 77",
    "status can change from 3 to 2 only within 48 hours.",
    "products[0].sale_price: must be between 0 and 65535",
    "HTTP 502 with an HTML page",
    "redirected (HTTP 302): is the base URL right?",
    "the answer was cut short after 120 bytes",
    "Produsul 91223 nu este valid: lipsește documentația",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_the_marketplace_says_of_itself_stays_readable(sentence: str) -> None:
    assert scrubbed(sentence) == sentence


def test_a_long_list_is_cut_and_says_how_much_there_was() -> None:
    assert json.loads(redacted_request({"data": [{"id": number} for number in range(50)]})) == {
        "data": [{"id": 0}, {"id": 1}, {"id": 2}, "… 47 more"]
    }
    assert json.loads(redacted_request({"status": list(range(25))}))["status"][-1] == "… 5 more"
    wide = [{"id": number, "sale_price": Decimal("12.5000"), "name": "x" * 900} for number in range(50)]
    assert json.loads(redacted_request({"data": wide}))["data"][0]["sale_price"] == 12.5


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | PERSONAL,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(PERSONAL_KEYS | st.sampled_from(["data", "id"]), inner),
    max_leaves=40,
)


@given(data=NESTED)
@settings(deadline=None, max_examples=60)
def test_anything_can_be_kept_within_its_size(data: object) -> None:
    text = redacted_request(data)
    json.loads(text)
    assert len(text.encode()) <= LIMIT


@given(messages=st.lists(PERSONAL, max_size=20), body=st.binary(max_size=200))
def test_an_answer_tells_how_much_it_was_and_nothing_of_what(messages: list[str], body: bytes) -> None:
    kept = json.loads(redacted_answer(messages, body))
    assert len(kept.get("messages", [])) <= 9
    error = errors.ValidationError("x", messages, "invalid", 400, {"isError": True, "messages": messages})
    text = redacted_refusal(error, body)
    assert (text is None) is (body == b"")
    if text is not None:
        assert json.loads(text)["bytes"] == len(body)
        assert json.loads(text)["body"] in ("html", "json", "text")


def market(*answers: httpx.Response) -> Callable[[httpx.Request], httpx.Response]:
    left = list(answers)
    return lambda _: left.pop(0)


def envelope(*messages: str, error: bool = True, status: int = 200, results: Any = ()) -> httpx.Response:
    return httpx.Response(status, json={"isError": error, "messages": list(messages), "results": list(results)})


OpenClient = Callable[..., Any]


async def test_every_attempt_of_a_call_has_its_name_and_what_was_asked(open_client: OpenClient) -> None:
    answers = market(httpx.Response(502, content=b"<html>"), envelope(error=False, results=[{"id": 1}] * 3))
    rig = await open_client(answer=answers)
    await rig.client.read_orders(OrderFilter(status=1), 4)
    first, second = rig.records
    assert re.fullmatch("[0-9a-f]{8}", first.call)
    assert second.call == first.call
    assert json.loads(first.sent or "") == {"currentPage": 4, "itemsPerPage": 100, "status": 1}
    assert second.sent is first.sent
    assert json.loads(first.received or "") == {"body": "html", "bytes": 6}
    assert json.loads(second.received or "") == {"isError": False, "results": 3}


async def test_another_call_has_another_name(open_client: OpenClient) -> None:
    rig = await open_client(answer=lambda _: envelope(error=False))
    for _ in range(20):
        await rig.client.read_orders(OrderFilter())
    assert len({record.call for record in rig.records}) == 20


async def test_a_path_with_an_id_is_told_and_a_count_is_too(open_client: OpenClient) -> None:
    count = httpx.Response(
        200, json={"isError": False, "results": {"noOfItems": "7", "noOfPages": 1, "itemsPerPage": 9}}
    )
    rig = await open_client(answer=market(envelope(error=False), count))
    await rig.client.acknowledge_order(448120331)
    await rig.client.count_offers(OfferFilter(part_number="0722 123 456"))
    acknowledged, counted = rig.records
    assert (acknowledged.path, acknowledged.sent) == ("order/acknowledge/448120331", None)
    assert (counted.path, counted.sent) == ("", '{"part_number":"…"}')
    assert json.loads(counted.received or "") == {"isError": False, "noOfItems": 7, "noOfPages": 1}


async def test_a_refused_save_is_kept_without_the_customer_and_the_credentials(open_client: OpenClient) -> None:
    person = customers(next(iter(MARKETS.values())), 1)[3].home
    said = f"Order 7: customer {person['name']} ({person['phone_1']}), user vanzator:{PASSWORD}, is invalid"
    rig = await open_client(answer=market(envelope(said, status=400)))
    with pytest.raises(errors.EmagApiError):
        await rig.client.save_orders([{"id": 7, "status": 3, "customer": person}])
    record = rig.records[0]
    told = " ".join(str(part) for part in (record.sent, record.received, record.note))
    for secret in (PASSWORD, "vanzator", "Authorization", *strings_of(person)):
        assert len(secret) < 3 or secret not in told
    assert "Order 7: customer …" in told
    assert json.loads(record.sent or "") == {"data": [{"id": 7, "status": 3, "customer": "…"}]}


async def test_without_an_observer_nothing_is_made(open_client: OpenClient, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = await open_client(answer=lambda _: envelope(error=False))
    rig.client._observer = None
    monkeypatch.setattr("magflow_tui.marketplace.client.redacted_request", lambda _: pytest.fail("it was made"))
    await rig.client.read_orders(OrderFilter())


def test_a_read_costs_next_to_nothing() -> None:
    filters = {"currentPage": 1, "itemsPerPage": 100, "status": [1, 2, 3], "type": 3}
    filters |= {"modifiedAfter": "2026-03-14 10:00:00", "modifiedBefore": "2026-03-15 10:00:00"}
    page = [{"id": number, "name": "x" * 40, "products": [{"id": 1}] * 5} for number in range(100)]
    kept = min(timeit.repeat(lambda: redacted_request(filters), number=300, repeat=5)) / 300
    sent = min(timeit.repeat(lambda: json.dumps(page), number=10, repeat=5)) / 10
    assert kept < sent / 4  # far below what the page itself takes
