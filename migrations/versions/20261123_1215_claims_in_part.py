"""Of a dispute's claim, how much had been released when it was made: money that is held and money that was released are claimed together."""
import sqlalchemy as sa
from alembic import op

revision = "claims_in_part"
down_revision = "former_addresses"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("disputes", sa.Column("released_minor", sa.BigInteger(), server_default="0", nullable=False))
    op.execute("update disputes set released_minor = claimed_minor where released")
    op.alter_column("disputes", "released_minor", server_default=None)
    op.create_check_constraint(op.f("ck_disputes_released_within_claim"), "disputes", "released_minor between 0 and claimed_minor")
    op.drop_column("disputes", "released")


def downgrade():
    op.add_column("disputes", sa.Column("released", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute("update disputes set released = released_minor = claimed_minor")
    op.alter_column("disputes", "released", server_default=None)
    op.drop_constraint(op.f("ck_disputes_released_within_claim"), "disputes")
    op.drop_column("disputes", "released_minor")
