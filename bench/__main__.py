"""bin/bench SUITE: prints one JSON object, the figures with their multiples of the floor.

bin/bench pages --rows 10000            list, filter, search, detail, signed-in pages and writes, both languages
bin/bench pages --rows 1000 --quick     the same in less than a minute, less exact
bin/bench processes                     memory and start times
bin/bench views                         first visits on a phone: bytes, requests, when the page is there
bin/bench release                       milestones released over HTTP, by 1, 8 and 32 clients
bin/bench postings --entries 10000000   the ledger's postings a second, cold and with the shared account of fees

python -m bench.money_walk and python -m bench.burst prove, and measure nothing but themselves.
"""

import argparse
import json
import signal
from typing import Any

from bench import pages, postings, processes, release, views


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # its servers and database end with it
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    suites = parser.add_subparsers(dest="suite", required=True)
    of_pages = suites.add_parser("pages", help="what pages cost")
    of_pages.add_argument("--rows", type=int, default=10_000, help="managers, and open jobs")
    of_pages.add_argument("--quick", action="store_true", help="fewer rounds")
    of_pages.add_argument("--languages", nargs="+", default=["bn", "en"], choices=["bn", "en"])
    of_pages.add_argument("--only", default="", help="scenarios whose name holds this")
    suites.add_parser("processes", help="memory and start times")
    of_views = suites.add_parser("views", help="first visits on a phone")
    of_views.add_argument("--rounds", type=int, default=5, help="visits of each page")
    of_release = suites.add_parser("release", help="milestones released over HTTP")
    of_release.add_argument("--quick", action="store_true", help="fewer releases, fewer rounds")
    of_postings = suites.add_parser("postings", help="the ledger's postings a second")
    of_postings.add_argument("--entries", type=int, default=10_000, help="entries the ledger has before")
    of_postings.add_argument("--quick", action="store_true", help="one round of a second each")
    print(json.dumps(_measured(parser.parse_args()), ensure_ascii=False, indent=1))


def _measured(asked: argparse.Namespace) -> dict[str, Any]:
    if asked.suite == "pages":
        return pages.measure(asked.rows, asked.quick, tuple(asked.languages), asked.only)
    if asked.suite == "release":
        return release.measure(*((24, 1, 1) if asked.quick else (96, 3, 4)))
    if asked.suite == "postings":
        return postings.measure(asked.entries, *((1, 1) if asked.quick else (4, 3)))
    return views.measure(asked.rounds) if asked.suite == "views" else processes.measure()


if __name__ == "__main__":
    main()
