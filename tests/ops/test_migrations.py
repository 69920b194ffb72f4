"""Migrations make what the models say, also when two machines deploy at the same moment."""

import subprocess
import sys
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from marketplace.core.db import db
from ops.embedded_postgres import APP, OWNER
from ops.environment import Ports, environment_of, without_settings

ROOT = Path(__file__).resolve().parents[2]
UPGRADE = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]


def test_two_who_migrate_an_empty_database_at_once_both_succeed(cluster, tmp_path):
    cluster.create_database("migrated_twice")
    urls = cluster.url(APP, "migrated_twice"), cluster.url(OWNER, "migrated_twice")
    environment = without_settings() | environment_of(tmp_path, Ports.free(), *urls, "test")
    both = [subprocess.Popen(UPGRADE, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in "12"]
    try:
        said = [one.communicate(timeout=180)[0] for one in both]
    finally:
        cluster.drop_database("migrated_twice")
    assert [one.returncode for one in both] == [0, 0], said
    assert ["Running upgrade" in one for one in said].count(True) == 1


def test_the_models_are_what_the_migrations_make(app):
    context = MigrationContext.configure(db.session.connection(), opts={"include_object": ours})
    assert compare_metadata(context, db.metadata) == []


def ours(_thing, name, kind, _reflected, _compared_to):
    """The queue's tables come with its library."""
    return not (kind == "table" and name.startswith("procrastinate_"))
