"""The pane of the offer under the cursor, by tab: whether it can be sold and why, the counts of all, the payload."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, Literal

from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.bilingual import of_two
from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.figures import day, grouped, money
from magflow_tui.tui.views.list_frame import Pane
from magflow_tui.tui.views.offer_counts import count_lines
from magflow_tui.tui.views.spans import Line, Role, Span, cells, clean, cut, fit, rule, wrapped

if TYPE_CHECKING:
    from decimal import Decimal

    from magflow_tui.contract.offers import OfferDetail, OfferState
    from magflow_tui.contract.records import OfferRow

Tab = Literal["offer", "counts", "raw"]
TABS: Final[tuple[Tab, ...]] = ("offer", "counts", "raw")
#: Cells of the names of facts, and lines of what the marketplace says of a validation.
_LABEL_CELLS, _REMARK_LINES = 14, 3


def offer_pane(view: View, row: OfferRow, width: int) -> Pane:
    """The pane of an offer; what has not been read of it yet is told."""
    say, detail = view.say, view.offer
    if detail is not None and (detail.row.account, detail.row.id) != (row.account, row.id):
        detail = None
    sellable: Role = "ok" if row.sellable else "warn"
    standing: Line = ((say("offers.sellable" if row.sellable else "offers.unsellable"), sellable),)
    tab = TABS[view.pane.tab % len(TABS)]
    return Pane(str(row.id), standing, [say(f"pane.{name}") for name in TABS], _drawn(view, tab, row, detail, width))


def reasons_of(view: View, row: OfferRow) -> list[str]:
    """Which conditions an offer fails, in the operator's language."""
    pairs = zip_longest(row.reasons, row.reasons_ro, fillvalue="")
    return [of_two(view.say, english, romanian) for english, romanian in pairs]


def status_word(view: View, row: OfferRow) -> str:
    """What an offer's status is called; `-` for one that is not known."""
    return view.say(f"offer_status.{row.status}") if row.status in (0, 1, 2) else "-"


def _drawn(view: View, tab: Tab, row: OfferRow, detail: OfferDetail | None, width: int) -> list[Line]:
    if tab == "counts":
        return count_lines(view, width)
    if tab == "raw":
        return _raw_lines(view, detail, width)
    title = rule(((view.say("pane.counts"), "muted"),), (), width, stroke=view.glyphs.line)
    return [*_offer_lines(view, row, detail, width), title, *count_lines(view, width)]


def _offer_lines(view: View, row: OfferRow, detail: OfferDetail | None, width: int) -> list[Line]:
    """Name, conditions, prices, stock, validations, numbers: what decides comes first."""
    say = view.say
    lines: list[Line] = [((f"  {text}", "strong"),) for text in wrapped(clean(row.name or "-"), width - 3, most=2)]
    part = clean(row.part_number or "-")
    lines.append(_text(say("offers.whose", account=account_name(row.account), part=part), width))
    lines += _check_lines(view, row, detail, width)
    if detail is None:
        price = f"{money(row.sale_price)} {clean(row.currency or '')}".strip()
        stock = "-" if row.stock is None else grouped(row.stock)
        lines.append(_text(say("offers.price", price=price, stock=stock, status=status_word(view, row)), width))
        return [*lines, _text(say("offers.open"), width, "muted")]
    lines += _fact(say("offer.prices"), _prices(view, detail), width)
    lines += _fact(say("offer.stock"), _stock(view, detail), width)
    lines += _fact(say("offer.rank"), _rank(view, detail), width)
    for state in detail.states:
        lines += _state_lines(view, state, width)
    lines += _fact(say("offer.numbers"), _numbers(view, detail), width)
    lines += _fact(say("offer.terms"), _terms(view, detail), width)
    fetched = say("orders.fetched", at=day(detail.fetched_at, view.shown_at, view.zone))
    return [*lines, _text(fetched, width, "muted")]


def _check_lines(view: View, row: OfferRow, detail: OfferDetail | None, width: int) -> list[Line]:
    """A line for each condition; before the offer has been read whole, for each that fails."""
    say, glyphs = view.say, view.glyphs
    lines: list[Line] = []
    if detail is not None:
        checks = [(check.ok, of_two(say, check.text, check.text_ro)) for check in detail.checks]
    else:
        checks = [(False, text) for text in reasons_of(view, row)] or [(True, say("offers.why_sellable"))]
    for ok, text in checks:
        sign: Span = (f"  {glyphs.ok:>2} ", "ok") if ok else (f"  {glyphs.crit:>2} ", "crit")
        lines.append((sign, (cut(text, width - 6), "text" if ok else "warn")))
    remark = of_two(say, row.remark or "", row.remark_ro or "")
    if remark:
        lines += [((f"  {glyphs.warn:>2} {text}", "warn"),) for text in wrapped(remark, width - 6, most=2)]
    return lines


def _prices(view: View, detail: OfferDetail) -> list[str]:
    say, row = view.say, detail.row

    def named(key: str, amount: Decimal | None) -> str:
        return say(key, amount=money(amount)) if amount else ""

    return [
        f"{money(row.sale_price)} {clean(row.currency or '')}".strip(),
        named("offer.recommended", detail.recommended_price),
        say("offer.bounds", low=money(detail.min_sale_price), high=money(detail.max_sale_price))
        if detail.min_sale_price or detail.max_sale_price
        else "",
        named("offer.best", detail.best_offer_sale_price),
    ]


def _stock(view: View, detail: OfferDetail) -> list[str]:
    say = view.say
    texts = ["-" if detail.row.stock is None else grouped(detail.row.stock)]
    if detail.estimated_stock is not None and detail.estimated_stock != detail.row.stock:
        texts.append(say("offer.estimated", count=grouped(detail.estimated_stock)))
    return texts + [
        say("offer.warehouse", name=clean(each.warehouse), count=grouped(each.pieces)) for each in detail.warehouses
    ]


def _rank(view: View, detail: OfferDetail) -> list[str]:
    if detail.buy_button_rank is None:
        return []
    offers = "?" if detail.number_of_offers is None else grouped(detail.number_of_offers)
    return [view.say("offer.rank_of", rank=grouped(detail.buy_button_rank), offers=offers)]


def _state_lines(view: View, state: OfferState, width: int) -> list[Line]:
    """Where a validation stands, and below it what the marketplace says of it itself."""
    text = of_two(view.say, state.text, state.text_ro)
    lines = _fact(view.say(f"offer.{state.name}"), [f"{text} ({'-' if state.value is None else state.value})"], width)
    remark = clean(state.remark)
    if remark and remark.casefold() != text.casefold():
        room = max(8, width - _LABEL_CELLS - 4)
        lines += [((" " * (_LABEL_CELLS + 3) + each, "muted"),) for each in wrapped(remark, room, most=_REMARK_LINES)]
    return lines


def _numbers(view: View, detail: OfferDetail) -> list[str]:
    say = view.say
    texts = [clean(detail.brand or "")]
    texts.append(say("offer.pnk", pnk=clean(detail.part_number_key)) if detail.part_number_key else "")
    texts.append(say("offer.ean", ean=clean(", ".join(detail.ean))) if detail.ean else "")
    texts.append(say("offer.category", number=detail.category_id) if detail.category_id is not None else "")
    return texts


def _terms(view: View, detail: OfferDetail) -> list[str]:
    say = view.say
    texts = [say("offer.vat", number=detail.vat_id) if detail.vat_id is not None else ""]
    texts.append(say("offer.handling", days=detail.handling_days) if detail.handling_days is not None else "")
    texts.append(say("offer.warranty", months=detail.warranty_months) if detail.warranty_months is not None else "")
    return texts


def _raw_lines(view: View, detail: OfferDetail | None, width: int) -> list[Line]:
    """The payload as it came, one value a line."""
    if detail is None:
        return [_text(view.say("offers.open"), width, "muted")]
    lines: list[Line] = []
    for text in json.dumps(detail.offer, ensure_ascii=False, indent=1).split("\n"):
        inner = text.lstrip(" ")
        lines.append(((f"  {cut(' ' * (len(text) - len(inner)) + clean(inner), width - 2)}", "text"),))
    return lines


def _fact(name: str, texts: Sequence[str], width: int) -> list[Line]:
    """What is known under a name, over as many lines as it takes; nothing where nothing is known."""
    room = max(8, width - _LABEL_CELLS - 4)
    packed: list[str] = []
    for text in filter(None, texts):
        if packed and cells(packed[-1]) + cells(text) + 3 <= room:
            packed[-1] = f"{packed[-1]} · {text}"
        else:
            packed.append(cut(text, room))
    label = fit(name, _LABEL_CELLS)
    return [
        ((f"  {label if not index else ' ' * _LABEL_CELLS} ", "muted"), (text, "text"))
        for index, text in enumerate(packed)
    ]


def _text(text: str, width: int, role: Role = "text") -> Line:
    return ((f"  {cut(text, width - 2)}", role),)
