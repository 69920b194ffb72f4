"""Papers keep the names of their parties as they were when they were issued; those of before keep today's."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "paper_names"
down_revision = "cash_out"
branch_labels = None
depends_on = None
TODAY = """
update papers set names = jsonb_build_object(party, jsonb_build_array(named.name, named.district))
from (select 'business:' || id as key, name, district from businesses union all select 'manager:' || id, name, district from managers) named
where named.key = party"""


def upgrade():
    op.add_column("papers", sa.Column("names", postgresql.JSONB, nullable=False, server_default="{}"))
    op.execute(TODAY)


def downgrade():
    op.drop_column("papers", "names")
