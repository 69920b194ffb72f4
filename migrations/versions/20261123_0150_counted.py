"""Proposals to divide a month lapse; bonuses that went back say so; contracts know whether they were clean."""
import sqlalchemy as sa
from alembic import op

revision = "counted"
down_revision = "beside_dispute"
branch_labels = None
depends_on = None
BONUSES = ("paying", "unpaid", "paid", "released")
PROPOSALS = ("open", "agreed", "declined", "withdrawn")
LOST = "lost_minor between 0 and amount_minor"


def upgrade():
    _statuses("bonuses", "bonusstatus", ("paying", "unpaid", "paid", "taken", "lost", "released"))
    _statuses("month_proposals", "monthproposalstatus", (*PROPOSALS, "lapsed"))
    op.add_column("bonuses", sa.Column("lost_minor", sa.BigInteger(), nullable=False, server_default="0"))
    op.alter_column("bonuses", "lost_minor", server_default=None)
    op.create_check_constraint(op.f("ck_bonuses_lost_of_it"), "bonuses", LOST)
    _clocks_of_proposals()
    _clean_contracts()


def downgrade():
    op.drop_column("contracts", "clean")
    for column in ("remind_at", "expires_at"):
        op.drop_column("month_proposals", column)
    op.drop_constraint("ck_bonuses_lost_of_it", "bonuses")
    op.drop_column("bonuses", "lost_minor")
    op.execute("update month_proposals set status = 'withdrawn' where status = 'lapsed'")
    op.execute("update bonuses set status = 'paid' where status in ('taken', 'lost')")
    _statuses("month_proposals", "monthproposalstatus", PROPOSALS)
    _statuses("bonuses", "bonusstatus", BONUSES)


def _clocks_of_proposals():
    op.add_column("month_proposals", sa.Column("expires_at", sa.DateTime(timezone=True)))
    op.add_column("month_proposals", sa.Column("remind_at", sa.DateTime(timezone=True)))
    op.execute("update month_proposals set expires_at = created_at + interval '7 days', remind_at = created_at + interval '6 days'")
    op.alter_column("month_proposals", "expires_at", nullable=False)
    for name, column in (("expiry", "expires_at"), ("reminder", "remind_at")):
        op.create_index(f"ix_month_proposals_{name}", "month_proposals", [column], postgresql_where=sa.text("status = 'open'"))


def _clean_contracts():
    """What was counted as clean until now stays so."""
    op.add_column("contracts", sa.Column("clean", sa.Boolean()))
    refunded = "exists (select from milestones where contract_id = contracts.id and status = 'refunded')"
    op.execute(f"update contracts set clean = not {refunded} where status = 'closed'")


def _statuses(table, name, values):
    op.execute(f"alter table {table} drop constraint if exists {name}")
    op.execute(f"alter table {table} drop constraint if exists ck_{table}_{name}")
    allowed = ", ".join(f"'{value}'" for value in values)
    op.execute(f"alter table {table} add constraint ck_{table}_{name} check (status in ({allowed}))")
