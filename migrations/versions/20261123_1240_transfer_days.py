"""Transfers know the days on which they left, arrived and came back."""
import sqlalchemy as sa
from alembic import op

revision = "transfer_days"
down_revision = "retainer_days"
branch_labels = None
depends_on = None
KNOWN = """
update transfers set {column} = (select max(at) from audit_entries where subject = 'transfer:' || transfers.id and action = '{action}')
where status in ({statuses})"""


def upgrade():
    for column in ("sent_at", "arrived_at", "came_back_at"):
        op.add_column("transfers", sa.Column(column, sa.DateTime(timezone=True)))
    op.execute(KNOWN.format(column="sent_at", action="transfer.confirm", statuses="'sent', 'arrived'"))
    op.execute(KNOWN.format(column="arrived_at", action="transfer.arrive", statuses="'arrived'"))


def downgrade():
    for column in ("sent_at", "arrived_at", "came_back_at"):
        op.drop_column("transfers", column)
