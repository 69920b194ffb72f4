"""Proposals about money know their contract: what one person does alone in it is counted together."""
import sqlalchemy as sa
from alembic import op

revision = "proposals_of_contracts"
down_revision = "invoice_credits"
branch_labels = None
depends_on = None
OF_STEPS = """
update money_proposals set contract = 'contract:' || step.contract_id from milestones step where money_proposals.subject = 'milestone:' || step.id"""
OF_POTS = """
update money_proposals set contract = 'contract:' || pot.contract_id from ad_pots pot where money_proposals.subject = 'ad_pot:' || pot.id"""
OF_PAYMENTS = """
update money_proposals set contract = payments.contract from payments where money_proposals.subject = 'payment:' || payments.id"""


def upgrade():
    op.add_column("money_proposals", sa.Column("contract", sa.String(80), nullable=False, server_default=""))
    for known in (OF_STEPS, OF_POTS, OF_PAYMENTS):
        op.execute(known)
    op.create_index("ix_money_proposals_contract", "money_proposals", ["contract"], postgresql_where=sa.text("contract <> ''"))


def downgrade():
    op.drop_index("ix_money_proposals_contract", "money_proposals")
    op.drop_column("money_proposals", "contract")
