"""Which card paid, and two sides of contracts that may be the same people."""
import sqlalchemy as sa
from alembic import op

revision = "party_checks"
down_revision = "gather_after"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("payments", sa.Column("card_key", sa.String(64), nullable=True))
    op.add_column("payments", sa.Column("turned_away", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index("ix_payments_card_key", "payments", ["card_key"], postgresql_where=sa.text("card_key is not null"))
    op.create_index("ix_payments_person_cards", "payments", ["person_id"], postgresql_where=sa.text("card_key is not null"))
    op.create_table(
        "party_checks",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("signs", sa.ARRAY(sa.String(20)), nullable=False),
        sa.Column("status", sa.Enum("noted", "open", "cleared", "refused", name="partycheckstatus", native_enum=False,
                                    create_constraint=True, length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_party_checks_business_id_businesses"),
        sa.ForeignKeyConstraint(["manager_id"], ["managers.id"], name="fk_party_checks_manager_id_managers"),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_party_checks_contract_id_contracts"),
        sa.PrimaryKeyConstraint("id", name="pk_party_checks"),
        sa.UniqueConstraint("business_id", "manager_id", name="uq_party_checks_business_id_manager_id"),
    )


def downgrade():
    op.drop_table("party_checks")
    op.drop_index("ix_payments_person_cards", "payments")
    op.drop_index("ix_payments_card_key", "payments")
    op.drop_column("payments", "turned_away")
    op.drop_column("payments", "card_key")
