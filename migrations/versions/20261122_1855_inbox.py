"""Comments and replies."""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "inbox"
down_revision = "publishing"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('comments',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('channel_id', sa.Uuid(), nullable=False),
    sa.Column('external_id', sa.String(length=80), nullable=False),
    sa.Column('post_external_id', sa.String(length=80), nullable=False),
    sa.Column('parent_external_id', sa.String(length=80), nullable=False),
    sa.Column('from_name', sa.String(length=200), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('permalink', sa.String(length=500), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('waiting', sa.Boolean(), nullable=False),
    sa.Column('hidden', sa.Boolean(), nullable=False),
    sa.Column('removed', sa.Boolean(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channels.id'], name=op.f('fk_comments_channel_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comments')),
    sa.UniqueConstraint('channel_id', 'external_id', name=op.f('uq_comments_channel_id_external_id'))
    )
    op.create_index(op.f('ix_comments_channel_id_waiting_at_id'), 'comments', ['channel_id', 'waiting', 'at', 'id'], unique=False)
    op.create_table('replies',
    sa.Column('id', sa.Uuid(), server_default=sa.text('uuidv7()'), nullable=False),
    sa.Column('comment_id', sa.Uuid(), nullable=False),
    sa.Column('grant_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('status', sa.Enum('held', 'queued', 'sent', 'unconfirmed', 'failed', 'stopped', name='replystatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('findings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('look_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('external_id', sa.String(length=80), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.String(length=40), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comments.id'], name=op.f('fk_replies_comment_id')),
    sa.ForeignKeyConstraint(['grant_id'], ['grants.id'], name=op.f('fk_replies_grant_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_replies_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_replies'))
    )
    op.create_index(op.f('ix_replies_comment_id'), 'replies', ['comment_id'], unique=False)
    op.create_index('ix_replies_look', 'replies', ['look_at'], unique=False, postgresql_where=sa.text("status in ('queued', 'unconfirmed')"))
    op.create_table('inbox_looks',
    sa.Column('channel_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channels.id'], name=op.f('fk_inbox_looks_channel_id')),
    sa.PrimaryKeyConstraint('channel_id', name=op.f('pk_inbox_looks'))
    )


def downgrade():
    op.drop_table('inbox_looks')
    op.drop_index('ix_replies_look', table_name='replies', postgresql_where=sa.text("status in ('queued', 'unconfirmed')"))
    op.drop_index(op.f('ix_replies_comment_id'), table_name='replies')
    op.drop_table('replies')
    op.drop_index(op.f('ix_comments_channel_id_waiting_at_id'), table_name='comments')
    op.drop_table('comments')
