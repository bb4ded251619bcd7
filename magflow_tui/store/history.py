"""What happened to an order, as far as is known here: what reads told of, findings, triage, actions and notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, select

from magflow_tui.contract.findings import HistoryEntry, HistoryKind, OrderHistory
from magflow_tui.marketplace.codes import get_order_status_text
from magflow_tui.rules.findings import Language, Words
from magflow_tui.store.notes import notes_of
from magflow_tui.store.tables import ACTIONS, ORDER_CHANGES
from magflow_tui.store.triage_tables import FINDINGS, TRIAGE_BATCHES, TRIAGE_CHANGES

#: Rules that an entry names before it says how many more there are.
_NAMED: Final = 4
_LANGUAGES: Final[tuple[Language, ...]] = ("en", "ro")
_TRIAGE: Final[Mapping[str, Words]] = {
    "see": Words("seen: {rules}", "văzut: {rules}"),
    "open": Words("opened again: {rules}", "redeschis: {rules}"),
    "ignore": Words("ignored{until}: {rules}", "ignorat{until}: {rules}"),
    "snooze": Words("snoozed{until}: {rules}", "amânat{until}: {rules}"),
    "lift": Words("ignored no more: {rules}", "nu mai e ignorat: {rules}"),
}
_UNDONE: Final = Words("taken back: {what}", "anulat: {what}")
_OPENED: Final = Words("found: {rules}", "găsit: {rules}")
_RESOLVED: Final = Words("resolved: {rules}", "rezolvat: {rules}")
_STATUS: Final = Words("status: {before} → {after}", "stare: {before} → {after}")
_TOTAL: Final = Words("total: {before} → {after} {currency}", "total: {before} → {after} {currency}")
_ACTION: Final = Words("{what}{to}: {state}{said}", "{what}{to}: {state}{said}")
_KINDS: Final[Mapping[str, Words]] = {
    "acknowledge": Words("acknowledge", "confirmare"),
    "status": Words("status", "stare"),
    "cancel": Words("cancel", "anulare"),
    "reread": Words("read again", "recitire"),
    "attach": Words("attach", "atașare"),
}
_STATES: Final[Mapping[str, Words]] = {
    "recorded": Words("not sent yet", "netrimis încă"),
    "sending": Words("sent", "trimis"),
    "done": Words("done", "făcut"),
    "refused": Words("refused", "refuzat"),
    "failed": Words("failed", "eșuat"),
}
_NOTHING: Final = Words("", "")
_UNTIL: Final = Words(" until {at}", " până la {at}")


def order_history(connection: Connection, account: str, order_id: int) -> OrderHistory:
    """Everything that is known of an order, newest first."""
    entries = [
        *_changes(connection, account, order_id),
        *_findings(connection, account, order_id),
        *_triage(connection, account, order_id),
        *_actions(connection, account, order_id),
        *(
            HistoryEntry(at=note.at, kind="note", by=note.by, text=note.text, text_ro=note.text)
            for note in notes_of(connection, account, order_id)
        ),
    ]
    return OrderHistory(entries=tuple(sorted(entries, key=lambda entry: entry.at, reverse=True)))


def _changes(connection: Connection, account: str, order_id: int) -> Iterator[HistoryEntry]:
    of_order = ORDER_CHANGES.c.order_id == order_id, ORDER_CHANGES.c.account == account
    for row in connection.execute(select(ORDER_CHANGES).where(*of_order).order_by(ORDER_CHANGES.c.change_id)):
        if row.status_before != row.status:
            before, after = (
                Words(get_order_status_text(status, "en"), get_order_status_text(status, "ro"))
                for status in (row.status_before, row.status)
            )
            text = _STATUS.of("en", {"before": before.en, "after": after.en})
            text_ro = _STATUS.of("ro", {"before": before.ro, "after": after.ro})
            yield HistoryEntry(at=row.at, kind="read", by=None, text=text, text_ro=text_ro)
        if row.total_before != row.total:
            amounts = {"before": _amount(row.total_before), "after": _amount(row.total)}
            yield _entry(row.at, "read", None, _TOTAL, {**amounts, "currency": row.currency or ""})


def _findings(connection: Connection, account: str, order_id: int) -> Iterator[HistoryEntry]:
    of_order = FINDINGS.c.order_id == order_id, FINDINGS.c.account == account
    moments: tuple[tuple[Words, ColumnElement[Any]], ...] = (
        (_OPENED, FINDINGS.c.opened_at),
        (_RESOLVED, FINDINGS.c.resolved_at),
    )
    for words, moment in moments:
        rows = connection.execute(
            select(moment.label("at"), FINDINGS.c.rule).where(*of_order, moment.is_not(None)).order_by(moment)
        )
        for at, found in groupby(rows, key=lambda row: row.at):
            yield _entry(at, "finding", None, words, {"rules": _rules(row.rule for row in found)})


def _triage(connection: Connection, account: str, order_id: int) -> Iterator[HistoryEntry]:
    batch = [TRIAGE_BATCHES.c[name] for name in ("batch_id", "at", "by", "action", "until", "undone_at", "undone_by")]
    rows = connection.execute(
        select(*batch, FINDINGS.c.rule)
        .join_from(TRIAGE_CHANGES, FINDINGS, FINDINGS.c.finding_id == TRIAGE_CHANGES.c.finding_id)
        .join(TRIAGE_BATCHES, TRIAGE_BATCHES.c.batch_id == TRIAGE_CHANGES.c.batch_id)
        .where(FINDINGS.c.order_id == order_id, FINDINGS.c.account == account)
        .order_by(TRIAGE_BATCHES.c.batch_id)
    )
    for _, changed in groupby(rows, key=lambda row: row.batch_id):
        found = list(changed)
        done = found[0]
        until = _NOTHING if done.until is None else _UNTIL
        facts = {"rules": _rules(row.rule for row in found)}
        time = {"at": f"{done.until:%Y-%m-%d %H:%M} UTC"} if done.until else {}
        what = Words(*(_TRIAGE[done.action].of(each, {**facts, "until": until.of(each, time)}) for each in _LANGUAGES))
        yield HistoryEntry(at=done.at, kind="triage", by=done.by, text=what.en, text_ro=what.ro)
        if done.undone_at is not None:
            texts = [_UNDONE.of(language, {"what": what.of(language)}) for language in _LANGUAGES]
            yield HistoryEntry(at=done.undone_at, kind="triage", by=done.undone_by, text=texts[0], text_ro=texts[1])


def _actions(connection: Connection, account: str, order_id: int) -> Iterator[HistoryEntry]:
    of_order = ACTIONS.c.order_id == order_id, ACTIONS.c.account == account
    for row in connection.execute(select(ACTIONS).where(*of_order).order_by(ACTIONS.c.action_id)):
        to = None if row.to is None else Words(*(f": {get_order_status_text(row.to, each)}" for each in _LANGUAGES))
        reason = None if row.reason is None else Words(f" ({row.reason})", f" ({row.reason})")
        said = Words(*(f" – {text}" if text else "" for text in (row.message_en, row.message_ro)))
        text, text_ro = (
            _ACTION.of(
                each,
                {
                    "what": _KINDS.get(row.kind, Words(row.kind, row.kind)).of(each),
                    "to": (to or reason or _NOTHING).of(each),
                    "state": _STATES.get(row.state, Words(row.state, row.state)).of(each),
                    "said": said.of(each),
                },
            )
            for each in _LANGUAGES
        )
        at = row.finished_at or row.sent_at or row.recorded_at
        yield HistoryEntry(at=at, kind="action", by=row.by, text=text, text_ro=text_ro)


def _entry(at: datetime, kind: HistoryKind, by: str | None, words: Words, facts: Mapping[str, str]) -> HistoryEntry:
    return HistoryEntry(at=at, kind=kind, by=by, text=words.of("en", facts), text_ro=words.of("ro", facts))


def _rules(rules: Iterable[str]) -> str:
    """`line.vat, customer.phone ×3 (+2)`."""
    counts = Counter(rules)
    named = [rule if count == 1 else f"{rule} ×{count}" for rule, count in sorted(counts.items())]
    more = f" (+{len(named) - _NAMED})" if len(named) > _NAMED else ""
    return ", ".join(named[:_NAMED]) + more


def _amount(total: Decimal | None) -> str:
    return "–" if total is None else f"{total:f}"
