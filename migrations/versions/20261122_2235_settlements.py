"""Parts of a milestone's money, and how each left; disputed milestones; refund requests over a part."""
import sqlalchemy as sa
from alembic import op

revision = "settlements"
down_revision = "boosts"
branch_labels = None
depends_on = None

PARTS = ("released_minor", "returned_minor", "rolled_minor", "frozen_minor", "prefunded_minor")
BEFORE = ("planned", "funding", "funded", "delivered", "changes_asked", "approved", "released", "refunded")
STATUS = "ck_milestones_milestonestatus"


def upgrade():
    for part in PARTS:
        op.add_column("milestones", sa.Column(part, sa.BigInteger(), nullable=False, server_default="0"))
        op.alter_column("milestones", part, server_default=None)
    op.add_column("milestones", sa.Column("disputed_from", sa.String(32)))
    _allow((*BEFORE, "disputed", "resolved"))
    op.execute("update milestones set released_minor = amount_minor where status in ('approved', 'released')")
    op.execute("update milestones set returned_minor = amount_minor where status = 'refunded'")
    op.create_check_constraint(op.f("ck_milestones_parts_within_amount"), "milestones",
        "released_minor >= 0 and returned_minor >= 0 and rolled_minor >= 0 and frozen_minor >= 0 and "
        "released_minor + returned_minor + rolled_minor + frozen_minor <= amount_minor")
    op.create_check_constraint(op.f("ck_milestones_prefunded_within_amount"), "milestones", "prefunded_minor between 0 and amount_minor")
    _index("status in ('delivered', 'disputed')")
    _settlements()
    _requests()


def downgrade():
    op.drop_column("refund_requests", "for_next")
    op.drop_column("refund_requests", "amount_minor")
    op.drop_table("settlements")
    _index("status = 'delivered'")
    op.drop_constraint(op.f("ck_milestones_parts_within_amount"), "milestones")
    op.drop_constraint(op.f("ck_milestones_prefunded_within_amount"), "milestones")
    op.drop_column("milestones", "disputed_from")
    _allow(BEFORE)
    for part in PARTS:
        op.drop_column("milestones", part)


def _allow(statuses):
    named = ", ".join(f"'{status}'" for status in statuses)
    op.execute(f"alter table milestones drop constraint if exists {STATUS}")
    op.execute("alter table milestones drop constraint if exists milestonestatus")
    op.create_check_constraint(op.f(STATUS), "milestones", f"status in ({named})")
    if "disputed" in statuses:
        op.create_check_constraint(op.f("ck_milestones_disputed_from"), "milestones", f"disputed_from in ({named})")


def _index(which):
    op.drop_index("ix_milestones_review", table_name="milestones")
    op.create_index("ix_milestones_review", "milestones", ["review_until"], postgresql_where=sa.text(which))


def _settlements():
    op.create_table(
        "settlements",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        *(sa.Column(f"{part}_minor", sa.BigInteger(), nullable=False) for part in ("to_manager", "fee", "to_business", "to_next")),
        sa.Column("next_id", sa.Uuid()),
        sa.Column("why", sa.String(2000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("to_manager_minor >= 0 and to_business_minor >= 0 and to_next_minor >= 0 and "
                           "fee_minor between 0 and to_manager_minor and to_manager_minor + to_business_minor + to_next_minor > 0",
                           name=op.f("ck_settlements_parts")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_settlements_milestone_id")),
        sa.ForeignKeyConstraint(["next_id"], ["milestones.id"], name=op.f("fk_settlements_next_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_settlements_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")))
    op.create_index(op.f("ix_settlements_milestone_id_id"), "settlements", ["milestone_id", "id"])


def _requests():
    op.add_column("refund_requests", sa.Column("amount_minor", sa.BigInteger()))
    op.execute("update refund_requests r set amount_minor = m.amount_minor from milestones m where m.id = r.milestone_id")
    op.alter_column("refund_requests", "amount_minor", nullable=False)
    op.add_column("refund_requests", sa.Column("for_next", sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("refund_requests", "for_next", server_default=None)
