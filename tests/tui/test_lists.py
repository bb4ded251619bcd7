"""Orders and offers as an operator goes through them: paging, marks, sorting, filters, the detail pane."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest


@pytest.fixture
async def orders(operator: Any) -> Any:
    """An operator at the orders, which have been read."""
    await operator.press("4")
    await operator.until("1 of 450")
    return operator


def key_under(operator: Any) -> object:
    return operator.app.body.keys[operator.app.body.cursor.index]


async def test_pages_are_read_as_the_cursor_comes_near_their_end(orders: Any) -> None:
    assert len(orders.app.body.keys) == 100
    for _ in range(4):
        await orders.press("ctrl+f")
    await orders.until(lambda: len(orders.app.body.keys) >= 200)
    assert "of 450" in orders.line(2)


async def test_the_end_is_read_at_once_and_the_beginning_again(orders: Any, standin: Any) -> None:
    last = standin.orders["orders"][-1]["id"]
    await orders.press("G")
    await orders.until("450 of 450")
    assert key_under(orders) == (standin.orders["orders"][-1]["account"], last)
    assert str(last) in orders.screen()
    await orders.press("k")
    await orders.until("449 of 450")
    await orders.press("g")
    await orders.until("1 of 450")


async def test_a_page_down_beyond_what_is_here_arrives_when_more_has_come(orders: Any) -> None:
    paged = orders.app.lists.orders
    orders.app.keys.move(140)  # 100 rows are here
    await orders.until("141 of 450")
    assert len(paged.shown.rows) >= 200


async def test_new_orders_are_counted_while_the_cursor_is_inside_and_loaded_by_key(orders: Any, standin: Any) -> None:
    await orders.press("j", "j", "j")
    chosen = key_under(orders)
    newest = dict(standin.orders["orders"][0], id=999999999)
    standin.orders["orders"].insert(0, newest)
    standin.snapshot["accounts"][0]["orders"] += 1
    stored = sum(account["orders"] for account in standin.snapshot["accounts"])
    orders.app.lists.orders._total_read = stored - 1  # the recorded list is shorter than the recorded tallies
    orders.clock.time += 3
    standin.publish()
    await orders.until("+1 new, r to load")
    assert "999999999" not in orders.screen()
    await orders.press("r")
    await orders.until("999999999")
    assert key_under(orders) == chosen
    assert orders.app.body.cursor.index == 4


async def test_at_the_top_the_list_follows_what_comes(orders: Any, standin: Any) -> None:
    standin.orders["orders"].insert(0, dict(standin.orders["orders"][0], id=999999999))
    standin.snapshot["accounts"][0]["orders"] += 1
    orders.clock.time += 3
    standin.publish()
    await orders.until("999999999")
    assert orders.app.body.cursor.key is None


async def test_what_has_changed_in_view_is_drawn_anew_where_it_stands(orders: Any, standin: Any) -> None:
    await orders.press("j")
    standin.orders["orders"][3]["customer"] = "Zamfira Inventata"
    standin.snapshot["accounts"][0]["orders_new"] += 1
    orders.clock.time += 3
    standin.publish()
    await orders.until("Z. I*****")


async def test_rows_are_marked_one_by_one_and_by_range_and_escape_takes_the_marks_away(orders: Any) -> None:
    await orders.press("space", "space")
    assert orders.app.place.list_state.marks == frozenset(orders.app.body.keys[:2])
    assert "2 marked" in orders.line(2)
    await orders.press("j", "v", "j", "j")
    assert [line[0] for line in orders.screen().splitlines()[4:12]] == ["*", "*", " ", "*", "*", ">", " ", " "]
    await orders.press("v")
    assert orders.app.place.list_state.marks == frozenset([*orders.app.body.keys[:2], *orders.app.body.keys[3:6]])
    await orders.press("escape")
    assert not orders.app.place.list_state.marks


async def test_what_is_marked_is_copied_all_together(orders: Any) -> None:
    first, second = orders.app.body.keys[:2]
    await orders.press("j", "space", "g", "space", "y")
    await orders.until("copied 2 marked rows")
    (copy,) = orders.app.despatch.folder().rglob("last-copy.txt")
    assert copy.read_text().split() == [str(first[1]), str(second[1])]


async def test_marks_stay_when_the_list_is_read_again(orders: Any) -> None:
    await orders.press("space", "r")
    await orders.until("1 marked")
    await orders.press("G")
    await orders.until("450 of 450")
    await orders.press("g")
    await orders.until("1 of 450")
    assert orders.screen().splitlines()[4].startswith((">*", "*"))


async def test_a_column_sorts_the_list_in_the_engine(orders: Any, standin: Any) -> None:
    await orders.press("s")
    await orders.until("modified↓")
    await orders.press("s")
    await orders.until("total↓")
    assert {"sort": ["total"], "descending": ["true"]}.items() <= last_asked(standin, "/orders").items()
    await orders.press("S")
    await orders.until("total↑")
    assert last_asked(standin, "/orders")["descending"] == ["false"]
    await orders.press("s", "s", "s")
    await orders.until("age↓")
    assert "sort" not in last_asked(standin, "/orders")


async def test_a_filter_is_searched_for_while_it_is_typed_and_escape_clears_it(orders: Any) -> None:
    await orders.press("slash")
    await orders.type("status:prep")
    await orders.until(lambda: orders.app.lists.orders.wish.filter == "status:prep")
    await orders.until(lambda: orders.app.lists.orders.shown.total not in (None, 450))
    statuses = {row.status_text for row in orders.app.lists.orders.shown.rows}
    assert statuses == {"prepared"}
    await orders.press("enter", "n")
    assert orders.app.body.cursor.index == 1
    await orders.press("escape")
    await orders.until("1 of 450")


async def test_what_matches_nothing_says_so_and_what_cannot_be_searched_too(orders: Any) -> None:
    orders.app.keys.perform("filter", "customer:nobody")
    await orders.until("none match")
    orders.app.keys.perform("filter", "~^4")
    await orders.until("the store cannot be searched for ~^4")
    orders.app.keys.perform("filter", "colour:red")
    await orders.until("colour")


async def test_only_orders_with_findings(orders: Any, standin: Any) -> None:
    found = sum(1 for row in standin.orders["orders"] if row["findings"])
    standin.orders["orders"][300]["findings"] = 1
    await orders.press("f")
    await orders.until(f"1 of {found + 1}")
    assert "with findings" in orders.line(2)
    await orders.press("f")
    await orders.until("1 of 450")


async def test_n_begins_nothing_on_a_list_and_says_how_to_search_it(orders: Any, standin: Any) -> None:
    await orders.press("n")
    assert "nothing is searched for" in orders.line(-2)
    assert not [path for method, path, _ in standin.asked if method == "POST"]


async def test_the_order_under_the_cursor_opens_whole_and_its_pane_scrolls(orders: Any) -> None:
    await orders.press("enter")
    await orders.until("Cablu HDMI 2 m")
    assert orders.app.place.pane.focused
    await orders.press("tab", "tab", "tab", "tab")
    await orders.until('"quantity": 2')
    before = key_under(orders)
    await orders.press("j")
    assert key_under(orders) == before
    await orders.press("h", "j")
    assert key_under(orders) != before
    await orders.until('"quantity": 2')  # the next order, read whole too
    await orders.press("escape")
    assert "orders" not in orders.app.place.opened


async def test_a_list_shown_wide_has_the_screen_and_all_its_columns(orders: Any) -> None:
    await orders.press("w")
    assert "age↓ placed↓" in orders.line(3)
    assert "[findings" not in orders.screen()
    await orders.press("w")
    assert "[findings" in orders.screen()


async def test_offers_are_a_key_away_with_what_keeps_them_from_being_sold(orders: Any) -> None:
    await orders.press("O")
    await orders.until("1 of 250")
    assert "not sellable" in orders.screen()
    await orders.press("f")
    await orders.until("cannot be sold  ")
    assert not [row for row in orders.app.lists.offers.shown.rows if row.sellable]
    await orders.press("O")
    await orders.until("1 of 450")


async def test_offers_are_a_command_too(operator: Any) -> None:
    operator.app.keys.perform("offers")
    await operator.until("1 of 250")


async def test_an_error_of_a_page_stands_in_its_place_with_the_way_out(operator: Any, standin: Any) -> None:
    standin.failing = "/orders"
    await operator.press("4")
    await operator.until("The store is busy.")
    standin.failing = None
    await operator.press("r")
    await operator.until("1 of 450")


async def test_another_account_has_a_list_of_its_own(orders: Any, standin: Any) -> None:
    orders.app.place.show_account("fbe")
    orders.app.keys.reading.follow()
    await orders.until("acct:FBE")
    await orders.until(lambda: {row.account for row in orders.app.lists.orders.shown.rows} == {"fbe"})


def last_asked(standin: Any, path: str) -> dict[str, list[str]]:
    """The query of the last page that was asked for."""
    return parse_qs([query for where, query in standin.queries if where == path][-1])
