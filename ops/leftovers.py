"""Remembers which processes a run started, so that the next one can end what a killed run left behind."""

import json
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

POLITE_SECONDS = 5
"""How long they may take to end by themselves; each leads a process group of its own."""


def remember(file: Path, programs: dict[str, int]) -> None:
    """Note the process numbers of programs, each with the moment it began, which tells it from a later namesake."""
    noted = {name: {"pid": pid, "began": began(pid)} for name, pid in programs.items()}
    file.write_text(json.dumps(noted, indent=1))


def end(file: Path) -> list[str]:
    """End what was remembered, is surely the same process and still runs; the names of those ended."""
    found = verified(file)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in verified(file).values():
            with suppress(ProcessLookupError):
                os.killpg(pid, number)
        wait_until_gone(file)
    file.unlink(missing_ok=True)
    return list(found)


def wait_until_gone(file: Path) -> None:
    deadline = time.monotonic() + POLITE_SECONDS
    while verified(file) and time.monotonic() < deadline:
        time.sleep(0.05)


def verified(file: Path) -> dict[str, int]:
    """Those of the remembered that live, by name: a process of the same number begun at another moment is a stranger."""
    try:
        noted = json.loads(file.read_text())
        return {name: note["pid"] for name, note in noted.items() if note["began"] and note["began"] == began(note["pid"])}
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def began(pid: int) -> str:
    """When a living process began, as the kernel counts; empty when there is none or no way to know."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return "" if after_name[0] == "Z" else f"{boot} {after_name[19]}"
