"""A month's step keeps its days, so that its title is said in the reader's language."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "month_days"
down_revision = "paper_names"
branch_labels = None
depends_on = None
DAYS = """
update milestones set month_days = case when funded_at is null then '[]' else jsonb_build_array(
  to_char(m.starts_at at time zone 'Asia/Dhaka', 'YYYY-MM-DD'), to_char(m.ends_at at time zone 'Asia/Dhaka' - interval '1 day', 'YYYY-MM-DD')) end
from retainer_months m where m.milestone_id = milestones.id"""


def upgrade():
    op.add_column("milestones", sa.Column("month_days", postgresql.JSONB))
    op.execute(DAYS)


def downgrade():
    op.drop_column("milestones", "month_days")
