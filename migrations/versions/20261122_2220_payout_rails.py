"""Payouts by hand beside Stripe: several accounts a manager, what staff must look at, the queue of finance, our own bank."""
import sqlalchemy as sa
from alembic import op

revision = "payout_rails"
down_revision = "ad_money"
branch_labels = None
depends_on = None

KINDS = ("held", "ad_spend", "payable", "sending", "refunding", "arriving", "fees", "card_costs", "stripe", "connected",
         "receivable", "losses", "exchange")
ACCOUNTS = ("checking", "waiting", "current", "former", "cancelled", "refused")
ONE_EACH = {"current": "status = 'current'", "next": "status in ('checking', 'waiting')", "stripe": "rail = 'stripe_connect'"}
QUEUE = ("queued", "claimed", "paid", "confirmed", "refused", "returned", "cancelled")
RAILS = ("stripe_connect", "manual_bank", "manual_bkash")
HOT = "create or replace function ledger_is_hot(kind text) returns boolean language sql immutable as $$ select kind in ({}) $$"
DEBIT = "create or replace function ledger_is_debit(kind text) returns boolean language sql immutable as $$ select kind in ({}) $$"


def upgrade():
    _ledger_knows_our_bank()
    _several_accounts()
    _checks()
    _queue()
    op.add_column("transfers", sa.Column("check_reason", sa.String(200), server_default="", nullable=False))
    op.add_column("transfers", sa.Column("account_id", sa.Uuid, sa.ForeignKey("payout_accounts.id", name="fk_transfers_account_id")))
    op.add_column("transfers", sa.Column("manual_payout_id", sa.Uuid,
                                         sa.ForeignKey("manual_payouts.id", name="fk_transfers_manual_payout_id")))
    op.create_index("ix_transfers_manual_payout_id", "transfers", ["manual_payout_id"])
    op.create_index("ix_transfers_to_check", "transfers", ["id"], postgresql_where=sa.text("check_reason <> ''"))
    op.execute("update transfers t set account_id = a.id from payout_accounts a "
               "where a.manager_id = t.manager_id and t.status in ('sending', 'sent', 'arrived', 'reversed')")
    op.add_column("managers", sa.Column("identity_name", sa.String(120), server_default="", nullable=False))
    op.execute("update managers set identity_name = name where 'identity' = any(checks)")
    op.add_column("sessions", sa.Column("new_device", sa.Boolean, server_default=sa.false(), nullable=False))


def downgrade():
    op.drop_column("sessions", "new_device")
    op.drop_column("managers", "identity_name")
    for column in ("manual_payout_id", "account_id", "check_reason"):
        op.drop_column("transfers", column)
    op.drop_table("manual_payouts")
    op.drop_table("payout_checks")
    _one_account()
    op.execute(HOT.format("'fees', 'card_costs', 'stripe', 'losses', 'exchange'"))
    op.execute(DEBIT.format("'stripe', 'connected', 'receivable', 'losses'"))
    _kinds(*KINDS)


def _ledger_knows_our_bank():
    """`bank`: our own bank account and wallet, from which staff pays."""
    op.execute(HOT.format("'fees', 'card_costs', 'stripe', 'bank', 'losses', 'exchange'"))
    op.execute(DEBIT.format("'stripe', 'bank', 'connected', 'receivable', 'losses'"))
    _kinds(*KINDS, "bank")


def _kinds(*kinds):
    op.drop_constraint(op.f("ck_ledger_accounts_accountkind"), "ledger_accounts")
    op.create_check_constraint(op.f("ck_ledger_accounts_accountkind"), "ledger_accounts", sa.column("kind").in_(kinds))


def _several_accounts():
    op.add_column("payout_accounts", sa.Column("status", _enum("accountstatus", *ACCOUNTS), server_default="current", nullable=False))
    op.alter_column("payout_accounts", "status", server_default=None)
    for column in (sa.Column("takes_over_at", sa.DateTime(timezone=True)), sa.Column("sealed", sa.Text),
                   sa.Column("replaces_id", sa.Uuid, sa.ForeignKey("payout_accounts.id", name="fk_payout_accounts_replaces_id")),
                   sa.Column("masked", sa.String(120), server_default="", nullable=False), sa.Column("details_key", sa.String(64))):
        op.add_column("payout_accounts", column)
    op.alter_column("payout_accounts", "masked", server_default=None)
    op.drop_constraint("uq_payout_accounts_manager_id", "payout_accounts")
    for name, where in ONE_EACH.items():
        op.create_index(f"uq_payout_accounts_{name}", "payout_accounts", ["manager_id"], unique=True, postgresql_where=sa.text(where))
    op.create_index("ix_payout_accounts_waiting", "payout_accounts", ["takes_over_at"], postgresql_where=sa.text("status = 'waiting'"))
    op.create_index("ix_payout_accounts_manager_id_id", "payout_accounts", ["manager_id", "id"])
    op.create_index("ix_payout_accounts_details_key", "payout_accounts", ["details_key"])


def _one_account():
    """Only what was there before: the accounts at Stripe. Transfers forget by which they were sent."""
    for name in (*ONE_EACH,):
        op.drop_index(f"uq_payout_accounts_{name}", "payout_accounts")
    for name in ("waiting", "manager_id_id", "details_key"):
        op.drop_index(f"ix_payout_accounts_{name}", "payout_accounts")
    for column in ("replaces_id", "details_key", "masked", "sealed", "takes_over_at", "status"):
        op.drop_column("payout_accounts", column)
    op.execute("delete from payout_accounts where rail <> 'stripe_connect'")
    op.create_unique_constraint("uq_payout_accounts_manager_id", "payout_accounts", ["manager_id"])


def _checks():
    op.create_table(
        "payout_checks",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("manager_id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("doubt", _enum("doubt", "name", "shared", "new_device", "not_me"), nullable=False),
        sa.Column("status", _enum("checkstatus", "open", "passed", "refused"), nullable=False),
        sa.Column("decided_by_id", sa.Uuid), sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("why", sa.String(300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["manager_id"], ["managers.id"], name="fk_payout_checks_manager_id"),
        sa.ForeignKeyConstraint(["account_id"], ["payout_accounts.id"], name="fk_payout_checks_account_id"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["people.id"], name="fk_payout_checks_decided_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payout_checks"),
    )
    op.create_index("uq_payout_checks_open", "payout_checks", ["account_id", "doubt"], unique=True,
                    postgresql_where=sa.text("status = 'open'"))
    op.create_index("ix_payout_checks_open", "payout_checks", ["manager_id"], postgresql_where=sa.text("status = 'open'"))


def _queue():
    people = ("claimed_by_id", "decided_by_id")
    op.create_table(
        "manual_payouts",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("manager_id", sa.Uuid, nullable=False), sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("rail", _enum("rail", *RAILS), nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False), sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", _enum("manualstatus", *QUEUE), nullable=False),
        sa.Column("claimed_by_id", sa.Uuid), sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.Column("reference", sa.String(40)), sa.Column("paid_on", sa.Date), sa.Column("proof_id", sa.Uuid),
        sa.Column("decided_by_id", sa.Uuid), sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("why", sa.String(300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["manager_id"], ["managers.id"], name="fk_manual_payouts_manager_id"),
        sa.ForeignKeyConstraint(["account_id"], ["payout_accounts.id"], name="fk_manual_payouts_account_id"),
        sa.ForeignKeyConstraint(["proof_id"], ["files.id"], name="fk_manual_payouts_proof_id"),
        *(sa.ForeignKeyConstraint([column], ["people.id"], name=f"fk_manual_payouts_{column}") for column in people),
        sa.PrimaryKeyConstraint("id", name="pk_manual_payouts"),
    )
    op.create_index("uq_manual_payouts_reference", "manual_payouts", ["rail", "reference"], unique=True,
                    postgresql_where=sa.text("status <> 'refused'"))
    op.create_index("ix_manual_payouts_status_id", "manual_payouts", ["status", "id"])
    op.create_index("ix_manual_payouts_account_id", "manual_payouts", ["account_id"])


def _enum(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
