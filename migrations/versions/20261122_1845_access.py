"""Grants and their uses."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "access"
down_revision = "channels"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('grants',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('contract_id', sa.Uuid(), nullable=False),
    sa.Column('seat_id', sa.Uuid(), nullable=False),
    sa.Column('channel_id', sa.Uuid(), nullable=False),
    sa.Column('manager_id', sa.Uuid(), nullable=False),
    sa.Column('rights', sa.ARRAY(sa.String(length=20)), nullable=False),
    sa.Column('status', sa.Enum('proposed', 'consented', 'active', 'suspended', 'expired', 'revoked', name='grantstatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('consented_by', sa.Uuid(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('end_reason', sa.String(length=40), nullable=False),
    sa.Column('evidence', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channels.id'], name=op.f('fk_grants_channel_id')),
    sa.ForeignKeyConstraint(['consented_by'], ['people.id'], name=op.f('fk_grants_consented_by')),
    sa.ForeignKeyConstraint(['contract_id'], ['contracts.id'], name=op.f('fk_grants_contract_id')),
    sa.ForeignKeyConstraint(['manager_id'], ['managers.id'], name=op.f('fk_grants_manager_id')),
    sa.ForeignKeyConstraint(['seat_id'], ['seats.id'], name=op.f('fk_grants_seat_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grants'))
    )
    op.create_index(op.f('ix_grants_channel_id'), 'grants', ['channel_id'], unique=False)
    op.create_index(op.f('ix_grants_contract_id'), 'grants', ['contract_id'], unique=False)
    op.create_index('ix_grants_ends', 'grants', ['ends_at'], unique=False, postgresql_where=sa.text("status in ('proposed', 'consented', 'active', 'suspended')"))
    op.create_index(op.f('ix_grants_manager_id'), 'grants', ['manager_id'], unique=False)
    op.create_index('uq_grants_live', 'grants', ['contract_id', 'channel_id'], unique=True, postgresql_where=sa.text("status in ('proposed', 'consented', 'active', 'suspended')"))
    op.create_table('grant_uses',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('grant_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('right', sa.Enum('draft', 'publish', 'reply_public', 'reply_private', 'hide_comment', 'read_insights', 'boost', name='right', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('act', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.Enum('begun', 'done', 'failed', 'unanswered', 'refused', name='outcome', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['grant_id'], ['grants.id'], name=op.f('fk_grant_uses_grant_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_grant_uses_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grant_uses'))
    )
    op.create_index(op.f('ix_grant_uses_grant_id_at_id'), 'grant_uses', ['grant_id', 'at', 'id'], unique=False)
    op.create_index(op.f('ix_grant_uses_subject'), 'grant_uses', ['subject'], unique=False)


def downgrade():
    op.drop_index(op.f('ix_grant_uses_subject'), table_name='grant_uses')
    op.drop_index(op.f('ix_grant_uses_grant_id_at_id'), table_name='grant_uses')
    op.drop_table('grant_uses')
    op.drop_index('uq_grants_live', table_name='grants', postgresql_where=sa.text("status in ('proposed', 'consented', 'active', 'suspended')"))
    op.drop_index(op.f('ix_grants_manager_id'), table_name='grants')
    op.drop_index('ix_grants_ends', table_name='grants', postgresql_where=sa.text("status in ('proposed', 'consented', 'active', 'suspended')"))
    op.drop_index(op.f('ix_grants_contract_id'), table_name='grants')
    op.drop_index(op.f('ix_grants_channel_id'), table_name='grants')
    op.drop_table('grants')
