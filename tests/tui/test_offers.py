"""Offers: what keeps them from being sold, everything that is known of one, and how many there are of each kind."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.contract.offers import OfferCheck, OfferDetail, OfferState, WarehouseStock
from magflow_tui.contract.records import OfferPage
from magflow_tui.tui.text import speak
from magflow_tui.tui.views import orders
from magflow_tui.tui.views.context import Cursor, ListState, PaneState, RowsShown, View
from magflow_tui.tui.views.spans import join, line_cells

HERE = Path(__file__).parent


class Quiet(View):
    """A view that says little of itself when a property fails."""

    def __repr__(self) -> str:
        return "View(…)"


@pytest.fixture(scope="module")
def offers(full_view: View, standin_class: Any) -> View:
    """The recorded offers, the first one read whole, all of them counted."""
    standin = standin_class()
    page = OfferPage.model_validate_json((HERE / "recorded/offers.json").read_text())
    whole = standin.offer_answers
    parts = {each.name: getattr(full_view, each.name) for each in fields(full_view)}
    return replace(
        Quiet(**parts),
        screen="orders",
        offers_open=True,
        offers=RowsShown(page.offers[:200], position=0, total=29_404, more_behind=True),
        offer=whole.detail(standin.offers["offers"][0], standin.snapshot["at"]),
        offer_stats=whole.stats(standin.offers["offers"]),
        cursor=Cursor(),
    )


def drawn(view: View, width: int, height: int) -> list[str]:
    """The screen's body as text; no line is wider than the screen."""
    lines = orders.body(view, width, height).lines
    assert max(line_cells(line) for line in lines) <= width
    assert len(lines) == height
    return [join(line).rstrip() for line in lines]


def check(name: str, view: View, width: int, height: int) -> None:
    """Compare with the golden of that name; `UPDATE_GOLDENS=1` writes it anew."""
    text = "\n".join(drawn(view, width, height)) + "\n"
    path = HERE / "goldens" / f"body-{name}-{width}x{height}.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "height"), [(80, 20), (100, 26), (140, 36), (60, 12)])
def test_offers_say_what_keeps_them_from_being_sold(offers: View, width: int, height: int) -> None:
    check("offers", offers, width, height)


def test_offers_in_romanian_as_recorded(offers: View) -> None:
    romanian = replace(offers, say=speak("ro"))
    check("offers-ro", romanian, 80, 20)
    check("offers-ro", romanian, 140, 36)


@pytest.mark.parametrize("tab", [1, 2])
def test_the_counts_of_all_offers_and_the_payload_of_one_have_tabs(offers: View, tab: int) -> None:
    check(f"offers-tab{tab}", replace(offers, pane=PaneState(tab)), 80, 20)


def test_an_opened_offer_fills_the_pane(offers: View) -> None:
    check("offers-opened", replace(offers, pane=PaneState(0, 0, focused=True)), 80, 20)


def test_an_offer_that_has_not_been_read_yet_tells_what_the_list_knows(offers: View) -> None:
    text = "\n".join(drawn(replace(offers, offer=None, offer_stats=None), 140, 36))
    assert " ✗ documentation: brand pending" in text
    assert "434.45 RON · stock 0 · inactive" in text
    assert "enter reads the offer whole" in text
    assert "reading…" in text


def test_a_remark_on_what_may_hide_an_offer_is_no_failed_condition(offers: View) -> None:
    row = offers.offers.rows[1].model_copy(update={"remark": "translation: failed", "remark_ro": "traducere: eșuată"})
    remarked = replace(offers, offers=RowsShown((row,), position=0), say=speak("ro"))
    text = "\n".join(drawn(remarked, 140, 36))
    assert " ▲ traducere: eșuată" in text
    assert "✗" not in text


def test_the_counts_of_one_account_stand_alone(offers: View) -> None:
    text = "\n".join(drawn(replace(offers, account="fbe", pane=PaneState(1)), 80, 20))
    assert "FBE          60" in text
    assert "MAIN        190" not in text


NASTY = st.text(st.one_of(st.characters(), st.sampled_from("\x1b[]\u202e漢👩\u0301\n\x9b")), max_size=60)


@settings(max_examples=40, deadline=None)
@given(text=NASTY, width=st.sampled_from([60, 80, 140]), tab=st.integers(0, 2))
def test_no_text_of_an_offer_breaks_its_line(offers: View, text: str, width: int, tab: int) -> None:
    assert offers.offer is not None
    row = offers.offers.rows[0].model_copy(
        update={"name": text, "part_number": text, "currency": text, "reasons": (text,), "reasons_ro": (text,)}
    )
    detail = offers.offer.model_copy(
        update={
            "row": row,
            "brand": text,
            "ean": (text, text),
            "part_number_key": text,
            "checks": (OfferCheck(name="price", ok=False, text=text, text_ro=text),),
            "states": (OfferState(name="price", value=None, text=text, text_ro=text, remark=text),),
            "warehouses": (WarehouseStock(warehouse=text, pieces=1),),
            "offer": {text: [text]},
        }
    )
    nasty = replace(
        offers,
        offers=RowsShown((row,), position=0),
        offer=detail,
        pane=PaneState(tab, 0, focused=True),
        list_state=ListState(filter=text),
    )
    for line in orders.body(nasty, width, 24).lines:
        assert line_cells(line) <= width
        assert all(character.isprintable() for character in join(line))


async def test_an_offer_is_read_whole_and_all_are_counted_once_they_are_looked_at(operator: Any, standin: Any) -> None:
    await operator.press("4", "O")
    await operator.until("by documentation")
    await operator.press("j", "enter")
    await operator.until("Casa Bună")
    first = operator.app.lists.offer_desk.detail
    assert isinstance(first, OfferDetail)
    assert first.row.id == operator.app.body.keys[1][1]
    asked = [path for _, path, _ in standin.asked]
    assert asked.count("/monitoring/product-stats") == 1
    await operator.press("tab")
    await operator.until("[counts]")
    await operator.press("tab")
    await operator.until('"warehouse_id": 1')


async def test_only_what_cannot_be_sold_is_listed_on_demand_and_offers_are_found_by_their_fields(
    operator: Any, standin: Any
) -> None:
    await operator.press("4", "O", "f")
    await operator.until("cannot be sold")
    await operator.until(lambda: any("sellable=false" in query for _, query in standin.queries))
    await operator.press("slash")
    await operator.until(lambda: operator.app.prompt.asking)
    await operator.type("sel")
    await operator.press("tab")
    assert operator.app.prompt.text == "sellable:"
    await operator.press("escape")
