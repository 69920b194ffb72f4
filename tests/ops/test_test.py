"""bin/test: how many processes it uses, and what it says without a browser."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TWO = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]


@pytest.fixture
def bin_test(tmp_path):
    """bin/test in a folder whose Python only tells what it is asked to run; without a browser where told."""
    shutil.copytree(ROOT / "bin", tmp_path / "bin")
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\n[ "$2" = pytest ] || exit "${CHROMIUM:-0}"\nshift 2\n'
                      'echo "${DAYITTO_NO_BROWSER:-browser}"\nfor word; do printf "%s\\n" "$word"; done\n')
    python.chmod(0o755)

    def run(*arguments: str, command: str = "bin/test", **environment: str) -> list[str]:
        settings = {"PATH": os.environ["PATH"], "PYTHON": "true", **environment}
        done = subprocess.run([tmp_path / command, *arguments], env=settings, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()
    return run


@pytest.mark.parametrize("arguments", [[], ["-k", "money"], ["tests/ledger"], ["-x", "--lf"]])
def test_it_uses_both_cores(bin_test, arguments):
    assert bin_test(*arguments) == ["browser", *TWO, *arguments]


@pytest.mark.parametrize("arguments", [["tests/ops/test_test.py"], ["tests/ops/test_test.py::test_it", "-x"], ["-n", "0"], ["-n4"],
                                       ["--numprocesses=1"], ["tests/ops", "--pdb"]])
def test_files_debuggers_and_own_numbers_stay_as_they_are(bin_test, arguments):
    assert bin_test(*arguments) == ["browser", *arguments]


def test_an_argument_with_spaces_stays_one(bin_test):
    assert bin_test("-k", "money or access")[-1] == "money or access"


def test_the_ci_runs_bin_test_and_nothing_else(bin_test):
    assert bin_test(command=".ci/run") == bin_test()


def test_without_a_browser_pytest_is_told(bin_test):
    assert bin_test(CHROMIUM="1")[0] == "1"


def test_without_chromium_the_end_of_the_run_says_so():
    said = subprocess.run([sys.executable, "-m", "pytest", "--collect-only", "tests/core/test_money.py"], cwd=ROOT, text=True,
                          env={**os.environ, "DAYITTO_NO_BROWSER": "1"}, capture_output=True).stdout
    assert "THE BROWSER JOURNEYS WERE SKIPPED" in said
