"""Pages that their business has lost, and until when the team looks at a report."""
import sqlalchemy as sa
from alembic import op

revision = "page_losses"
down_revision = "month_days"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("reports", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "page_losses",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Enum("open", "gone", "back", name="lossstatus", native_enum=False, create_constraint=True, length=32),
                  nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_page_losses_contract_id_contracts"),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_page_losses_channel_id_channels"),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name="fk_page_losses_grant_id_grants"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_page_losses_person_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_page_losses"),
    )
    op.create_index("uq_page_losses_standing", "page_losses", ["contract_id", "channel_id"], unique=True,
                    postgresql_where=sa.text("status in ('open', 'gone')"))


def downgrade():
    op.drop_table("page_losses")
    op.drop_column("reports", "due_at")
