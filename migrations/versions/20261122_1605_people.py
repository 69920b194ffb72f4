"""People."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "people"
down_revision = "ground"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("create extension if not exists citext")
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("uuidv7()")),
        sa.Column("email", postgresql.CITEXT, nullable=False, unique=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("acts_as_business", sa.Boolean, nullable=False),
        sa.Column("acts_as_manager", sa.Boolean, nullable=False),
        sa.Column("staff_roles", postgresql.ARRAY(sa.String(20)), nullable=False),
        sa.Column("email_verified_at", sa.DateTime(timezone=True)),
        sa.Column("suspended_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade():
    op.drop_table("people")
