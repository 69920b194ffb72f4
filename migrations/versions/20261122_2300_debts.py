"""Released money that comes back, evidence for payers' banks, small transfers gathered."""
import sqlalchemy as sa
from alembic import op

revision = "debts"
down_revision = "finance"
branch_labels = None
depends_on = None

STATUSES = ("due", "held", "sending", "sent", "arrived", "failed", "reversed")


def upgrade():
    _transfers()
    _chargebacks()
    _evidence()
    _reversals()


def downgrade():
    """A gathered transfer's money is in another one: it becomes a reversed one, which nobody sends."""
    for table in ("reversals", "chargeback_evidence"):
        op.drop_table(table)
    op.drop_index("ix_chargebacks_open", "chargebacks")
    op.drop_index("ix_chargebacks_manager_id", "chargebacks")
    for column in ("manager_id", "record", "due_by", "reminders", "submitted_at", "fault_minor", "fault_why"):
        op.drop_column("chargebacks", column)
    op.execute("update transfers set status = 'reversed' where status = 'gathered'")
    _statuses(STATUSES)
    for column in ("disputed", "withheld_minor", "gathered_into_id"):
        op.drop_column("transfers", column)


def _statuses(known):
    op.drop_constraint(op.f("ck_transfers_transferstatus"), "transfers")
    op.create_check_constraint(op.f("ck_transfers_transferstatus"), "transfers", f"status in {known}")


def _transfers():
    _statuses((*STATUSES, "gathered"))
    op.add_column("transfers", sa.Column("disputed", sa.Boolean, nullable=False, server_default=sa.text("false")))
    op.add_column("transfers", sa.Column("withheld_minor", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("transfers", sa.Column("gathered_into_id", sa.Uuid, sa.ForeignKey("transfers.id")))


def _chargebacks():
    op.add_column("chargebacks", sa.Column("manager_id", sa.Uuid, sa.ForeignKey("managers.id")))
    op.add_column("chargebacks", sa.Column("record", sa.Text, nullable=False, server_default=""))
    op.add_column("chargebacks", sa.Column("due_by", sa.DateTime(timezone=True)))
    op.add_column("chargebacks", sa.Column("reminders", sa.Integer, nullable=False, server_default="0"))
    op.add_column("chargebacks", sa.Column("submitted_at", sa.DateTime(timezone=True)))
    op.add_column("chargebacks", sa.Column("fault_minor", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("chargebacks", sa.Column("fault_why", sa.Text, nullable=False, server_default=""))
    op.create_index("ix_chargebacks_manager_id", "chargebacks", ["manager_id"])
    op.create_index("ix_chargebacks_open", "chargebacks", ["due_by"],
                    postgresql_where=sa.text("status = 'open' and submitted_at is null"))


def _evidence():
    op.create_table(
        "chargeback_evidence",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("uuidv7()")),
        sa.Column("chargeback_id", sa.Uuid, sa.ForeignKey("chargebacks.id"), nullable=False),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("kind", sa.Enum("service_documentation", "customer_communication", "uncategorized_file", name="evidencekind",
                                  native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("file_id", sa.Uuid, sa.ForeignKey("files.id")),
        sa.Column("stripe_file_id", sa.String(80)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_chargeback_evidence_chargeback_id_id", "chargeback_evidence", ["chargeback_id", "id"])


def _reversals():
    op.create_table(
        "reversals",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("uuidv7()")),
        sa.Column("transfer_id", sa.Uuid, sa.ForeignKey("transfers.id"), nullable=False),
        sa.Column("operation", sa.String(120), nullable=False, unique=True),
        sa.Column("attempt", sa.Integer, nullable=False),
        *(sa.Column(f"{name}_minor", sa.BigInteger, nullable=False) for name in ("gross", "fee", "asked", "stripe")),
        sa.Column("stripe_currency", sa.String(3)),
        *(sa.Column(f"{name}_minor", sa.BigInteger, nullable=False) for name in ("reversed", "owed")),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.Enum("due", "asking", "recovered", "returned", name="reversalstatus", native_enum=False,
                                    create_constraint=True, length=32), nullable=False),
        sa.Column("failure", sa.String(300), nullable=False),
        sa.Column("stripe_reversal_id", sa.String(80), unique=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_reversals_transfer_id", "reversals", ["transfer_id"])
    op.create_index("ix_reversals_status_id", "reversals", ["status", "id"])
