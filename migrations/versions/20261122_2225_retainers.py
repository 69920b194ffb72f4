"""Saved cards, and contracts that are paid month by month."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "retainers"
down_revision = "payout_rails"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "stripe_customers",
        _id(),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("stripe_customer_id", sa.String(length=80), nullable=True),
        _created_at(),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_stripe_customers_business_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stripe_customers"),
        sa.UniqueConstraint("business_id", name="uq_stripe_customers_business_id"),
        sa.UniqueConstraint("stripe_customer_id", name="uq_stripe_customers_stripe_customer_id"),
    )
    op.create_table(
        "cards",
        _id(),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("brand", sa.String(length=20), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("expires_month", sa.Integer(), nullable=False),
        sa.Column("expires_year", sa.Integer(), nullable=False),
        sa.Column("status", _enum("kept", "removed", name="cardstatus"), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stripe_customer_id", sa.String(length=80), nullable=False),
        sa.Column("stripe_payment_method_id", sa.String(length=80), nullable=False),
        _created_at(),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_cards_business_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_cards_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
        sa.UniqueConstraint("stripe_payment_method_id", name="uq_cards_stripe_payment_method_id"),
    )
    op.create_index("ix_cards_business_id", "cards", ["business_id"])
    op.create_index("ix_cards_expiry", "cards", ["expires_year", "expires_month"],
                    postgresql_where=sa.text("status = 'kept' and warned_at is null"))
    op.add_column("payments", sa.Column("keep_card", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("payments", sa.Column("card_id", sa.Uuid(), nullable=True))
    op.add_column("payments", sa.Column("refusal", sa.String(length=60), server_default="", nullable=False))
    for column in ("keep_card", "refusal"):
        op.alter_column("payments", column, server_default=None)
    op.create_foreign_key("fk_payments_card_id", "payments", "cards", ["card_id"], ["id"])
    _contracts()


def _contracts():
    op.create_table(
        "retainers",
        _id(),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=True),
        sa.Column("consented_by", sa.Uuid(), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        _created_at(),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_retainers_contract_id"),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name="fk_retainers_card_id"),
        sa.ForeignKeyConstraint(["consented_by"], ["people.id"], name="fk_retainers_consented_by"),
        sa.PrimaryKeyConstraint("id", name="pk_retainers"),
        sa.UniqueConstraint("contract_id", name="uq_retainers_contract_id"),
    )
    op.create_index("ix_retainers_card_id", "retainers", ["card_id"])
    op.create_table(
        "retainer_months",
        _id(),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("starts_at", "ends_at")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in ("charge_at", "announced_at", "reminded_at", "tried_at")),
        _created_at(),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name="fk_retainer_months_milestone_id"),
        sa.PrimaryKeyConstraint("id", name="pk_retainer_months"),
        sa.UniqueConstraint("milestone_id", name="uq_retainer_months_milestone_id"),
    )
    op.create_index("ix_retainer_months_charge", "retainer_months", ["charge_at"], postgresql_where=sa.text("tried_at is null"))
    op.create_table(
        "month_proposals",
        _id(),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("by_side", _enum("business", "manager", name="side"), nullable=False),
        sa.Column("done", JSONB(), nullable=False),
        sa.Column("to_manager_minor", sa.BigInteger(), nullable=False),
        sa.Column("status", _enum("open", "agreed", "declined", "withdrawn", name="monthproposalstatus", length=24), nullable=False),
        _created_at(),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name="fk_month_proposals_milestone_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_month_proposals_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_month_proposals"),
    )
    op.create_index("uq_month_proposals_open", "month_proposals", ["milestone_id"], unique=True,
                    postgresql_where=sa.text("status = 'open'"))


def downgrade():
    for table in ("month_proposals", "retainer_months", "retainers"):
        op.drop_table(table)
    op.drop_constraint("fk_payments_card_id", "payments")
    for column in ("refusal", "card_id", "keep_card"):
        op.drop_column("payments", column)
    for table in ("cards", "stripe_customers"):
        op.drop_table(table)


def _id():
    return sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False)


def _created_at():
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False)


def _enum(*values, name, length=32):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=length)
