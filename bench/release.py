"""A milestone released over HTTP, from the button to the commit, beside the same rows written by pgbench through one connection."""

import random
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from bench.database import created
from bench.load import ALWAYS, Ask, Client
from bench.postings import CLIENTS, postings_a_second, run_sql
from bench.servers import load_average, serving
from bench.visitors import csrf, headers
from bench.walk.market import PASSWORD, new_business, new_contract, new_manager
from marketplace.accounts.commands import passwords, sessions
from marketplace.accounts.models import Person
from marketplace.contracts.commands import funding, milestones
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.queries import milestones_of
from marketplace.core import clock, config
from marketplace.core.db import db
from marketplace.factory import create_app
from marketplace.ledger import commands as ledger
from marketplace.payments.models import Payment, PaymentStatus
from ops.embedded_postgres import APP, Cluster

STEPS_A_CONTRACT = 20
WRITE = re.compile(r"\s*(?:(INSERT) INTO|(UPDATE)|select \* from (ledger_try))\W+(\w+)", re.IGNORECASE)
WARM = 12
"""Releases before anything is measured; their rows are the floor's samples."""
POSTED = [("INSERT", "ledger_transactions"), *[("INSERT", "ledger_entries")] * 3, *[("UPDATE", "ledger_accounts")] * 2]
"""What the ledger's function writes for a release."""


def measure(releases: int, rounds: int, seconds: float) -> dict[str, Any]:
    """So many releases by 1, 8 and 32 clients, in so many rounds."""
    with created("release") as (cluster, name, environment), tempfile.TemporaryDirectory() as folder:
        app = create_app(config.load(environment | {"LOG_LEVEL": "error"}))
        with app.app_context():
            asks = iter(list(delivered(app, releases * rounds * len(CLIENTS) + 2 * WARM)))
            writes = [written(app, next(asks)) for _ in range(WARM)][-1]
            db.session.remove()
            db.engine.dispose()
        script = write_floor(cluster, name, writes, Path(folder))
        with serving("dayitto", "wsgi:app", environment) as server:
            _released(server.port, [next(asks) for _ in range(WARM)], 1)
            found: dict[str, list[float]] = {}
            for _ in range(rounds):
                found.setdefault("floor", []).append(postings_a_second(cluster, name, script, 1, seconds))
                for clients in CLIENTS:
                    mine = [next(asks) for _ in range(releases)]
                    found.setdefault(str(clients), []).append(_released(server.port, mine, clients))
    return {
        "suite": "release", "at": datetime.now(UTC).isoformat(timespec="seconds"), "load_average": load_average(), "rounds": rounds,
        "releases_a_round": releases, "rows_written": sum(writes.values()), "floor_a_second": round(statistics.median(found["floor"]), 1),
        "clients": [_summary(found, clients) for clients in CLIENTS],
    }  # fmt: skip


def _summary(found: dict[str, list[float]], clients: int) -> dict[str, Any]:
    mine, alone = found[str(clients)], found[str(CLIENTS[0])]
    return {"clients": clients, "releases_a_second": round(statistics.median(mine), 1),
            "over_floor": round(statistics.median(one / floor for one, floor in zip(mine, found["floor"], strict=True)), 2),
            "over_one_client": round(statistics.median(one / first for one, first in zip(mine, alone, strict=True)), 2)}  # fmt: skip


def delivered(app: Flask, count: int) -> Iterator[Ask]:
    """So many buttons that release money: work handed in, paid for as after Stripe's yes, each contract of another business."""
    secret, chance = passwords.hashed(PASSWORD), random.Random(1)
    for number in range(0, count, STEPS_A_CONTRACT):
        business, owner = new_business(f"release-{number}", secret)
        manager = new_manager(None, f"release-{number}", secret)
        deal = new_contract(chance, number, (business, owner), manager, STEPS_A_CONTRACT)
        token = sessions.begin(owner, device="bench", address="127.0.0.1")
        for milestone in milestones_of(db.session.get_one(Contract, deal.contract)):
            milestone.amount_minor = 150_000  # below what asks for the password again
            hand_in(milestone, owner)
            yield Ask(f"/milestones/{milestone.id}/approval", headers(app, "bn", token), {"csrf_token": csrf(app)})
        db.session.commit()


def hand_in(milestone: Milestone, payer: Person) -> None:
    """Paid in two days ago, without asking Stripe, and delivered."""
    contract = milestone.contract
    milestone.move("start_funding")
    payment = Payment(
        subject=f"milestone:{milestone.id}", contract=f"contract:{contract.id}", business_id=contract.business_id, person_id=payer.id,
        title=milestone.title, amount_minor=milestone.amount_minor, card_cost_minor=0, currency=milestone.currency, success_url="/",
        cancel_url="/", expires_at=clock.now(), status=PaymentStatus.succeeded, succeeded_at=clock.now(),
        stripe_charge_id=f"ch_{milestone.id}")  # fmt: skip
    db.session.add(payment)
    db.session.flush()
    ledger.fund(f"payment:{payment.id}", milestone=payment.subject, contract=payment.contract, business=f"business:{payment.business_id}",
                amount=payment.amount, card_cost=payment.card_cost, source=payment.source, stripe_id=payment.stripe_charge_id)  # fmt: skip
    funding.begin_work(milestone)
    milestones.deliver(milestone, contract.manager.person, "All of it is done.", ["https://facebook.com/posts/1"])
    milestone.funded_at -= timedelta(days=2)


def written(app: Flask, ask: Ask) -> dict[str, int]:
    """Release one here; how many rows of which table its statements wrote: `INSERT milestones`, `UPDATE …`, `ledger_try`."""
    found: dict[str, int] = {}

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if match := WRITE.match(statement):
            what = match[3] or f"{(match[1] or match[2]).upper()} {match[4]}"
            found[what] = found.get(what, 0) + rows(statement, parameters)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with app.app_context():
            answer = app.test_client(use_cookies=False).post(ask.path, data=dict(ask.form or {}), headers={**ALWAYS, **ask.headers})
            assert answer.status_code == 303, answer.text[:500]
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return found


def rows(statement: str, parameters: Any) -> int:
    """How many rows a statement writes: as many as it was given sets of values, lines of values, or names of jobs."""
    if isinstance(parameters, list):
        return len(parameters)
    return len(parameters["tasks"]) if "unnest" in statement else statement.count("), (%") + 1


def write_floor(cluster: Cluster, name: str, writes: dict[str, int], folder: Path) -> Path:
    """Copies of the tables with their indexes, one sample row of each, and pgbench's script that writes the same rows again."""
    lines, tables = ["begin;"], set()
    for what, rows in writes.items():
        verb, _, table = what.partition(" ")
        for one, real in POSTED if verb == "ledger_try" else [(verb, table)] * rows:
            tables.add(real)
            lines.append(_again(cluster, name, one, real))
    for table in sorted(tables):
        run_sql(cluster, name, COPY.format(table=table, app=APP))
    script = folder / "release.sql"
    script.write_text("\n".join([*lines, "commit;", ""]))
    return script


COPY = """
create table floor_{table} (like {table} including defaults including identity including generated including indexes);
create table sample_{table} as select * from {table} order by ctid desc limit 1;
do $$ declare found text; begin
  for found in select indexrelid::regclass::text from pg_index
      where indrelid = 'floor_{table}'::regclass and indisunique and not indisprimary loop
    begin
      execute 'alter table floor_{table} drop constraint ' || found;
    exception when undefined_object then
      execute 'drop index ' || found;
    end;
  end loop;
end $$;
insert into floor_{table} overriding user value select * from sample_{table};
grant all on floor_{table}, sample_{table} to {app};
grant all on all sequences in schema public to {app};
"""
"""Unique indexes would refuse the second copy of a sample; the primary key stays, with new keys."""
COLUMNS = """
select string_agg(column_name, ', ' order by ordinal_position) || '|' ||
       string_agg(case when column_name = 'id' then 'uuidv7()' else column_name end, ', ' order by ordinal_position)
from information_schema.columns where table_name = '{table}' and table_schema = 'public' and is_identity = 'NO' and is_generated = 'NEVER'
  and column_default is distinct from 'nextval(''' || '{table}' || '_id_seq''::regclass)'
"""


def _again(cluster: Cluster, name: str, verb: str, table: str) -> str:
    """The statement that writes a sample row once more."""
    if verb == "UPDATE":
        key = cluster.execute(f"select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0] "
                              f"where i.indrelid = '{table}'::regclass and i.indisprimary", database=name)  # fmt: skip
        return f"update floor_{table} set {key} = {key} where {key} = (select {key} from sample_{table});"
    names, values = cluster.execute(COLUMNS.format(table=table), database=name).split("|")
    return f"insert into floor_{table} ({names}) select {values} from sample_{table};"


def _released(port: int, asks: list[Ask], clients: int) -> float:
    """Releases a second by so many clients at once; each asks as soon as the one before was answered."""
    waiting, taking = iter(asks), threading.Lock()

    def work(client: Client) -> None:
        while True:
            with taking:
                ask = next(waiting, None)
            if ask is None:
                return
            client.ask(ask)

    began, browsers = time.perf_counter(), [Client(port) for _ in range(clients)]
    with ThreadPoolExecutor(clients) as threads:
        list(threads.map(work, browsers))
    rate = len(asks) / (time.perf_counter() - began)
    for browser in browsers:
        browser.connection.close()
    return rate

