"""What an answer means, by status and by text."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from magflow_tui.marketplace import errors
from magflow_tui.marketplace.envelope import Answer, read_answer, read_elements
from magflow_tui.marketplace.errors import AuthenticationError

HTML = b"<html><body>502 Bad Gateway</body></html>"


def envelope(is_error: object = False, messages: object = (), results: object = (), **more: object) -> bytes:
    return json.dumps({"isError": is_error, "messages": messages, "errors": [], "results": results, **more}).encode()


def test_success_gives_the_results_in_their_exact_bytes() -> None:
    answer = read_answer(200, b'{"isError":false,"messages":[""],"errors":[],"results":[{"id": 1.0},\n{"id":2}]}')
    assert answer.messages == ()
    assert answer.elements() == [b'{"id": 1.0}', b'{"id":2}']


def test_a_byte_order_mark_in_front_does_not_matter() -> None:
    assert read_answer(200, b"\xef\xbb\xbf" + envelope()).elements() == []


def test_no_content_is_success() -> None:
    assert read_answer(204, b"") == Answer()


def test_what_a_successful_save_says_about_refused_offers_is_kept() -> None:
    assert read_answer(200, envelope(messages=["Offer 12 not found"])).messages == ("Offer 12 not found",)


REFUSED_IP = "ERROR: Invalid vendor ip [203.0.113.9]"


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (200, envelope(True, [REFUSED_IP]), errors.IpRefusedError, "invalid_ip"),
        (403, envelope(True, [REFUSED_IP]), errors.IpRefusedError, "invalid_ip"),
        (403, b"<p>Invalid vendor IP</p>", errors.IpRefusedError, "invalid_ip"),
        (200, envelope(True, [{"message": REFUSED_IP}]), errors.IpRefusedError, "invalid_ip"),
        (403, envelope(True, ["You are not allowed to use this API."]), AuthenticationError, "not_allowed"),
        (401, envelope(True, ["Unauthorized"]), AuthenticationError, "not_allowed"),
        (401, b"", AuthenticationError, "not_allowed"),
        (200, envelope(True, ["ERROR: You are not allowed to use this API."]), AuthenticationError, "not_allowed"),
        (429, b'{"message":"API rate limit exceeded"}', errors.RateLimitError, "rate_limited"),
        (429, HTML, errors.RateLimitError, "rate_limited"),
        (200, b'{"message":"API rate limit exceeded"}', errors.RateLimitError, "rate_limited"),
        (500, HTML, errors.ServerError, "server_error"),
        (502, b"", errors.ServerError, "server_error"),
        (503, b'{"message":"no upstream"}', errors.ServerError, "server_error"),
        (504, envelope(True, ["timeout"]), errors.ServerError, "server_error"),
        (500, envelope(False), errors.ServerError, "server_error"),
        (404, HTML, errors.ResourceNotFoundError, "not_found"),
        (404, envelope(True, ["This offer does not exist"]), errors.ResourceNotFoundError, "not_found"),
        (200, envelope(True, ["Offer 12 not found"]), errors.ResourceNotFoundError, "not_found"),
        (404, b'{"message":"no Route matched"}', errors.ResourceNotFoundError, "not_found"),
        (400, envelope(True, ["Invalid content"]), errors.ValidationError, "invalid"),
        (400, HTML, errors.ValidationError, "invalid"),
        (200, envelope(True, ["Maximum input vars of 4000 exceeded"]), errors.ValidationError, "invalid"),
        (200, b'{"isError":true,"message":"Maximum input vars of 4000 exceeded"}', errors.ValidationError, "invalid"),
        (200, envelope(True, ["Expected list of arrays, single array received"]), errors.ValidationError, "invalid"),
        (200, envelope(True, ["ERROR: please provide the name - Rma id: 7"]), errors.ValidationError, "invalid"),
        (400, envelope(True, ["Order is already in progress."]), errors.BusinessLogicError, "already_acknowledged"),
        (200, envelope(True, ["Quantity cannot be reduced"]), errors.BusinessLogicError, "refused"),
        (200, envelope(True), errors.BusinessLogicError, "refused"),
        (408, HTML, errors.TimeoutError, "request_timeout"),
        (200, HTML, errors.MalformedAnswerError, "html"),
        (200, b"", errors.MalformedAnswerError, "empty"),
        (200, b"OK", errors.MalformedAnswerError, "not_json"),
        (200, b"[]", errors.MalformedAnswerError, "truncated"),
        (200, envelope()[:-5], errors.MalformedAnswerError, "truncated"),
        (200, b'{"results":[]}', errors.MalformedAnswerError, "no_is_error"),
        (200, envelope("false"), errors.MalformedAnswerError, "no_is_error"),
        (200, envelope(None), errors.MalformedAnswerError, "no_is_error"),
        (200, envelope(0), errors.MalformedAnswerError, "no_is_error"),
        (302, b"", errors.MalformedAnswerError, "redirected"),
        (301, envelope(False), errors.MalformedAnswerError, "redirected"),
    ],
)  # fmt: skip
def test_every_refusal_has_its_name(status: int, body: bytes, kind: type[errors.EmagApiError], code: str) -> None:
    with pytest.raises(errors.EmagApiError) as raised:
        read_answer(status, body)
    assert type(raised.value) is kind
    assert raised.value.code == code
    assert raised.value.status_code == status
    assert str(raised.value)


def test_the_refused_address_is_in_the_message_without_the_shouting() -> None:
    with pytest.raises(errors.IpRefusedError, match=r"^Invalid vendor ip \[203.0.113.9\]$"):
        read_answer(200, envelope(True, [REFUSED_IP]))


def test_validation_errors_name_their_fields() -> None:
    body = json.dumps(
        {
            "isError": True,
            "messages": ["Validation errors in your request"],
            "errors": [{"message": "is locked by a campaign", "field": "stock"}, {"text": "altceva"}, [{"x": "adânc"}]],
            "results": [],
        }
    ).encode()
    with pytest.raises(errors.ValidationError) as raised:
        read_answer(400, body)
    assert raised.value.validation_errors == [
        "Validation errors in your request",
        "stock: is locked by a campaign",
        "altceva",
        "adânc",
    ]


def test_a_429_carries_what_the_header_asks_for() -> None:
    with pytest.raises(errors.RateLimitError) as raised:
        read_answer(429, b"", retry_after=7.5)
    assert raised.value.remaining_seconds == 7.5


@pytest.mark.parametrize("results", [None, {}, {"id": 1}, "x", 7])
def test_a_read_without_a_list_of_results_is_malformed(results: object) -> None:
    with pytest.raises(errors.MalformedAnswerError, match="no list of results"):
        read_answer(200, envelope(results=results)).elements()


def test_a_read_without_results_at_all_is_malformed() -> None:
    with pytest.raises(errors.MalformedAnswerError, match="no list of results"):
        read_answer(200, b'{"isError": false}').elements()


def test_a_page_survives_an_order_that_cannot_be_read() -> None:
    body = (
        b'{"isError":false,"messages":[],"results":[{"id":1},{"id":NaN,"a":'
        + b"[" * 9000
        + b"]" * 9000
        + b'},{"id":3}]}'
    )
    elements = read_answer(200, body).elements()
    assert len(elements) == 3
    assert (elements[0], elements[2]) == (b'{"id":1}', b'{"id":3}')


def test_what_is_only_worth_repeating_is_marked_so() -> None:
    repeated = {kind for kind in _all_kinds(errors.EmagApiError) if kind("x").retryable}
    assert {kind.__name__ for kind in repeated} == {
        "RateLimitError", "NetworkError", "TimeoutError", "MalformedAnswerError", "ServerError",
    }  # fmt: skip


def _all_kinds(kind: type[errors.EmagApiError]) -> set[type[errors.EmagApiError]]:
    return {kind}.union(*(_all_kinds(sub) for sub in kind.__subclasses__()))


def test_errors_are_built_as_existing_callers_build_them() -> None:
    base = errors.EmagApiError("mesaj", "cod", 400, {"a": 1})
    assert (base.message, base.code, base.status_code, base.response_data) == ("mesaj", "cod", 400, {"a": 1})
    assert errors.RateLimitError(remaining_seconds=3).remaining_seconds == 3
    assert errors.RateLimitError(30).remaining_seconds == 30
    assert errors.ValidationError("mesaj", validation_errors=["a"]).validation_errors == ["a"]
    assert issubclass(errors.IpRefusedError, errors.AuthenticationError)
    assert errors.IpRefusedError("x").outcome == "refused_ip"


@given(st.integers(100, 599), st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
def test_no_bytes_do_anything_but_answer_or_raise_by_name(status: int, body: bytes) -> None:
    with contextlib.suppress(errors.EmagApiError):
        assert read_answer(status, body).results


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def elements_or_code(read: Callable[[], list[bytes]]) -> list[bytes] | str | None:
    try:
        return read()
    except errors.EmagApiError as error:
        return error.code


@given(
    st.sampled_from([200, 201, 204, 429, 500]),
    st.lists(
        st.tuples(st.sampled_from(["isError", "results", "message"]), st.just(False) | json_values), max_size=4
    ).map(lambda members: "{" + ",".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in members) + "}"),
    st.sampled_from(["", " ", "\ufeff", "]", "NaN"]),
)
def test_reading_a_list_in_one_go_finds_what_reading_the_answer_first_finds(status: int, body: str, more: str) -> None:
    for raw in (body.encode(), (more + body).encode(), (body + more).encode()):
        at_once = elements_or_code(lambda raw=raw: read_elements(status, raw))
        assert at_once == elements_or_code(lambda raw=raw: read_answer(status, raw).elements())


@given(st.sampled_from([200, 400, 403, 500]), json_values, json_values, json_values)
def test_messages_of_any_shape_become_sentences(
    status: int, messages: object, error_list: object, results: object
) -> None:
    body = json.dumps({"isError": True, "messages": messages, "errors": error_list, "results": results}).encode()
    with pytest.raises(errors.EmagApiError) as raised:
        read_answer(status, body)
    str(raised.value).encode()


def test_a_message_nested_ten_thousand_deep_is_passed_over() -> None:
    body = b'{"isError":true,"messages":' + b"[" * 10_000 + b"]" * 10_000 + b',"results":[]}'
    with pytest.raises(errors.BusinessLogicError):
        read_answer(200, body)
