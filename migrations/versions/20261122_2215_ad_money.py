"""Payments carry ad money beside the work's, refunds say which of the two goes back, and a payment's ad money is found with the rest of it."""
import sqlalchemy as sa
from alembic import op

revision = "ad_money"
down_revision = "sources"
branch_labels = None
depends_on = None

# What is left of a payment, for whatever it is held, kept so until the transaction ends: ad money first, for nobody has worked for it.
LOCK = """
create function ledger_lock_source(p_source text, p_currency text) returns table (kind text, owner text, balance_minor bigint)
language sql security definer set search_path = public, pg_temp as
$$ with locked as (select id, kind, owner, balance_minor from ledger_accounts
                   where kind in ('held', 'ad_spend') and source = p_source and currency = p_currency order by id for update)
   select kind, owner, balance_minor from locked order by kind, id $$
"""
WAS_LOCK = """
create function ledger_lock_source(p_source text, p_currency text) returns table (owner text, balance_minor bigint)
language sql security definer set search_path = public, pg_temp as
$$ select owner, balance_minor from ledger_accounts where kind = 'held' and source = p_source and currency = p_currency
   order by id for update $$
"""


def upgrade():
    op.add_column("payments", sa.Column("ad_spend_minor", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("refunds", sa.Column("ads", sa.Boolean, nullable=False, server_default="false"))
    op.execute("drop function ledger_lock_source(text, text)")
    op.execute(LOCK)


def downgrade():
    op.execute("drop function ledger_lock_source(text, text)")
    op.execute(WAS_LOCK)
    op.drop_column("refunds", "ads")
    op.drop_column("payments", "ad_spend_minor")
