"""Payments in, refunds, transfers, payouts, and what Stripe told us."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "payments"
down_revision = "bids"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "stripe_balance_transactions",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("stripe_id", sa.String(80), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("fee_minor", sa.BigInteger, nullable=False),
        sa.Column("net_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("exchange_rate", sa.Double),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stripe_balance_transactions"),
        sa.UniqueConstraint("stripe_id", name="uq_stripe_balance_transactions_stripe_id")
    )
    op.create_index("ix_stripe_balance_transactions_happened_at", "stripe_balance_transactions", ["happened_at"])
    op.create_index("ix_stripe_balance_transactions_source", "stripe_balance_transactions", ["source"])
    op.create_table(
        "stripe_event_cursors",
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("seen_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_stripe_event_cursors")
    )
    op.create_table(
        "stripe_events",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("source", sa.Enum("platform", "connect", name="source", native_enum=False, create_constraint=True, length=10), nullable=False),
        sa.Column("event_id", sa.String(80), nullable=False),
        sa.Column("type", sa.String(80), nullable=False),
        sa.Column("account", sa.String(80)),
        sa.Column("object_id", sa.String(120), nullable=False),
        sa.Column("payload", postgresql.JSONB, nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String(120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stripe_events"),
        sa.UniqueConstraint("source", "event_id", name="uq_stripe_events_source_event_id")
    )
    op.create_index("ix_stripe_events_open", "stripe_events", ["created_at"], postgresql_where=sa.text("handled_at is null"))
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("contract", sa.String(80), nullable=False),
        sa.Column("business_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("card_cost_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.Enum("pending", "processing", "succeeded", "failed", "expired", "cancelled", "partly_refunded", "refunded", "charged_back", "won", "lost", name="paymentstatus", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("success_url", sa.String(500), nullable=False),
        sa.Column("cancel_url", sa.String(500), nullable=False),
        sa.Column("checkout_url", sa.Text),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True)),
        sa.Column("unclaimed", sa.Boolean, nullable=False),
        sa.Column("stripe_session_id", sa.String(120)),
        sa.Column("stripe_payment_intent_id", sa.String(80)),
        sa.Column("stripe_charge_id", sa.String(80)),
        sa.Column("settled_minor", sa.BigInteger),
        sa.Column("settled_currency", sa.String(3)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_payments_business_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_payments_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
        sa.UniqueConstraint("stripe_charge_id", name="uq_payments_stripe_charge_id"),
        sa.UniqueConstraint("stripe_payment_intent_id", name="uq_payments_stripe_payment_intent_id"),
        sa.UniqueConstraint("stripe_session_id", name="uq_payments_stripe_session_id")
    )
    op.create_index("ix_payments_business_id_id", "payments", ["business_id", "id"])
    op.create_index("ix_payments_status_expires_at", "payments", ["status", "expires_at"])
    op.create_index("ix_payments_subject", "payments", ["subject"])
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("checked", sa.Integer, nullable=False),
        sa.Column("findings", postgresql.JSONB, nullable=False),
        sa.Column("balances", postgresql.JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_reconciliations_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliations")
    )
    op.create_index("ix_reconciliations_created_at", "reconciliations", ["created_at"])
    op.create_table(
        "chargebacks",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("payment_id", sa.Uuid, nullable=False),
        sa.Column("stripe_dispute_id", sa.String(80), nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.Column("status", sa.Enum("open", "won", "lost", name="chargebackstatus", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_chargebacks_payment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_chargebacks"),
        sa.UniqueConstraint("stripe_dispute_id", name="uq_chargebacks_stripe_dispute_id")
    )
    op.create_index("ix_chargebacks_payment_id", "chargebacks", ["payment_id"])
    op.create_table(
        "refunds",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("payment_id", sa.Uuid, nullable=False),
        sa.Column("operation", sa.String(120), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.Enum("due", "pending", "succeeded", "failed", name="refundstatus", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("outside", sa.Boolean, nullable=False),
        sa.Column("failure", sa.String(300), nullable=False),
        sa.Column("stripe_refund_id", sa.String(80)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_refunds_payment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_refunds"),
        sa.UniqueConstraint("operation", name="uq_refunds_operation"),
        sa.UniqueConstraint("stripe_refund_id", name="uq_refunds_stripe_refund_id")
    )
    op.create_index("ix_refunds_payment_id", "refunds", ["payment_id"])
    op.create_index("ix_refunds_status", "refunds", ["status"])
    op.create_table(
        "payout_accounts",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("manager_id", sa.Uuid, nullable=False),
        sa.Column("rail", sa.Enum("stripe_connect", "manual_bank", "manual_bkash", name="rail", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("stripe_account_id", sa.String(80)),
        sa.Column("details_submitted", sa.Boolean, nullable=False),
        sa.Column("transfers_active", sa.Boolean, nullable=False),
        sa.Column("payouts_enabled", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["manager_id"], ["managers.id"], name="fk_payout_accounts_manager_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payout_accounts"),
        sa.UniqueConstraint("manager_id", name="uq_payout_accounts_manager_id"),
        sa.UniqueConstraint("stripe_account_id", name="uq_payout_accounts_stripe_account_id")
    )
    op.create_table(
        "payouts",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("payout_account_id", sa.Uuid, nullable=False),
        sa.Column("stripe_payout_id", sa.String(80), nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.Enum("pending", "paid", "failed", name="payoutstatus", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("failure", sa.String(300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["payout_account_id"], ["payout_accounts.id"], name="fk_payouts_payout_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payouts"),
        sa.UniqueConstraint("stripe_payout_id", name="uq_payouts_stripe_payout_id")
    )
    op.create_index("ix_payouts_payout_account_id", "payouts", ["payout_account_id"])
    op.create_table(
        "transfers",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("manager_id", sa.Uuid, nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("contract", sa.String(80), nullable=False),
        sa.Column("payment_id", sa.Uuid),
        sa.Column("operation", sa.String(120), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.Enum("due", "held", "sending", "sent", "arrived", "failed", "reversed", name="transferstatus", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failure", sa.String(300), nullable=False),
        sa.Column("reversed_minor", sa.BigInteger, nullable=False),
        sa.Column("stripe_transfer_id", sa.String(80)),
        sa.Column("payout_id", sa.Uuid),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["manager_id"], ["managers.id"], name="fk_transfers_manager_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_transfers_payment_id"),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name="fk_transfers_payout_id"),
        sa.PrimaryKeyConstraint("id", name="pk_transfers"),
        sa.UniqueConstraint("operation", name="uq_transfers_operation"),
        sa.UniqueConstraint("stripe_transfer_id", name="uq_transfers_stripe_transfer_id")
    )
    op.create_index("ix_transfers_manager_id_id", "transfers", ["manager_id", "id"])
    op.create_index("ix_transfers_status_send_after", "transfers", ["status", "send_after"])
    op.create_index("ix_transfers_subject", "transfers", ["subject"])


def downgrade():
    for table in ("transfers", "payouts", "payout_accounts", "refunds", "chargebacks", "reconciliations", "payments",
                  "stripe_events", "stripe_event_cursors", "stripe_balance_transactions"):
        op.drop_table(table)
