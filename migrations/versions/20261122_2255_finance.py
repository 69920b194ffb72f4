"""Differences between Stripe and the books as rows, proposals that need a second person, and staff's word on funding that waits."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "finance"
down_revision = "disputes"
branch_labels = None
depends_on = None

KINDS = ("missing", "extra", "amount", "currency", "duplicate", "late", "fee", "refund_unknown", "transfer_unknown", "reversal_unknown",
         "payout_unknown", "dispute_unknown", "adjustment_unknown", "balance")


def upgrade():
    _reconciliations()
    _mismatches()
    _proposals()
    _funding_releases()
    for column in ("overdue_at", "alerted_at"):
        op.add_column("stripe_event_cursors", sa.Column(column, sa.DateTime(timezone=True)))
    op.create_index("ix_ledger_transactions_created_at", "ledger_transactions", ["created_at"], postgresql_using="brin")


def downgrade():
    op.drop_index("ix_ledger_transactions_created_at", "ledger_transactions")
    for column in ("alerted_at", "overdue_at"):
        op.drop_column("stripe_event_cursors", column)
    for table in ("funding_releases", "money_proposals", "mismatches"):
        op.drop_table(table)
    op.add_column("reconciliations", sa.Column("findings", postgresql.JSONB, nullable=False, server_default="[]"))
    op.alter_column("reconciliations", "findings", server_default=None)
    for column in ("found", "judged_until", "whole"):
        op.drop_column("reconciliations", column)


def _reconciliations():
    """What was found becomes rows of its own; a comparison remembers how far it came."""
    op.drop_column("reconciliations", "findings")
    op.add_column("reconciliations", sa.Column("found", sa.Integer, nullable=False, server_default="0"))
    op.add_column("reconciliations", sa.Column("whole", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("reconciliations", sa.Column("judged_until", sa.DateTime(timezone=True)))
    for column in ("found", "whole"):
        op.alter_column("reconciliations", column, server_default=None)


def _mismatches():
    op.create_table(
        "mismatches",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="mismatchkind", native_enum=False, length=32, create_constraint=True), nullable=False),
        sa.Column("stripe_id", sa.String(160), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("ours_minor", sa.BigInteger),
        sa.Column("theirs_minor", sa.BigInteger),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("their_currency", sa.String(3)),
        sa.Column("status", sa.Enum("open", "repaired", "explained", "gone", name="mismatchstatus", native_enum=False, length=32,
                                    create_constraint=True), nullable=False),
        sa.Column("reconciliation_id", sa.Uuid, sa.ForeignKey("reconciliations.id", name="fk_mismatches_reconciliation_id"), nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id", name="fk_mismatches_person_id")),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mismatches"),
    )
    op.create_index("uq_mismatches_open", "mismatches", ["stripe_id", "currency"], unique=True, postgresql_where=sa.text("status = 'open'"))
    op.create_index("ix_mismatches_status_id", "mismatches", ["status", "id"])
    op.create_index("ix_mismatches_stripe_id", "mismatches", ["stripe_id"])


def _proposals():
    op.create_table(
        "money_proposals",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("details", postgresql.JSONB, nullable=False),
        sa.Column("why", sa.String(2000), nullable=False),
        sa.Column("status", sa.Enum("waiting", "done", "declined", name="moneyproposalstatus", native_enum=False, length=32, create_constraint=True),
                  nullable=False),
        sa.Column("proposed_by_id", sa.Uuid, sa.ForeignKey("people.id", name="fk_money_proposals_proposed_by_id"), nullable=False),
        sa.Column("decided_by_id", sa.Uuid, sa.ForeignKey("people.id", name="fk_money_proposals_decided_by_id")),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("answer", sa.String(2000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_money_proposals"),
        sa.UniqueConstraint("key", name="uq_money_proposals_key"),
    )
    op.create_index("uq_money_proposals_waiting", "money_proposals", ["kind", "subject"], unique=True,
                    postgresql_where=sa.text("status = 'waiting'"))
    op.create_index("ix_money_proposals_subject", "money_proposals", ["subject"])
    op.create_index("ix_money_proposals_status_id", "money_proposals", ["status", "id"])


def _funding_releases():
    op.create_table(
        "funding_releases",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("business_id", sa.Uuid, sa.ForeignKey("businesses.id", name="fk_funding_releases_business_id"), nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id", name="fk_funding_releases_person_id"), nullable=False),
        sa.Column("why", sa.String(2000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_funding_releases"),
    )
    op.create_index("ix_funding_releases_business_id_created_at", "funding_releases", ["business_id", "created_at"])
