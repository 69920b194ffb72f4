"""Held money knows the payment that brought it: it goes back to that card and is sent from that charge."""
import sqlalchemy as sa
from alembic import op

revision = "sources"
down_revision = "managers_by_district"
branch_labels = None
depends_on = None

SIGNATURE = "ledger_post(text, text, boolean, text, jsonb, jsonb, timestamptz)"

# A leg may name the "source" of held money, a payment. One that takes held money and names none draws on its owner's sources.
DRAWS = """
create function ledger_draws(kind text, direction text, source text) returns boolean language sql immutable as
$$ select source is null and direction = 'debit' and kind in ('held', 'ad_spend') $$
"""

# The oldest source first; its accounts are locked. Too little in all of them refuses the posting.
DRAW = """
create function ledger_draw(p_transaction uuid, p_kind text, p_owner text, p_currency text, p_amount bigint) returns void
language plpgsql set search_path = public, pg_temp as $$
declare missing bigint := p_amount; part bigint; account record;
begin
  for account in select a.id, a.balance_minor from ledger_accounts a
      where a.kind = p_kind and a.owner = p_owner and a.currency = p_currency and a.balance_minor > 0 order by a.id loop
    part := least(missing, account.balance_minor);
    update ledger_accounts set balance_minor = balance_minor - part where ledger_accounts.id = account.id;
    insert into ledger_entries (transaction_id, account_id, currency, direction, amount_minor, balance_after_minor)
      values (p_transaction, account.id, p_currency, 'debit', part, account.balance_minor - part);
    missing := missing - part;
    exit when missing = 0;
  end loop;
  if missing > 0 then
    raise exception 'too little is left of % %', p_kind, p_owner
      using errcode = 'check_violation', constraint = 'ck_ledger_accounts_never_below_zero';
  end if;
end $$
"""

POST = """
create function ledger_post(p_key text, p_verb text, p_pending boolean, p_of text, p_facts jsonb, p_legs jsonb,
                            p_at timestamptz, out id uuid, out fresh boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  print text := encode(sha256(convert_to(jsonb_build_array(p_verb, p_pending, p_of, p_facts, p_legs)::text, 'UTF8')), 'hex');
  known text; finished uuid; leg record; account uuid; balance bigint;
begin
  select t.id, t.fingerprint into id, known from ledger_transactions t where t.key = p_key;
  if id is null then
    if p_of is not null then
      select t.id into strict finished from ledger_transactions t where t.key = p_of;
    end if;
    insert into ledger_transactions (key, verb, fingerprint, pending, of_id, subject, contract, business, manager, stripe_id, created_at)
    values (p_key, p_verb, print, p_pending, finished, p_facts->>'subject', p_facts->>'contract', p_facts->>'business',
            p_facts->>'manager', p_facts->>'stripe_id', p_at)
    on conflict (key) do nothing returning ledger_transactions.id into id;
    fresh := id is not null;
    if not fresh then
      select t.id, t.fingerprint into id, known from ledger_transactions t where t.key = p_key;
    end if;
  else
    fresh := false;
  end if;
  if not fresh then
    if known <> print then
      raise exception 'the key % was used for another posting', p_key using errcode = 'LG001';
    end if;
    return;
  end if;
  insert into ledger_accounts (kind, owner, source, currency, created_at)
    select distinct l.kind, l.owner, coalesce(l.source, ''), l.currency, p_at
    from jsonb_to_recordset(p_legs) as l(kind text, owner text, currency text, direction text, source text)
    where not ledger_draws(l.kind, l.direction, l.source) order by 1, 2, 3, 4
    on conflict do nothing;
  perform 1 from ledger_accounts a
    where (a.kind, a.owner, a.currency) in
          (select l.kind, l.owner, l.currency from jsonb_to_recordset(p_legs) as l(kind text, owner text, currency text))
      and not ledger_is_hot(a.kind)
    order by a.id for update;
  for leg in select * from jsonb_to_recordset(p_legs)
      as l(kind text, owner text, currency text, direction text, amount bigint, source text) loop
    if ledger_draws(leg.kind, leg.direction, leg.source) then
      perform ledger_draw(id, leg.kind, leg.owner, leg.currency, leg.amount);
      continue;
    end if;
    balance := null;
    update ledger_accounts a
      set balance_minor = a.balance_minor
                          + case when (leg.direction = 'debit') = ledger_is_debit(a.kind) then leg.amount else -leg.amount end
      where a.kind = leg.kind and a.owner = leg.owner and a.source = coalesce(leg.source, '') and a.currency = leg.currency
            and not ledger_is_hot(a.kind)
      returning a.id, a.balance_minor into account, balance;
    if not found then
      select a.id into strict account from ledger_accounts a
        where a.kind = leg.kind and a.owner = leg.owner and a.source = coalesce(leg.source, '') and a.currency = leg.currency;
    end if;
    insert into ledger_entries (transaction_id, account_id, currency, direction, amount_minor, balance_after_minor)
      values (ledger_post.id, account, leg.currency, leg.direction, leg.amount, balance);
  end loop;
end $$
"""

# What is left of a payment, for whatever it is held, kept so until the transaction ends.
LOCK = """
create function ledger_lock_source(p_source text, p_currency text) returns table (owner text, balance_minor bigint)
language sql security definer set search_path = public, pg_temp as
$$ select owner, balance_minor from ledger_accounts where kind = 'held' and source = p_source and currency = p_currency
   order by id for update $$
"""

# The same functions before this migration.
WAS_POST = """
create function ledger_post(p_key text, p_verb text, p_pending boolean, p_of text, p_facts jsonb, p_legs jsonb,
                            p_at timestamptz, out id uuid, out fresh boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  print text := encode(sha256(convert_to(jsonb_build_array(p_verb, p_pending, p_of, p_facts, p_legs)::text, 'UTF8')), 'hex');
  known text; finished uuid; leg record; account uuid; balance bigint;
begin
  select t.id, t.fingerprint into id, known from ledger_transactions t where t.key = p_key;
  if id is null then
    if p_of is not null then
      select t.id into strict finished from ledger_transactions t where t.key = p_of;
    end if;
    insert into ledger_transactions (key, verb, fingerprint, pending, of_id, subject, contract, business, manager, stripe_id, created_at)
    values (p_key, p_verb, print, p_pending, finished, p_facts->>'subject', p_facts->>'contract', p_facts->>'business',
            p_facts->>'manager', p_facts->>'stripe_id', p_at)
    on conflict (key) do nothing returning ledger_transactions.id into id;
    fresh := id is not null;
    if not fresh then
      select t.id, t.fingerprint into id, known from ledger_transactions t where t.key = p_key;
    end if;
  else
    fresh := false;
  end if;
  if not fresh then
    if known <> print then
      raise exception 'the key % was used for another posting', p_key using errcode = 'LG001';
    end if;
    return;
  end if;
  insert into ledger_accounts (kind, owner, currency, created_at)
    select distinct l.kind, l.owner, l.currency, p_at
    from jsonb_to_recordset(p_legs) as l(kind text, owner text, currency text) order by 1, 2, 3
    on conflict do nothing;
  perform 1 from ledger_accounts a
    where (a.kind, a.owner, a.currency) in
          (select l.kind, l.owner, l.currency from jsonb_to_recordset(p_legs) as l(kind text, owner text, currency text))
      and not ledger_is_hot(a.kind)
    order by a.id for update;
  for leg in select * from jsonb_to_recordset(p_legs) as l(kind text, owner text, currency text, direction text, amount bigint) loop
    balance := null;
    update ledger_accounts a
      set balance_minor = a.balance_minor
                          + case when (leg.direction = 'debit') = ledger_is_debit(a.kind) then leg.amount else -leg.amount end
      where a.kind = leg.kind and a.owner = leg.owner and a.currency = leg.currency and not ledger_is_hot(a.kind)
      returning a.id, a.balance_minor into account, balance;
    if not found then
      select a.id into strict account from ledger_accounts a
        where a.kind = leg.kind and a.owner = leg.owner and a.currency = leg.currency;
    end if;
    insert into ledger_entries (transaction_id, account_id, currency, direction, amount_minor, balance_after_minor)
      values (ledger_post.id, account, leg.currency, leg.direction, leg.amount, balance);
  end loop;
end $$
"""
WAS_LOCK = """
create function ledger_lock(p_kind text, p_owner text, p_currency text) returns bigint
language sql security definer set search_path = public, pg_temp as
$$ select balance_minor from ledger_accounts where kind = p_kind and owner = p_owner and currency = p_currency for update $$
"""

KNOWN = """
update ledger_accounts a set source = 'payment:' || p.id from payments p
where a.kind in ('held', 'ad_spend') and p.succeeded_at is not null
  and a.owner = case when p.unclaimed then 'payment:' || p.id else p.subject end
"""
BY_OWNER = "uq_ledger_accounts_kind_owner_currency"
BY_SOURCE = "uq_ledger_accounts_kind_owner_source_currency"


def upgrade():
    op.add_column("ledger_accounts", sa.Column("source", sa.String(80), nullable=False, server_default=""))
    op.execute(KNOWN)
    op.drop_constraint(BY_OWNER, "ledger_accounts")
    op.create_unique_constraint(BY_SOURCE, "ledger_accounts", ["kind", "owner", "source", "currency"])
    op.create_index("ix_ledger_accounts_source", "ledger_accounts", ["source"], postgresql_where=sa.text("source <> ''"))
    op.execute("create trigger source_stays before update of source on ledger_accounts execute function refuse_change()")
    op.execute(f"drop function {SIGNATURE}")
    op.execute("drop function ledger_lock(text, text, text)")
    for function in (DRAWS, DRAW, POST, LOCK):
        op.execute(function)
    _refunds()


def downgrade():
    """Impossible, and refused by the constraint, once something is held from two payments."""
    op.drop_column("refunds", "subject")
    op.execute("drop trigger source_stays on ledger_accounts")
    op.drop_column("ledger_accounts", "source")
    op.create_unique_constraint(BY_OWNER, "ledger_accounts", ["kind", "owner", "currency"])
    for function in ("ledger_lock_source(text, text)", SIGNATURE, "ledger_draw(uuid, text, text, text, bigint)",
                     "ledger_draws(text, text, text)"):
        op.execute(f"drop function {function}")
    op.execute(WAS_POST)
    op.execute(WAS_LOCK)


def _refunds():
    """Whose held money goes back: after money has moved on, that is not what was paid for."""
    op.add_column("refunds", sa.Column("subject", sa.String(80)))
    op.execute("update refunds r set subject = case when p.unclaimed then 'payment:' || p.id else p.subject end "
               "from payments p where p.id = r.payment_id")
    op.alter_column("refunds", "subject", nullable=False)
