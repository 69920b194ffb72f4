"""Stripe's payouts to our own bank, from which staff pays by hand."""
import sqlalchemy as sa
from alembic import op

revision = "bank_payouts"
down_revision = "access_doubts"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "bank_payouts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("stripe_payout_id", sa.String(80), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.Enum("pending", "paid", "failed", name="payoutstatus", native_enum=False, create_constraint=True, length=32),
                  nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("failure", sa.String(300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bank_payouts"),
        sa.UniqueConstraint("stripe_payout_id", name="uq_bank_payouts_stripe_payout_id"),
    )
    op.create_index("ix_bank_payouts_status_id", "bank_payouts", ["status", "id"])


def downgrade():
    op.drop_table("bank_payouts")
