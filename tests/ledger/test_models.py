"""What the database itself refuses, whoever asks."""
from __future__ import annotations

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from marketplace.core import audit
from marketplace.core.db import db
from marketplace.ledger import queries
from marketplace.ledger.models import DEBIT_NORMAL, HOT, AccountKind
from ops.postgres_programs import PostgresError
from tests.factories.ledger import post_fund

TABLES = ["ledger_accounts", "ledger_transactions", "ledger_entries", "ledger_checkpoints"]
WRITES = {
    "ledger_accounts": ["insert into ledger_accounts (kind, owner, currency, created_at) values ('held', 'x', 'BDT', now())",
                        "update ledger_accounts set balance_minor = 5"],
    "ledger_transactions": ["insert into ledger_transactions (key, verb, fingerprint, pending, created_at) "
                            "values ('x', 'x', 'x', false, now())",
                            "update ledger_transactions set key = 'y'"],
    "ledger_entries": ["insert into ledger_entries (transaction_id, account_id, currency, direction, amount_minor) "
                       "select t.id, a.id, 'BDT', 'debit', 1 from ledger_transactions t, ledger_accounts a",
                       "update ledger_entries set amount_minor = 1"],
    "ledger_checkpoints": ["insert into ledger_checkpoints select id, 1, 1, now() from ledger_accounts",
                           "update ledger_checkpoints set balance_minor = 1"],
}
STATEMENTS = [statement for table in TABLES for statement in (*WRITES[table], f"delete from {table}", f"truncate {table} cascade")]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_applications_role_cannot_write_the_books_past_their_function(app, statement):
    post_fund()
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text(statement))


@pytest.mark.parametrize("statement", [
    "update ledger_entries set amount_minor = amount_minor + 1", "delete from ledger_entries", "truncate ledger_entries cascade",
    "update ledger_transactions set verb = 'x'", "delete from ledger_transactions", "truncate ledger_transactions cascade",
    "delete from ledger_accounts", "update ledger_accounts set owner = 'business:2'", "update ledger_accounts set currency = 'USD'",
])
def test_not_even_the_owner_changes_what_is_written(committed, cluster, statement):
    post_fund()
    db.session.commit()
    with pytest.raises(PostgresError, match="append-only"):
        cluster.execute(statement, role="dayitto_owner", database=db.engine.url.database)


def test_a_transaction_that_does_not_balance_is_refused_at_commit(committed, cluster):
    post_fund()
    db.session.commit()
    with pytest.raises(PostgresError, match="does not balance"):
        cluster.execute("insert into ledger_entries (transaction_id, account_id, currency, direction, amount_minor) "
                        "select t.id, a.id, 'BDT', 'debit', 1 from ledger_transactions t, ledger_accounts a limit 1",
                        role="dayitto_owner", database=db.engine.url.database)


def test_a_transaction_balances_in_each_currency_not_over_all(committed, cluster):
    with pytest.raises(PostgresError, match="does not balance"):
        cluster.execute(_post('[{"kind": "stripe", "owner": "platform", "currency": "BDT", "direction": "debit", "amount": 5},'
                              ' {"kind": "fees", "owner": "platform", "currency": "USD", "direction": "credit", "amount": 5}]'),
                        role="dayitto_app", database=db.engine.url.database)


@pytest.mark.parametrize(("legs", "why"), [
    ("[]", "fewer than two legs"),
    ('[{"kind": "stripe", "owner": "platform", "currency": "BDT", "direction": "debit", "amount": -5},'
     ' {"kind": "fees", "owner": "platform", "currency": "BDT", "direction": "credit", "amount": -5}]', "positive"),
    ('[{"kind": "stripe", "owner": "platform", "currency": "BDT", "direction": "debit", "amount": 0},'
     ' {"kind": "fees", "owner": "platform", "currency": "BDT", "direction": "credit", "amount": 0}]', "positive"),
    ('[{"kind": "gold", "owner": "platform", "currency": "BDT", "direction": "debit", "amount": 5},'
     ' {"kind": "fees", "owner": "platform", "currency": "BDT", "direction": "credit", "amount": 5}]', "accountkind"),
])
def test_the_function_writes_nothing_unsound(committed, cluster, legs, why):
    with pytest.raises(PostgresError, match=why):
        cluster.execute(_post(legs), role="dayitto_app", database=db.engine.url.database)


def test_an_entry_is_in_its_accounts_currency(committed, cluster):
    post_fund()
    db.session.commit()
    with pytest.raises(PostgresError, match="fk_ledger_entries_account_currency"):
        cluster.execute("insert into ledger_entries (transaction_id, account_id, currency, direction, amount_minor) "
                        "select t.id, a.id, 'USD', 'debit', 1 from ledger_transactions t, ledger_accounts a limit 1",
                        role="dayitto_owner", database=db.engine.url.database)


def test_python_and_the_database_agree_on_sides_and_hot_accounts(app):
    rows = db.session.execute(text("select k, ledger_is_debit(k), ledger_is_hot(k) from unnest(cast(:kinds as text[])) k"),
                              {"kinds": [kind.value for kind in AccountKind]}).all()
    assert {kind for kind, debit, _hot in rows if debit} == DEBIT_NORMAL
    assert {kind for kind, _debit, hot in rows if hot} == HOT


def _post(legs: str) -> str:
    return f"select ledger_post('x', 'x', false, null, '{{}}', '{legs}', now())"


GUARDED = {"ledger_accounts": "owner", "ledger_transactions": "key", "ledger_entries": "currency", "ledger_checkpoints": "balance_minor",
           "audit_entries": "actor", "audit_seals": "digest"}
"""The tables nobody undoes, each with a column of its own."""
TRIES = ["update {0} set {1} = {1}", "delete from {0}", "truncate {0} cascade", "insert into {0} default values",
         "alter table {0} add column x int", "alter table {0} disable trigger all", "alter table {0} disable trigger append_only",
         "alter table {0} owner to dayitto_app", "alter table {0} rename to x", "drop table {0} cascade",
         "drop trigger append_only on {0}", "create rule x as on delete to {0} do instead nothing",
         "create trigger x before insert on {0} for each row execute function refuse_change()"]
BEYOND = ["set session_replication_role = replica", "set role dayitto_owner", "set session authorization dayitto_owner",
          "create or replace function refuse_change() returns trigger language plpgsql as 'begin return null; end'",
          "create or replace function ledger_is_hot(kind text) returns boolean language sql immutable as 'select true'",
          "drop function ledger_post(text, text, boolean, text, jsonb, jsonb, timestamptz)", "alter role dayitto_app superuser",
          "alter table ledger_accounts drop constraint ck_ledger_accounts_never_below_zero", "drop schema public cascade"]
REFUSED = re.compile("permission denied|must be owner|append-only")


def test_whoever_signs_in_as_the_application_undoes_nothing(committed):
    """As somebody who stole the application's password for the database: neither the rows nor what guards them.

    An audit entry may be added, for that is what the application does; it is sealed with a key that is not in the database.
    """
    post_fund()
    audit.record("test", "milestone:1")
    db.session.commit()
    before = _everything()
    wishes = [wish.format(table, column) for table, column in GUARDED.items() for wish in TRIES
              if not (wish.startswith("insert") and table.startswith("audit"))]
    for wish in (*wishes, *BEYOND):
        with pytest.raises(DBAPIError, match=REFUSED) as refusal:
            db.session.execute(text(wish))
        assert refusal.value.orig.sqlstate in {"42501", "P0001", "23001"}, wish
        db.session.rollback()
    assert _everything() == before


def test_the_application_cannot_give_itself_rights(committed):
    assert db.session.scalar(text("select current_user")) == "dayitto_app"
    for table in GUARDED:
        db.session.execute(text(f"grant all on {table} to dayitto_app"))
        for right in ("update", "delete", "truncate", "trigger", "references"):
            assert not db.session.scalar(text(f"select has_table_privilege('{table}', '{right}')")), (table, right)
        db.session.rollback()


def test_what_somebody_wrote_past_the_books_is_found(committed, cluster):
    post_fund()
    db.session.commit()
    assert (queries.discrepancies(), queries.trial_balance().balanced) == ([], True)
    for forged in ("update ledger_accounts set balance_minor = balance_minor + 5 where kind = 'held'",
                   "insert into ledger_accounts (id, kind, owner, currency, balance_minor, created_at) "
                   "values (gen_random_uuid(), 'payable', 'manager:9', 'USD', 7, now())"):
        cluster.execute(forged, role="dayitto_owner", database=db.engine.url.database)
    assert sorted(queries.discrepancies()) == ["held milestone:1 BDT: kept 700005, entries 700000",
                                               "payable manager:9 USD: kept 7, entries 0"]


def _everything() -> list:
    return [db.session.execute(text(f"select * from {table} order by 1")).all() for table in GUARDED]
