"""Applications to be vetted."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "vetting"
down_revision = "managers"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "vetting_applications",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("manager_id", sa.Uuid, nullable=False),
        sa.Column("level", sa.Enum("management", "boosting", name="kind", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("status", sa.Enum("draft", "submitted", "in_review", "interview", "approved", "rejected", "probation", "revoked", name="applicationstatus", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("links", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("answers", postgresql.JSONB, nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("interview_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("interview_link", sa.String(length=300), nullable=False),
        sa.Column("recommended_by", sa.Uuid, nullable=True),
        sa.Column("recommended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.Enum("approve", "reject", name="verdict", native_enum=False, create_constraint=True, length=32), nullable=True),
        sa.Column("recommendation", sa.Text, nullable=False),
        sa.Column("checks", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Uuid, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_vetting_applications_decided_by"),
        sa.ForeignKeyConstraint(["manager_id"], ["managers.id"], name="fk_vetting_applications_manager_id"),
        sa.ForeignKeyConstraint(["recommended_by"], ["people.id"], name="fk_vetting_applications_recommended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_vetting_applications"),
    )
    op.create_index("ix_vetting_applications_manager_id", "vetting_applications", ["manager_id"])
    op.create_index("ix_vetting_applications_status_submitted_at", "vetting_applications", ["status", "submitted_at"])
    op.create_index("uq_vetting_applications_undecided", "vetting_applications", ["manager_id", "level"], unique=True, postgresql_where=sa.text("status in ('draft', 'submitted', 'in_review', 'interview')"))


def downgrade():
    op.drop_table("vetting_applications")
