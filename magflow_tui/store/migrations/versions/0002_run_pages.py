"""The pages that a run could not read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run_pages",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_failed", sa.BigInteger(), nullable=False),
        sa.Column("last_failed", sa.BigInteger(), nullable=False),
        sa.Column("recovered", sa.BigInteger()),
        sa.PrimaryKeyConstraint("run_id", "window", "page", name="pk_run_pages"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_run_pages_runs", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
