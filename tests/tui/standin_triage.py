"""Findings and their triage as the stand-in for the engine keeps them: in memory, in the contract's own models."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from magflow_tui.contract.findings import (
    AddNote,
    Finding,
    FindingPage,
    FindingState,
    HistoryEntry,
    Ignore,
    IgnoreList,
    Note,
    NoteList,
    OrderHistory,
    RuleCount,
    RuleCounts,
    RuleInfo,
    RuleList,
    SavedView,
    SavedViews,
    Triage,
    TriageBatch,
    TriageBatches,
    Undo,
)
from magflow_tui.contract.listing import RowFilter

Row = dict[str, Any]
Answer = tuple[int, Any]
STATES: dict[str, FindingState] = {"see": "seen", "open": "open", "ignore": "ignored", "snooze": "snoozed"}
DESK = ("open", "seen")
GRAVITY = ("error", "warning", "info")
RULES = {
    "totals.cashed": ("error", "The cashed amount is the total", "Suma încasată este totalul"),
    "customer.phone": ("warning", "The phone number can be called", "Numărul de telefon poate fi apelat"),
    "line.vat": ("error", "The VAT rate is one of the country's", "Cota de TVA este una a țării"),
    "delivery.locker": ("warning", "The locker is in service", "Lockerul este în funcțiune"),
    "line.vat.rate": ("warning", "The VAT rate was in force that day", "Cota de TVA era în vigoare în ziua aceea"),
    "line.quantity": ("error", "A quantity is a whole number", "Cantitatea este un număr întreg"),
    "locker.id": ("warning", "A locker order names its locker", "Comanda la locker numește lockerul"),
    "customer.gender": ("info", "The gender is M or F", "Genul este M sau F"),
}
#: Where each of them is found in the recorded orders.
PLACES = {
    "totals.cashed": "$.cashed_cod",
    "customer.phone": "$.customer.phone_1",
    "delivery.locker": "$.details.locker_id",
    "line.vat.rate": "$.products[0].vat",
    "line.quantity": "$.products[0].quantity",
    "locker.id": "$.details.locker_id",
    "customer.gender": "$.customer.gender",
}


class Findings:
    """What was found in orders (`find`), what was said of it, notes, history and saved views."""

    def __init__(self, orders: list[Row], snapshot: dict[str, Any], chosen: Callable[[Row, RowFilter], bool]) -> None:
        self.orders = orders
        self.accounts: list[dict[str, Any]] = snapshot["accounts"]
        self.now = datetime.fromisoformat(snapshot["at"])
        self.chosen = chosen
        self.found: list[Finding] = []
        self.ignores: list[Ignore] = []
        self.notes: dict[tuple[str, int], list[Note]] = {}
        self.views: list[SavedView] = []
        self.batches: list[TriageBatch] = []
        self.before: dict[int, dict[int, Finding]] = {}
        self.after: dict[int, dict[int, Finding]] = {}
        self.standing: dict[int, list[Ignore]] = {}
        for row in orders:
            rules = dict.fromkeys((row["worst_rule"], *PLACES)) if row["findings"] else ()
            for rule in [*rules][: row["findings"]]:
                self.find(row, rule, PLACES[rule])

    def find(self, row: Row, rule: str, path: str, value: str | None = None, **words: str) -> Finding:
        """Have something found in an order."""
        severity, title, title_ro = RULES.get(rule, ("error", "", ""))
        said = {"message": title, "message_ro": title_ro, "expected": "another", "expected_ro": "alta"} | words
        finding = Finding.model_validate(
            {
                "finding_id": len(self.found) + 1,
                "account": row["account"],
                "order_id": row["id"],
                "rule": rule,
                "severity": severity,
                "path": path,
                "value": value,
                "opened_at": self.now,
                **said,
            }
        )
        self.found.append(finding)
        self._tally({(finding.account, finding.order_id)})
        return finding

    def of(self, row: Row) -> dict[str, Any]:
        """What the detail of an order has of it."""
        key = (row["account"], row["id"])
        found = [finding for finding in self.found if (finding.account, finding.order_id) == key]
        return {"findings": [_json(each) for each in found], "notes": [_json(each) for each in self.notes.get(key, [])]}

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> Answer | None:
        """The answer to a request about findings; None for any other."""
        parts = path.strip("/").split("/")
        match method, parts:
            case "GET", ["rules"]:
                rules = tuple(
                    RuleInfo(code=code, severity=severity, source="API 4.5.1 §3", title=title, title_ro=title_ro)  # type: ignore[arg-type]
                    for code, (severity, title, title_ro) in RULES.items()
                )
                return 200, _json(RuleList(rules=rules, version="1"))
            case "GET", ["findings"]:
                return 200, _json(self._page(query))
            case "GET", ["findings", "counts"]:
                return 200, _json(self.counts(query.get("account")))
            case "POST", ["triage"]:
                return 200, _json(self.apply(Triage.model_validate_json(body)))
            case "GET", ["triage"]:
                return 200, _json(TriageBatches(batches=tuple(reversed(self.batches))))
            case "POST", ["triage", number, "undo" | "redo" as way]:
                return self._turn(int(number), Undo.model_validate_json(body).by, undo=way == "undo")
            case "GET", ["ignores"]:
                return 200, _json(IgnoreList(ignores=tuple(self.ignores)))
            case "POST", ["ignores", number, "lift"]:
                return 200, _json(self._lift(int(number)))
            case _, ["orders", number, "notes"]:
                return self._note(int(number), query["account"], body if method == "POST" else None)
            case "GET", ["orders", number, "history"]:
                return 200, _json(self._history(int(number), query["account"]))
            case _, ["views", *_]:
                return self._views(method, query, body)
        return None

    def counts(self, account: str | None = None) -> RuleCounts:
        """Unresolved findings by rule."""
        rows: dict[str, RuleCount] = {}
        orders: dict[str, set[int]] = {}
        for finding in self.found:
            if finding.state == "resolved" or account not in (None, finding.account):
                continue
            row = rows.setdefault(finding.rule, RuleCount(rule=finding.rule, severity=finding.severity))
            rows[finding.rule] = row.model_copy(update={finding.state: getattr(row, finding.state) + 1})
            if finding.state in DESK:
                orders.setdefault(finding.rule, set()).add(finding.order_id)
        counted = [row.model_copy(update={"orders": len(orders.get(row.rule, ()))}) for row in rows.values()]
        return RuleCounts(rules=tuple(sorted(counted, key=lambda row: -row.open)))

    def apply(self, command: Triage) -> TriageBatch:
        """Put findings into a state, as a batch."""
        wanted = [finding for finding in self.found if self._is_meant(finding, command)]
        state = STATES[command.action]
        update = {"state": state, "until": command.until, "changed_by": command.by, "changed_at": self.now}
        batch = self._batch(command.action, wanted, update, command.until)
        if command.standing:
            orders: list[tuple[str | None, int | None]] = [(key.account, key.id) for key in command.choice.orders]
            for rule in command.choice.rules:
                for account, number in orders or [(command.choice.account, None)]:
                    kept = sum(1 for finding in wanted if finding.rule == rule)
                    ignore = Ignore(
                        ignore_id=len(self.ignores) + 1,
                        rule=rule,
                        account=account,
                        order_id=number,
                        expires_at=command.until,
                        created_at=self.now,
                        created_by=command.by,
                        findings=kept,
                    )
                    self.ignores.append(ignore)
                    self.standing.setdefault(batch.batch_id, []).append(ignore)
        return batch

    def _is_meant(self, finding: Finding, command: Triage) -> bool:
        choice = command.choice
        return (
            finding.state != "resolved"
            and (not choice.finding_ids or finding.finding_id in choice.finding_ids)
            and (
                not choice.orders
                or (finding.account, finding.order_id) in {(key.account, key.id) for key in choice.orders}
            )
            and (not choice.rules or finding.rule in choice.rules)
            and choice.account in (None, finding.account)
        )

    def _batch(self, action: Any, wanted: list[Finding], update: dict[str, Any], until: Any = None) -> TriageBatch:
        number = len(self.batches) + 1
        self.before[number] = {finding.finding_id: finding for finding in wanted}
        self.after[number] = {finding.finding_id: finding.model_copy(update=update) for finding in wanted}
        self._put(self.after[number])
        batch = TriageBatch(
            batch_id=number,
            at=self.now,
            by="operator",
            action=action,
            rules=tuple(sorted({finding.rule for finding in wanted})),
            findings=len(wanted),
            orders=len({finding.order_id for finding in wanted}),
            until=until,
        )
        self.batches.append(batch)
        return batch

    def _turn(self, number: int, by: str, *, undo: bool) -> Answer:
        batch = self.batches[number - 1]
        if (batch.undone_at is not None) == undo:
            return 409, {"code": "conflict", "message": f"Batch {number} is {'undone' if undo else 'not undone'}."}
        was, becomes = (self.after, self.before) if undo else (self.before, self.after)
        same = {key for key, finding in was[number].items() if self.found[key - 1] == finding}
        self._put({key: finding for key, finding in becomes[number].items() if key in same})
        for ignore in self.standing.get(number, []):
            (self.ignores.remove if undo else self.ignores.append)(ignore)
        turned = batch.model_copy(update={"undone_at": self.now if undo else None, "undone_by": by if undo else None})
        self.batches[number - 1] = turned
        counts = {"findings": len(same), "skipped": len(was[number]) - len(same)}
        return 200, _json(turned.model_copy(update=counts))

    def _lift(self, number: int) -> TriageBatch:
        ignore = next(each for each in self.ignores if each.ignore_id == number)
        self.ignores.remove(ignore)
        kept = [finding for finding in self.found if finding.rule == ignore.rule and finding.state == "ignored"]
        return self._batch("lift", kept, {"state": "open", "until": None})

    def _put(self, changed: dict[int, Finding]) -> None:
        for number, finding in changed.items():
            self.found[number - 1] = finding
        self._tally({(finding.account, finding.order_id) for finding in changed.values()})

    def _tally(self, keys: set[tuple[str, int]]) -> None:
        """What the orders' rows tell of their findings."""
        desk: dict[tuple[str, int], list[Finding]] = {}
        for finding in self.found:
            key = (finding.account, finding.order_id)
            if key in keys and finding.state in DESK:
                desk.setdefault(key, []).append(finding)
        for row in self.orders:
            key = (row["account"], row["id"])
            if key in keys:
                worst = min(desk.get(key, []), key=lambda each: GRAVITY.index(each.severity), default=None)
                row["findings"] = len(desk.get(key, []))
                row["worst_rule"] = None if worst is None else worst.rule
                row["worst_severity"] = None if worst is None else worst.severity
        for account in self.accounts:
            invalid = [row for row in self.orders if row["account"] == account["name"] and row["findings"]]
            account["orders_invalid"] = len(invalid)

    def _page(self, query: dict[str, str]) -> FindingPage:
        found: Iterable[Finding] = self.found
        for name in ("rule", "severity", "state", "account", "order_id"):
            if name in query:
                found = [finding for finding in found if str(getattr(finding, name)) == query[name]]
        rows, after = list(found), int(query.get("after", 0))
        limit = int(query.get("limit", 100))
        more = str(after + limit) if len(rows) > after + limit else None
        return FindingPage(findings=tuple(rows[after : after + limit]), next_after=more)

    def _note(self, number: int, account: str, body: bytes | None) -> Answer:
        notes = self.notes.setdefault((account, number), [])
        if body is None:
            return 200, _json(NoteList(notes=tuple(notes)))
        command = AddNote.model_validate_json(body)
        notes.append(Note(note_id=len(notes) + 1, at=self.now, by=command.by, text=command.text))
        return 200, _json(notes[-1])

    def _history(self, number: int, account: str) -> OrderHistory:
        entries = [
            HistoryEntry(at=note.at, kind="note", by=note.by, text=note.text, text_ro=note.text)
            for note in self.notes.get((account, number), [])
        ]
        read = HistoryEntry(at=self.now, kind="read", by=None, text="first read: new", text_ro="prima citire: nouă")
        return OrderHistory(entries=(*reversed(entries), read))

    def _views(self, method: str, query: dict[str, str], body: bytes) -> Answer:
        if method == "POST":
            view = SavedView.model_validate_json(body) if body else None
            name = query["name"] if view is None else view.name
            self.views = [each for each in self.views if each.name != name] + ([view] if view is not None else [])
        return 200, _json(SavedViews(views=tuple(sorted(self.views, key=lambda each: each.name))))


def _json(model: BaseModel) -> Any:
    return json.loads(model.model_dump_json())
