"""The index of offers has the validation states too: lists show them, and statistics count them."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_offers_list", "offers")
    op.create_index(
        "ix_offers_list",
        "offers",
        [
            *("account", "id", "status", "name", "part_number", "sale_price", "currency", "stock", "unsellable"),
            *("validation_status", "translation_validation_status"),
        ],
    )
