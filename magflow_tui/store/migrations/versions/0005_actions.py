"""Actions on orders: what operators ask the marketplace to do, and what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "action_batches",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("to", sa.BigInteger()),
        sa.Column("reason", sa.BigInteger()),
        sa.Column("url", sa.Text()),
        sa.Column("name", sa.Text()),
        sa.Column("attachment_type", sa.BigInteger()),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("batch_id", name="pk_action_batches"),
    )
    op.create_table(
        "actions",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("to", sa.BigInteger()),
        sa.Column("reason", sa.BigInteger()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("message_en", sa.Text(), nullable=False),
        sa.Column("message_ro", sa.Text(), nullable=False),
        sa.Column("cause_en", sa.Text()),
        sa.Column("cause_ro", sa.Text()),
        sa.Column("status_before", sa.BigInteger()),
        sa.Column("status_after", sa.BigInteger()),
        sa.Column("answer", sa.Text()),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("left_by", sa.BigInteger()),
        sa.Column("finished_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("action_id", name="pk_actions"),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["action_batches.batch_id"], name="fk_actions_action_batches", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_actions_batch_id", "actions", ["batch_id"])
    op.create_index("ix_actions_order_id_account", "actions", ["order_id", "account"])
    op.create_index("ix_actions_state", "actions", ["state"])
