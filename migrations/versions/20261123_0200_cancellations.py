"""Papers that cancel a credit note."""
from alembic import op

revision = "cancellations"
down_revision = "counted"
branch_labels = None
depends_on = None
BEFORE = ("invoice", "fee_invoice", "credit_note", "statement", "year_summary")


def upgrade():
    _allow((*BEFORE, "cancellation"))


def downgrade():
    """Papers that were drawn stay: with one of them this cannot be undone."""
    _allow(BEFORE)


def _allow(kinds):
    named = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint("ck_papers_paperkind", "papers")
    op.create_check_constraint(op.f("ck_papers_paperkind"), "papers", f"kind in ({named})")
