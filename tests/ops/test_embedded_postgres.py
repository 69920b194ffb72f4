"""The embedded PostgreSQL: who may what in it, and that it comes back after anything."""

import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from ops import unprivileged
from ops.embedded_postgres import APP, DATABASE, OWNER, Cluster, PostgresError, ensure
from ops.postgres_programs import explain


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    running = ensure(tmp_path_factory.mktemp("postgres") / "data")
    yield running
    running.stop()


def connect(cluster: Cluster, role: str) -> psycopg.Connection:
    return psycopg.connect(cluster.url(role).replace("+psycopg", ""))


def server_of(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def test_the_database_speaks_unicode_and_belongs_to_the_owner(cluster):
    with connect(cluster, APP) as connection:
        found = connection.execute(
            "SELECT datlocale, pg_encoding_to_char(encoding), pg_get_userbyid(datdba), current_setting('timezone')"
            " FROM pg_database WHERE datname = %s",
            [DATABASE],
        ).fetchone()
    assert found == ("PG_UNICODE_FAST", "UTF8", OWNER, "UTC")


def test_the_owner_may_create_and_the_application_may_not(cluster):
    with connect(cluster, OWNER) as connection:
        connection.execute("CREATE TABLE owned (id int)")
    with connect(cluster, APP) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine (id int)")
    with connect(cluster, APP) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE SCHEMA mine")
    with connect(cluster, APP) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM owned")


def test_the_owner_may_bring_the_extensions_that_search_needs(cluster):
    with connect(cluster, OWNER) as connection:
        for extension in ("pg_trgm", "unaccent", "citext", "btree_gist"):
            connection.execute(f"CREATE EXTENSION {extension}")


def test_a_refused_statement_says_why(cluster):
    with pytest.raises(PostgresError, match="does not exist"):
        cluster.execute("SELECT * FROM nowhere")


def test_a_copy_of_a_database_has_its_rows_and_goes_again(cluster):
    cluster.create_database("first")
    cluster.execute("CREATE TABLE kept AS SELECT 7 AS n", role=OWNER, database="first")
    cluster.create_database("second", template="first")
    assert cluster.execute("SELECT n FROM kept", role=OWNER, database="second") == "7"
    cluster.drop_database("second")
    assert cluster.execute("SELECT count(*) FROM pg_database WHERE datname = 'second'") == "0"


def test_it_is_adopted_when_it_runs(cluster):
    again = ensure(cluster.data)
    assert not again.started
    assert again.url() == cluster.url()


def test_a_killed_server_comes_back_with_what_was_committed(cluster):
    cluster.execute("CREATE TABLE survives AS SELECT 'still here' AS said")
    killed = server_of(cluster)
    os.kill(killed, signal.SIGKILL)
    again = ensure(cluster.data)
    assert again.started
    assert server_of(again) != killed
    assert again.execute("SELECT said FROM survives") == "still here"


def test_a_lock_file_that_names_a_stranger_is_no_obstacle(cluster):
    noted = (cluster.data / "postmaster.pid").read_text().split("\n", 1)
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getppid()}\n{noted[1]}")
    assert ensure(cluster.data).execute("SELECT 1") == "1"


def test_stopping_ends_it_and_stopping_again_is_nothing(cluster):
    process = server_of(cluster)
    cluster.stop()
    cluster.stop()
    assert not (cluster.data / "postmaster.pid").exists()
    assert ensure(cluster.data).started
    assert server_of(cluster) != process


def test_a_taken_port_is_named(cluster):
    cluster.stop()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PostgresError, match=f"Port {port} is taken"):
            ensure(cluster.data, port=port)
    with ensure_on(cluster.data, port) as connection:
        assert connection.execute("SELECT inet_server_port()").fetchone() == (port,)


def ensure_on(data: Path, port: int) -> psycopg.Connection:
    ensure(data, port=port)
    return psycopg.connect(host="127.0.0.1", port=port, user=APP, dbname=DATABASE)


def test_many_at_once_get_one_server_even_in_a_long_folder_half_made_by_a_killed_run(tmp_path):
    data = tmp_path / ("a-long-name-" * 8) / "data"
    (data.parent / "data.unfinished" / "base").mkdir(parents=True)
    command = [sys.executable, "-m", "ops.embedded_postgres", "start", "--data", str(data)]
    try:
        with ThreadPoolExecutor(3) as pool:
            urls = list(pool.map(lambda _: subprocess.check_output(command, text=True), range(3)))
        assert len(set(urls)) == 1
        assert str(data) not in urls[0]
        with psycopg.connect(urls[0].strip().replace("+psycopg", "")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        subprocess.run([*command[:3], "stop", "--data", str(data)], check=True)


def test_a_full_disk_is_called_that():
    complaint = 'FATAL:  could not write lock file "postmaster.pid": No space left on device'
    assert "is full" in explain(complaint, Path("var/postgres"), None)


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
namespaces_allowed = os.geteuid() == 0 and subprocess.run(["unshare", "--user", "true"], capture_output=True).returncode == 0


@as_root
def test_where_namespaces_are_forbidden_root_becomes_nobody_who_passes_through_roots_folders(tmp_path):
    data = tmp_path / "closed" / "data"
    data.mkdir(parents=True)
    data.parent.chmod(0o700)
    kernel_refuses = "import ops.unprivileged as u, sys; u.enter_user_namespace = lambda: False; u.main(sys.argv[1:])"
    program = [sys.executable, "-c", kernel_refuses, str(data), "--"]
    assert subprocess.check_output([*program, "/usr/bin/id", "-un"], text=True).strip() == "nobody"
    subprocess.run([*program, "/usr/bin/touch", str(data / "made")], check=True)
    reaches = f"import os, sys; sys.exit(not os.access({str(data.parent)!r}, os.R_OK | os.X_OK))"
    subprocess.run([*program, sys.executable, "-c", reaches], check=True)
    assert (data.owner(), (data / "made").owner()) == ("nobody", "nobody")


@pytest.mark.skipif(not namespaces_allowed, reason="this machine forbids user namespaces to root")
def test_in_a_namespace_root_looks_like_nobody_and_files_stay_its_own(tmp_path):
    program = [sys.executable, "-I", "-S", unprivileged.__file__, str(tmp_path), "--"]
    assert subprocess.check_output([*program, "/usr/bin/id", "-un"], text=True).strip() == "nobody"
    subprocess.run([*program, "/usr/bin/touch", str(tmp_path / "made")], check=True)
    assert (tmp_path / "made").owner() == "root"


def test_a_folder_of_programs_that_is_none_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PG_BINDIR", str(tmp_path))
    with pytest.raises(PostgresError, match=f"PG_BINDIR={tmp_path} has no initdb"):
        ensure(tmp_path / "data")
