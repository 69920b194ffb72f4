"""A money proposal may lapse: a decision of a dispute that waits for a second person, when the sides settle it or claim less."""
import sqlalchemy as sa
from alembic import op

revision = "lapsed_proposals"
down_revision = "transfer_days"
branch_labels = None
depends_on = None


def upgrade():
    _statuses("waiting", "done", "declined", "lapsed")


def downgrade():
    op.execute("update money_proposals set status = 'declined' where status = 'lapsed'")
    _statuses("waiting", "done", "declined")


def _statuses(*statuses):
    op.drop_constraint(op.f("ck_money_proposals_moneyproposalstatus"), "money_proposals")
    op.create_check_constraint(op.f("ck_money_proposals_moneyproposalstatus"), "money_proposals", sa.column("status").in_(statuses))
