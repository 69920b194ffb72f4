"""What is known, in `docs/mutation/<domain>.txt`: read, changed and written by the tool; only the reasons are written by hand."""
from __future__ import annotations

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ops.mutation.source import ROOT, Function, functions_of

FOLDER = ROOT / "docs" / "mutation"
HEAD = """Mutation testing: what bin/mutate has found in {domain}. docs/mutation/README.md says how to read it.
"""
FILE, FUNCTION, SURVIVOR, REASON = "# ", "  ", "    - ", "      = "
LINE = re.compile(r"^  (?P<name>\S+) (?P<digest>[0-9a-f]{8}) (?P<killed>\d+)/(?P<made>\d+)( of (?P<whole>\d+))?$")


@dataclass
class Found:
    """What became of a function's mutants, of those that were drawn: `made` of the `whole`. `survivors`: the change → why it changes
    nothing that matters, or ""."""

    digest: str
    made: int
    whole: int
    survivors: dict[str, str] = field(default_factory=dict)

    @property
    def killed(self) -> int:
        return self.made - len(self.survivors)


Book = dict[str, dict[str, Found]]


def place_of(path: str) -> Path:
    return FOLDER / f"{path.split('/')[1]}.txt"


def read(place: Path) -> Book:
    """path → name of function → what was found."""
    book: Book = {}
    functions: dict[str, Found] = {}
    found, change = Found("", 0, 0), ""
    for line in place.read_text().splitlines() if place.exists() else ():
        if line.startswith(FILE):
            functions = book.setdefault(line.split()[1], {})
        elif line.startswith(REASON):
            found.survivors[change] = line.removeprefix(REASON)
        elif line.startswith(SURVIVOR):
            change = line.removeprefix(SURVIVOR)
            found.survivors[change] = ""
        elif match := LINE.match(line):
            found = functions[match["name"]] = Found(match["digest"], int(match["made"]), int(match["whole"] or match["made"]))
    return book


def keep(function: Function, found: Found) -> None:
    """Write one function's result down; reasons given for the same changes stay, functions that are gone go."""
    with _open(function.path) as book:
        functions = book.setdefault(function.path, {})
        old = functions.get(function.name)
        for change in found.survivors:
            found.survivors[change] = (old.survivors.get(change, "") if old else "") or found.survivors[change]
        functions[function.name] = found
        present = [one.name for one in functions_of(function.path)]
        book[function.path] = {name: functions[name] for name in present if name in functions}


@contextmanager
def _open(path: str) -> Iterator[Book]:
    """The book of this file's domain, written again afterwards; others wait."""
    place = place_of(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    (ROOT / "var").mkdir(exist_ok=True)
    with open(ROOT / "var" / "mutation.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        book = read(place)
        yield book
        place.write_text(HEAD.format(domain=path.split("/")[1]) + "".join(_lines(book)))


def _lines(book: Book) -> Iterator[str]:
    for path in sorted(book):
        made, killed = (sum(getattr(found, what) for found in book[path].values()) for what in ("made", "killed"))
        yield f"\n{FILE}{path} {killed}/{made}\n"
        for name, found in book[path].items():
            drawn = f" of {found.whole}" if found.made < found.whole else ""
            yield f"{FUNCTION}{name} {found.digest} {found.killed}/{found.made}{drawn}\n"
            for change, reason in found.survivors.items():
                yield f"{SURVIVOR}{change}\n" + (f"{REASON}{reason}\n" if reason else "")
