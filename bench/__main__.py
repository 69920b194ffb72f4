"""bin/bench SUITE: prints one JSON object, the figures with their multiples of the floor.

bin/bench pages --rows 10000            list, filter, search, detail, signed-in pages and writes, both languages
bin/bench pages --rows 1000 --quick     the same in less than a minute, less exact
bin/bench processes                     memory and start times
"""

import argparse
import json
import signal

from bench import pages, processes


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
    asked = parser.parse_args()
    found = pages.measure(asked.rows, asked.quick, tuple(asked.languages), asked.only) if asked.suite == "pages" else processes.measure()
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
