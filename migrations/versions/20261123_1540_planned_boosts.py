"""A planned boost that the business does not answer moves the deadline: since when it waits."""
import sqlalchemy as sa
from alembic import op

revision = "planned_boosts"
down_revision = "owner_waits"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("boosts", sa.Column("planned_at", sa.DateTime(timezone=True)))
    op.execute("update boosts set planned_at = created_at")
    op.alter_column("boosts", "planned_at", nullable=False)
    op.create_index("ix_boosts_planned", "boosts", ["contract_id", "planned_at"], postgresql_where=sa.text("status = 'planned'"))


def downgrade():
    op.drop_index("ix_boosts_planned", "boosts")
    op.drop_column("boosts", "planned_at")
