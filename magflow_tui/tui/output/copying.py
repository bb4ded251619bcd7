"""What is under the cursor, as text to copy or to read: its id, or all of it as JSON; a request as a curl command."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from magflow_tui.tui.views.alert_detail import alert_text
from magflow_tui.tui.views.concerns import concerns
from magflow_tui.tui.views.diagnosis import health_of
from magflow_tui.tui.views.masking import masked_document
from magflow_tui.tui.views.request_bodies import curl_of, detail_of
from magflow_tui.tui.views.spans import clean, cut
from magflow_tui.tui.views.spending import route_key

if TYPE_CHECKING:
    from pydantic import BaseModel

    from magflow_tui.contract.runs import Run, RunProgress
    from magflow_tui.tui.views.context import View


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
        concern = next((concern for concern in concerns(view, snapshot) if concern.key == key), None)
        if concern is None:
            return None
        text = concern.title if concern.alert is None else alert_text(say, concern.alert)
        return Copied(say("copy.concern", title=cut(concern.title, 40)), text)
    if view.screen == "api":
        return _curl(view, key)
    return None


def ids_of(view: View, keys: Iterable[object]) -> Copied | None:
    """The short forms of several keys, a line each; what is gone from here is left out."""
    texts = [copied.text for key in keys if (copied := id_of(view, key)) is not None]
    return Copied(view.say("copy.marked", count=len(texts)), "\n".join(texts)) if texts else None


def row_of(view: View, key: object) -> BaseModel | None:
    """The model that a key of the shown list stands for, as far as it is here: orders are with the engine."""
    snapshot = view.snapshot
    if view.screen == "api":
        row = next((row for row in view.requests.rows if row.seq == key), None)
        return None if row is None else detail_of(view, row) or row
    if view.screen == "orders" and view.desk_list == "rules" and not view.offers_open:
        return next((row for row in view.desk.rules.rows if row.rule == key), None)
    if view.screen == "orders" and view.desk_list == "ignores" and not view.offers_open:
        return next((row for row in view.desk.ignores.rows if row.ignore_id == key), None)
    if view.screen == "orders":
        return next((row for row in view.offers.rows if (row.account, row.id) == key), None)
    if snapshot is None:
        return None
    if view.screen == "health":
        alerts = (*snapshot.alerts, *view.watched.over)
        known: list[tuple[object, BaseModel]] = [(alert.alert_id, alert) for alert in alerts]
        known += [(f"metric.{line.metric}", line) for line in health_of(view, snapshot).lines]
        known += [(f"account.{account.name}", account) for account in snapshot.accounts]
        return next((model for name, model in known if name == key), None)
    if view.screen == "limits":
        return next((use for use in snapshot.routes if route_key(use) == key), None)
    if view.screen == "sync":
        runs: Sequence[Run | RunProgress] = (*snapshot.running, *snapshot.recent_runs, *view.older_runs)
        return next((run for run in runs if run.run_id == key), None)
    return None


def _curl(view: View, key: object) -> Copied | None:
    """The request as a command; of one that has not been read, as far as its row tells."""
    from magflow_tui.client.curl import is_redacted

    row = next((row for row in view.requests.rows if row.seq == key), None)
    if row is None:
        return None
    detail = detail_of(view, row)
    command = curl_of(row, detail, view.snapshot)
    name = "copy.curl_redacted" if detail is not None and is_redacted(detail.sent) else "copy.curl"
    return None if command is None else Copied(view.say(name, id=key), command)
