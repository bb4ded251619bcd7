"""What the lists of the store look like: filtered, marked, sorted, opened, searching, in error; orders and offers."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.contract.records import Finding, OfferPage, OrderDetail
from magflow_tui.tui.text import speak
from magflow_tui.tui.views import orders
from magflow_tui.tui.views.context import Cursor, ListState, PaneState, RowsShown, View
from magflow_tui.tui.views.orders import order_key
from magflow_tui.tui.views.sorting import SORTS, next_sort, own_order, reversed_sort, sorted_by
from magflow_tui.tui.views.spans import join, line_cells

HERE = Path(__file__).parent
ORDER: dict[str, object] = {
    "id": 448120293,
    "status": 1,
    "customer": {"id": 77, "name": "Mihai Nistor", "phone_1": "0722000000", "billing_city": "Cluj", "legal_entity": 0},
    "products": [
        {"quantity": 2, "part_number": "CBL-2M", "name": "Cablu HDMI 2 m", "sale_price": "24.9000"},
        {"quantity": 1, "product_id": "77231", "name": "Boxă portabilă", "sale_price": 268.59},
        "not a product",
    ],
    "shipping_tax": "14.92",
    "vouchers": [{"id": 1}],
    "delivery_mode": "courier",
}


class Quiet(View):
    """A view that says little of itself when a property fails."""

    def __repr__(self) -> str:
        return "View(…)"


@pytest.fixture(scope="module")
def view(full_view: View) -> View:
    """The orders, the second one read whole; and offers."""
    page = OfferPage.model_validate_json((HERE / "recorded/offers.json").read_text())
    row = full_view.orders.rows[1]
    assert row.date is not None
    detail = OrderDetail(row=row, order=ORDER, fetched_at=row.date)
    parts = {each.name: getattr(full_view, each.name) for each in fields(full_view)}
    return replace(
        Quiet(**parts),
        screen="orders",
        orders=replace(full_view.orders, detail=detail),
        offers=RowsShown(page.offers[:200], position=0, total=29_404, more_behind=True),
        cursor=Cursor(order_key(row), 1, 0),
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


def marked(view: View) -> View:
    keys = [order_key(row) for row in view.orders.rows]
    state = ListState(
        filter="status:new customer:rusu", sort="total", descending=True, marks=frozenset(keys[3:5]), range_from=keys[6]
    )
    shown = replace(view.orders, position=388, total=10_000, more_than=True, fresh=3, stale=frozenset(keys[7:8]))
    return replace(view, list_state=state, account="main", orders=shown, cursor=Cursor(keys[8], 8, 0))


def test_a_list_that_is_filtered_sorted_and_marked_says_so(view: View) -> None:
    check("orders-marked", marked(view), 140, 36)
    check("orders-marked", marked(view), 80, 20)


@pytest.mark.parametrize("tab", [0, 1, 2])
def test_an_opened_order_is_shown_by_tab(view: View, tab: int) -> None:
    check(f"orders-tab{tab}", replace(view, pane=PaneState(tab, 0, focused=True)), 80, 20)


def test_offers_say_what_keeps_them_from_being_sold(view: View) -> None:
    offers = replace(view, offers_open=True, cursor=Cursor())
    check("offers", offers, 80, 20)
    check("offers", offers, 140, 36)
    check("offers-ro", replace(offers, say=speak("ro")), 80, 20)


def test_all_columns_are_there_when_the_list_is_wide(view: View) -> None:
    check("orders-wide", replace(view, list_state=ListState(wide=True)), 140, 10)


def test_a_search_says_how_far_it_is(view: View) -> None:
    state = ListState(filter="customer:nobody")
    searching = RowsShown(looked_at=340_000, more_behind=True, position=0)
    text = "\n".join(drawn(replace(view, orders=searching, list_state=state), 80, 20))
    assert "searching… 340 000 looked at" in text
    nothing = "\n".join(drawn(replace(view, orders=RowsShown(position=0, total=0), list_state=state), 80, 20))
    assert "none match" in nothing


def test_an_error_stands_where_the_rows_would_with_rows_beside_it(view: View) -> None:
    failed = drawn(replace(view, orders=RowsShown(error="The store is busy.", position=0)), 80, 20)
    assert "The store is busy." in failed[1]
    stale = drawn(replace(view, orders=replace(view.orders, error="The store is busy.")), 80, 20)
    assert "The store is busy.  r tries again" in stale[0]
    assert "448120293" in "\n".join(stale)


def test_rows_that_have_not_come_yet_have_their_place_kept(view: View) -> None:
    few = replace(view.orders, rows=view.orders.rows[:3])
    lines = drawn(replace(view, orders=few), 140, 20)
    assert set(lines[5].split("│")[0].split()) == {"·"}
    whole = drawn(replace(view, orders=replace(few, more_behind=False)), 140, 20)
    assert not whole[5].split("│")[0].strip()


def test_personal_data_of_an_opened_order_are_hidden_unless_they_are_to_be_seen(view: View) -> None:
    for tab in (0, 1, 2):
        opened = replace(view, pane=PaneState(tab, 0, focused=True))
        hidden = "\n".join(drawn(opened, 140, 60))
        assert not [word for word in ("Nistor", "0722000000", "Cluj") if word in hidden]
    assert "Cluj" in "\n".join(drawn(replace(view, pane=PaneState(1), reveal=True), 140, 60))


@pytest.mark.parametrize("name", list(SORTS))
def test_sorting_goes_through_every_column_and_comes_back(name: str) -> None:
    state, seen = ListState(marks=frozenset({1})), []
    for _ in SORTS[name]:
        seen.append(sorted_by(name, state)[0])
        there_and_back = reversed_sort(name, reversed_sort(name, state))
        assert sorted_by(name, there_and_back) == sorted_by(name, state)
        assert sorted_by(name, reversed_sort(name, state))[1] != sorted_by(name, state)[1]
        state = next_sort(name, state)
    assert tuple(seen) == SORTS[name]
    assert (state.sort, sorted_by(name, state)) == ("", own_order(name))
    assert state.marks == {1}


@pytest.mark.parametrize("language", ["en", "ro"])
def test_every_column_has_a_name_to_say(language: str) -> None:
    say = speak(language)  # type: ignore[arg-type]
    assert all(say(f"sort.{column}") for columns in SORTS.values() for column in columns)


NASTY = st.text(st.one_of(st.characters(), st.sampled_from("\x1b[]\u202e漢👩\u0301\n\x9b")), max_size=40)


@settings(max_examples=40, deadline=None)
@given(text=NASTY, width=st.sampled_from([60, 80, 140, 200]), tab=st.integers(0, 2), offers=st.booleans())
def test_no_text_of_an_order_or_an_offer_breaks_its_line(
    view: View, text: str, width: int, tab: int, offers: bool
) -> None:
    order = {"customer": {text: text, "name": text}, "products": [{"name": text, text: text}], text: [text]}
    detail = view.orders.detail
    assert detail is not None
    offer = view.offers.rows[0].model_copy(
        update={"name": text, "part_number": text, "currency": text, "reasons": (text,), "sellable": False}
    )
    nasty = replace(
        view,
        orders=replace(view.orders, detail=detail.model_copy(update={"order": order}), error=text or None),
        offers=RowsShown((offer,), position=0),
        offers_open=offers,
        pane=PaneState(tab, 0, focused=True),
        list_state=ListState(filter=text),
        account=text or None,
        reveal=True,
    )
    for line in orders.body(nasty, width, 24).lines:
        assert line_cells(line) <= width
        assert all(character.isprintable() for character in join(line))


def test_a_pane_scrolls_no_further_than_its_last_line(view: View) -> None:
    body = orders.body(replace(view, pane=PaneState(2, 9999, focused=True)), 80, 20)
    assert join(body.lines[-1]).strip() == "}"
    assert body.pane_lines > body.pane_height > 0


def test_an_order_names_what_could_not_be_read_of_it_and_keeps_its_prices(view: View) -> None:
    detail = view.orders.detail
    assert detail is not None
    order = ORDER | {
        "shipping_tax": {"amount": 14.99},
        "products": [{"quantity": 1, "part_number": "N1", "name": "a long name " * 9, "sale_price": "110.73"}],
    }
    found = Finding(path="$.shipping_tax", expected="an amount")
    broken = detail.model_copy(update={"order": order, "findings": (found,)})
    text = drawn(replace(view, orders=replace(view.orders, detail=broken)), 140, 36)
    assert any("shipping_tax: expected an amount" in line for line in text)
    assert any(line.rstrip().endswith("…  110.73") for line in text)
    assert not any("{'" in line for line in text)


def test_a_status_that_is_not_known_is_told_by_its_number(view: View) -> None:
    row = view.orders.rows[0]
    assert orders.status_word(view, row.model_copy(update={"status": 9})) == "unknown 9"
    assert orders.status_word(view, row.model_copy(update={"status": None})) == "-"
