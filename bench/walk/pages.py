"""What users read: how much of each step is held, on its contract's page, against what is held for it in the books."""

import html
import re
from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import select

from bench.walk.browser import Line
from bench.walk.market import Deal
from marketplace.contracts.models import Milestone
from marketplace.core.db import db
from marketplace.ledger import queries as books

ROW = re.compile(r"<tr><th scope=\"row\">\d+\. (?P<title>.*?)(?: <a.*?)?</th><td[^>]*>(?P<state>.*?)</td>", re.S)
HELD = re.compile(r"(\S+) is held")
TAGS = re.compile(r"<[^>]+>")
Shown = dict[str, int]
"""By step (its title), what is held for it in minor units."""


def wanted(deals: list[Deal]) -> dict[str, Shown]:
    """By contract, what the ledger holds for each step. Needs an application context."""
    rows = list(db.session.scalars(select(Milestone).where(Milestone.contract_id.in_([deal.contract for deal in deals]))))
    held = books.held_for([f"milestone:{row.id}" for row in rows])
    kept: dict[str, Shown] = defaultdict(dict)
    for row in rows:
        there = held.get(f"milestone:{row.id}")
        kept[str(row.contract_id)][row.title] = there.minor if there else 0
    return kept


@dataclass
class Read:
    """How many steps were read, and where a page says anything else than the books."""

    steps: int = 0
    wrong: list[str] = field(default_factory=list)


def compare(line: Line, deals: list[Deal], kept: dict[str, Shown]) -> Read:
    """Every contract's page, as its business and as its manager."""
    found = Read()
    for deal in deals:
        for side in ("business", "manager"):
            page = line.tab(deal.party(side)).open(deal.path)
            where, key = f"{deal.path}, {side} ({page.status})", str(deal.contract)
            _compare(found, where, read(page.html), kept[key])
    return found


def _compare(found: Read, where: str, shown: Shown, held: Shown) -> None:
    found.steps += len(shown)
    for title, sum_held in held.items():
        said = shown.get(title)
        if said != sum_held:
            found.wrong.append(f"{where}: {title}: the page says {said}, the books {sum_held}")


def read(page: str) -> Shown:
    """What a contract's page says of each step."""
    found: Shown = {}
    for row in ROW.finditer(page):
        held = HELD.search(_text(row["state"]))
        found[_text(row["title"])] = minor(held[1]) if held else 0
    return found


def minor(shown: str) -> int:
    """An amount as a page shows it, in minor units."""
    return round(float(re.sub(r"[^0-9.]", "", shown) or 0) * 100)


def _text(inner: str) -> str:
    return " ".join(html.unescape(TAGS.sub("", inner)).split())
