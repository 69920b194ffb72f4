"""What users read: how much of each step is held, on its contract's page, and the sums of their wallets; against the books."""

import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy import case, func, select

from bench.walk.browser import Line, Page
from bench.walk.market import Deal, Party
from marketplace.contracts.models import Contract, Milestone
from marketplace.core.db import db
from marketplace.core.i18n import speaking
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import Account, Direction, Entry
from marketplace.ledger.models import AccountKind as K

ROW = re.compile(r"<tr><th scope=\"row\">(?P<step>\d+\. .*?)(?: <a.*?)?</th><td[^>]*>(?P<state>.*?)</td>", re.S)
HELD = re.compile(r"(\S+) is held")
SUM = re.compile(r'<dt>(?P<label>[^<]*)</dt><dd><span class="dy-fig">(?P<amount>[^<]*)</span>')
READERS = "en"
"""The language of all who walk."""
AT_ONCE = 4
"""Pages read at the same time."""
TAGS = re.compile(r"<[^>]+>")
Shown = dict[str, int]
"""By step (its place and title, for two may be called the same), what is held for it in minor units."""


def wanted(deals: list[Deal]) -> dict[str, Shown]:
    """By contract, what the ledger holds for each step. Needs an application context."""
    rows = list(db.session.scalars(select(Milestone).where(Milestone.contract_id.in_([deal.contract for deal in deals]))))
    held = ledger.held_for([f"milestone:{row.id}" for row in rows])
    kept: dict[str, Shown] = defaultdict(dict)
    with speaking(READERS):
        for row in rows:
            there = held.get(f"milestone:{row.id}")
            kept[str(row.contract_id)][f"{row.position}. {row.title}"] = there.minor if there else 0
    return kept


def ads(deals: list[Deal]) -> Counter[str]:
    """By contract, what the ledger keeps for its ads. Needs an application context."""
    query = select(Milestone.id, Milestone.contract_id).where(Milestone.contract_id.in_([deal.contract for deal in deals]))
    contracts = {f"milestone:{step}": str(contract) for step, contract in db.session.execute(query)}
    left: Counter[str] = Counter()
    for step, amount in ledger.held_for(contracts, ads=True).items():
        left[contracts[step]] += amount.minor
    return left


def owed(deals: list[Deal]) -> dict[Party, Shown]:
    """By manager, what the ledger owes them: what is not sent yet, and what is on its way. Needs an application context."""
    signed = case((Entry.direction == Direction.credit, Entry.amount_minor), else_=-Entry.amount_minor)
    query = select(Account.owner, Account.kind, func.sum(signed)).join(Entry.account).group_by(Account.owner, Account.kind)
    books = {(owner, kind): int(left) for owner, kind, left in db.session.execute(query)}
    managers = dict(db.session.execute(select(Contract.id, Contract.manager_id)).all())
    found = {}
    for deal in deals:
        owner = f"manager:{managers[deal.contract]}"
        found[deal.manager] = {
            "Yours, being sent": books.get((owner, K.payable), 0) + books.get((owner, K.sending), 0),
            "On its way to your bank": books.get((owner, K.arriving), 0),
        }
    return found


def wallets(deals: list[Deal], kept: dict[str, Shown], left: Counter[str], owing: dict[Party, Shown]) -> dict[Party, Shown]:
    """By person, what their wallet must say; `left`: for ads."""
    found: dict[Party, Shown] = {manager: {"Held for your work": 0, "Held for your receipts": 0, **sums} for manager, sums in owing.items()}
    for deal in deals:
        held, for_ads = sum(kept[str(deal.contract)].values()), left[str(deal.contract)]
        mine = found.setdefault(deal.business, {"Held for you": 0, "Held for ads": 0})
        mine["Held for you"] += held
        mine["Held for ads"] += for_ads
        found[deal.manager]["Held for your work"] += held
        found[deal.manager]["Held for your receipts"] += for_ads
    return found


@dataclass
class Read:
    """How many steps and wallets were read, and where a page says anything else than the books."""

    steps: int = 0
    wallets: int = 0
    wrong: list[str] = field(default_factory=list)


def compare(line: Line, deals: list[Deal], kept: dict[str, Shown]) -> Read:
    """Every contract's page, as its business and as its manager."""
    found, visits = Read(), [(deal, side) for deal in deals for side in ("business", "manager")]
    pages = _opened(line, [(deal.party(side), deal.path) for deal, side in visits])
    for (deal, side), page in zip(visits, pages, strict=True):
        _compare(found, f"{deal.path}, {side} ({page.status})", read(page.html), kept[str(deal.contract)])
    return found


def compare_wallets(found: Read, line: Line, wanted: dict[Party, Shown]) -> None:
    """Every wallet, as its owner."""
    pages = _opened(line, [(party, "/wallet") for party in wanted])
    for (party, sums), page in zip(wanted.items(), pages, strict=True):
        shown = {html.unescape(sum_["label"]): minor(html.unescape(sum_["amount"])) for sum_ in SUM.finditer(page.html)}
        found.wallets += page.status == 200
        found.wrong += [f"wallet of {party.email} ({page.status}): {label}: the page says {shown.get(label, 0)}, the books {amount}"
                        for label, amount in sums.items() if shown.get(label, 0) != amount]  # fmt: skip


def _opened(line: Line, visits: Iterable[tuple[Party, str]]) -> Iterator[Page]:
    """What each person saw at an address, in their order; several read at once."""
    with ThreadPoolExecutor(AT_ONCE) as readers:
        yield from readers.map(lambda visit: line.tab(visit[0]).open(visit[1]), visits)


def _compare(found: Read, where: str, shown: Shown, held: Shown) -> None:
    found.steps += len(shown)
    for step, sum_held in held.items():
        said = shown.get(step)
        if said != sum_held:
            found.wrong.append(f"{where}: {step}: the page says {said}, the books {sum_held}")


def read(page: str) -> Shown:
    """What a contract's page says of each step."""
    found: Shown = {}
    for row in ROW.finditer(page):
        held = HELD.search(_text(row["state"]))
        found[_text(row["step"])] = minor(held[1]) if held else 0
    return found


def minor(shown: str) -> int:
    """An amount as a page shows it, in minor units."""
    amount = round(float(re.sub(r"[^0-9.]", "", shown) or 0) * 100)
    return -amount if "−" in shown else amount


def _text(inner: str) -> str:
    return " ".join(html.unescape(TAGS.sub("", inner)).split())
