"""The platform's part of a payment, said on its receipt."""
import sqlalchemy as sa
from alembic import op

revision = "payment_fees"
down_revision = "clocks"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("payments", sa.Column("fee_minor", sa.BigInteger()))


def downgrade():
    op.drop_column("payments", "fee_minor")
