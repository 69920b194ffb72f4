"""Days on which an owner lets the manager wait move the deadline while they go on: a step knows until when they are counted."""
import sqlalchemy as sa
from alembic import op

revision = "owner_waits"
down_revision = "suspending"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("milestones", sa.Column("owner_until", sa.DateTime(timezone=True)))
    op.execute("update milestones set owner_until = (select max(created_at) from owner_delays d where d.contract_id = milestones.contract_id)"
               " where status in ('funded', 'changes_asked', 'disputed')")
    op.drop_table("owner_delays")
    op.create_index("ix_posts_submitted", "posts", ["contract_id", "submitted_at"], postgresql_where=sa.text("status = 'submitted'"))
    op.create_table(
        "access_requests",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_access_requests_contract_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_access_requests_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_requests")))
    op.create_index("uq_access_requests_open", "access_requests", ["contract_id"], unique=True,
                    postgresql_where=sa.text("answered_at is null"))


def downgrade():
    op.drop_table("access_requests")
    op.drop_index("ix_posts_submitted", "posts")
    op.create_table(
        "owner_delays",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(80), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_owner_delays_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_delays")),
        sa.UniqueConstraint("cause", name=op.f("uq_owner_delays_cause")))
    op.create_index(op.f("ix_owner_delays_contract_id_id"), "owner_delays", ["contract_id", "id"])
    op.drop_column("milestones", "owner_until")
