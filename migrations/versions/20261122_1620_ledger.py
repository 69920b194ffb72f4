"""The ledger: accounts, transactions, entries, and the one function that writes them."""
import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.engine import make_url

revision = "ledger"
down_revision = "people"
branch_labels = None
depends_on = None

KINDS = ("held", "ad_spend", "payable", "sending", "refunding", "arriving", "fees", "card_costs", "stripe", "connected",
         "receivable", "losses", "exchange")
TABLES = ("ledger_accounts", "ledger_transactions", "ledger_entries", "ledger_checkpoints")
FUNCTIONS = ("ledger_checkpoint(timestamptz)", "ledger_lock(text, text, text)",
             "ledger_post(text, text, boolean, text, jsonb, jsonb, timestamptz)",
             "ledger_transaction_has_legs()", "ledger_entries_balance()", "ledger_is_hot(text)", "ledger_is_debit(text)")

IS_HOT = """
create function ledger_is_hot(kind text) returns boolean language sql immutable as
$$ select kind in ('fees', 'card_costs', 'stripe', 'losses', 'exchange') $$
"""
IS_DEBIT = """
create function ledger_is_debit(kind text) returns boolean language sql immutable as
$$ select kind in ('stripe', 'connected', 'receivable', 'losses') $$
"""

ENTRIES_BALANCE = """
create function ledger_entries_balance() returns trigger language plpgsql as $$
begin
  if exists (select 1 from ledger_entries where transaction_id = new.transaction_id group by currency
             having sum(case direction when 'debit' then amount_minor else -amount_minor end) <> 0) then
    raise exception 'transaction % does not balance', new.transaction_id using errcode = 'check_violation';
  end if;
  return null;
end $$
"""
HAS_LEGS = """
create function ledger_transaction_has_legs() returns trigger language plpgsql as $$
begin
  if (select count(*) from ledger_entries where transaction_id = new.id) < 2 then
    raise exception 'transaction % has fewer than two legs', new.id using errcode = 'check_violation';
  end if;
  return null;
end $$
"""

# Runs with its owner's rights: the application may not write these tables in any other way.
# A leg is {"kind", "owner", "currency", "direction", "amount"}; facts are the transaction's columns of those names.
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

# What an account has, kept so until the transaction ends; the application itself may not lock what it may not write.
LOCK = """
create function ledger_lock(p_kind text, p_owner text, p_currency text) returns bigint
language sql security definer set search_path = public, pg_temp as
$$ select balance_minor from ledger_accounts where kind = p_kind and owner = p_owner and currency = p_currency for update $$
"""

# Waits for postings in flight, briefly, so that no entry with a lower number can appear after the checkpoint.
CHECKPOINT = """
create function ledger_checkpoint(p_at timestamptz) returns integer
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '200ms' as $$
declare written integer;
begin
  lock table ledger_entries in share row exclusive mode;
  insert into ledger_checkpoints (account_id, entry_id, balance_minor, created_at)
    select a.id, max(e.id), coalesce(c.balance_minor, 0)
           + sum(case when (e.direction = 'debit') = ledger_is_debit(a.kind) then e.amount_minor else -e.amount_minor end), p_at
    from ledger_accounts a
    left join lateral (select * from ledger_checkpoints k where k.account_id = a.id order by k.entry_id desc limit 1) c on true
    join ledger_entries e on e.account_id = a.id and e.id > coalesce(c.entry_id, 0)
    where ledger_is_hot(a.kind) group by a.id, c.balance_minor;
  get diagnostics written = row_count;
  return written;
exception when lock_not_available then
  return 0;
end $$
"""


def upgrade():
    _accounts()
    _transactions()
    _entries()
    _checkpoints()
    for function in (IS_HOT, IS_DEBIT, ENTRIES_BALANCE, HAS_LEGS, POST, LOCK, CHECKPOINT):
        op.execute(function)
    _guards()
    _rights()


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"drop function {function}")


def _accounts():
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("uuidv7()")),
        sa.Column("kind", sa.Enum(*KINDS, name="accountkind", native_enum=False, length=32, create_constraint=True), nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("balance_minor", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("kind", "owner", "currency", name="uq_ledger_accounts_kind_owner_currency"),
        sa.UniqueConstraint("id", "currency", name="uq_ledger_accounts_id_currency"),
        sa.CheckConstraint("balance_minor >= 0 or kind not in ('held', 'ad_spend', 'payable', 'sending', 'refunding')",
                           name="never_below_zero"),
    )
    op.create_index("ix_ledger_accounts_owner", "ledger_accounts", ["owner"])


def _transactions():
    op.create_table(
        "ledger_transactions",
        sa.Column("id", sa.Uuid, primary_key=True, server_default=sa.text("uuidv7()")),
        sa.Column("key", sa.String(160), nullable=False, unique=True),
        sa.Column("verb", sa.String(32), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("pending", sa.Boolean, nullable=False),
        sa.Column("of_id", sa.Uuid, sa.ForeignKey("ledger_transactions.id"), unique=True),
        sa.Column("subject", sa.String(80)),
        sa.Column("contract", sa.String(80)),
        sa.Column("business", sa.String(80)),
        sa.Column("manager", sa.String(80)),
        sa.Column("stripe_id", sa.String(80)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    for column in ("subject", "contract", "business", "manager"):
        op.create_index(f"ix_ledger_transactions_{column}_id", "ledger_transactions", [column, "id"])
    op.create_index("ix_ledger_transactions_stripe_id", "ledger_transactions", ["stripe_id"])


def _entries():
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("transaction_id", sa.Uuid, sa.ForeignKey("ledger_transactions.id"), nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("direction", sa.Enum("debit", "credit", name="direction", native_enum=False, length=6, create_constraint=True), nullable=False),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("balance_after_minor", sa.BigInteger),
        sa.ForeignKeyConstraint(["account_id", "currency"], ["ledger_accounts.id", "ledger_accounts.currency"],
                                name="fk_ledger_entries_account_currency"),
        sa.CheckConstraint("amount_minor > 0", name="positive"),
    )
    op.create_index("ix_ledger_entries_account_id_id", "ledger_entries", ["account_id", "id"])
    op.create_index("ix_ledger_entries_transaction_id", "ledger_entries", ["transaction_id"])


def _checkpoints():
    op.create_table(
        "ledger_checkpoints",
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("ledger_accounts.id"), primary_key=True),
        sa.Column("entry_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("balance_minor", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def _guards():
    """What holds whoever writes: sums of zero at commit, and nothing changed or removed afterwards."""
    op.execute("create constraint trigger entries_balance after insert on ledger_entries "
               "deferrable initially deferred for each row execute function ledger_entries_balance()")
    op.execute("create constraint trigger has_legs after insert on ledger_transactions "
               "deferrable initially deferred for each row execute function ledger_transaction_has_legs()")
    for table in ("ledger_transactions", "ledger_entries", "ledger_checkpoints"):
        op.execute(f"create trigger append_only before update or delete or truncate on {table} execute function refuse_change()")
    op.execute("create trigger append_only before delete or truncate on ledger_accounts execute function refuse_change()")
    op.execute("create trigger identity_stays before update of kind, owner, currency on ledger_accounts "
               "execute function refuse_change()")


def _rights():
    settings = current_app.extensions["settings"]
    role = make_url(settings.database_url).username
    if role != make_url(settings.database_owner_url or settings.database_url).username:
        for table in TABLES:
            op.execute(f'revoke insert, update, delete, truncate on {table} from "{role}"')
