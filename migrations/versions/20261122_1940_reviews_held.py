"""Reviews between people who share a device stay out of the score until the team has looked."""
import sqlalchemy as sa
from alembic import op

revision = "reviews_held"
down_revision = "owner_replies"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("reviews", sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("reviews", "held", server_default=None)


def downgrade():
    op.drop_column("reviews", "held")
