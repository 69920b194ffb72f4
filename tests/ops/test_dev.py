"""bin/dev on a copy of this checkout: starts, ends, comes back after being killed, and says what is wrong."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from ops.environment import HOST, Ports, is_taken, without_settings

ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "var", "node_modules", "__pycache__", ".*_cache", "tests", "docs")
PATIENCE = 120


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("dev") / "checkout", ignore=NOT_COPIED))


@pytest.fixture
def ports() -> Ports:
    return Ports.free()


@contextmanager
def dev(checkout: Path, ports: Ports, **settings: str) -> Iterator[subprocess.Popen]:
    """bin/dev less the ground, killed when it takes too long."""
    chosen = {name: str(port) for name, port in ports.by_setting().items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "ops.dev"], cwd=checkout, env=without_settings() | chosen | settings, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    alarm = threading.Timer(PATIENCE, process.kill)
    alarm.start()
    with process:
        yield process
        process.terminate()
    alarm.cancel()


def heard_until(process: subprocess.Popen, text: str) -> str:
    """What it says up to a line with this text; fails when it ends before."""
    said = ""
    for line in process.stdout:
        said += line
        if text in line:
            return said
    raise AssertionError(f"ended without saying {text!r}:\n{said}")


def pid_of(checkout: Path, program: str) -> int:
    return json.loads((checkout / "var" / "dev.json").read_text())[program]["pid"]


def nothing_is_left(checkout: Path, ports: Ports) -> bool:
    files = [checkout / "var" / "dev.json", checkout / "var" / "postgres" / "postmaster.pid"]
    return not any(file.exists() for file in files) and not any(map(is_taken, ports.by_setting().values()))


def test_it_starts_everything_and_ends_everything_when_told_to(checkout, ports):
    with dev(checkout, ports) as run:
        said = heard_until(run, "Ready in")
        assert f"http://{HOST}:{ports.web}" in said
        for port in (ports.web, ports.sandbox):
            assert urlopen(f"http://{HOST}:{port}/healthz").status == 200
        run.send_signal(signal.SIGINT)
        heard_until(run, "Ended.")
        assert run.wait() == 0
    assert nothing_is_left(checkout, ports)


def test_it_comes_back_after_being_killed_and_ends_when_one_program_dies(checkout, ports):
    with dev(checkout, ports) as run:
        heard_until(run, "Ready in")
        run.kill()
    with dev(checkout, ports) as run:
        said = heard_until(run, "Ready in")
        assert all(f"Ended the {name} that a killed run had left behind." in said for name in ("web", "worker", "sandbox"))
        os.kill(pid_of(checkout, "worker"), signal.SIGKILL)
        heard_until(run, "The worker ended by itself (exit code -9)")
        assert run.wait() == 1
    assert nothing_is_left(checkout, ports)


def test_a_second_one_in_the_same_folder_and_a_bad_database_are_refused(checkout, ports):
    nowhere = "postgresql+psycopg://nobody@127.0.0.1:9/nothing?connect_timeout=2"
    with dev(checkout, ports, DATABASE_URL=nowhere) as run:
        heard_until(run, "Bringing the database")
        with dev(checkout, Ports.free()) as second:
            heard_until(second, "bin/dev runs already in this folder")
            assert second.wait() == 1
        heard_until(run, "flask db upgrade failed")
        assert run.wait() == 1
    assert nothing_is_left(checkout, ports)
