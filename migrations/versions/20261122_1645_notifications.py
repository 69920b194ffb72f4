"""Notices, and who wants them by mail."""
import sqlalchemy as sa
from alembic import op

revision = "notifications"
down_revision = "payments"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("uuidv7()")),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_notices_person_id_created_at_id", "notices", ["person_id", "created_at", "id"])
    op.create_index("ix_notices_unread", "notices", ["person_id"], postgresql_where=sa.text("read_at is null"))
    op.create_table(
        "notice_preferences",
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("letters", sa.Boolean, nullable=False),
    )


def downgrade():
    op.drop_table("notice_preferences")
    op.drop_table("notices")
