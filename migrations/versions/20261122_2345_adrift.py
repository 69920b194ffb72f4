"""Held money that a bank took, or that came back, without our asking."""
import sqlalchemy as sa
from alembic import op

revision = "adrift"
down_revision = "payment_fees"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("milestones", sa.Column("adrift_minor", sa.BigInteger(), nullable=False, server_default="0"))
    op.alter_column("milestones", "adrift_minor", server_default=None)


def downgrade():
    op.drop_column("milestones", "adrift_minor")
