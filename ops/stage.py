"""A whole, empty Dayitto on free ports, for the story, the browser journeys and the pictures.

with Stage() as stage:
    requests.get(stage.site_url)
    stage.kill("worker")
    stage.restart("worker")
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType

import psycopg

from ops import fast_cluster, programs
from ops.embedded_postgres import APP, OWNER, Cluster
from ops.environment import HOST, Ports, environment_of, without_settings
from ops.programs import Program

UNDER_WAY = """
select exists (select from procrastinate_jobs where queue_name = 'default' and task_name not in ('core.sweep', 'core.rescue')
and (status = 'doing' or status = 'todo' and (scheduled_at is null or scheduled_at <= now())))
"""


class Stage:
    """Web, worker and sandbox over a new migrated database, in a temporary folder that is gone afterwards."""

    def __init__(self, borrow: Callable[[], AbstractContextManager[Cluster]] = fast_cluster.borrow, **settings: str) -> None:
        """`borrow` lends the database's server; `settings` are further environment variables for all programs, such as `LOG_LEVEL`."""
        self.borrow = borrow
        self.ports = Ports.free()
        self.site_url = f"http://{HOST}:{self.ports.web}"
        self.sandbox_url = f"http://{HOST}:{self.ports.sandbox}"
        self.folder = Path(tempfile.mkdtemp(prefix="dayitto-stage-"))
        self.database = f"stage_{os.getpid()}_{secrets.token_hex(4)}"
        self.settings = settings
        self.environment: dict[str, str] = {}
        self.programs: dict[str, Program] = {}
        self._ends = ExitStack()

    def __enter__(self) -> "Stage":
        with ExitStack() as ends:
            ends.callback(shutil.rmtree, self.folder, ignore_errors=True)
            cluster = ends.enter_context(self.borrow())
            self._make_database(cluster)
            ends.callback(cluster.drop_database, self.database)
            ends.callback(self._stop_programs)
            self._start_programs()
            self._ends = ends.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ends.close()

    def _make_database(self, cluster: Cluster) -> None:
        template = fast_cluster.migrated_template(cluster, lambda name: self._migrate(cluster, name))
        cluster.create_database(self.database, template)
        self.environment = self._environment(cluster, self.database)

    def _migrate(self, cluster: Cluster, database: str) -> None:
        programs.flask(self._environment(cluster, database), "db", "upgrade")

    def _environment(self, cluster: Cluster, database: str) -> dict[str, str]:
        urls = cluster.url(APP, database), cluster.url(OWNER, database)
        return without_settings() | environment_of(self.folder, self.ports, *urls, "test") | self.settings

    def _start_programs(self) -> None:
        """All at once, then wait for each: they need each other only when asked something."""
        started = (
            programs.sandbox(self.environment, self.ports, self.folder),
            programs.web(self.environment, self.ports),
            programs.worker(self.environment),
        )
        for program in started:
            self.programs[program.name] = program
            program.start()
        for program in started:
            program.wait_until_it_answers()

    def _stop_programs(self) -> None:
        for program in reversed(self.programs.values()):
            program.stop()

    def kill(self, name: str) -> None:
        """End `web`, `worker` or `sandbox` as a power cut would."""
        self.programs[name].kill()

    def restart(self, name: str, **settings: str) -> None:
        """Start it again, stopping it first where it runs; `settings` change its environment for this life."""
        program = self.programs[name]
        program.stop()
        program.environment = self.environment | settings
        program.start()
        program.wait_until_it_answers()

    def flask(self, *command: str) -> str:
        """What one of the product's commands prints, such as `staff create …`. Raises ProgramError."""
        return programs.flask(self.environment, *command)

    def has_work_under_way(self) -> bool:
        """Whether a job is being done, or is due. The sweeps that always run are not counted."""
        with psycopg.connect(self.environment["DATABASE_URL"].replace("+psycopg", ""), autocommit=True) as connection:
            return bool(connection.execute(UNDER_WAY).fetchone()[0])

    def log(self, name: str) -> list[str]:
        """The last lines a program wrote."""
        return list(self.programs[name].last_lines)
