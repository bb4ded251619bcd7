"""Alembic's entry: runs the steps on the connection that `magflow_tui.store.schema` hands over."""

from __future__ import annotations

from alembic import context

from magflow_tui.store.migrations import VERSION_TABLE
from magflow_tui.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite cannot alter most things in place
    transactional_ddl=True,
)
context.run_migrations()
