"""What the ledger's one function costs beside the same rows written by one plain statement without a guard; both by pgbench, in one run.

A posting is that of a release: held money of one payment becomes a manager's, less the fee: three legs. `cold`: all three accounts
are one of many. `fees`: the third is the platform's own, which every posting touches. Rounds in turn, the floor just before ours.
"""

import re
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.database import created
from bench.servers import load_average
from ops.embedded_postgres import APP, OWNER, SUPERUSER, Cluster
from ops.postgres_programs import PostgresError, capture, program

CLIENTS = (1, 8, 32)
ENTRIES_AN_ACCOUNT, MANAGERS, MOST_ACCOUNTS = 20, 2000, 500_000
FEW = 10_000
"""Entries there are at least, so that no posting meets another by chance."""

# As real postings left it: each held account has its share of postings; without the triggers, and with indexes built at the end.
FILL = """
set session_replication_role = replica;
set synchronous_commit = off;
set maintenance_work_mem = '512MB';
create table floor_accounts (like ledger_accounts including defaults including indexes);
create table floor_transactions (like ledger_transactions including defaults including indexes);
create table floor_entries (like ledger_entries including defaults including indexes including identity);
update pg_index set indisready = false where indrelid = any({large});
insert into ledger_accounts (id, kind, owner, source, currency, balance_minor, created_at)
  select uuidv7(), 'held', 'milestone:' || n, 'payment:' || n, 'BDT', 0, now() from generate_series(1, {accounts}) n;
insert into ledger_accounts (id, kind, owner, source, currency, balance_minor, created_at)
  select uuidv7(), kind, 'manager:' || n, '', 'BDT', 0, now()
  from generate_series(1, {managers}) n, (values ('payable'), ('arriving')) k(kind);
insert into ledger_accounts (id, kind, owner, currency, created_at)
  select uuidv7(), kind, 'platform', 'BDT', now() from (values ('stripe'), ('fees')) k(kind);
create temporary table made as
  select uuidv7() as id, n, 1 + n % {accounts} as account from generate_series(1, {postings}) n;
insert into ledger_transactions (id, key, verb, fingerprint, pending, subject, contract, business, stripe_id, created_at)
  select id, 'filled:' || n, 'fund', md5(n::text) || md5(n::text), false, 'milestone:' || account, 'contract:' || account % 1000,
         'business:' || account % 100, 'ch_' || n, now() from made;
insert into ledger_entries (transaction_id, account_id, currency, direction, amount_minor, balance_after_minor)
  select m.id, a.id, 'BDT', 'debit', 100000000, null from made m, ledger_accounts a where a.kind = 'stripe' order by n;
insert into ledger_entries (transaction_id, account_id, currency, direction, amount_minor, balance_after_minor)
  select m.id, a.id, 'BDT', 'credit', 100000000, 100000000 from made m
  join ledger_accounts a on a.kind = 'held' and a.owner = 'milestone:' || m.account order by n;
update ledger_accounts a set balance_minor = s.balance from
  (select account_id, sum(amount_minor) as balance from ledger_entries where direction = 'credit' group by 1) s where s.account_id = a.id;
insert into floor_accounts select * from ledger_accounts;
insert into floor_transactions select * from ledger_transactions;
insert into floor_entries overriding system value select * from ledger_entries;
update pg_index set indisready = true where indrelid = any({large});
{reindex}
set session_replication_role = origin;
analyze;
select ledger_checkpoint(now());
select setval(pg_get_serial_sequence('floor_entries', 'id'), (select max(id) from floor_entries));
grant all on floor_accounts, floor_transactions, floor_entries to {app};
grant all on all sequences in schema public to {app};
"""
LARGE = ("ledger_transactions", "ledger_entries", "floor_transactions", "floor_entries")
PARTIES = f"\\set m random(1, :accounts)\n\\set g random(1, {MANAGERS})\n"
OURS = PARTIES + """
select ledger_post('bench:' || uuidv7(), 'release', false, null,
  format('{{"subject": "milestone:%s", "contract": "contract:%s", "manager": "manager:%s"}}', :m::int, :m::int % 1000, :g::int)::jsonb,
  format('[{{"kind": "held", "owner": "milestone:%s", "source": "payment:%s", "direction": "debit", "currency": "BDT", "amount": 1000}},
    {{"kind": "payable", "owner": "manager:%s", "direction": "credit", "currency": "BDT", "amount": 880}},
    {{"kind": "{kind}", "owner": "%s", "direction": "credit", "currency": "BDT", "amount": 120}}]',
    :m::int, :m::int, :g::int, {owner})::jsonb, now());
"""
FLOOR = PARTIES + """
with posting as (
  insert into floor_transactions (key, verb, fingerprint, pending, subject, contract, manager, created_at)
  values ('bench:' || uuidv7(), 'release', md5((:m::int)::text) || md5((:g::int)::text), false, 'milestone:' || :m::int,
          'contract:' || :m::int % 1000, 'manager:' || :g::int, now()) returning id as posting),
{legs}
insert into floor_entries (transaction_id, account_id, currency, direction, amount_minor, balance_after_minor)
select posting, id, 'BDT', 'debit', 1000, balance_minor from posting, leg_0
union all select posting, id, 'BDT', 'credit', 880, balance_minor from posting, leg_1
union all select posting, id, 'BDT', 'credit', 120, balance_minor from posting, leg_2;
"""
LEG = """leg_{number} as (update floor_accounts set balance_minor = balance_minor {change}
  where kind = '{kind}' and owner = {owner} and source = {source} and currency = 'BDT' returning id, balance_minor)"""
MILESTONE, MANAGER = "'milestone:' || :m::int", "'manager:' || :g::int"
THIRD = {"cold": ("arriving", MANAGER), "fees": ("fees", "'platform'")}
"""The third leg: its kind, and its owner."""

PAIRS = {
    "cold over floor": ("ours, cold", "floor, cold"),
    "fees over cold": ("ours, fees", "ours, cold"),
    "fees over floor's hot row": ("ours, fees", "floor, fees"),
    "floor's hot row over its cold": ("floor, fees", "floor, cold"),
}


def measure(entries: int, seconds: float, rounds: int) -> dict[str, Any]:
    """Fill a database with so many entries, then post with 1, 8 and 32 clients."""
    with created("postings") as (cluster, name, _environment), tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        accounts = fill(cluster, name, max(entries, FEW))
        filled = time.monotonic() - began
        scripts = write_scripts(Path(folder), accounts)
        before = _deadlocks(cluster, name)
        found = [_measured(cluster, name, scripts, clients, seconds, rounds) for clients in CLIENTS]
        return {
            "suite": "postings", "at": datetime.now(UTC).isoformat(timespec="seconds"), "entries": max(entries, FEW),
            "held_accounts": accounts,
            "load_average": load_average(), "seconds_to_fill": round(filled, 1), "seconds_a_round": seconds, "rounds": rounds,
            "clients": found, "deadlocks": _deadlocks(cluster, name) - before, "trial_balance_ms": _trial_balance_ms(cluster, name),
        }  # fmt: skip


def fill(cluster: Cluster, name: str, entries: int) -> int:
    """Write so many entries, and the floor's copies; how many held accounts they are spread over."""
    accounts = min(MOST_ACCOUNTS, max(1000, entries // ENTRIES_AN_ACCOUNT))
    large = ", ".join(f"'{table}'::regclass" for table in LARGE)
    reindex = "\n".join(f"reindex table {table};" for table in LARGE)
    run_sql(cluster, name, FILL.format(accounts=accounts, managers=MANAGERS, postings=entries // 2, app=APP, large=f"array[{large}]",
                                       reindex=reindex))  # fmt: skip
    cluster.execute("vacuum analyze", database=name)
    return accounts


def run_sql(cluster: Cluster, name: str, sql: str) -> None:
    """Several statements in one session. Raises PostgresError."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(sql)
        file.flush()
        done = capture([*cluster.psql(SUPERUSER, name), "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f", file.name])
    if done.returncode:
        raise PostgresError(done.stderr)


def write_scripts(folder: Path, accounts: int) -> dict[str, Path]:
    """pgbench's scripts: ours and the floor's, each on cold accounts and with the shared one."""
    found = {}
    for name, (kind, owner) in THIRD.items():
        legs = ",\n".join([
            LEG.format(number=0, change="- 1000", kind="held", owner=MILESTONE, source="'payment:' || :m::int"),
            LEG.format(number=1, change="+ 880", kind="payable", owner=MANAGER, source="''"),
            LEG.format(number=2, change="+ 120", kind=kind, owner=owner, source="''"),
        ])  # fmt: skip
        texts = {f"ours, {name}": OURS.format(kind=kind, owner=owner), f"floor, {name}": FLOOR.format(legs=legs)}
        for called, text in texts.items():
            found[called] = folder / f"{called.replace(', ', '-')}.sql"
            found[called].write_text(text.replace(":accounts", str(accounts)))
    return found


def _measured(cluster: Cluster, name: str, scripts: dict[str, Path], clients: int, seconds: float, rounds: int) -> dict[str, Any]:
    rates: dict[str, list[float]] = {}
    for _ in range(rounds):
        for script in ("floor, cold", "ours, cold", "floor, fees", "ours, fees"):
            rates.setdefault(script, []).append(postings_a_second(cluster, name, scripts[script], clients, seconds))
    per_second = {script: round(statistics.median(found)) for script, found in rates.items()}
    return {"clients": clients, "postings_a_second": per_second, "ratios": _ratios(rates)}


def _ratios(rates: dict[str, list[float]]) -> dict[str, float]:
    """Medians of each round's own ratio."""
    return {said: round(statistics.median(one / other for one, other in zip(rates[a], rates[b], strict=True)), 2)
            for said, (a, b) in PAIRS.items()}  # fmt: skip


def postings_a_second(cluster: Cluster, name: str, script: Path, clients: int, seconds: float) -> float:
    """By pgbench, prepared statements, as the application's own role. Raises PostgresError when anything was refused."""
    done = capture([
        program("pgbench"), "-n", "-M", "prepared", "-c", clients, "-j", min(clients, 2), "-T", max(1, round(seconds)), "-f", script,
        "-h", cluster.socket, "-p", cluster.port, "-U", APP, name,
    ])  # fmt: skip
    rate = re.search(r"^tps = ([0-9.]+)", done.stdout, re.M)
    if done.returncode or not rate or "failed transactions: 0 " not in done.stdout:
        raise PostgresError(done.stdout + done.stderr)
    return float(rate[1])


def _deadlocks(cluster: Cluster, name: str) -> int:
    return int(cluster.execute(f"select deadlocks from pg_stat_database where datname = '{name}'"))


def _trial_balance_ms(cluster: Cluster, name: str) -> float:
    """What summing all the books takes after this: other people's accounts, and the platform's from its last checkpoint."""
    began = time.perf_counter()
    cluster.execute(TRIAL_BALANCE, database=name, role=OWNER)
    return round((time.perf_counter() - began) * 1000, 1)


TRIAL_BALANCE = """
select kind, currency, sum(balance_minor) from ledger_accounts where not ledger_is_hot(kind) group by 1, 2
union all
select a.kind, a.currency, coalesce(c.balance_minor, 0) + coalesce(sum(
  case when (e.direction = 'debit') = ledger_is_debit(a.kind) then e.amount_minor else -e.amount_minor end), 0)
from ledger_accounts a
left join lateral (select * from ledger_checkpoints k where k.account_id = a.id order by k.entry_id desc limit 1) c on true
left join ledger_entries e on e.account_id = a.id and e.id > coalesce(c.entry_id, 0)
where ledger_is_hot(a.kind) group by a.id, a.kind, a.currency, c.balance_minor
"""

