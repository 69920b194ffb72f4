"""Deadlines and reminders run on beside a dispute."""
from alembic import op

revision = "beside_dispute"
down_revision = "changes"
branch_labels = None
depends_on = None
INDEXES = (("ix_milestones_due", "due_at", "status in ('funded', 'changes_asked')", "status in ('funded', 'changes_asked', 'disputed')"),
           ("ix_milestones_reminder", "remind_at", "status = 'delivered'", "status in ('delivered', 'disputed')"))


def upgrade():
    for name, column, _before, after in INDEXES:
        _replace(name, column, after)


def downgrade():
    for name, column, before, _after in INDEXES:
        _replace(name, column, before)


def _replace(name, column, where):
    op.drop_index(name, "milestones")
    op.create_index(name, "milestones", [column], postgresql_where=where)
