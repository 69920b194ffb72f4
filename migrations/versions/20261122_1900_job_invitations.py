"""When invited managers were told, and when they said no."""
import sqlalchemy as sa
from alembic import op

revision = "job_invitations"
down_revision = "inbox"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("job_invitations", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("job_invitations", sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("update job_invitations set told_at = created_at")


def downgrade():
    op.drop_column("job_invitations", "declined_at")
    op.drop_column("job_invitations", "told_at")
