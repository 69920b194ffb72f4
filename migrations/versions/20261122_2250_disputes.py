"""Disputes: claims, what was said, proposals to divide."""
import sqlalchemy as sa
from alembic import op

revision = "disputes"
down_revision = "settlements"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "disputes",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("milestone_id", sa.Uuid, nullable=False),
        sa.Column("by_side", sa.Enum("business", "manager", name="side", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("claimed_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("released", sa.Boolean, nullable=False),
        sa.Column("status", sa.Enum("open", "answered", "mediation", "decided", "closed", "withdrawn", name="disputestatus",
                                    native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mediation_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decide_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mediator_id", sa.Uuid, nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_mediator_id", sa.Uuid, nullable=True),
        sa.Column("outcome", sa.Enum("accepted", "split", "decision", name="outcome", native_enum=False, create_constraint=True, length=32),
                  nullable=True),
        sa.Column("to_manager_minor", sa.BigInteger, nullable=True),
        sa.Column("to_business_minor", sa.BigInteger, nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid, nullable=True),
        sa.Column("grounds", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("manager_at_fault", sa.Boolean, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("claimed_minor > 0", name="claims_something"),
        sa.CheckConstraint("to_manager_minor >= 0 and to_business_minor >= 0 and to_manager_minor + to_business_minor = claimed_minor",
                           name="divides_the_claim"),
        sa.ForeignKeyConstraint(["first_mediator_id"], ["people.id"], name="fk_disputes_first_mediator_id"),
        sa.ForeignKeyConstraint(["mediator_id"], ["people.id"], name="fk_disputes_mediator_id"),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name="fk_disputes_milestone_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_disputes_person_id"),
        sa.ForeignKeyConstraint(["settled_by"], ["people.id"], name="fk_disputes_settled_by"),
        sa.PrimaryKeyConstraint("id", name="pk_disputes")
    )
    op.create_index("uq_disputes_milestone", "disputes", ["milestone_id"], unique=True, postgresql_where=sa.text("status <> 'withdrawn'"))
    op.create_index("uq_disputes_side", "disputes", ["milestone_id", "by_side"], unique=True)
    op.create_index("ix_disputes_status_created_at_id", "disputes", ["status", "created_at", "id"])
    op.create_index("ix_disputes_answer", "disputes", ["answer_by"], postgresql_where=sa.text("status in ('open', 'answered')"))
    op.create_index("ix_disputes_decision", "disputes", ["decide_by"], postgresql_where=sa.text("status = 'mediation'"))
    op.create_index("ix_disputes_reminder", "disputes", ["remind_at"],
                    postgresql_where=sa.text("status in ('open', 'answered', 'mediation')"))
    op.create_table(
        "dispute_statements",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("dispute_id", sa.Uuid, nullable=False),
        sa.Column("by_side", sa.Enum("business", "manager", name="side", native_enum=False, create_constraint=True, length=32), nullable=True),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("file_ids", sa.ARRAY(sa.Uuid), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name="fk_dispute_statements_dispute_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_dispute_statements_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_dispute_statements")
    )
    op.create_index("ix_dispute_statements_dispute_id_id", "dispute_statements", ["dispute_id", "id"])
    op.create_table(
        "split_proposals",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("dispute_id", sa.Uuid, nullable=False),
        sa.Column("by_side", sa.Enum("business", "manager", name="side", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("to_manager_minor", sa.BigInteger, nullable=False),
        sa.Column("to_business_minor", sa.BigInteger, nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("status", sa.Enum("open", "accepted", "declined", "replaced", "lapsed", name="proposalstatus", native_enum=False,
                                    create_constraint=True, length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("to_manager_minor >= 0 and to_business_minor >= 0", name="parts"),
        sa.ForeignKeyConstraint(["dispute_id"], ["disputes.id"], name="fk_split_proposals_dispute_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_split_proposals_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_split_proposals")
    )
    op.create_index("uq_split_proposals_open", "split_proposals", ["dispute_id"], unique=True, postgresql_where=sa.text("status = 'open'"))


def downgrade():
    op.drop_table("split_proposals")
    op.drop_table("dispute_statements")
    op.drop_table("disputes")
