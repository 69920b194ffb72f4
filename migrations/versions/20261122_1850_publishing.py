"""Posts."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "publishing"
down_revision = "access"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('posts',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('contract_id', sa.Uuid(), nullable=False),
    sa.Column('channel_id', sa.Uuid(), nullable=False),
    sa.Column('grant_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.Enum('draft', 'submitted', 'changes_asked', 'approved', 'scheduled', 'publishing', 'published', 'failed', 'unconfirmed', name='poststatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=True),
    sa.Column('publish_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('findings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('note', sa.String(length=2000), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_hash', sa.String(length=64), nullable=False),
    sa.Column('approved_by', sa.Uuid(), nullable=True),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('look_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('external_id', sa.String(length=80), nullable=False),
    sa.Column('permalink', sa.String(length=500), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.Enum('access_ended', 'access_suspended', 'right_missing', 'channel_broken', 'not_allowed', 'refused', 'changed', 'silence', name='failure', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('failure_detail', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['approved_by'], ['people.id'], name=op.f('fk_posts_approved_by')),
    sa.ForeignKeyConstraint(['channel_id'], ['channels.id'], name=op.f('fk_posts_channel_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['contracts.id'], name=op.f('fk_posts_contract_id')),
    sa.ForeignKeyConstraint(['file_id'], ['files.id'], name=op.f('fk_posts_file_id')),
    sa.ForeignKeyConstraint(['grant_id'], ['grants.id'], name=op.f('fk_posts_grant_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_posts_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posts'))
    )
    op.create_index(op.f('ix_posts_channel_id_external_id'), 'posts', ['channel_id', 'external_id'], unique=False)
    op.create_index(op.f('ix_posts_channel_id_publish_at'), 'posts', ['channel_id', 'publish_at'], unique=False)
    op.create_index(op.f('ix_posts_contract_id_publish_at'), 'posts', ['contract_id', 'publish_at'], unique=False)
    op.create_index('ix_posts_due', 'posts', ['publish_at'], unique=False, postgresql_where=sa.text("status = 'scheduled'"))
    op.create_index('ix_posts_look', 'posts', ['look_at'], unique=False, postgresql_where=sa.text("status in ('publishing', 'unconfirmed')"))


def downgrade():
    op.drop_index('ix_posts_look', table_name='posts', postgresql_where=sa.text("status in ('publishing', 'unconfirmed')"))
    op.drop_index('ix_posts_due', table_name='posts', postgresql_where=sa.text("status = 'scheduled'"))
    op.drop_index(op.f('ix_posts_contract_id_publish_at'), table_name='posts')
    op.drop_index(op.f('ix_posts_channel_id_publish_at'), table_name='posts')
    op.drop_index(op.f('ix_posts_channel_id_external_id'), table_name='posts')
    op.drop_table('posts')
