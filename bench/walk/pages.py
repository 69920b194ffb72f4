"""What users read: how much of each step is held, on its contract's page, against what is held for it in the books."""

import html
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlalchemy import case, func, select

from bench.walk.browser import Line
from bench.walk.market import Deal
from marketplace.contracts.models import Milestone
from marketplace.core.db import db
from marketplace.ledger.models import Account, AccountKind, Direction, Entry, Transaction
from marketplace.payments.models import Refund, RefundStatus

ROW = re.compile(r"<tr><th scope=\"row\">\d+\. (?P<title>.*?)(?: <a.*?)?</th><td[^>]*>(?P<state>.*?)</td>", re.S)
HELD = re.compile(r"(\S+) is held")
TAGS = re.compile(r"<[^>]+>")
TOOK = ("charge_back", "absorb_refund", "reverse")
"""Postings by which a bank or Stripe's dashboard takes held money, and gives it again."""

Shown = dict[str, int]
"""By step (its title), what is held for it in minor units."""


@dataclass(frozen=True)
class Kept:
    """What the ledger holds for each step, and what of it a bank took, less what went back and bounced: by contract."""

    held: dict[str, Shown]
    taken: dict[str, Shown]


def wanted(deals: list[Deal]) -> Kept:
    """Of these contracts. Needs an application context."""
    query = select(Account.owner, func.sum(Account.balance_minor)).where(Account.kind == AccountKind.held).group_by(Account.owner)
    held, taken = {owner: int(balance) for owner, balance in db.session.execute(query)}, _taken()
    kept = Kept(defaultdict(dict), defaultdict(dict))
    for row in db.session.scalars(select(Milestone).where(Milestone.contract_id.in_([deal.contract for deal in deals]))):
        kept.held[str(row.contract_id)][row.title] = held.get(f"milestone:{row.id}", 0)
        kept.taken[str(row.contract_id)][row.title] = taken.get(f"milestone:{row.id}", 0)
    return kept


def _taken() -> dict[str, int]:
    """By owner, what banks and Stripe's dashboard took of held money and did not give again, less refunds that wait for finance."""
    signed = case((Entry.direction == Direction.debit, Entry.amount_minor), else_=-Entry.amount_minor)
    query = (
        select(Account.owner, func.sum(signed)).select_from(Entry).join(Entry.account).join(Entry.transaction)
        .where(Account.kind == AccountKind.held, Transaction.verb.in_(TOOK)).group_by(Account.owner)
    )  # fmt: skip
    taken = Counter({owner: int(sum_taken) for owner, sum_taken in db.session.execute(query)})
    failed = select(Refund.subject, func.sum(Refund.amount_minor)).where(Refund.status == RefundStatus.failed, ~Refund.outside)
    taken.subtract({subject: int(bounced) for subject, bounced in db.session.execute(failed.group_by(Refund.subject))})
    return taken


@dataclass
class Read:
    """How many steps were read, where a page says anything else than the books, and where it does not know what a bank did."""

    steps: int = 0
    wrong: list[str] = field(default_factory=list)
    unaware: int = 0


def compare(line: Line, deals: list[Deal], kept: Kept) -> Read:
    """Every contract's page, as its business and as its manager."""
    found = Read()
    for deal in deals:
        for side in ("business", "manager"):
            page = line.tab(deal.party(side)).open(deal.path)
            where, key = f"{deal.path}, {side} ({page.status})", str(deal.contract)
            _compare(found, where, read(page.html), kept.held[key], kept.taken[key])
    return found


def _compare(found: Read, where: str, shown: Shown, held: Shown, taken: Shown) -> None:
    found.steps += len(shown)
    for title, sum_held in held.items():
        said = shown.get(title)
        if said != sum_held and said == sum_held + taken[title]:
            found.unaware += 1
        elif said != sum_held:
            found.wrong.append(f"{where}: {title}: the page says {said}, the books {sum_held}; a bank's doing {taken[title]}")


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
