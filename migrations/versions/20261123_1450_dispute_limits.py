"""A dispute keeps how long each side has, less where a decision is due; the 90 days also end what nobody claims of a disputed step."""
import sqlalchemy as sa
from alembic import op

revision = "dispute_limits"
down_revision = "lapsed_proposals"
branch_labels = None
depends_on = None
HELD = "'planned', 'funded', 'delivered', 'changes_asked'"


def upgrade():
    op.add_column("disputes", sa.Column("answer_days", sa.SmallInteger(), server_default="3", nullable=False))
    op.alter_column("disputes", "answer_days", server_default=None)
    held_since(f"{HELD}, 'disputed'")


def downgrade():
    op.drop_column("disputes", "answer_days")
    held_since(HELD)


def held_since(statuses):
    op.drop_index("ix_milestones_held_since", table_name="milestones")
    op.create_index("ix_milestones_held_since", "milestones", ["held_since"], postgresql_where=f"status in ({statuses})")
