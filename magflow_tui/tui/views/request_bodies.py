"""What a request sent and what was answered, as far as that is kept: to be read, or as a curl command."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from magflow_tui.tui.views.spans import Line, Span, clean, cut, rule

if TYPE_CHECKING:
    from magflow_tui.contract.past import RequestDetail
    from magflow_tui.contract.records import RequestRow
    from magflow_tui.contract.snapshot import Snapshot
    from magflow_tui.tui.views.context import View

#: The ways to look at bodies, in the order of their tabs.
TABS: Final = ("pretty", "curl")
#: Where a request goes when its account is no longer known.
_SOMEWHERE: Final = "https://marketplace-api.emag.ro/api-3"


def detail_of(view: View, row: RequestRow) -> RequestDetail | None:
    """What was read of a request beside its row, None while it has not been."""
    detail = view.requests.detail
    return detail if detail is not None and detail.row.seq == row.seq else None


def address_of(row: RequestRow, detail: RequestDetail | None, snapshot: Snapshot | None) -> str:
    """The address that a request went to; without what is only known when it has been read."""
    if detail is not None and detail.url:
        return detail.url
    accounts = snapshot.accounts if snapshot is not None else ()
    base = next((account.base_url for account in accounts if account.name == row.account), _SOMEWHERE)
    return f"{base.rstrip('/')}/{row.route.lstrip('/')}"


def curl_of(row: RequestRow, detail: RequestDetail | None, snapshot: Snapshot | None) -> str | None:
    """The request as a command; of one that has not been read, as far as its row tells. None where it is none."""
    # The client is not read before the first frame is painted.
    from magflow_tui.client.curl import curl

    body = None if row.page is None else json.dumps({"currentPage": row.page, "itemsPerPage": 100})
    try:
        return curl(row.method, address_of(row, detail, snapshot), body if detail is None else detail.sent)
    except ValueError:
        return None


def is_curl(view: View) -> bool:
    """Whether bodies are looked at as a command."""
    return TABS[view.pane.body_tab % len(TABS)] == "curl"


def body_section(view: View, row: RequestRow, width: int) -> list[Line]:
    """The bodies in the chosen tab, below a title with the tabs."""
    tab = TABS[view.pane.body_tab % len(TABS)]
    tabs: list[Span] = []
    for name in TABS:
        here = name == tab
        title = view.say(f"api_tab.{name}")
        tabs.append((f"[{title}]" if here else f" {title} ", "title" if here else "muted"))
    title_line = rule(((view.say("api.body"), "title"),), tuple(tabs), width, stroke=view.glyphs.line)
    detail = detail_of(view, row)
    if tab == "curl":
        command = curl_of(row, detail, view.snapshot)
        text = view.say("api.no_curl") if command is None else command
        return [title_line, *(((f"  {part}", "text"),) for part in _pieces(text, width - 2))]
    if detail is None:
        return [title_line, ((f"  {cut(view.say('api.body_unread'), width - 2)}", "muted"),)]
    lines = [*_pretty(view, ">", detail.sent, width), *_pretty(view, "<", detail.received, width)]
    return [title_line, *lines]


def short_bodies(view: View, row: RequestRow, width: int) -> list[Line]:
    """A line of what was sent and one of what was answered: `> currentPage 88 · itemsPerPage 100`."""
    detail = detail_of(view, row)
    if detail is None:
        return []
    lines: list[Line] = []
    for sign, text in ((">", detail.sent), ("<", detail.received)):
        document = _document(text)
        parts = list(_parts(document)) if document is not None else [view.say("api.no_body")]
        words = f" {view.glyphs.dot} ".join(parts)
        lines.append(((f"  {sign} ", "key"), (cut(words, width - 4), "muted" if document is None else "text")))
    return lines


def _parts(document: object) -> Iterator[str]:
    """The members of an object, a word and its value each."""
    if not isinstance(document, Mapping):
        yield clean(_compact(document))
        return
    for key, value in document.items():
        yield clean(f"{key} {value if isinstance(value, str) else _compact(value)}")


def _pretty(view: View, sign: str, text: str | None, width: int) -> list[Line]:
    document = _document(text)
    if document is None:
        return [((f"  {sign} ", "key"), (cut(view.say("api.no_body"), width - 4), "muted"))]
    shown = json.dumps(document, ensure_ascii=False, indent=2).split("\n")
    return [
        ((f"  {sign if number == 0 else ' '} ", "key"), (cut(clean(line), width - 4), "text"))
        for number, line in enumerate(shown)
    ]


@lru_cache(maxsize=8)
def _document(text: str | None) -> object:
    """What a kept body says; text that is no JSON as it is, None where there is none."""
    try:
        document: object = None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return text
    return document


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def _pieces(text: str, width: int) -> list[str]:
    """A text of one-cell characters in lines that are filled: it may hold no place where it could be broken."""
    shown = clean(text)
    return [shown[start : start + width] for start in range(0, len(shown), max(1, width))]
