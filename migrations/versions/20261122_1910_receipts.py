"""Receipts, drawn by the worker and kept as files."""
import sqlalchemy as sa
from alembic import op

revision = "receipts"
down_revision = "job_invitations"
branch_labels = None
depends_on = None

UPLOADED = "'photo', 'portfolio', 'post', 'evidence', 'delivery'"


def upgrade():
    op.create_table(
        "receipts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_receipts_payment_id"),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="fk_receipts_file_id"),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
        sa.UniqueConstraint("payment_id", name="uq_receipts_payment_id"),
        sa.UniqueConstraint("number", name="uq_receipts_number"),
    )
    op.create_index("ix_receipts_waiting", "receipts", ["created_at"], postgresql_where=sa.text("file_id is null"))
    op.execute("insert into receipts (payment_id, created_at) select id, succeeded_at from payments "
               "where succeeded_at is not null and not unclaimed")
    _allow(f"{UPLOADED}, 'receipt'")


def downgrade():
    op.drop_table("receipts")
    op.execute("delete from files where purpose = 'receipt'")
    _allow(UPLOADED)


def _allow(purposes: str) -> None:
    op.drop_constraint(op.f("ck_files_purpose"), "files")
    op.create_check_constraint(op.f("ck_files_purpose"), "files", f"purpose in ({purposes})")
