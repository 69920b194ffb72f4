"""Remembers which processes a run started, so that the next one can end what a killed run left behind."""

import json
import os
import signal
import time
from pathlib import Path

POLITE_SECONDS = 5


def remember(file: Path, programs: dict[str, int]) -> None:
    """Note the process numbers of programs, each with the moment it began, which tells it from a later namesake."""
    noted = {name: {"pid": pid, "began": began(pid)} for name, pid in programs.items()}
    file.write_text(json.dumps(noted, indent=1))


def end(file: Path) -> list[str]:
    """End what was remembered, is surely the same process and still runs; the names of those ended."""
    ended = [name for name, pid in verified(file).items() if end_group(pid)]
    file.unlink(missing_ok=True)
    return ended


def verified(file: Path) -> dict[str, int]:
    try:
        noted = json.loads(file.read_text())
        return {
            name: note["pid"] for name, note in noted.items() if note["began"] and note["began"] == began(note["pid"])
        }
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def end_group(pid: int) -> bool:
    """Politely, then by force; programs are started as leaders of a group of their own."""
    moment = began(pid)
    for number, patience in ((signal.SIGTERM, POLITE_SECONDS), (signal.SIGKILL, 1)):
        os.killpg(pid, number)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if began(pid) != moment:
                return True
            time.sleep(0.05)
    return True


def began(pid: int) -> str:
    """When a living process began, as the kernel counts; empty when there is none or no way to know."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return "" if after_name[0] == "Z" else f"{boot} {after_name[19]}"
