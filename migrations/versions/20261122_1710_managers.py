"""Managers, packages, portfolios."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "managers"
down_revision = "businesses"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "managers",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("slug", sa.String(length=140), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("headline", sa.String(length=160), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("district", sa.String(length=40), nullable=False),
        sa.Column("platforms", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("trades", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("sample_question", sa.Text, nullable=False),
        sa.Column("sample_reply", sa.Text, nullable=False),
        sa.Column("photo_id", sa.Uuid, nullable=True),
        sa.Column("available_from", sa.Date(), nullable=True),
        sa.Column("price_from_minor", sa.BigInteger, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("published", sa.Boolean, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("management_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("boosting_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checks", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clean_contracts", sa.Integer, nullable=False),
        sa.Column("active_contracts", sa.Integer, nullable=False),
        sa.Column("score", sa.Integer, nullable=True),
        sa.Column("review_count", sa.Integer, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("search", postgresql.TSVECTOR, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_managers_person_id"),
        sa.ForeignKeyConstraint(["photo_id"], ["files.id"], name="fk_managers_photo_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_managers"),
        sa.UniqueConstraint("person_id", name="uq_managers_person_id"),
        sa.UniqueConstraint("slug", name="uq_managers_slug"),
    )
    op.create_index("ix_managers_filters", "managers", ["trades", "platforms", "kinds"], postgresql_using="gin")
    op.create_index("ix_managers_listed", "managers", [sa.text("rank desc"), sa.text("id desc")], postgresql_where=sa.text("published"),
                    postgresql_include=["trades", "platforms", "district", "kinds"])
    op.create_index("ix_managers_search", "managers", ["search"], postgresql_using="gin")
    op.create_table(
        "packages",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("manager_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.Enum("management", "boosting", name="kind", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("price_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("posts", sa.Integer, nullable=False),
        sa.Column("videos", sa.Integer, nullable=False),
        sa.Column("messages_a_day", sa.Integer, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["manager_id"], ["managers.id"], name="fk_packages_manager_id"),
        sa.PrimaryKeyConstraint("id", name="pk_packages"),
    )
    op.create_index("ix_packages_manager_id", "packages", ["manager_id"])
    op.create_table(
        "portfolio_items",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("manager_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("file_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_portfolio_items_file_id"),
        sa.ForeignKeyConstraint(["manager_id"], ["managers.id"], name="fk_portfolio_items_manager_id"),
        sa.PrimaryKeyConstraint("id", name="pk_portfolio_items"),
    )
    op.create_index("ix_portfolio_items_manager_id_position", "portfolio_items", ["manager_id", "position"])


def downgrade():
    for table in ("portfolio_items", "packages", "managers"):
        op.drop_table(table)
