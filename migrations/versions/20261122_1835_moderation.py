"""Reports, restrictions, changes of staff roles, checks of the audit."""
import sqlalchemy as sa
from alembic import op

revision = "moderation"
down_revision = "reviews"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "audit_checks",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seals", sa.Integer, nullable=False),
        sa.Column("fault_count", sa.Integer, nullable=False),
        sa.Column("faults", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_audit_checks_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_checks")
    )
    op.create_index("ix_audit_checks_created_at", "audit_checks", ["created_at"])
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("status", sa.Enum("open", "upheld", "dismissed", name="reportstatus", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("decided_by", sa.Uuid, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_reports_decided_by"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_reports_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reports")
    )
    op.create_index("ix_reports_status_created_at_id", "reports", ["status", "created_at", "id"])
    op.create_index("ix_reports_subject", "reports", ["subject"])
    op.create_index("uq_reports_open", "reports", ["subject", "person_id"], unique=True, postgresql_where=sa.text("status = 'open'"), postgresql_nulls_not_distinct=True)
    op.create_table(
        "restrictions",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("imposed_by", sa.Uuid, nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Enum("active", "lifted", "expired", "overturned", name="restrictionstatus", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["imposed_by"], ["people.id"], name="fk_restrictions_imposed_by"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_restrictions_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_restrictions")
    )
    op.create_index("ix_restrictions_ends", "restrictions", ["ends_at"], postgresql_where=sa.text("status = 'active'"))
    op.create_index("ix_restrictions_person_id_id", "restrictions", ["person_id", "id"])
    op.create_index("uq_restrictions_active", "restrictions", ["person_id"], unique=True, postgresql_where=sa.text("status = 'active'"))
    op.create_table(
        "role_changes",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("roles", sa.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Uuid, nullable=False),
        sa.Column("status", sa.Enum("asked", "confirmed", "refused", name="rolechangestatus", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("decided_by", sa.Uuid, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name="fk_role_changes_asked_by"),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_role_changes_decided_by"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_role_changes_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_role_changes")
    )
    op.create_index("ix_role_changes_person_id_id", "role_changes", ["person_id", "id"])
    op.create_index("uq_role_changes_asked", "role_changes", ["person_id"], unique=True, postgresql_where=sa.text("status = 'asked'"))


def downgrade():
    op.drop_table("role_changes")
    op.drop_table("restrictions")
    op.drop_table("reports")
    op.drop_table("audit_checks")
