"""Owners answer comments themselves, without a grant."""
from alembic import op

revision = "owner_replies"
down_revision = "receipts"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("replies", "grant_id", nullable=True)


def downgrade():
    op.execute("delete from replies where grant_id is null")
    op.alter_column("replies", "grant_id", nullable=False)
