"""Connected pages, consents, the vault, Facebook's webhooks."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "channels"
down_revision = "moderation"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('channels',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('brand_id', sa.Uuid(), nullable=True),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('platform', sa.String(length=20), nullable=False),
    sa.Column('external_id', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('followers', sa.Integer(), nullable=True),
    sa.Column('link', sa.String(length=500), nullable=False),
    sa.Column('status', sa.Enum('connected', 'broken', 'disconnected', name='channelstatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('problem', sa.Enum('removed', 'expired', 'signed_out', 'checkpoint', 'role_lost', 'unreadable', name='problem', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('consenter_id', sa.String(length=40), nullable=False),
    sa.Column('tasks', sa.ARRAY(sa.String(length=60)), nullable=False),
    sa.Column('controllers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('roles_read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('connected_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('disconnected_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_channels_brand_id')),
    sa.ForeignKeyConstraint(['business_id'], ['businesses.id'], name=op.f('fk_channels_business_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_channels_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channels')),
    sa.UniqueConstraint('business_id', 'platform', 'external_id', name=op.f('uq_channels_business_id_platform_external_id'))
    )
    op.create_index('ix_channels_connected', 'channels', ['checked_at'], unique=False, postgresql_where=sa.text("status = 'connected'"))
    op.create_index(op.f('ix_channels_consenter_id'), 'channels', ['consenter_id'], unique=False)
    op.create_index('uq_channels_live', 'channels', ['platform', 'external_id'], unique=True, postgresql_where=sa.text("status <> 'disconnected'"))
    op.create_table('channel_consents',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('business_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('platform', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('binding', sa.String(length=64), nullable=False),
    sa.Column('verifier', sa.Text(), nullable=False),
    sa.Column('redirect_url', sa.String(length=300), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('consenter_id', sa.String(length=40), nullable=False),
    sa.Column('candidates', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['business_id'], ['businesses.id'], name=op.f('fk_channel_consents_business_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_channel_consents_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_consents')),
    sa.UniqueConstraint('state', name=op.f('uq_channel_consents_state'))
    )
    op.create_index(op.f('ix_channel_consents_expires_at'), 'channel_consents', ['expires_at'], unique=False)
    op.create_table('vault_entries',
    sa.Column('connection_id', sa.Uuid(), nullable=False),
    sa.Column('key_id', sa.Uuid(), nullable=False),
    sa.Column('wrapped_with', sa.String(length=20), nullable=False),
    sa.Column('wrapped_key', sa.LargeBinary(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('connection_id', name=op.f('pk_vault_entries'))
    )
    op.create_index(op.f('ix_vault_entries_wrapped_with'), 'vault_entries', ['wrapped_with'], unique=False)
    op.create_table('meta_events',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_meta_events')),
    sa.UniqueConstraint('digest', name=op.f('uq_meta_events_digest'))
    )
    op.create_index('ix_meta_events_open', 'meta_events', ['created_at'], unique=False, postgresql_where=sa.text('handled_at is null'))


def downgrade():
    op.drop_index('uq_channels_live', table_name='channels', postgresql_where=sa.text("status <> 'disconnected'"))
    op.drop_index(op.f('ix_channels_consenter_id'), table_name='channels')
    op.drop_index('ix_channels_connected', table_name='channels', postgresql_where=sa.text("status = 'connected'"))
    op.drop_table('channels')
    op.drop_index(op.f('ix_channel_consents_expires_at'), table_name='channel_consents')
    op.drop_table('channel_consents')
    op.drop_index(op.f('ix_vault_entries_wrapped_with'), table_name='vault_entries')
    op.drop_table('vault_entries')
    op.drop_index('ix_meta_events_open', table_name='meta_events', postgresql_where=sa.text('handled_at is null'))
    op.drop_table('meta_events')
