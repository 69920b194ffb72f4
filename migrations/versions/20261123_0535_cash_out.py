"""Why the team looks before a released part is sent."""
import sqlalchemy as sa
from alembic import op

revision = "cash_out"
down_revision = "party_checks"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("settlements", sa.Column("check_reason", sa.String(40), server_default="", nullable=False))


def downgrade():
    op.drop_column("settlements", "check_reason")
