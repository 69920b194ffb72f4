"""Who paused a contract, when and why."""
import sqlalchemy as sa
from alembic import op

revision = "contract_pauses"
down_revision = "reviews_held"
branch_labels = None
depends_on = None

SIDE = sa.Enum("business", "manager", name="side", native_enum=False, create_constraint=False, length=32)


def upgrade():
    op.add_column("contracts", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("contracts", sa.Column("paused_by", SIDE, nullable=True))
    op.add_column("contracts", sa.Column("pause_reason", sa.String(length=2000), server_default="", nullable=False))
    op.alter_column("contracts", "pause_reason", server_default=None)
    op.create_check_constraint(op.f("ck_contracts_paused_by"), "contracts", "paused_by in ('business', 'manager')")


def downgrade():
    for name in ("pause_reason", "paused_by", "paused_at"):
        op.drop_column("contracts", name)
