"""Mutate the money, as far as that has not been done: `bin/mutate [options] [files or folders]`.

Done with are functions whose code is as it was and whose survivors have a reason; survivors without one are tried again.
"""
from __future__ import annotations

import argparse
import hashlib
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from ops.mutation import record
from ops.mutation.mutants import Mutant, mutants_of
from ops.mutation.reach import Reach
from ops.mutation.record import Found
from ops.mutation.source import ROOT, Function, functions_of
from ops.mutation.workshop import Workshop, run

MORE = ["marketplace/contracts/commands/change_orders.py", "marketplace/contracts/commands/steps.py"]
TESTS = ["tests/ledger", "tests/payments", "tests/contracts", "tests/boosts", "tests/disputes", "tests/reporting", "tests/reviews",
         "tests/access", "tests/moderation", "tests/authorisation"]


def main() -> None:
    asked = _arguments()
    files = [path for path in money() if not asked.files or path.startswith(tuple(asked.files))]
    if asked.summary:
        sys.exit(_summary(files))
    todo = [path for path in files if asked.again or any(_wanted(one, asked.share) for one in functions_of(path))]
    if todo:
        sys.exit(run(money(), asked.tests, lambda workshop: _work(workshop, todo, asked)))


def money() -> list[str]:
    """The files that bin/coverage looks at, and what change orders do to steps."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage"]["report"]["include"] + MORE
    found = [path for pattern in listed for path in ROOT.glob(pattern.replace("/*", "/**/*.py"))]
    return sorted({str(path.relative_to(ROOT)) for path in found})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/mutate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", help="files or folders of the money; all when none is named")
    parser.add_argument("--again", action="store_true", help="also what is done with")
    parser.add_argument("--summary", action="store_true", help="only say what is known; fails below 95 %%, or with a survivor unexplained")
    parser.add_argument("--seconds", type=float, default=20, help="of tests for one mutant, those most likely to notice first (20)")
    parser.add_argument("--share", type=int, default=1, help="draw one of so many mutants, by their texts: the same at each run (1: all)")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="folders of tests to use")
    return parser.parse_args()


def _wanted(function: Function, share: int) -> bool:
    """Whether there is something to find out about a function."""
    known = _known(function, share)
    return known is None or not all(known.survivors.values())


def _known(function: Function, share: int) -> Found | None:
    """What was found of this very code; where all of it is asked for, what was found by drawing does not do."""
    found = record.read(record.place_of(function.path)).get(function.path, {}).get(function.name)
    return found if found and found.digest == function.digest and (share > 1 or found.made == found.whole) else None


def _drawn(mutant: Mutant, share: int) -> bool:
    drawn = hashlib.sha256(f"{mutant.function.key} {mutant.told}".encode()).digest()
    return int.from_bytes(drawn[:8]) % share == 0


def _work(workshop: Workshop, todo: list[str], asked: argparse.Namespace) -> None:
    reach = Reach(workshop.test_files)
    for test_file in [file for file in workshop.test_files if file not in reach.files]:
        began = time.monotonic()
        reach.learn(test_file, workshop.reached(test_file), workshop.watched)
        print(f"{test_file}: {len(reach.files[test_file])} tests, {time.monotonic() - began:.0f} s", flush=True)
    for path in todo:
        killers = Counter[str]()
        for function, mutants in mutants_of(path, lambda one: asked.again or _wanted(one, asked.share)).items():
            known = None if asked.again else _known(function, asked.share)
            drawn = [one for one in mutants if _drawn(one, asked.share)]
            found = known or Found(function.digest, len(drawn), len(mutants))
            tried = [one for one in drawn if not known or known.survivors.get(one.told) == ""]
            _find_out(found, function, tried, partial(_killer, workshop, reach, killers, asked.seconds))


def _find_out(found: Found, function: Function, mutants: list[Mutant], killer: Callable[[Mutant], str]) -> None:
    """Try these mutants of a function and write down what became of them."""
    began = time.monotonic()
    for mutant in mutants:
        if killer(mutant):
            found.survivors.pop(mutant.told, None)
        else:
            found.survivors[mutant.told] = ""
    record.keep(function, found)
    print(f"{function.path} {function.name}: {found.killed}/{found.made}, {time.monotonic() - began:.0f} s", flush=True)


def _killer(workshop: Workshop, reach: Reach, killers: Counter[str], seconds: float, mutant: Mutant) -> str:
    tests = reach.tests_of(mutant)
    chosen = list(_first(_sorted(mutant, tests, killers), tests, seconds))
    killer = workshop.killer(mutant, chosen, sum(tests[test] for test in chosen)) if chosen else ""
    killers[killer] += 1
    return killer


def _sorted(mutant: Mutant, tests: dict[str, float], killers: Counter[str]) -> list[str]:
    """Those that noticed other mutants of this file, then those of its domain, the quick ones first; a trail is worth four."""
    domain = f"tests/{mutant.function.path.split('/')[1]}/"
    worth = {test: seconds / (4 if "test_trails" in test else 1) for test, seconds in tests.items()}
    return sorted(tests, key=lambda test: (-killers[test], not test.startswith(domain), worth[test]))


def _first(order: list[str], tests: dict[str, float], seconds: float) -> Iterator[str]:
    """As many as fit; one in any case."""
    for place, test in enumerate(order):
        seconds -= tests[test]
        if place and seconds < 0:
            return
        yield test


def _summary(files: list[str]) -> int:
    """The table of domains; 0 when enough is killed and every survivor explained."""
    complete = True
    for place in sorted({record.place_of(path) for path in files}):
        book = record.read(place)
        functions = [one for path in files if record.place_of(path) == place for one in functions_of(path)]
        found = {one: known for one in functions if (known := book.get(one.path, {}).get(one.name)) and known.digest == one.digest}
        made, killed = (sum(getattr(one, what) for one in found.values()) for what in ("made", "killed"))
        whole = sum(one.whole for one in found.values()) + _unknown(set(functions) - set(found))
        explained = sum(bool(reason) for one in found.values() for reason in one.survivors.values())
        print(f"{place.stem}: {len(found)} of {len(functions)} functions, {made} of {whole} mutants tried, {killed} killed "
              f"({killed / max(made, 1):.1%}), {made - killed} survive, {explained} of them explained")
        complete &= len(found) == len(functions) and made == whole and killed >= 0.95 * made and explained == made - killed
    return 0 if complete else 1


def _unknown(functions: set[Function]) -> int:
    """How many mutants there are of functions that were never tried."""
    return sum(len(made) for path in {one.path for one in functions} for made in mutants_of(path, functions.__contains__).values())


if __name__ == "__main__":
    main()
