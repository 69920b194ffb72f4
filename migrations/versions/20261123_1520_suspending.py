"""A charge-back by which a bank kept held money suspends its business until the team lets it go on; those of before do not."""
import sqlalchemy as sa
from alembic import op

revision = "suspending"
down_revision = "dispute_limits"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("chargebacks", sa.Column("suspends", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    op.drop_column("chargebacks", "suspends")
