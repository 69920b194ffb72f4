"""Credit notes to invoices whose money was taken back; payments know the VAT on their ads."""
import sqlalchemy as sa
from alembic import op

revision = "invoice_credits"
down_revision = "bank_kept"
branch_labels = None
depends_on = None
BEFORE = ("invoice", "fee_invoice", "credit_note", "cancellation", "statement", "year_summary")
AGREED = """
update payments set ad_vat_minor = pot.vat_minor from ad_pots pot
where payments.subject = 'milestone:' || pot.milestone_id and payments.ad_spend_minor = pot.ads_minor + pot.vat_minor"""


def upgrade():
    _allow((*BEFORE, "invoice_credit", "fee_credit"))
    op.add_column("payments", sa.Column("ad_vat_minor", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute(AGREED)


def downgrade():
    """Papers that were drawn stay: with one of them this cannot be undone."""
    op.drop_column("payments", "ad_vat_minor")
    _allow(BEFORE)


def _allow(kinds):
    named = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint("ck_papers_paperkind", "papers")
    op.create_check_constraint(op.f("ck_papers_paperkind"), "papers", f"kind in ({named})")
