"""Boosts: ad money, its rate, draws against receipts, campaigns, what others paid."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "boosts"
down_revision = "papers"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('exchange_rates',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('rate_minor', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('source', sa.String(length=120), nullable=False),
    sa.Column('link', sa.String(length=500), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('rate_minor > 0', name=op.f('ck_exchange_rates_positive')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_exchange_rates_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exchange_rates'))
    )
    op.create_index(op.f('ix_exchange_rates_day_id'), 'exchange_rates', ['day', 'id'], unique=False)
    op.create_table('ad_pots',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('contract_id', sa.Uuid(), nullable=False),
    sa.Column('milestone_id', sa.Uuid(), nullable=False),
    sa.Column('dollars_minor', sa.BigInteger(), nullable=False),
    sa.Column('status', sa.Enum('planned', 'locked', 'funded', 'closing', 'settled', name='potstatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('rate_minor', sa.BigInteger(), nullable=True),
    sa.Column('rate_source', sa.String(length=120), nullable=False),
    sa.Column('rate_link', sa.String(length=500), nullable=False),
    sa.Column('rate_day', sa.Date(), nullable=True),
    sa.Column('locked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ads_minor', sa.BigInteger(), nullable=False),
    sa.Column('vat_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('funded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('returned_minor', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('dollars_minor > 0 and ads_minor >= 0 and vat_minor >= 0 and returned_minor >= 0', name=op.f('ck_ad_pots_not_negative')),
    sa.ForeignKeyConstraint(['contract_id'], ['contracts.id'], name=op.f('fk_ad_pots_contract_id')),
    sa.ForeignKeyConstraint(['milestone_id'], ['milestones.id'], name=op.f('fk_ad_pots_milestone_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ad_pots')),
    sa.UniqueConstraint('contract_id', name=op.f('uq_ad_pots_contract_id')),
    sa.UniqueConstraint('milestone_id', name=op.f('uq_ad_pots_milestone_id'))
    )
    op.create_index('ix_ad_pots_closing', 'ad_pots', ['closes_at'], unique=False, postgresql_where=sa.text("status = 'closing'"))
    op.create_table('ad_draws',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('pot_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Enum('asked', 'approved', 'refused', 'paid', name='drawstatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('platform', sa.String(length=20), nullable=False),
    sa.Column('receipt_number', sa.String(length=60), nullable=False),
    sa.Column('dollars_minor', sa.BigInteger(), nullable=False),
    sa.Column('vat_minor', sa.BigInteger(), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('decide_by', sa.DateTime(timezone=True), nullable=False),
    sa.Column('spend_minor', sa.BigInteger(), nullable=False),
    sa.Column('paid_dollars_minor', sa.BigInteger(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.String(length=2000), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('dollars_minor > 0 and vat_minor >= 0 and amount_minor >= 0 and paid_dollars_minor between 0 and dollars_minor', name=op.f('ck_ad_draws_within_receipt')),
    sa.ForeignKeyConstraint(['decided_by'], ['people.id'], name=op.f('fk_ad_draws_decided_by')),
    sa.ForeignKeyConstraint(['file_id'], ['files.id'], name=op.f('fk_ad_draws_file_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_ad_draws_person_id')),
    sa.ForeignKeyConstraint(['pot_id'], ['ad_pots.id'], name=op.f('fk_ad_draws_pot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ad_draws'))
    )
    op.create_index('ix_ad_draws_asked', 'ad_draws', ['decide_by'], unique=False, postgresql_where=sa.text("status = 'asked'"))
    op.create_index(op.f('ix_ad_draws_pot_id_id'), 'ad_draws', ['pot_id', 'id'], unique=False)
    op.create_index('uq_ad_draws_receipt', 'ad_draws', ['platform', 'receipt_number'], unique=True, postgresql_where=sa.text("status <> 'refused'"))
    op.create_table('boosts',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('contract_id', sa.Uuid(), nullable=False),
    sa.Column('grant_id', sa.Uuid(), nullable=False),
    sa.Column('channel_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Enum('planned', 'approved', 'funded', 'running', 'paused', 'ended', name='booststatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('post_id', sa.String(length=80), nullable=False),
    sa.Column('objective', sa.String(length=20), nullable=False),
    sa.Column('audience', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('budget_minor', sa.BigInteger(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('approved_hash', sa.String(length=64), nullable=False),
    sa.Column('approved_by', sa.Uuid(), nullable=True),
    sa.Column('account_id', sa.String(length=80), nullable=False),
    sa.Column('campaign_id', sa.String(length=80), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('spent_minor', sa.BigInteger(), nullable=False),
    sa.Column('spend_read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('budget_minor > 0 and spent_minor >= 0 and days > 0', name=op.f('ck_boosts_positive')),
    sa.ForeignKeyConstraint(['approved_by'], ['people.id'], name=op.f('fk_boosts_approved_by')),
    sa.ForeignKeyConstraint(['channel_id'], ['channels.id'], name=op.f('fk_boosts_channel_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['contracts.id'], name=op.f('fk_boosts_contract_id')),
    sa.ForeignKeyConstraint(['grant_id'], ['grants.id'], name=op.f('fk_boosts_grant_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_boosts_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_boosts'))
    )
    op.create_index(op.f('ix_boosts_contract_id_id'), 'boosts', ['contract_id', 'id'], unique=False)
    op.create_index('ix_boosts_live', 'boosts', ['ends_at'], unique=False, postgresql_where=sa.text("status in ('running', 'paused')"))
    op.create_index('ix_boosts_spend', 'boosts', ['spend_read_at'], unique=False, postgresql_where=sa.text("campaign_id <> ''"))
    op.create_table('price_medians',
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('trade', sa.String(length=40), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('contracts', sa.Integer(), nullable=False),
    sa.Column('median_minor', sa.BigInteger(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('kind', 'trade', 'size', name=op.f('pk_price_medians'))
    )


def downgrade():
    for table in ("price_medians", "boosts", "ad_draws", "ad_pots", "exchange_rates"):
        op.drop_table(table)
