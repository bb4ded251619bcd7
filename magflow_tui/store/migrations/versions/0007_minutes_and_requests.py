"""Minutes that are over, requests one by one, limits that were set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "frames",
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("minute", name="pk_frames"),
    )
    op.create_table(
        "health_minutes",
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("score", sa.BigInteger()),
        sa.Column("error_rate", sa.Float()),
        sa.Column("response_ms", sa.Float()),
        sa.Column("limit_use", sa.Float()),
        sa.Column("sync_success", sa.Float()),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("mean_ms", sa.BigInteger()),
        sa.Column("p50_ms", sa.BigInteger()),
        sa.Column("p95_ms", sa.BigInteger()),
        sa.Column("max_ms", sa.BigInteger()),
        sa.PrimaryKeyConstraint("minute", "account", name="pk_health_minutes"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pool_minutes",
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("waited_ms", sa.BigInteger(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "account", "pool", name="pk_pool_minutes"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "route_minutes",
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("rate_limited", sa.Integer(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("total_us", sa.BigInteger(), nullable=False),
        sa.Column("p95_ms", sa.BigInteger()),
        sa.Column("max_ms", sa.BigInteger()),
        sa.Column("waited_ms", sa.BigInteger(), nullable=False),
        sa.Column("jobs", sa.Text()),
        sa.Column("bins", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("minute", "account", "route", name="pk_route_minutes"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "requests",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("job", sa.Text()),
        sa.Column("status", sa.BigInteger()),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("fault", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("elapsed_us", sa.BigInteger(), nullable=False),
        sa.Column("first_byte_us", sa.BigInteger()),
        sa.Column("waited_us", sa.BigInteger(), nullable=False),
        sa.Column("bytes_received", sa.BigInteger(), nullable=False),
        sa.Column("page", sa.BigInteger()),
        sa.Column("run_id", sa.Integer()),
        sa.Column("note", sa.Text()),
        sa.Column("call", sa.Text()),
        sa.Column("path", sa.Text()),
        sa.Column("sent", sa.Text()),
        sa.Column("received", sa.Text()),
        sa.PrimaryKeyConstraint("seq", name="pk_requests"),
    )
    op.create_index("ix_requests_at", "requests", ["at"])
    op.create_index(
        "ix_requests_fault",
        "requests",
        ["seq"],
        sqlite_where=sa.text("fault = 1"),
        postgresql_where=sa.text("fault = 1"),
    )
    op.create_table(
        "limit_settings",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "pool", "job", name="pk_limit_settings"),
    )
