"""Programs that a dead child left behind, a sandbox or a web: they become ours, and are ended."""
from __future__ import annotations

import ctypes
import os
import signal
from contextlib import suppress
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
"""prctl(2): orphans below this process become its children, not those of process 1."""


def adopt() -> set[int]:
    """From now on orphans come to us; the children that are ours already."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    return _children()


def end_all_but(own: set[int]) -> None:
    """End adopted ones, and those that come when they are ended."""
    while strange := _children() - own:
        for pid in strange:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children() -> set[int]:
    return {int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}
