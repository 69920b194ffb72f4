"""What each process of a running Dayitto holds in memory, and how long things take to start."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.servers import family, load_average, memory_mb
from ops.embedded_postgres import Cluster, ensure
from ops.fast_cluster import DATA
from ops.programs import DIRECT, ROOT
from ops.stage import Stage

PAGES = ("/", "/managers", "/jobs", "/sign-in", "/how-it-works")
TIMES = 3


def measure() -> dict[str, Any]:
    """Starts a whole Dayitto on an empty database, visits some pages, looks at its processes; then times starts alone."""
    began = time.monotonic()
    with Stage() as stage:
        ready = time.monotonic() - began
        pages = _visit(stage)
        memory = {name: memory_mb(family(program.process.pid)) for name, program in stage.programs.items() if program.process}
        memory["postgresql"] = memory_mb(_postgresql(ensure(DATA), stage.database))
        starts = {"import wsgi": _best(_import, stage.environment), "flask --help": _best(_help, stage.environment)}
    return {
        "suite": "processes",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_average": load_average(),
        "memory_mb": memory | {"all": round(sum(memory.values()), 1)},
        "cpu_seconds_to_start": starts,
        "seconds_until_everything_answers": round(ready, 2),
        "first_page_ms": pages,
    }


def _visit(stage: Stage) -> dict[str, float]:
    """Each page's first time, in ms: its template is compiled then."""
    return {path: _milliseconds(f"{stage.site_url}{path}") for path in PAGES}


def _milliseconds(url: str) -> float:
    began = time.perf_counter()
    DIRECT.open(url, timeout=30).read()
    return round((time.perf_counter() - began) * 1000, 1)


def _postgresql(cluster: Cluster, database: str) -> list[int]:
    """The server's own processes and those that serve this database; other tests may be using it too."""
    rows = cluster.execute(f"select pid from pg_stat_activity where datname is null or datname = '{database}'")
    return [int((cluster.data / "postmaster.pid").read_text().splitlines()[0]), *map(int, rows.split())]


def _best(start: Any, environment: Mapping[str, str]) -> float:
    return round(min(start(environment) for _ in range(TIMES)), 2)


def _import(environment: Mapping[str, str]) -> float:
    return _cpu_of(environment, "-c", "import wsgi")


def _help(environment: Mapping[str, str]) -> float:
    return _cpu_of(environment, "-m", "flask", "--app", "wsgi", "--help")


def _cpu_of(environment: Mapping[str, str], *arguments: str) -> float:
    """Seconds of CPU that Python needs for this, from nothing to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=Path(ROOT), env={**os.environ, **environment}, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
