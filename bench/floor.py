"""The floor: what the same rows cost a bare Flask application. `gunicorn bench.floor:app`.

psycopg, compiled templates with an include for each card and `url_for` for each address, gzip; no ORM, no session, no
translation, no headers. It reads the database of DATABASE_URL, with the two tables of its own that `prepare` makes.
"""

import gzip
import hashlib
import os
import threading
from typing import Any

import psycopg
from flask import Flask, Response, abort, redirect, render_template, request, url_for
from itsdangerous import BadSignature, Signer
from psycopg.rows import namedtuple_row
from werkzeug.wrappers import Response as Answer

PAGE, COUNTED = 24, 500
TABLES = """
create table floor_facets as
  select 'trade' facet, code, count(*) from managers, unnest(trades) code where published group by code union all
  select 'platform', code, count(*) from managers, unnest(platforms) code where published group by code union all
  select 'district', district, count(*) from managers where published group by district;
create table floor_bids (id bigint generated always as identity primary key, person text not null, job_id uuid not null,
  price_minor bigint not null, strategy text not null, made_at timestamptz not null default now());
create table floor_milestones (bid_id bigint not null references floor_bids, title text not null, amount_minor bigint not null);
grant all on floor_facets, floor_bids, floor_milestones to public;
"""
LISTS = {
    "managers": (
        "select id, slug, name, headline, district, trades[1] trade, price_from_minor price, score, clean_contracts, photo_id, rank,"
        " sample_reply said from managers where published",
        "rank desc, id desc",
    ),
    "jobs": (
        "select j.id, j.id::text slug, j.title name, j.trade headline, j.district, j.trade, j.budget_minor price, j.bid_count score,"
        " j.days clean_contracts, b.id photo_id, b.name said from jobs j join businesses b on b.id = j.business_id where j.status = 'open'",
        "j.published_at desc, j.id desc",
    ),
}
FILTERS = {
    "managers": {
        "trade": "trades @> array[%(trade)s]::varchar[]",
        "platform": "platforms @> array[%(platform)s]::varchar[]",
        "q": "search @@ %(words)s::tsquery",
    },
    "jobs": {
        "trade": "j.trade = %(trade)s",
        "platform": "j.platforms @> array[%(platform)s]::varchar[]",
        "q": "j.search @@ %(words)s::tsquery",
    },
}
DETAILS = {
    "managers": "select name, headline, about from managers where slug = %s and published",
    "jobs": "select title as name, trade as headline, description as about from jobs where id = %s::uuid and status = 'open'",
}

app = Flask(__name__, template_folder="templates/floor")
app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
STATIC = "<p>দায়িত্ত</p>" * 1000
held = threading.local()


def prepare(connection: psycopg.Connection) -> None:
    """Make the floor's tables in a filled database."""
    connection.execute(TABLES)


def sign(person: str, secret: str) -> str:
    """The value of the cookie `person`."""
    return _signer(secret).sign(person).decode()


def _signer(secret: str) -> Signer:
    return Signer(secret, "floor", digest_method=hashlib.sha256)


def database() -> psycopg.Connection:
    """This thread's connection."""
    if not hasattr(held, "connection"):
        url = os.environ["DATABASE_URL"].replace("+psycopg", "", 1)
        held.connection = psycopg.connect(url, row_factory=namedtuple_row, autocommit=True)
    return held.connection


@app.after_request
def compress(response: Response) -> Response:
    if response.mimetype == "text/html" and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(gzip.compress(response.get_data(), 4))
        response.headers["Content-Encoding"] = "gzip"
    return response


@app.get("/healthz")
def health() -> str:
    return "ok"


@app.get("/static-page")
def static_page() -> str:
    return STATIC


@app.get("/<any(managers, jobs):kind>")
def index(kind: str) -> str:
    query, order = LISTS[kind]
    wanted = {name: request.args[name] for name in FILTERS[kind] if request.args.get(name)}
    values: dict[str, Any] = wanted | {"words": " & ".join(f"'{word}':*" for word in wanted.get("q", "").split())}
    query += "".join(f" and {FILTERS[kind][name]}" for name in wanted)
    rows = database().execute(f"{query} order by {order} limit {PAGE + 1}", values).fetchall()
    count = hits(query, values) if kind == "managers" and "q" in wanted else None
    facets = database().execute("select facet, code, count from floor_facets").fetchall()
    return render_template("index.html", kind=kind, rows=rows[:PAGE], more=len(rows) > PAGE, facets=facets, wanted=wanted, count=count)


def hits(query: str, values: dict[str, Any]) -> int:
    """How many there are, counted so far; where Dayitto says a number, so does the floor."""
    return database().execute(f"select count(*) from ({query} limit {COUNTED}) hits", values).fetchone()[0]


@app.get("/<any(managers, jobs):kind>/<key>")
def show(kind: str, key: str) -> str:
    row = database().execute(DETAILS[kind], (key,)).fetchone() or abort(404)
    return render_template("show.html", row=row, kind=kind)


@app.post("/jobs/<uuid:job_id>/bid")
def create_bid(job_id: Any) -> Answer:
    """A bid of two milestones by whoever the signed cookie names, in one durable transaction."""
    try:
        person = _signer(os.environ["SECRET_KEY"]).unsign(request.cookies.get("person", "")).decode()
    except BadSignature:
        abort(403)
    steps = list(zip(request.form.getlist("title"), request.form.getlist("amount"), strict=True))
    with database().transaction():
        database().execute("select 1 from jobs where id = %s and status = 'open' for update", (job_id,)).fetchone() or abort(404)
        bid = (
            database()
            .execute(
                "insert into floor_bids (person, job_id, price_minor, strategy) values (%s, %s, %s, %s) returning id",
                (person, job_id, request.form["price"], request.form["strategy"]),
            )
            .fetchone()
        )
        database().cursor().executemany("insert into floor_milestones values (%s, %s, %s)", [(bid.id, *step) for step in steps])
    return redirect(url_for("show", kind="jobs", key=job_id), 303)
