"""Jobs, their seats, decisions, questions and invitations."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "jobs"
down_revision = "vetting"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("business_id", sa.Uuid, nullable=False),
        sa.Column("brand_id", sa.Uuid, nullable=True),
        sa.Column("author_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Enum("management", "boosting", name="kind", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("status", sa.Enum("draft", "in_review", "sent_back", "open", "paused", "filled", "closed", "expired", "removed", name="jobstatus", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("goal", sa.String(length=40), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("details", postgresql.JSONB, nullable=False),
        sa.Column("trade", sa.String(length=40), nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("platforms", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("budget_minor", sa.BigInteger, nullable=True),
        sa.Column("ad_spend_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("days", sa.Integer, nullable=True),
        sa.Column("starts_on", sa.Date, nullable=True),
        sa.Column("questions", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("findings", postgresql.JSONB, nullable=False),
        sa.Column("kept", sa.Boolean, nullable=False),
        sa.Column("submissions", sa.Integer, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bid_count", sa.Integer, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_jobs_author_id"),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name="fk_jobs_brand_id"),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_jobs_business_id"),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_business_id_id", "jobs", ["business_id", "id"])
    op.create_index("ix_jobs_ends", "jobs", ["expires_at"], postgresql_where=sa.text("status in ('open', 'paused')"))
    op.create_index("ix_jobs_folded", "jobs", ["folded"], postgresql_using="gin", postgresql_ops={"folded": "gin_trgm_ops"})
    op.create_index("ix_jobs_open", "jobs", [sa.literal_column("published_at desc"), sa.literal_column("id desc")], postgresql_where=sa.text("status = 'open'"))
    op.create_index("ix_jobs_platforms", "jobs", ["platforms"], postgresql_using="gin")
    op.create_index("ix_jobs_queue", "jobs", ["submitted_at", "id"], postgresql_where=sa.text("status = 'in_review'"))
    op.create_index("ix_jobs_search", "jobs", ["search"], postgresql_using="gin")
    op.create_table(
        "job_decisions",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("outcome", sa.Enum("approved", "sent_back", "removed", name="outcome", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("reasons", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("findings", postgresql.JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_decisions_job_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_job_decisions_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job_decisions"),
    )
    op.create_index("ix_job_decisions_job_id_id", "job_decisions", ["job_id", "id"])
    op.create_table(
        "job_invitations",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("manager_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_invitations_job_id"),
        sa.ForeignKeyConstraint(["manager_id"], ["managers.id"], name="fk_job_invitations_manager_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_job_invitations_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job_invitations"),
        sa.UniqueConstraint("job_id", "manager_id", name="uq_job_invitations_job_id_manager_id"),
    )
    op.create_index("ix_job_invitations_manager_id_id", "job_invitations", ["manager_id", "id"])
    op.create_table(
        "job_questions",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_questions_job_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_job_questions_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_job_questions"),
    )
    op.create_index("ix_job_questions_job_id_id", "job_questions", ["job_id", "id"])
    op.create_table(
        "seats",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("role", sa.Enum("all", "content", "inbox", "live", "boost", "design", name="seatrole", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("status", sa.Enum("open", "offered", "filled", "vacant", "closed", name="seatstatus", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("budget_minor", sa.BigInteger, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_seats_job_id"),
        sa.PrimaryKeyConstraint("id", name="pk_seats"),
    )
    op.create_index("ix_seats_job_id", "seats", ["job_id"])


def downgrade():
    op.drop_table("seats")
    op.drop_table("job_questions")
    op.drop_table("job_invitations")
    op.drop_table("job_decisions")
    op.drop_table("jobs")
