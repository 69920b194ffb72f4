"""Receipts as data beside the sheet; those that have a sheet get theirs under the number they have."""
import sqlalchemy as sa
from alembic import op

revision = "receipt_data"
down_revision = "review_months"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("receipts", sa.Column("csv_id", sa.Uuid(), sa.ForeignKey("files.id"), nullable=True))
    _waiting("csv_id")


def downgrade():
    _waiting("file_id")
    op.drop_column("receipts", "csv_id")


def _waiting(column: str) -> None:
    op.drop_index("ix_receipts_waiting", "receipts")
    op.create_index("ix_receipts_waiting", "receipts", ["created_at"], postgresql_where=sa.text(f"{column} is null"))
