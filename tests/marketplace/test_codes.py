"""Codes and their labels."""

from __future__ import annotations

import subprocess
import sys

import pytest

from magflow_tui.marketplace import codes


def test_there_are_32_cancellation_reasons_and_codes_4_to_14_do_not_exist() -> None:
    expected = {1, 2, 3, *range(15, 44)}
    assert set(codes.CANCELLATION_REASONS) == expected
    assert set(codes.CANCELLATION_REASONS_EN) == expected
    assert len(expected) == 32


def test_every_reason_reads_differently_in_each_language() -> None:
    for reasons in (codes.CANCELLATION_REASONS, codes.CANCELLATION_REASONS_EN):
        assert len(set(reasons.values())) == 32
    for code, text in codes.CANCELLATION_REASONS.items():
        assert text != codes.CANCELLATION_REASONS_EN[code]


@pytest.mark.parametrize(
    ("code", "romanian", "english"),
    [
        (1, "Lipsă stoc", "Out of stock"),
        (24, "La solicitarea clientului", "By customer request"),
        (39, "Client eligibil doar pentru achiziție în rate", "Can buy only by instalments"),
        (40, "Alte motive EIS", "Other reasons EIS"),
    ],
)
def test_a_reason_is_named_in_romanian_unless_asked_otherwise(code: int, romanian: str, english: str) -> None:
    assert codes.get_cancellation_reason_text(code) == romanian
    assert codes.get_cancellation_reason_text(code, "en") == english


@pytest.mark.parametrize(
    "text",
    [
        codes.get_cancellation_reason_text,
        codes.get_order_status_text,
        codes.get_payment_mode_text,
        codes.get_order_type_text,
        codes.get_offer_status_text,
        codes.get_validation_status_text,
        codes.get_translation_status_text,
        codes.get_rma_status_text,
    ],
)
def test_an_unknown_code_is_named_as_unknown_with_its_number(text: object) -> None:
    assert callable(text)
    assert "necunoscut" in text(99)
    assert "99" in text(99)
    assert text(99, "en").startswith("Unknown")
    assert "99" in text(99, "en")
    assert "(-)" in text(None, "en")


def test_every_code_of_every_enum_has_a_label_in_both_languages() -> None:
    labelled = (
        (codes.OrderStatus, codes.get_order_status_text),
        (codes.OrderType, codes.get_order_type_text),
        (codes.PaymentMode, codes.get_payment_mode_text),
        (codes.OfferStatus, codes.get_offer_status_text),
        (codes.RmaStatus, codes.get_rma_status_text),
    )
    for enum, text in labelled:
        for code in enum:
            assert "necunoscut" not in text(code)
            assert "Unknown" not in text(code, "en")


def test_statuses_and_payment_modes_read_as_before() -> None:
    assert [codes.get_order_status_text(code) for code in range(6)] == [
        "Anulată", "Nouă", "În procesare", "Pregătită", "Finalizată", "Returnată",
    ]  # fmt: skip
    assert codes.get_payment_mode_text(2) == "Transfer bancar"


def test_a_delivery_mode_that_is_not_listed_is_its_own_name() -> None:
    assert codes.get_delivery_mode_text("courier") == "Curier"
    assert codes.get_delivery_mode_text("Livrare 6H", "en") == "Delivery in 6 hours"
    assert codes.get_delivery_mode_text("drona") == "drona"
    assert codes.get_delivery_mode_text(None) == "Livrare necunoscută"


def test_labels_cost_no_http_client_and_no_models() -> None:
    code = (
        "import sys, magflow_tui.marketplace.codes; "
        "print([m for m in ('httpx', 'pydantic', 'msgspec', 'tenacity', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_names_of_existing_callers_are_all_there() -> None:
    import magflow_tui.marketplace as marketplace

    for name in marketplace.__all__:
        assert getattr(marketplace, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        marketplace.nonsense  # noqa: B018
