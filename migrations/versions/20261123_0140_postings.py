"""A posting finds its accounts one by one, by their key, and says what it drew; a refusal leaves the transaction usable."""
from alembic import op

revision = "postings"
down_revision = "bank_payouts"
branch_labels = None
depends_on = None

ARGUMENTS = "p_key text, p_verb text, p_pending boolean, p_of text, p_facts jsonb, p_legs jsonb, p_at timestamptz"
SIGNATURE = "(text, text, boolean, text, jsonb, jsonb, timestamptz)"

# Each account is found by its whole key. A join with the legs reads the whole table while it is small, for nobody knows how few legs are.
# Accounts that are new are made in order of their keys, then all are locked in order of id: no two postings wait for each other in a ring.
# Then they are changed and the entries written, in the order of the legs.
POST = f"""
create function ledger_post({ARGUMENTS}, out id uuid, out fresh boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  print text := encode(sha256(convert_to(jsonb_build_array(p_verb, p_pending, p_of, p_facts, p_legs)::text, 'UTF8')), 'hex');
  known text; finished uuid; leg record; balance bigint; accounts uuid[] := '{{}}'; locked uuid[] := '{{}}';
begin
  insert into ledger_transactions (key, verb, fingerprint, pending, of_id, subject, contract, business, manager, stripe_id, created_at)
    values (p_key, p_verb, print, p_pending, (select t.id from ledger_transactions t where t.key = p_of), p_facts->>'subject',
            p_facts->>'contract', p_facts->>'business', p_facts->>'manager', p_facts->>'stripe_id', p_at)
    on conflict (key) do nothing returning ledger_transactions.id, ledger_transactions.of_id into id, finished;
  fresh := id is not null;
  if not fresh then
    select t.id, t.fingerprint into strict id, known from ledger_transactions t where t.key = p_key;
    if known <> print then
      raise exception 'the key % was used for another posting', p_key using errcode = 'LG001';
    end if;
    return;
  end if;
  if p_of is not null and finished is null then
    raise exception 'no posting has the key %', p_of using errcode = 'no_data_found';
  end if;
  for leg in select * from rows from (jsonb_to_recordset(p_legs) as (kind text, owner text, currency text, direction text, source text))
      with ordinality as l(kind, owner, currency, direction, source, number) order by kind, owner, source, currency loop
    if ledger_draws(leg.kind, leg.direction, leg.source) then
      locked := locked || array(select a.id from ledger_accounts a
                                where a.kind = leg.kind and a.owner = leg.owner and a.currency = leg.currency);
      continue;
    end if;
    accounts[leg.number] := ledger_account(leg.kind, leg.owner, coalesce(leg.source, ''), leg.currency, p_at);
    if not ledger_is_hot(leg.kind) then
      locked := locked || accounts[leg.number];
    end if;
  end loop;
  perform 1 from ledger_accounts a where a.id = any(locked) order by a.id for no key update;
  for leg in select * from rows from (jsonb_to_recordset(p_legs) as (kind text, owner text, currency text, direction text, amount bigint))
      with ordinality as l(kind, owner, currency, direction, amount, number) loop
    balance := null;
    if accounts[leg.number] is null then
      perform ledger_draw(id, leg.kind, leg.owner, leg.currency, leg.amount);
      continue;
    elsif not ledger_is_hot(leg.kind) then
      update ledger_accounts a
        set balance_minor = a.balance_minor
                            + case when (leg.direction = 'debit') = ledger_is_debit(leg.kind) then leg.amount else -leg.amount end
        where a.id = accounts[leg.number] returning a.balance_minor into balance;
    end if;
    insert into ledger_entries (transaction_id, account_id, currency, direction, amount_minor, balance_after_minor)
      values (ledger_post.id, accounts[leg.number], leg.currency, leg.direction, leg.amount, balance);
  end loop;
end $$
"""
ACCOUNT = """
create function ledger_account(p_kind text, p_owner text, p_source text, p_currency text, p_at timestamptz) returns uuid
language plpgsql set search_path = public, pg_temp as $$
declare found_id uuid;
begin
  loop
    select a.id into found_id from ledger_accounts a
      where a.kind = p_kind and a.owner = p_owner and a.source = p_source and a.currency = p_currency;
    exit when found;
    insert into ledger_accounts (kind, owner, source, currency, created_at) values (p_kind, p_owner, p_source, p_currency, p_at)
      on conflict do nothing;
  end loop;
  return found_id;
end $$
"""

# What callers need at once: the payments that held money and ad money were taken from, and which guard refused.
TRY = f"""
create function ledger_try({ARGUMENTS}, out id uuid, out fresh boolean, out drawn jsonb, out refused text)
language plpgsql as $$
begin
  select p.id, p.fresh into id, fresh from ledger_post(p_key, p_verb, p_pending, p_of, p_facts, p_legs, p_at) p;
  select jsonb_agg(jsonb_build_array(a.source, e.amount_minor, e.currency) order by e.id) into drawn
    from ledger_entries e join ledger_accounts a on a.id = e.account_id
    where e.transaction_id = ledger_try.id and e.direction = 'debit' and a.kind in ('held', 'ad_spend');
exception
  when sqlstate 'LG001' then refused := 'key_reused';
  when check_violation or unique_violation then
    get stacked diagnostics refused = constraint_name;
    if refused not in ('ck_ledger_accounts_never_below_zero', 'uq_ledger_transactions_of_id') then
      raise;
    end if;
end $$
"""

# The same function before this migration.
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


def upgrade():
    op.execute(f"drop function ledger_post{SIGNATURE}")
    for function in (ACCOUNT, POST, TRY):
        op.execute(function)


def downgrade():
    for function in (f"ledger_try{SIGNATURE}", f"ledger_post{SIGNATURE}", "ledger_account(text, text, text, text, timestamptz)"):
        op.execute(f"drop function {function}")
    op.execute(WAS_POST)
