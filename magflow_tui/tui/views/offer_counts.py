"""The counts of all offers: by account, and by where their documentation stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from magflow_tui.tui.views.accounts import account_name
from magflow_tui.tui.views.bilingual import of_two
from magflow_tui.tui.views.context import View
from magflow_tui.tui.views.figures import grouped
from magflow_tui.tui.views.spans import Line, Role, cut, fit, fit_right

if TYPE_CHECKING:
    from magflow_tui.contract.management import ProductStats

#: Cells of an account's name, of a count, and of the name of a validation status at the most.
_NAME_CELLS, _COUNT_CELLS, _STATUS_CELLS = 6, 8, 40
#: Values of the documentation with which an offer can be sold (API 4.4.7).
_SELLABLE = frozenset({3, 9, 11, 12})
_COLUMNS = ("total", "active", "sellable", "no_stock", "recent")


def count_lines(view: View, width: int) -> list[Line]:
    """A table of the accounts, and below it a line for each validation status."""
    say, stats = view.say, view.offer_stats
    if stats is None:
        return [((f"  {say('list.reading')}", "muted"),)]
    shown = [row for row in _rows(stats) if view.account in (None, row[0])]
    columns = max(1, min(len(_COLUMNS), (width - 2 - _NAME_CELLS) // (_COUNT_CELLS + 1)))
    titles = " ".join(fit_right(say(f"offer_col.{name}"), _COUNT_CELLS) for name in _COLUMNS[:columns])
    lines: list[Line] = [((f"  {' ' * _NAME_CELLS} {titles}", "muted"),)]
    for account, *counts in shown:
        figures = " ".join(fit_right(grouped(count), _COUNT_CELLS) for count in counts[:columns])
        lines.append(((f"  {fit(account_name(account), _NAME_CELLS)} ", "strong"), (figures, "text")))
    if len(shown) > 1:
        sums = [sum(row[place] for row in shown) for place in range(1, columns + 1)]  # type: ignore[misc]
        figures = " ".join(fit_right(grouped(count), _COUNT_CELLS) for count in sums)
        lines.append(((f"  {fit(say('ask.account_all'), _NAME_CELLS)} ", "strong"), (figures, "strong")))
    return [*lines, *_status_lines(view, stats, width)]


def _rows(stats: ProductStats) -> Sequence[tuple[str, int, int, int, int, int]]:
    return [
        (each.account, each.total, each.active, each.sellable, each.without_stock, each.recently_synced_24h)
        for each in stats.accounts
    ]


def _status_lines(view: View, stats: ProductStats, width: int) -> list[Line]:
    """How many offers have each validation status, with its share; of all accounts together."""
    say = view.say
    total = max(1, stats.total_products)
    lines: list[Line] = []
    if stats.by_validation_status:
        lines.append(((f"  {cut(say('offers.by_validation'), width - 2)}", "muted"),))
    room = max(8, min(_STATUS_CELLS, width - 24))
    for each in stats.by_validation_status:
        role: Role = "text" if each.value in _SELLABLE else "warn"
        number = "-" if each.value is None else str(each.value)
        share = f"{each.offers / total * 100:.0f} %"
        text = f"  {number:>2}  {fit(of_two(say, each.text, each.text_ro), room)} {fit_right(grouped(each.offers), 8)}"
        lines.append(((text, role), (f" {share:>5}", "muted")))
    return lines
