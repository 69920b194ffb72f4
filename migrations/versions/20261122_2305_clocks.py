"""How long money has been held, when both sides are warned, and days the owner took."""
import sqlalchemy as sa
from alembic import op

revision = "clocks"
down_revision = "debts"
branch_labels = None
depends_on = None


def upgrade():
    for column in ("held_since", "chased_at", "warn_at"):
        op.add_column("milestones", sa.Column(column, sa.DateTime(timezone=True)))
    op.execute("update milestones set held_since = funded_at where funded_at is not null")
    op.execute("update milestones set warn_at = held_since + interval '80 days' where status in ('funded', 'delivered', 'changes_asked')")
    op.create_index("ix_milestones_due", "milestones", ["due_at"], postgresql_where=sa.text("status in ('funded', 'changes_asked')"))
    op.create_index("ix_milestones_warn", "milestones", ["warn_at"], postgresql_where=sa.text("warn_at is not null"))
    op.create_index("ix_milestones_held_since", "milestones", ["held_since"],
                    postgresql_where=sa.text("status in ('planned', 'funded', 'delivered', 'changes_asked')"))
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


def downgrade():
    op.drop_table("owner_delays")
    for name in ("ix_milestones_held_since", "ix_milestones_warn", "ix_milestones_due"):
        op.drop_index(name, table_name="milestones")
    for column in ("warn_at", "chased_at", "held_since"):
        op.drop_column("milestones", column)
