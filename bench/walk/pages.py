"""What users read: the state and the sum of each step on its contract's page, against what is held for it in the books."""

import html
import re
from collections import Counter, defaultdict

from sqlalchemy import func, select

from bench.walk.browser import Line
from bench.walk.market import Deal
from marketplace.contracts.models import Milestone
from marketplace.core.db import db
from marketplace.ledger.models import Account, AccountKind

ROW = re.compile(
    r"<tr><th scope=\"row\">\d+\. (?P<title>.*?)(?: <a.*?)?</th><td[^>]*>(?P<state>.*?)</td>.*?"
    r"<td class=\"n\"[^>]*>(?P<amount>.*?)</td></tr>",
    re.S,
)
TAGS = re.compile(r"<[^>]+>")
HELD_STATES = ("Money held, work goes on", "Waiting to be looked at", "Changes asked")

Shown = dict[str, Counter[str]]
"""By step (its title): `held`, in minor units."""


def wanted(deals: list[Deal]) -> dict[str, Shown]:
    """By contract, what the ledger holds for each step. Needs an application context."""
    query = select(Account.owner, func.sum(Account.balance_minor)).where(Account.kind == AccountKind.held).group_by(Account.owner)
    held = {owner: int(balance) for owner, balance in db.session.execute(query)}
    found: dict[str, Shown] = defaultdict(dict)
    for row in db.session.scalars(select(Milestone).where(Milestone.contract_id.in_([deal.contract for deal in deals]))):
        found[str(row.contract_id)][row.title] = Counter(held=held.get(f"milestone:{row.id}", 0))
    return found


def compare(line: Line, deals: list[Deal], wanted: dict[str, Shown]) -> tuple[int, list[str]]:
    """How many steps were read, as their business and as their manager, and where a page says anything else than the books."""
    steps, wrong = 0, []
    for deal in deals:
        for side in ("business", "manager"):
            there = read(line.tab(deal.party(side)).open(deal.path).html)
            steps += len(there)
            wrong += [f"{deal.path}, {side}: {title}: the page says {there.get(title)}, the books {sums}"
                      for title, sums in wanted[str(deal.contract)].items() if there.get(title) != sums]  # fmt: skip
    return steps, wrong


def read(page: str) -> Shown:
    """What a contract's page says of each step."""
    found: Shown = {}
    for row in ROW.finditer(page):
        state, amount = _text(row["state"]), minor(_text(row["amount"]))
        found[_text(row["title"])] = Counter(held=amount if state in HELD_STATES else 0)
    return found


def minor(shown: str) -> int:
    """An amount as a page shows it, in minor units."""
    return round(float(re.sub(r"[^0-9.]", "", shown) or 0) * 100)


def _text(inner: str) -> str:
    return " ".join(html.unescape(TAGS.sub("", inner)).split())
