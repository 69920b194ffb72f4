"""Files: what was uploaded."""
import sqlalchemy as sa
from alembic import op

revision = "files"
down_revision = "accounts"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid, server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=True),
        sa.Column("purpose", sa.Enum("photo", "portfolio", "post", "evidence", "delivery", name="purpose", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("width", sa.Integer, nullable=True),
        sa.Column("height", sa.Integer, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("storage", sa.String(length=64), nullable=False),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_files_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
        sa.UniqueConstraint("storage", name="uq_files_storage"),
    )
    op.create_index("ix_files_person_id_created_at", "files", ["person_id", "created_at"])
    op.create_index("ix_files_subject", "files", ["subject"])


def downgrade():
    op.drop_table("files")
