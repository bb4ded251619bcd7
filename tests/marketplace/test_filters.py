"""Filters as the marketplace takes them."""

from __future__ import annotations

import pytest

from magflow_tui.marketplace.filters import CategoryFilter, OfferFilter, OrderFilter, RmaFilter


def test_only_what_is_set_is_sent_under_the_marketplace_s_names() -> None:
    assert OrderFilter().to_json() == {}
    assert OrderFilter(
        status=(1, 2),
        type=2,
        is_complete=True,
        created_after="2026-01-01 00:00:00",
        created_before="2026-01-28 00:00:00",
    ).to_json() == {
        "status": [1, 2],
        "type": 2,
        "is_complete": 1,
        "createdAfter": "2026-01-01 00:00:00",
        "createdBefore": "2026-01-28 00:00:00",
    }


def test_a_zero_is_a_value() -> None:
    assert OrderFilter(status=0, is_complete=False).to_json() == {"status": 0, "is_complete": 0}
    assert OfferFilter(general_stock=0).to_json() == {"general_stock": 0}


def test_offers_returns_and_categories_have_their_own() -> None:
    assert OfferFilter(id=7, status=1).to_json() == {"id": 7, "status": 1}
    assert RmaFilter(request_status=2, date_start="2026-01-01 00:00:00").to_json() == {
        "request_status": 2,
        "date_start": "2026-01-01 00:00:00",
    }
    assert CategoryFilter(id=3).to_json() == {"id": 3}


@pytest.mark.parametrize("end", ["created_before", "modified_before"])
def test_an_end_without_its_start_is_refused(end: str) -> None:
    with pytest.raises(ValueError, match="only with its start"):
        OrderFilter(**{end: "2026-01-01 00:00:00"})  # type: ignore[arg-type]
