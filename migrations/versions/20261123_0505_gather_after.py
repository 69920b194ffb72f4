"""Transfers too small to go alone are looked at once a day."""
import sqlalchemy as sa
from alembic import op

revision = "gather_after"
down_revision = "letters_text"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("transfers", sa.Column("gather_after", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    op.drop_column("transfers", "gather_after")
