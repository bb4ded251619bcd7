"""What is under the cursor, as text to copy or to read: its id, or all of it as JSON; a request as a curl command."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from magflow_tui.tui.views.diagnosis import concerns
from magflow_tui.tui.views.masking import masked_document
from magflow_tui.tui.views.spans import clean, cut
from magflow_tui.tui.views.spending import route_key

if TYPE_CHECKING:
    from pydantic import BaseModel

    from magflow_tui.contract.records import RequestRow
    from magflow_tui.contract.runs import Run, RunProgress
    from magflow_tui.contract.snapshot import Snapshot
    from magflow_tui.tui.views.context import View

#: Where a request goes when its account is no longer known.
_SOMEWHERE = "https://marketplace-api.emag.ro/api-3"


@dataclass(frozen=True, slots=True)
class Copied:
    """A text, and what it is called to the operator (`order 448120331`)."""

    name: str
    text: str


def json_text(value: object) -> str:
    """Indented JSON in which every character can be seen: what steers a terminal or reorders a line is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False, default=str)
    return "\n".join(line if line.isprintable() else _escaped(line) for line in text.split("\n"))


def _escaped(line: str) -> str:
    return "".join(character if character.isprintable() else json.dumps(character)[1:-1] for character in line)


def shown_json(model: BaseModel, *, reveal: bool) -> str:
    """A model of the contract as JSON; without personal data unless `reveal`."""
    document: dict[str, object] = model.model_dump(mode="json")
    return json_text(document if reveal else masked_document(document))


def id_of(view: View, key: object) -> Copied | None:
    """The short form of what a key of the shown list stands for: an id, a finding's words, a request as curl."""
    say, snapshot = view.say, view.snapshot
    if view.screen == "orders" and view.desk_list is not None and not view.offers_open:
        return Copied(say("copy.rule" if view.desk_list == "rules" else "copy.ignore", id=clean(key)), clean(key))
    if view.screen == "orders" and isinstance(key, tuple):
        return Copied(say("copy.offer" if view.offers_open else "copy.order", id=key[-1]), str(key[-1]))
    if view.screen == "sync":
        return Copied(say("copy.run", id=key), str(key))
    if view.screen == "limits" and isinstance(key, tuple):
        return Copied(say("copy.route", route=clean(key[-1])), clean(key[-1]))
    if view.screen == "health" and snapshot is not None:
        title = next((concern.title for concern in concerns(view, snapshot) if concern.key == key), None)
        return None if title is None else Copied(say("copy.concern", title=cut(title, 40)), title)
    if view.screen == "api":
        row = next((row for row in view.requests.rows if row.seq == key), None)
        return None if row is None else Copied(say("copy.curl", id=key), curl(row, snapshot))
    return None


def ids_of(view: View, keys: Iterable[object]) -> Copied | None:
    """The short forms of several keys, a line each; what is gone from here is left out."""
    texts = [copied.text for key in keys if (copied := id_of(view, key)) is not None]
    return Copied(view.say("copy.marked", count=len(texts)), "\n".join(texts)) if texts else None


def row_of(view: View, key: object) -> BaseModel | None:
    """The model that a key of the shown list stands for, as far as it is here: orders are with the engine."""
    snapshot = view.snapshot
    if view.screen == "api":
        return next((row for row in view.requests.rows if row.seq == key), None)
    if view.screen == "orders" and view.desk_list == "rules" and not view.offers_open:
        return next((row for row in view.desk.rules.rows if row.rule == key), None)
    if view.screen == "orders" and view.desk_list == "ignores" and not view.offers_open:
        return next((row for row in view.desk.ignores.rows if row.ignore_id == key), None)
    if view.screen == "orders":
        return next((row for row in view.offers.rows if (row.account, row.id) == key), None)
    if snapshot is None:
        return None
    if view.screen == "health":
        known: list[tuple[object, BaseModel]] = [(alert.alert_id, alert) for alert in snapshot.alerts]
        known += [(f"metric.{line.metric}", line) for line in snapshot.health.lines]
        known += [(f"account.{account.name}", account) for account in snapshot.accounts]
        return next((model for name, model in known if name == key), None)
    if view.screen == "limits":
        return next((use for use in snapshot.routes if route_key(use) == key), None)
    if view.screen == "sync":
        runs: Sequence[Run | RunProgress] = (*snapshot.running, *snapshot.recent_runs, *view.older_runs)
        return next((run for run in runs if run.run_id == key), None)
    return None


def curl(row: RequestRow, snapshot: Snapshot | None) -> str:
    """The request as a command. User and password are variables of the shell: they are never known here."""
    accounts = snapshot.accounts if snapshot is not None else ()
    base = next((account.base_url for account in accounts if account.name == row.account), _SOMEWHERE)
    command = ["curl", "-sS", "-X", clean(row.method), "-u", None, "-H", "Content-Type: application/json"]
    if row.page is not None:
        command += ["--data", json.dumps({"currentPage": row.page, "itemsPerPage": 100})]
    command.append(f"{clean(base).rstrip('/')}/{clean(row.route).lstrip('/')}")
    return " ".join('"$EMAG_USERNAME:$EMAG_PASSWORD"' if word is None else shlex.quote(word) for word in command)
