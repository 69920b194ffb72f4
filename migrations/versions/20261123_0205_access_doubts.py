"""Since when it is doubted that a grant's manager is who they say."""
import sqlalchemy as sa
from alembic import op

revision = "access_doubts"
down_revision = "receipt_data"
branch_labels = None
depends_on = None


FAILURES = ("access_ended", "access_suspended", "right_missing", "channel_broken", "not_allowed", "refused", "changed", "silence")


def upgrade():
    op.add_column("grants", sa.Column("doubted_at", sa.DateTime(timezone=True), nullable=True))
    _allow(*FAILURES, "access_doubted")


def downgrade():
    op.drop_column("grants", "doubted_at")
    op.execute("update posts set failure = 'access_suspended' where failure = 'access_doubted'")
    _allow(*FAILURES)


def _allow(*failures: str) -> None:
    op.drop_constraint(op.f("ck_posts_failure"), "posts")
    op.create_check_constraint(op.f("ck_posts_failure"), "posts", "failure in ({})".format(", ".join(f"'{one}'" for one in failures)))
