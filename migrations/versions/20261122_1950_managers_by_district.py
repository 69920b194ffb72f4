"""Managers of a district in the order they are listed: a rare mixture of filters no longer walks the whole list."""
import sqlalchemy as sa
from alembic import op

revision = "managers_by_district"
down_revision = "contract_pauses"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_managers_district", "managers", ["district", sa.text("rank desc"), sa.text("id desc")],
                    postgresql_where=sa.text("published"), postgresql_include=["trades", "platforms", "kinds"])


def downgrade():
    op.drop_index("ix_managers_district", "managers")
