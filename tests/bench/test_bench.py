"""The bench runs on a small market, and its figures hang together."""
import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from bench import data, floor
from bench.database import conninfo
from marketplace.core.db import db
from marketplace.jobs.queries import list_open
from marketplace.managers.queries import Filters, search
from ops.embedded_postgres import OWNER

ROOT = Path(__file__).parents[2]
ROWS = 60


@pytest.fixture
def market(committed, cluster):
    """A small filled market."""
    with psycopg.connect(conninfo(cluster.url(OWNER, db.engine.url.database))) as owner:
        bench = data.fill(owner, ROWS)
        floor.prepare(owner)
    return bench


def test_the_market_is_what_the_pages_read(market):
    assert len(search(Filters()).page) == 24
    assert {search(Filters(text=words)).total for words in ("বুটিক পেজ", "boutique page")} == {search(Filters(text="butik পেইজ")).total}
    assert 0 < len(list_open("বুটিক", {}, None)) <= 24
    assert list_open("", {"platform": "facebook"}, None).next


def test_the_floor_finds_the_same_rows(market, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", db.engine.url.render_as_string(hide_password=False))
    page = floor.app.test_client().get("/managers").text
    floor.held.connection.close()
    del floor.held.connection
    first = [manager.slug for manager in search(Filters()).page]
    assert page.count('<li class="card">') == len(first)
    assert all(f"/managers/{slug}" in page for slug in first)


def test_pages_are_measured_beside_the_floor():
    """The whole way, with both servers: one page, little of it."""
    command = [sys.executable, "-m", "bench", "pages", "--rows", "60", "--quick", "--languages", "bn", "--only", "jobs list"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    pages = {page["name"]: page for page in json.loads(done.stdout)["pages"]}
    listed, own = pages["jobs list bn"], pages["jobs list signed in bn"]
    assert listed["dayitto"]["cpu_app_ms"] > 0 < listed["floor"]["cpu_app_ms"]
    assert listed["spread"][0] <= listed["cpu_times"] <= listed["spread"][1]
    assert own["compared_with"] == "jobs list bn"
    assert own["statements"] > listed["statements"] >= 1
    assert listed["bytes"]["dayitto"]["sent"] < listed["bytes"]["dayitto"]["plain"] / 3
