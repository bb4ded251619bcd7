"""Findings, what people say of them, notes, changes of orders, saved views; the gravest finding in the orders' list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("worst_rule", sa.Text()))
    op.add_column("orders", sa.Column("worst_severity", sa.BigInteger()))
    # So far it counted values that could not be read; the checking of stored orders counts findings.
    op.execute("UPDATE orders SET findings = 0 WHERE findings > 0")
    op.drop_index("ix_orders_list", "orders")
    op.create_index(
        "ix_orders_list",
        "orders",
        [
            *("placed", "id", "account", "status", "type", "payment_mode_id", "findings", "total", "currency"),
            *("date", "modified", "customer_name", "worst_rule", "worst_severity"),
        ],
    )
    op.add_column("tallies", sa.Column("invalid", sa.BigInteger(), nullable=False, server_default="0"))
    _create_findings()
    _create_triage()
    op.create_table(
        "notes",
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("note_id", name="pk_notes"),
    )
    op.create_index("ix_notes_order_id_account", "notes", ["order_id", "account"])
    op.create_table(
        "order_changes",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("status_before", sa.BigInteger()),
        sa.Column("status", sa.BigInteger()),
        sa.Column("total_before", sa.BigInteger()),
        sa.Column("total", sa.BigInteger()),
        sa.Column("currency", sa.Text()),
        sa.PrimaryKeyConstraint("change_id", name="pk_order_changes"),
    )
    op.create_index("ix_order_changes_order_id_account", "order_changes", ["order_id", "account"])
    op.create_table(
        "saved_views",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("sort", sa.Text()),
        sa.Column("descending", sa.BigInteger()),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_saved_views"),
    )
    op.create_table(
        "checking",
        sa.Column("checking_id", sa.Integer(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("account", sa.Text()),
        sa.Column("order_id", sa.BigInteger()),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("checked", sa.BigInteger(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("resolved", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("checking_id", name="pk_checking"),
    )


def _create_findings() -> None:
    op.create_table(
        "findings",
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("facts", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("ignore_id", sa.Integer()),
        sa.Column("batch_id", sa.Integer()),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger()),
        sa.Column("changed_by", sa.Text()),
        sa.Column("resolved_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("finding_id", name="pk_findings"),
        sa.ForeignKeyConstraint(
            ["account", "order_id"], ["orders.account", "orders.id"], name="fk_findings_orders", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_findings_place", "findings", ["order_id", "account", "rule", "path"], unique=True)
    op.create_index(
        "ix_findings_list",
        "findings",
        ["opened_at", "finding_id", "state", "account", "rule", "severity", "order_id"],
    )
    op.create_index("ix_findings_rule", "findings", ["rule", "state", "severity", "account", "order_id"])
    op.create_index("ix_findings_until", "findings", ["until"], sqlite_where=sa.text("until IS NOT NULL"))
    op.create_index("ix_findings_ignore", "findings", ["ignore_id"], sqlite_where=sa.text("ignore_id IS NOT NULL"))


def _create_triage() -> None:
    op.create_table(
        "triage_batches",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text()),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("undone_at", sa.BigInteger()),
        sa.Column("undone_by", sa.Text()),
        sa.PrimaryKeyConstraint("batch_id", name="pk_triage_batches"),
    )
    op.create_table(
        "triage_changes",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("ignore_id", sa.Integer()),
        sa.Column("last_batch", sa.Integer()),
        sa.Column("changed_at", sa.BigInteger()),
        sa.Column("changed_by", sa.Text()),
        sa.Column("new_ignore", sa.Integer()),
        sa.PrimaryKeyConstraint("batch_id", "finding_id", name="pk_triage_changes"),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["triage_batches.batch_id"], name="fk_triage_changes_triage_batches", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.finding_id"], name="fk_triage_changes_findings", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_triage_changes_finding", "triage_changes", ["finding_id"])
    op.create_table(
        "ignores",
        sa.Column("ignore_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("account", sa.Text()),
        sa.Column("order_id", sa.BigInteger()),
        sa.Column("expires_at", sa.BigInteger()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_batch", sa.Integer()),
        sa.PrimaryKeyConstraint("ignore_id", name="pk_ignores"),
    )
    op.create_index("ix_ignores_batch_id", "ignores", ["batch_id"])
    op.create_index("ix_ignores_ended_at_rule", "ignores", ["ended_at", "rule"])
