"""Indexes that have all of what lists show, in place of narrower ones."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_orders_placed_id_account_status_type_findings", "orders")
    op.create_index(
        "ix_orders_list",
        "orders",
        [
            *("placed", "id", "account", "status", "type", "payment_mode_id", "findings", "total", "currency"),
            *("date", "modified", "customer_name"),
        ],
    )
    op.drop_index("ix_offers_account_status", "offers")
    op.create_index(
        "ix_offers_list",
        "offers",
        ["account", "id", "status", "name", "part_number", "sale_price", "currency", "stock", "unsellable"],
    )
