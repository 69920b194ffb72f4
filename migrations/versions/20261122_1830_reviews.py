"""Reviews of closed contracts."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "reviews"
down_revision = "contracts"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("contract_id", sa.Uuid, nullable=False),
        sa.Column("manager_id", sa.Uuid, nullable=False),
        sa.Column("business_id", sa.Uuid, nullable=False),
        sa.Column("by_side", sa.Enum("business", "manager", name="side", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("status", sa.Enum("open", "written", "published", "voided", "lapsed", name="reviewstatus", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=True),
        sa.Column("marks", postgresql.JSONB, nullable=False),
        sa.Column("stars", sa.Integer, nullable=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("about_goods", sa.Boolean, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name="fk_reviews_business_id"),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_reviews_contract_id"),
        sa.ForeignKeyConstraint(["manager_id"], ["managers.id"], name="fk_reviews_manager_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_reviews_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        sa.UniqueConstraint("contract_id", "by_side", name="uq_reviews_contract_id_by_side")
    )
    op.create_index("ix_reviews_closing", "reviews", ["closes_at"], postgresql_where=sa.text("status in ('open', 'written')"))
    op.create_index("ix_reviews_of_business", "reviews", ["business_id", "by_side", "published_at", "id"], postgresql_where=sa.text("status = 'published'"))
    op.create_index("ix_reviews_of_manager", "reviews", ["manager_id", "by_side", "published_at", "id"], postgresql_where=sa.text("status = 'published'"))


def downgrade():
    op.drop_table("reviews")
