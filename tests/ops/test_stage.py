"""A stage is a whole Dayitto of its own, whose programs can be killed and started again, and that leaves nothing."""

from urllib.error import URLError
from urllib.request import urlopen

import pytest

from ops import fast_cluster
from ops.stage import Stage


def test_a_stage_plays_survives_kills_and_leaves_nothing():
    with fast_cluster.borrow() as cluster:
        with Stage(LOG_LEVEL="error") as stage:
            assert urlopen(f"{stage.site_url}/healthz").status == 200
            assert urlopen(f"{stage.sandbox_url}/healthz").status == 200
            assert stage.database in databases(cluster)
            assert "Usage" in stage.flask("--help")
            stage.kill("web")
            with pytest.raises(URLError):
                urlopen(f"{stage.site_url}/healthz")
            stage.restart("web")
            assert urlopen(f"{stage.site_url}/healthz").status == 200
            first = stage.programs["worker"].process.pid
            stage.restart("worker")
            assert stage.programs["worker"].runs()
            assert stage.programs["worker"].process.pid != first
        assert stage.database not in databases(cluster)
        assert not stage.folder.exists()
        assert not any(program.runs() for program in stage.programs.values())


def databases(cluster) -> list[str]:
    return cluster.execute("SELECT datname FROM pg_database").splitlines()


def test_the_last_to_leave_stops_the_cluster_and_what_killed_runs_left_is_dropped(tmp_path):
    data = tmp_path / "postgres"
    with fast_cluster.borrow(data) as first:
        with fast_cluster.borrow(data) as second:
            assert (first.started, second.started) == (True, False)
            second.create_database("left_by_a_killed_run")
        assert "left_by_a_killed_run" in databases(first)
    assert not (data / "postmaster.pid").exists()
    with fast_cluster.borrow(data) as again:
        assert "left_by_a_killed_run" not in databases(again)


def test_the_template_is_made_once(tmp_path):
    made = []
    with fast_cluster.borrow(tmp_path / "postgres") as cluster:
        names = {fast_cluster.migrated_template(cluster, made.append) for _ in range(2)}
        assert names == {fast_cluster.template_name()}
        assert fast_cluster.template_name() in databases(cluster)
    assert made == [f"{fast_cluster.template_name()}_unfinished"]
