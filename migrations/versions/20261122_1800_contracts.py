"""Offers, contracts, milestones, deliveries."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "contracts"
down_revision = "notifications"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('offers',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('bid_id', sa.Uuid(), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=False),
    sa.Column('seat_id', sa.Uuid(), nullable=False),
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('manager_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Enum('open', 'countered', 'accepted', 'declined', 'lapsed', name='offerstatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('turn', sa.Enum('business', 'manager', name='side', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['bid_id'], ['bids.id'], name=op.f('fk_offers_bid_id')),
    sa.ForeignKeyConstraint(['business_id'], ['businesses.id'], name=op.f('fk_offers_business_id')),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_offers_job_id')),
    sa.ForeignKeyConstraint(['manager_id'], ['managers.id'], name=op.f('fk_offers_manager_id')),
    sa.ForeignKeyConstraint(['seat_id'], ['seats.id'], name=op.f('fk_offers_seat_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offers'))
    )
    op.create_index(op.f('ix_offers_business_id_created_at'), 'offers', ['business_id', 'created_at'], unique=False)
    op.create_index(op.f('ix_offers_expires_at'), 'offers', ['expires_at'], unique=False)
    op.create_index(op.f('ix_offers_job_id'), 'offers', ['job_id'], unique=False)
    op.create_index(op.f('ix_offers_manager_id_created_at'), 'offers', ['manager_id', 'created_at'], unique=False)
    op.create_index('uq_offers_waiting_bid', 'offers', ['bid_id'], unique=True, postgresql_where="status in ('open', 'countered')")
    op.create_table('contracts',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('offer_id', sa.Uuid(), nullable=False),
    sa.Column('job_id', sa.Uuid(), nullable=False),
    sa.Column('seat_id', sa.Uuid(), nullable=False),
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('brand_id', sa.Uuid(), nullable=False),
    sa.Column('manager_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('terms', postgresql.JSONB(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('fee_bp', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('active', 'paused', 'ending', 'closed', name='contractstatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Enum('business', 'manager', name='side', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('end_reason', sa.String(length=2000), nullable=False),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_contracts_brand_id')),
    sa.ForeignKeyConstraint(['business_id'], ['businesses.id'], name=op.f('fk_contracts_business_id')),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_contracts_job_id')),
    sa.ForeignKeyConstraint(['manager_id'], ['managers.id'], name=op.f('fk_contracts_manager_id')),
    sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_contracts_offer_id')),
    sa.ForeignKeyConstraint(['seat_id'], ['seats.id'], name=op.f('fk_contracts_seat_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contracts')),
    sa.UniqueConstraint('offer_id', name=op.f('uq_contracts_offer_id'))
    )
    op.create_index(op.f('ix_contracts_business_id_started_at_id'), 'contracts', ['business_id', 'started_at', 'id'], unique=False)
    op.create_index('ix_contracts_ending', 'contracts', ['closes_at'], unique=False, postgresql_where="status = 'ending'")
    op.create_index(op.f('ix_contracts_job_id'), 'contracts', ['job_id'], unique=False)
    op.create_index(op.f('ix_contracts_manager_id_started_at_id'), 'contracts', ['manager_id', 'started_at', 'id'], unique=False)
    op.create_table('offer_terms',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('offer_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('by_side', sa.Enum('business', 'manager', name='side', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('terms', postgresql.JSONB(), nullable=False),
    sa.Column('message', sa.String(length=2000), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['offer_id'], ['offers.id'], name=op.f('fk_offer_terms_offer_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_offer_terms_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_terms')),
    sa.UniqueConstraint('offer_id', 'version', name=op.f('uq_offer_terms_offer_id_version'))
    )
    op.create_table('handover_items',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('contract_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('waived', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['contract_id'], ['contracts.id'], name=op.f('fk_handover_items_contract_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_items')),
    sa.UniqueConstraint('contract_id', 'code', name=op.f('uq_handover_items_contract_id_code'))
    )
    op.create_table('milestones',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('contract_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('status', sa.Enum('planned', 'funding', 'funded', 'delivered', 'changes_asked', 'approved', 'released', 'refunded', name='milestonestatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('funded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('review_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('review_extended', sa.Boolean(), nullable=False),
    sa.Column('remind_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_by_silence', sa.Boolean(), nullable=False),
    sa.Column('send_after', sa.DateTime(timezone=True), nullable=True),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('arrived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refunded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changes_used', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['contract_id'], ['contracts.id'], name=op.f('fk_milestones_contract_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_milestones')),
    sa.UniqueConstraint('contract_id', 'position', name=op.f('uq_milestones_contract_id_position'))
    )
    op.create_index('ix_milestones_reminder', 'milestones', ['remind_at'], unique=False, postgresql_where="status = 'delivered'")
    op.create_index('ix_milestones_review', 'milestones', ['review_until'], unique=False, postgresql_where="status = 'delivered'")
    op.create_table('change_requests',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('milestone_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('redeliver_by', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['milestone_id'], ['milestones.id'], name=op.f('fk_change_requests_milestone_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_change_requests_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_requests')),
    sa.UniqueConstraint('milestone_id', 'number', name=op.f('uq_change_requests_milestone_id_number'))
    )
    op.create_table('deliveries',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('milestone_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('links', sa.ARRAY(sa.String(length=500)), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['files.id'], name=op.f('fk_deliveries_file_id')),
    sa.ForeignKeyConstraint(['milestone_id'], ['milestones.id'], name=op.f('fk_deliveries_milestone_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_deliveries_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries')),
    sa.UniqueConstraint('milestone_id', 'number', name=op.f('uq_deliveries_milestone_id_number'))
    )
    op.create_table('refund_requests',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('milestone_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('by_side', sa.Enum('business', 'manager', name='side', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.String(length=2000), nullable=False),
    sa.Column('status', sa.Enum('open', 'agreed', 'declined', 'withdrawn', name='refundrequeststatus', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['milestone_id'], ['milestones.id'], name=op.f('fk_refund_requests_milestone_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_refund_requests_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund_requests'))
    )
    op.create_index('uq_refund_requests_open', 'refund_requests', ['milestone_id'], unique=True, postgresql_where="status = 'open'")


def downgrade():
    op.drop_index('uq_refund_requests_open', table_name='refund_requests', postgresql_where="status = 'open'")
    op.drop_table('refund_requests')
    op.drop_table('deliveries')
    op.drop_table('change_requests')
    op.drop_index('ix_milestones_review', table_name='milestones', postgresql_where="status = 'delivered'")
    op.drop_index('ix_milestones_reminder', table_name='milestones', postgresql_where="status = 'delivered'")
    op.drop_table('milestones')
    op.drop_table('handover_items')
    op.drop_table('offer_terms')
    op.drop_index(op.f('ix_contracts_manager_id_started_at_id'), table_name='contracts')
    op.drop_index(op.f('ix_contracts_job_id'), table_name='contracts')
    op.drop_index('ix_contracts_ending', table_name='contracts', postgresql_where="status = 'ending'")
    op.drop_index(op.f('ix_contracts_business_id_started_at_id'), table_name='contracts')
    op.drop_table('contracts')
    op.drop_index('uq_offers_waiting_bid', table_name='offers', postgresql_where="status in ('open', 'countered')")
    op.drop_index(op.f('ix_offers_manager_id_created_at'), table_name='offers')
    op.drop_index(op.f('ix_offers_job_id'), table_name='offers')
    op.drop_index(op.f('ix_offers_expires_at'), table_name='offers')
    op.drop_index(op.f('ix_offers_business_id_created_at'), table_name='offers')
    op.drop_table('offers')
