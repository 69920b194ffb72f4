"""Which tests reach which lines of which function, and how long they take: measured once for each version of a test file.

Kept in `var/mutation/reach`. A function that changed since is taken to be reached by those that reached its old self.
"""
from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ops.mutation.mutants import Mutant
from ops.mutation.source import ROOT, functions_of

KEPT = ROOT / "var" / "mutation" / "reach"


class Reach:
    """Test file → id of test → {"seconds": of work, "lines": {key of a function: the lines reached in it, as bits}}."""

    def __init__(self, test_files: Iterable[str]) -> None:
        self.files = {file: kept["tests"] for file in test_files if (kept := _read(file))["digest"] == _digest(file)}

    def learn(self, test_file: str, tests: dict[str, dict[str, Any]], watched: Iterable[str]) -> None:
        """`tests`: id → {"seconds", "passed", "lines": {path: numbers}}; only a test that passes can notice anything."""
        spans = {path: functions_of(path) for path in watched}
        self.files[test_file] = {
            test: {"seconds": seen["seconds"], "lines": {
                one.key: mask for path, lines in seen["lines"].items() for one in spans[path]
                if (mask := sum(1 << line - one.first for line in lines if one.first <= line <= one.last))}}
            for test, seen in tests.items() if seen["passed"]}
        KEPT.mkdir(parents=True, exist_ok=True)
        _place(test_file).write_text(json.dumps({"digest": _digest(test_file), "tests": self.files[test_file]}))

    def tests_of(self, mutant: Mutant) -> dict[str, float]:
        """Tests that reach the changed statement, with the seconds each takes; of a changed function, who reached its old self."""
        function = mutant.function
        lines = sum(1 << line - function.first for line in mutant.lines if line >= function.first)
        if any(function.key in seen["lines"] for tests in self.files.values() for seen in tests.values()):
            return self._tests(lambda reached: reached.get(function.key, 0) & lines)
        old, file = f"{function.path}::{function.name}::", f"{function.path}::"
        return (self._tests(lambda reached: any(key.startswith(old) for key in reached))
                or self._tests(lambda reached: any(key.startswith(file) for key in reached)))

    def _tests(self, fits: Callable[[dict[str, int]], Any]) -> dict[str, float]:
        return {test: seen["seconds"] for tests in self.files.values() for test, seen in tests.items() if fits(seen["lines"])}


def _read(test_file: str) -> dict[str, Any]:
    place = _place(test_file)
    return json.loads(place.read_text()) if place.exists() else {"digest": "", "tests": {}}


def _place(test_file: str) -> Path:
    return KEPT / f"{test_file.replace('/', '.')}.json"


def _digest(test_file: str) -> str:
    return hashlib.sha256((ROOT / test_file).read_bytes()).hexdigest()[:16]
