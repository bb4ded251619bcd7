"""What people write about orders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select

from magflow_tui.contract.findings import Note
from magflow_tui.store.triage_tables import NOTES


def notes_of(connection: Connection, account: str, order_id: int) -> tuple[Note, ...]:
    """The notes about an order, oldest first."""
    columns = NOTES.c.note_id, NOTES.c.at, NOTES.c.by, NOTES.c.text
    of_order = NOTES.c.order_id == order_id, NOTES.c.account == account
    rows = connection.execute(select(*columns).where(*of_order).order_by(NOTES.c.note_id))
    return tuple(Note(**row) for row in rows.mappings())


def add_note(connection: Connection, account: str, order_id: int, text: str, by: str, at: datetime) -> Note:
    """Write a note about an order that is stored."""
    values = {"account": account, "order_id": order_id, "at": at, "by": by, "text": text}
    note_id: int = connection.execute(insert(NOTES).returning(NOTES.c.note_id), values).scalar_one()
    return Note(note_id=note_id, at=at, by=by, text=text)
