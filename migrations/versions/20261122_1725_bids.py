"""Bids and their milestones."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "bids"
down_revision = "jobs"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "bids",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("seat_id", sa.Uuid, nullable=False),
        sa.Column("job_id", sa.Uuid, nullable=False),
        sa.Column("manager_id", sa.Uuid, nullable=False),
        sa.Column("status", sa.Enum("submitted", "shortlisted", "offered", "accepted", "declined", "withdrawn", "lapsed", name="bidstatus", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("price_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("posts_a_week", sa.Integer, nullable=True),
        sa.Column("covers", sa.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("strategy", sa.Text, nullable=False),
        sa.Column("answers", postgresql.JSONB, nullable=False),
        sa.Column("competing_pages", sa.Text, nullable=False),
        sa.Column("decline_reason", sa.String(length=40), nullable=False),
        sa.Column("decline_note", sa.Text, nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_bids_job_id"),
        sa.ForeignKeyConstraint(["manager_id"], ["managers.id"], name="fk_bids_manager_id"),
        sa.ForeignKeyConstraint(["seat_id"], ["seats.id"], name="fk_bids_seat_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bids"),
    )
    op.create_index("ix_bids_job_id_id", "bids", ["job_id", "id"])
    op.create_index("ix_bids_manager_id_id", "bids", ["manager_id", "id"])
    op.create_index("uq_bids_live", "bids", ["seat_id", "manager_id"], unique=True, postgresql_where=sa.text("status in ('submitted', 'shortlisted', 'offered', 'accepted')"))
    op.create_table(
        "bid_milestones",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("bid_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("days", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bids.id"], name="fk_bid_milestones_bid_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bid_milestones"),
    )
    op.create_index("ix_bid_milestones_bid_id_position", "bid_milestones", ["bid_id", "position"])


def downgrade():
    op.drop_table("bid_milestones")
    op.drop_table("bids")
