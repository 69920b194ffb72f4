"""A monthly contract keeps the day on which its months begin, so that a short month does not move those after it."""
import sqlalchemy as sa
from alembic import op

revision = "retainer_days"
down_revision = "claims_in_part"
branch_labels = None
depends_on = None
# the newest month's day; where that is the last of its month, it may stand for the later day that was agreed
DAYS = """
update retainers set day = case
    when newest.day = (date_trunc('month', newest.day) + interval '1 month - 1 day')::date
    then greatest(extract(day from newest.day), extract(day from (contracts.terms->>'starts_on')::date))
    else extract(day from newest.day) end
from contracts, lateral (
  select (max(months.starts_at) at time zone 'Asia/Dhaka')::date as day
  from retainer_months months join milestones on milestones.id = months.milestone_id where milestones.contract_id = contracts.id) newest
where contracts.id = retainers.contract_id"""


def upgrade():
    op.add_column("retainers", sa.Column("day", sa.SmallInteger))
    op.execute(DAYS)
    op.alter_column("retainers", "day", nullable=False)


def downgrade():
    op.drop_column("retainers", "day")
