"""Addresses that people left a short while ago."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import CITEXT

revision = "former_addresses"
down_revision = "proposals_of_contracts"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "former_addresses",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("email", CITEXT(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_former_addresses_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_former_addresses"),
    )
    op.create_index("ix_former_addresses_person_id", "former_addresses", ["person_id"])
    op.create_index("ix_former_addresses_expires_at", "former_addresses", ["expires_at"])


def downgrade():
    op.drop_table("former_addresses")
