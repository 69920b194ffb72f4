"""A dispute may end because the payer's bank kept what was claimed."""
import sqlalchemy as sa
from alembic import op

revision = "bank_kept"
down_revision = "page_losses"
branch_labels = None
depends_on = None


def upgrade():
    _outcomes("accepted", "split", "decision", "bank")


def downgrade():
    _outcomes("accepted", "split", "decision")


def _outcomes(*outcomes):
    op.drop_constraint(op.f("ck_disputes_outcome"), "disputes")
    op.create_check_constraint(op.f("ck_disputes_outcome"), "disputes", sa.column("outcome").in_(outcomes))
