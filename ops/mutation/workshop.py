"""A warm pytest that forks: each child puts one mutant into the loaded functions, runs the tests that reach it, and dies.

The application, its database and Stripe's sandbox are made once; children roll back as tests do. What a child imports,
caches or breaks ends with it.
"""
from __future__ import annotations

import functools
import gc
import json
import os
import resource
import signal
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterable
from typing import Any

import coverage
import pytest
from flask import Flask

from marketplace.core import pdf
from marketplace.core.db import db
from marketplace.gateways import storage
from ops.mutation import orphans
from ops.mutation.mutants import Mutant
from ops.mutation.source import ROOT
from tests import worker
from tests.sandbox_program import SandboxWorld

ENDLESS = 30
"""Seconds of work beyond five times the usual, after which a child is taken to run in a circle; five times that on the clock."""


BLANK = types.SimpleNamespace(compile=lambda *_, **__: b"%PDF-1.7\n%%EOF\n", Fonts=lambda **_: None)
"""Stands in for typst, whose threads no fork survives, and which is slow anew in each; tests of papers draw with typst."""
OF_PAPERS = ("tests/reporting", "tests/payments/test_receipts")
TOO_LONG_TO_WARM = ("_life.py", "_at_once.py")


class Shelf(dict[str, bytes]):
    """Stands in for the store of files, for the same reason. It lists nothing: nothing on it is old enough to tidy up."""

    put = dict.__setitem__
    delete = dict.__delitem__

    def list(self) -> tuple[()]:
        return ()

    def get(self, key: str) -> Any:  # type: ignore[override]
        if key not in self:
            raise FileNotFoundError(key)
        return types.SimpleNamespace(bytes=lambda: types.SimpleNamespace(to_bytes=lambda: self[key]))


class Workshop:
    """The plugin: `work(workshop)` is done in place of pytest's own loop, when everything is warm."""

    def __init__(self, watched: list[str], work: Callable[[Workshop], None]) -> None:
        self.watched, self.work = watched, work
        self.apps: list[Flask] = []
        self.worlds: list[SandboxWorld] = []
        self.failed: list[str] = []
        self.sound: set[str] = set()
        self.unsound: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Any:
        value = yield
        if fixturedef.scope == "session":
            self.apps += [value] if isinstance(value, Flask) else []
            self.worlds += [value] if isinstance(value, SandboxWorld) else []
        return value

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = {item.nodeid: item for item in session.items}
        self._warm()
        self.own = orphans.adopt()
        self.work(self)
        return True

    @property
    def test_files(self) -> list[str]:
        return sorted({test.partition("::")[0] for test in self.items})

    def reached(self, test_file: str) -> dict[str, dict[str, Any]]:
        """Run a file's tests in a child that watches the lines they reach; see `Reach.learn`."""
        tests = [test for test in self.items if test.startswith(f"{test_file}::")]
        said, _ = _in_child(lambda: self._watch(tests), 600)
        return json.loads(said) if said else {}

    def killer(self, mutant: Mutant, tests: list[str], seconds: float) -> str:
        """The first of the tests that notices the mutant, "it never ends", or nothing. Tests that fail without it are left out."""
        tests = [test for test in tests if test not in self.unsound]
        said, ended = _in_child(lambda: self._try(mutant, tests), seconds * 5 + ENDLESS)
        orphans.end_all_but(self.own)
        if ended and said and not self._is_sound(said):
            return self.killer(mutant, tests, seconds)
        return said if ended else "it never ends"

    def _is_sound(self, test: str) -> bool:
        """Whether a test that noticed something passes when nothing was changed; asked once."""
        if test not in self.sound | self.unsound:
            failed, ended = _in_child(lambda: self._wake() or self._run([test]), 600)
            (self.unsound if failed or not ended else self.sound).add(test)
        return test in self.sound

    def _warm(self) -> None:
        """One test of each file, so that children find everything loaded; then nothing that a fork would share."""
        warmed = [next(test for test in self.items if test.startswith(f"{file}::")) for file in self.test_files
                  if not file.endswith(TOO_LONG_TO_WARM) and not file.startswith(OF_PAPERS)]
        shelf = Shelf()
        storage._opened = lambda address: shelf
        for test in warmed:
            self._run([test])
        for world in self.worlds:
            world.listener._server.shutdown()
            world.listener._thread.join()
        for app in self.apps:
            with app.app_context():
                db.engine.dispose()
        gc.unfreeze()  # what is frozen is not found
        places = {str(ROOT / path) for path in self.watched}
        self._functions = [one for one in gc.get_objects() if isinstance(one, types.FunctionType) and one.__code__.co_filename in places]
        domains = tuple({".".join(path.split("/")[:2]) for path in self.watched})
        self._caches = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)
                        and str(one.__module__).startswith(domains)]
        gc.collect()
        gc.freeze()

    def _run(self, tests: Iterable[str]) -> str:
        """The first test that fails, or nothing. Fixtures of the session stay as they are."""
        self.failed.clear()
        for test in tests:
            item = self.items[test]
            other = next(one for one in self.items.values() if one.path != item.path)
            _draw(really=test.startswith(OF_PAPERS))
            item.session._setupstate.teardown_exact(item)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=other)
            if self.failed:
                return self.failed[0]
        return ""

    def _try(self, mutant: Mutant, tests: list[str]) -> str:
        self._wake()
        self._put_in(mutant)
        return self._run(tests)

    def _wake(self) -> None:
        """What a fork has not got: threads, and answers that belong to no other function than the one that was changed."""
        worker._sink.cache_clear()
        worker._post.cache_clear()
        for cache in self._caches:
            cache.cache_clear()
        for world in self.worlds:
            world.listener.__enter__()

    def _put_in(self, mutant: Mutant) -> None:
        """Give each live function of that place the changed code."""
        path, name = str(ROOT / mutant.function.path), mutant.function.name.partition("#")[0]
        code = _find(compile(mutant.source, path, "exec", dont_inherit=True), name, mutant.function.first)
        live = [one for one in self._functions if one.__code__.co_filename == path
                and (one.__code__.co_qualname, one.__code__.co_firstlineno) == (name, mutant.function.first)]
        if not live:
            raise LookupError(f"{mutant.function.key} is not loaded")
        for function in live:
            function.__code__ = code

    def _watch(self, tests: list[str]) -> str:
        self._wake()
        watcher = coverage.Coverage(data_file=None, config_file=False, include=[str(ROOT / path) for path in self.watched], messages=False)
        watcher.start()
        seen = {}
        for test in tests:
            watcher.switch_context(test)
            began = time.monotonic()
            passed = not self._run([test])
            seen[test] = {"passed": passed, "seconds": round(time.monotonic() - began, 3), "lines": {}}
        watcher.stop()
        for path in self.watched:
            for line, contexts in watcher.get_data().contexts_by_lineno(str(ROOT / path)).items():
                for test in filter(None, contexts):
                    seen[test]["lines"].setdefault(path, []).append(line)
        return json.dumps(seen)


def _find(code: types.CodeType, name: str, first: int) -> types.CodeType:
    found = [code]
    for one in found:
        if (one.co_qualname, one.co_firstlineno) == (name, first) and one is not code:
            return one
        found += [inner for inner in one.co_consts if isinstance(inner, types.CodeType)]
    raise LookupError(f"{name} at line {first}")


def _draw(really: bool) -> None:
    """Let papers be drawn, or be blank; see BLANK."""
    if really == (sys.modules.get("typst") is BLANK):
        pdf._fonts.cache_clear()
        sys.modules.pop("typst", None)
    if not really:
        sys.modules["typst"] = BLANK  # type: ignore[assignment]


def _in_child(work: Callable[[], str], seconds: float) -> tuple[str, bool]:
    """What the work returned, done in a child, and whether it ended within that many seconds of work."""
    reading, writing = os.pipe()
    if not (child := os.fork()):
        _be_child(work, writing, int(seconds))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code > 0:
        raise RuntimeError(said)
    return said, code == 0


def _be_child(work: Callable[[], str], writing: int, seconds: int) -> None:
    code = 1
    try:
        silence = os.open(os.devnull, os.O_RDWR)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        signal.alarm(seconds * 5)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        said = work()
        code = 0
    except BaseException:
        said = traceback.format_exc()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(said.encode())
    os._exit(code)


def run(watched: list[str], folders: list[str], work: Callable[[Workshop], None]) -> int:
    """Do the work in a warm pytest of these folders' tests; where those kill processes, no fork of ours is met."""
    options = ["-pno:cacheprovider", "-pno:xdist", "-s", "--ignore-glob=*_kills.py"]
    return pytest.main([*options, *folders], plugins=[Workshop(watched, work)])


