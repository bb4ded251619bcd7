"""What the lists of the store look like: filtered, marked, sorted, opened, searching, in error; orders and offers."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from magflow_tui.contract.findings import (
    Finding,
    HistoryEntry,
    Ignore,
    Note,
    OrderHistory,
    RuleCount,
    RuleInfo,
)
from magflow_tui.contract.records import OfferPage, OrderDetail
from magflow_tui.tui.text import speak
from magflow_tui.tui.views import orders
from magflow_tui.tui.views.context import Cursor, DeskShown, ListState, PaneState, RowsShown, View
from magflow_tui.tui.views.order_tabs import TABS
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


#: Rule, severity, path, value, sentence in English and Romanian, state.
FOUND: tuple[tuple[str, ...], ...] = (
    ("line.price", "error", "$.products[1].sale_price", "268.59", "a price is text", "prețul este text", "open"),
    (
        "customer.phone",
        "warning",
        "$.customer.phone_1",
        '"0722000000"',
        "0722000000 has gone",
        "0722000000: mort",
        "open",
    ),
    ("schema.type", "error", "$.products[2]", '"no line"', "a line is an object", "o linie este un obiect", "open"),
    ("voucher.missing", "warning", "$.vouchers[0].amount", "", "it has no amount", "nu are nicio sumă", "ignored"),
    ("order.shipping", "info", "$.shipping_tax", '"14.92"', "shipping is text", "transportul este text", "seen"),
)


def found(number: int, at: datetime) -> Finding:
    rule, severity, path, value, message, message_ro, state = FOUND[number]
    return Finding.model_validate(
        {
            "finding_id": number + 1,
            "account": "main",
            "order_id": 448120293,
            "rule": rule,
            "severity": severity,
            "path": path,
            "value": value or None,
            "expected": "something else",
            "expected_ro": "altceva",
            "message": message,
            "message_ro": message_ro,
            "state": state,
            "until": at + timedelta(days=7) if state == "ignored" else None,
            "changed_by": "ana" if state != "open" else None,
        }
    )


def desk(at: datetime) -> DeskShown:
    """What is known of findings: four rules, two ignores, the history of the order."""
    rules = (
        RuleCount(rule="customer.phone", severity="warning", open=812, seen=40, ignored=3, snoozed=12, orders=790),
        RuleCount(rule="line.vat.rate", severity="warning", open=79, orders=79),
        RuleCount(rule="totals.cashed", severity="error", open=3, ignored=1, orders=3),
        RuleCount(rule="customer.gender", severity="info", ignored=1204),
    )
    ignores = (
        Ignore(
            ignore_id=1, rule="customer.gender", account=None, order_id=None, expires_at=at + timedelta(days=30),
            created_at=at, created_by="ana", findings=1204,
        ),
        Ignore(
            ignore_id=2, rule="totals.cashed", account="main", order_id=448120293, expires_at=None,
            created_at=at, created_by="ion", findings=1,
        ),
    )  # fmt: skip
    known = RuleInfo(
        code="customer.phone",
        severity="warning",
        source="API 4.5.1 §3.4",
        title="The phone number can be called",
        title_ro="Numărul de telefon poate fi apelat",
    )
    told = (
        HistoryEntry(at=at, kind="triage", by="ana", text="seen: order.shipping", text_ro="văzut: order.shipping"),
        HistoryEntry(at=at, kind="finding", by=None, text="found: line.price", text_ro="găsit: line.price"),
        HistoryEntry(at=at, kind="read", by=None, text="Nistor: status 1", text_ro="Nistor: starea 1"),
    )
    return DeskShown(
        rules=RowsShown(rules, position=0, total=4),
        ignores=RowsShown(ignores, position=0, total=2),
        known={known.code: known},
        history=OrderHistory(entries=told),
    )


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
    detail = OrderDetail(
        row=row,
        order=ORDER,
        fetched_at=row.date,
        findings=tuple(found(number, row.date) for number in range(len(FOUND))),
        notes=(Note(note_id=1, at=row.date, by="ana", text="Nistor called back from 0722000000"),),
    )
    parts = {each.name: getattr(full_view, each.name) for each in fields(full_view)}
    return replace(
        Quiet(**parts),
        screen="orders",
        orders=replace(full_view.orders, detail=detail),
        desk=desk(row.date),
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


@pytest.mark.parametrize("tab", TABS)
def test_an_opened_order_is_shown_by_tab(view: View, tab: str) -> None:
    check(f"orders-{tab}", replace(view, pane=PaneState(TABS.index(tab), focused=True)), 80, 20)  # type: ignore[arg-type]


@pytest.mark.parametrize(("width", "height"), [(60, 12), (80, 20), (100, 26), (140, 36), (200, 56)])
def test_findings_of_the_order_under_the_cursor_stand_beside_the_list(view: View, width: int, height: int) -> None:
    check("orders-beside", view, width, height)


def test_findings_are_told_in_romanian(view: View) -> None:
    romanian = replace(view, say=speak("ro"))
    check("orders-ro", replace(romanian, pane=PaneState(focused=True, item=1)), 80, 20)
    check("orders-ro", romanian, 140, 36)
    check("rules-ro", replace(romanian, desk_list="rules", cursor=Cursor()), 80, 20)


@pytest.mark.parametrize(("width", "height"), [(60, 12), (80, 20), (140, 36)])
def test_rules_and_ignores_are_lists_of_their_own(view: View, width: int, height: int) -> None:
    check("rules", replace(view, desk_list="rules", cursor=Cursor()), width, height)
    check("ignores", replace(view, desk_list="ignores", cursor=Cursor()), width, height)


def test_the_finding_that_is_meant_has_the_cursor_and_its_place(view: View) -> None:
    body = orders.body(replace(view, pane=PaneState(focused=True, item=1)), 80, 20)
    assert len(body.pane_stops) == len(FOUND)
    assert body.pane_steps
    lines = [join(line) for line in body.lines]
    (here,) = [number for number, line in enumerate(lines) if line.startswith("> ") and "schema.type" in line]
    assert "$.products[2]" in lines[here + 1]


def test_faulty_places_are_marked_in_the_payload_even_where_something_is_missing(view: View) -> None:
    body = orders.body(replace(view, pane=PaneState(TABS.index("raw"), focused=True, item=1)), 200, 60)
    pane = [join(line).split("│")[1].strip() for line in body.lines]
    marked = [line for line in pane if line.rstrip(" ").endswith(tuple(rule for rule, *_ in FOUND))]
    assert [line[0] for line in marked] == ["▲", ">", "✗", "·"]
    assert len(body.pane_stops) == 4, "what is ignored is not marked"


def test_a_list_with_no_colour_still_tells_how_grave_a_finding_is(view: View) -> None:
    text = "\n".join(drawn(view, 140, 36))
    assert "✗ totals.cashed (+2)" in text
    assert "▲ customer.phone" in text
    assert "· customer.gender" in text


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
    for tab in range(len(TABS)):
        opened = replace(view, pane=PaneState(tab, 0, focused=True))
        hidden = "\n".join(drawn(opened, 140, 60))
        assert not [word for word in ("Nistor", "0722000000", "Cluj") if word in hidden]
    assert "Cluj" in "\n".join(drawn(replace(view, pane=PaneState(2), reveal=True), 140, 60))
    assert "0722000000 has gone" in "\n".join(drawn(replace(view, reveal=True), 140, 60))


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
@given(text=NASTY, width=st.sampled_from([60, 80, 140, 200]), tab=st.integers(0, 5), offers=st.booleans())
def test_no_text_of_an_order_or_an_offer_breaks_its_line(
    view: View, text: str, width: int, tab: int, offers: bool
) -> None:
    order = {"customer": {text: text, "name": text}, "products": [{"name": text, text: text}], text: [text]}
    detail = view.orders.detail
    assert detail is not None
    finding = detail.findings[0].model_copy(
        update=dict.fromkeys(("rule", "path", "value", "message", "expected", "changed_by"), text) | {"state": "seen"}
    )
    hostile = {
        "order": order,
        "findings": (finding,),
        "notes": (Note(note_id=1, at=detail.fetched_at, by=text, text=text),),
    }
    offer = view.offers.rows[0].model_copy(
        update={"name": text, "part_number": text, "currency": text, "reasons": (text,), "sellable": False}
    )
    nasty = replace(
        view,
        orders=replace(view.orders, detail=detail.model_copy(update=hostile), error=text or None),
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
    body = orders.body(replace(view, pane=PaneState(TABS.index("raw"), 9999, focused=True)), 80, 20)
    assert join(body.lines[-1]).strip() == "}"
    assert body.pane_lines > body.pane_height > 0


def test_an_order_keeps_its_prices_whatever_could_not_be_read_of_it(view: View) -> None:
    detail = view.orders.detail
    assert detail is not None
    order = ORDER | {
        "shipping_tax": {"amount": 14.99},
        "products": [{"quantity": 1, "part_number": "N1", "name": "a long name " * 9, "sale_price": "110.73"}],
    }
    broken = detail.model_copy(update={"order": order, "findings": ()})
    text = drawn(replace(view, orders=replace(view.orders, detail=broken)), 140, 36)
    assert any(line.rstrip().endswith("…  110.73") for line in text)
    assert not any("{'" in line for line in text)


def test_a_status_that_is_not_known_is_told_by_its_number(view: View) -> None:
    row = view.orders.rows[0]
    assert orders.status_word(view, row.model_copy(update={"status": 9})) == "unknown 9"
    assert orders.status_word(view, row.model_copy(update={"status": None})) == "-"


@settings(max_examples=30, deadline=None)
@given(text=NASTY, width=st.sampled_from([60, 80, 140]), listed=st.sampled_from(["rules", "ignores"]))
def test_no_rule_and_no_ignore_breaks_its_line(
    view: View, text: str, width: int, listed: Literal["rules", "ignores"]
) -> None:
    (rule, *_), (ignore, *_) = view.desk.rules.rows, view.desk.ignores.rows
    info = RuleInfo(code=text, severity="error", source=text, title=text, title_ro=text)
    nasty = DeskShown(
        rules=RowsShown((rule.model_copy(update={"rule": text}),), position=0, total=1),
        ignores=RowsShown((ignore.model_copy(update={"rule": text, "account": text, "created_by": text}),), position=0),
        known={text: info},
    )
    for line in orders.body(replace(view, desk=nasty, desk_list=listed, cursor=Cursor()), width, 24).lines:
        assert line_cells(line) <= width
        assert all(character.isprintable() for character in join(line))
