"""Change orders and bonuses; steps that move on together."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "changes"
down_revision = "adrift"
branch_labels = None
depends_on = None
POSITION = "uq_milestones_contract_id_position"


def upgrade():
    _order_of_steps(deferrable=True, initially="IMMEDIATE")
    _change_orders()
    _bonuses()


def downgrade():
    op.drop_table("bonuses")
    op.drop_table("change_orders")
    _order_of_steps()


def _order_of_steps(**when):
    op.drop_constraint(POSITION, "milestones", type_="unique")
    op.create_unique_constraint(POSITION, "milestones", ["contract_id", "position"], **when)


def _change_orders():
    op.create_table(
        "change_orders",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("by_side", sa.Enum("business", "manager", name="side", native_enum=False, length=32, create_constraint=True),
                  nullable=False),
        sa.Column("kind", sa.Enum("add", "change", "split", "remove", name="changekind", native_enum=False, length=32,
                                  create_constraint=True), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("status", sa.Enum("open", "accepted", "declined", "withdrawn", "lapsed", name="changeorderstatus", native_enum=False,
                                    length=32, create_constraint=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_change_orders_contract_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_change_orders_milestone_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_change_orders_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_orders")))
    op.create_index("uq_change_orders_open", "change_orders", ["contract_id"], unique=True, postgresql_where=sa.text("status = 'open'"))
    op.create_index(op.f("ix_change_orders_contract_id_id"), "change_orders", ["contract_id", "id"])
    op.create_index(op.f("ix_change_orders_milestone_id"), "change_orders", ["milestone_id"])
    op.create_index("ix_change_orders_expiry", "change_orders", ["expires_at"], postgresql_where=sa.text("status = 'open'"))


def _bonuses():
    op.create_table(
        "bonuses",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("status", sa.Enum("paying", "unpaid", "paid", "released", name="bonusstatus", native_enum=False, length=32,
                                    create_constraint=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True)),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.Column("send_after", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_bonuses_amount")),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_bonuses_contract_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_bonuses_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bonuses")))
    op.create_index("uq_bonuses_paying", "bonuses", ["contract_id"], unique=True, postgresql_where=sa.text("status = 'paying'"))
    op.create_index(op.f("ix_bonuses_contract_id_id"), "bonuses", ["contract_id", "id"])
    op.create_index("ix_bonuses_paid", "bonuses", ["id"], postgresql_where=sa.text("status = 'paid'"))
