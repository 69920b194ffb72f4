"""The ground: an environment is made once, noticed when it is stale, and made of nothing that is not pinned."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from ops import ground

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]


@pytest.fixture
def nothing_locked(tmp_path, monkeypatch):
    """A lock file without packages, and uv within reach."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    locked = tmp_path / "locked.txt"
    locked.write_text("# nothing\n")
    return locked


def test_an_environment_is_made_once(tmp_path, nothing_locked):
    environment = tmp_path / "environment"
    assert ground.lay(environment, nothing_locked)
    assert ground.works([ground.python_of(environment), "-c", "import json"])
    assert not ground.lay(environment, nothing_locked)


def test_it_is_made_again_when_the_lock_changes_or_it_was_moved_or_broken(tmp_path, nothing_locked):
    environment = tmp_path / "environment"
    ground.lay(environment, nothing_locked)
    nothing_locked.write_text("# nothing, differently\n")
    assert not ground.is_current(environment, nothing_locked)
    assert ground.lay(environment, nothing_locked)
    moved = shutil.move(environment, tmp_path / "moved")
    assert not ground.is_current(moved, nothing_locked)
    (moved / "bin" / "python").unlink()
    assert ground.lay(moved, nothing_locked)
    assert ground.works([ground.python_of(moved), "--version"])


@pytest.mark.parametrize(("compiled", "system", "named", "chosen"), [
    ("--enable-shared", sys.executable, False, "system"), ("--enable-shared", sys.executable, True, "this"),
    ("--enable-optimizations", sys.executable, False, "this"), ("--enable-shared", "/usr/bin/false", False, "this"),
    ("--enable-shared", "/nowhere/python3", False, "this")])
def test_an_unoptimised_python_gives_way_to_the_systems_own(monkeypatch, compiled, system, named, chosen):
    monkeypatch.setattr(ground.sysconfig, "get_config_var", {"CONFIG_ARGS": compiled}.get)
    monkeypatch.setattr(ground, "SYSTEM_PYTHON", system)
    monkeypatch.setattr(ground.sys, "executable", "this")
    monkeypatch.setenv("PYTHON", "python3") if named else monkeypatch.delenv("PYTHON", raising=False)
    assert ground.interpreter() == {"system": system}.get(chosen, chosen)


def test_a_failed_installation_leaves_no_stamp(tmp_path, nothing_locked):
    nothing_locked.write_text("flask==3.1.3\n")
    with pytest.raises(ground.GroundError):
        ground.lay(tmp_path / "environment", nothing_locked)
    assert not ground.is_current(tmp_path / "environment", nothing_locked)


def test_the_locked_entry_of_uv_is_pinned_and_hashed():
    first, *rest = ground.locked_entry("uv", ROOT / "requirements-dev.txt").splitlines()
    assert re.fullmatch(r"uv==[\d.]+ \\", first)
    assert rest
    assert all(line.strip().startswith("--hash=sha256:") for line in rest)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_everything_locked_is_pinned_hashed_and_from_nowhere_in_particular(lock):
    text = re.sub(r" *#.*", "", lock.read_text())
    entries = [entry for entry in re.split(r"\n(?=\S)", text.strip()) if entry.strip()]
    assert [entry for entry in entries if not re.match(r"[a-z0-9.-]+==\S+ \\\n +--hash=sha256:", entry)] == []
    assert not re.search(r"://|--index|--find-links", text)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_everything_asked_for_is_locked_at_the_version_asked_for(lock):
    asked = re.findall(r"^([a-z][a-z0-9-]+)(?:\[\w+\])?(==\S+)?", lock.with_suffix(".in").read_text(), re.MULTILINE)
    locked = lock.read_text()
    assert [name for name, pin in asked if f"\n{name}{pin or '=='}" not in locked] == []


def test_a_full_disk_is_named_before_anything_is_made(tmp_path, nothing_locked, monkeypatch):
    monkeypatch.setattr(ground, "ROOM_NEEDED", shutil.disk_usage(tmp_path).total + 1)
    with pytest.raises(ground.GroundError, match="The disk is full: .* MB are free in"):
        ground.lay(tmp_path / "environment", nothing_locked)
    assert not (tmp_path / "environment").exists()
