"""Businesses, members, invitations, brands."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "businesses"
down_revision = "files"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "businesses",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("slug", sa.String(length=140), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("trade", sa.String(length=40), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("page_proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approval_delay_hours", sa.Integer, nullable=True),
        sa.Column("funded_contracts", sa.Integer, nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_businesses"),
        sa.UniqueConstraint("slug", name="uq_businesses_slug"),
    )
    op.create_table(
        "business_members",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("business_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("role", sa.Enum("owner", "finance", "approver", "viewer", name="role", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_business_members_business_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_business_members_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_business_members"),
        sa.UniqueConstraint("business_id", "person_id", name="uq_business_members_business_id_person_id"),
    )
    op.create_index("ix_business_members_person_id", "business_members", ["person_id"])
    op.create_table(
        "business_invitations",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("business_id", sa.Uuid, nullable=False),
        sa.Column("email", postgresql.CITEXT, nullable=False),
        sa.Column("role", sa.Enum("owner", "finance", "approver", "viewer", name="role", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("invited_by", sa.Uuid, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_business_invitations_business_id"),
        sa.ForeignKeyConstraint(["invited_by"], ["people.id"], name="fk_business_invitations_invited_by"),
        sa.PrimaryKeyConstraint("id", name="pk_business_invitations"),
        sa.UniqueConstraint("fingerprint", name="uq_business_invitations_fingerprint"),
    )
    op.create_index("ix_business_invitations_business_id", "business_invitations", ["business_id"])
    op.create_table(
        "brands",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("business_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("trade", sa.String(length=40), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("guide", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_brands_business_id"),
        sa.PrimaryKeyConstraint("id", name="pk_brands"),
    )
    op.create_index("ix_brands_business_id", "brands", ["business_id"])


def downgrade():
    for table in ("brands", "business_invitations", "business_members", "businesses"):
        op.drop_table(table)
