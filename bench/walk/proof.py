"""Where every taka is: Stripe's books, ours, and the users' pages must say the same, contract by contract."""

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import case, func, select, text

from bench.walk import pages, stripes_books
from bench.walk.browser import Line
from bench.walk.ground import Ground
from bench.walk.market import Deal
from bench.walk.stripes_books import MOVED, Place, StripesBooks
from marketplace.core.db import db
from marketplace.ledger import queries as ledger
from marketplace.ledger.models import DEBIT_NORMAL, Account, AccountKind, Direction, Entry, Transaction
from marketplace.payments import commands as payments
from marketplace.payments.commands.reconciliation import compare
from marketplace.payments.models import Mismatch, MismatchKind, MismatchStatus

K = AccountKind
HELD = (K.held, K.ad_spend, K.payable, K.sending, K.refunding)
"""Other people's money that is with us, by its account."""
KEPT = (K.fees, K.card_costs)
LOST = (K.receivable, K.losses, K.bank)
"""What we paid for others: owed to us, lost, or (by hand) from our own bank."""
FAILED = text("select task_name, args::text, attempts from procrastinate_jobs where status = 'failed'")
"""Jobs that gave up; those whose twin did the work are aborted."""
TRYING = text("""
select task_name, args::text, attempts from procrastinate_jobs where status = 'todo' and attempts > 0 and task_name not like 'core.%'
""")
UNHANDLED = text("select type, object_id, event_id from stripe_events where handled_at is null")


def differences(ground: Ground, deals: list[Deal], line: Line) -> tuple[list[str], dict[str, Any]]:
    """Everything that does not agree, in words, and what was compared, in numbers."""
    theirs = stripes_books.read(ground)
    with ground.app.app_context():
        ours, ours_moved = _accounts(), _moved()
        found = [*_by_contract(theirs, ours), *_movements(theirs, ours_moved), *_whole(theirs), *_unfinished()]
        found += _reconciliation()
        wanted, left, owed = pages.wanted(deals), pages.ads(deals), pages.owed(deals)
    seen = pages.compare(line, deals, wanted)
    pages.compare_wallets(seen, line, pages.wallets(deals, wanted, left, owed))
    found += seen.wrong + [f"answer: {one.what}" for one in line.troubles if not ground.was_down(one.since, one.until)]
    return found, _numbers(theirs, ours) | {"contracts": len(deals), "milestones_on_pages": seen.steps, "wallets": seen.wallets}


def _accounts() -> dict[Place, Counter[AccountKind]]:
    """What each contract's postings left on each kind of account, on the kind's normal side."""
    signed = case((Entry.direction == Direction.debit, Entry.amount_minor), else_=-Entry.amount_minor)
    query = (
        select(func.coalesce(Transaction.contract, ""), Entry.currency, Account.kind, func.sum(signed))
        .join(Entry.transaction).join(Entry.account).group_by(Transaction.contract, Entry.currency, Account.kind)
    )  # fmt: skip
    found: dict[Place, Counter[AccountKind]] = defaultdict(Counter)
    for contract, currency, kind, debits in db.session.execute(query):
        found[contract, currency][kind] += int(debits) if kind in DEBIT_NORMAL else -int(debits)
    return found


def _moved() -> dict[Place, Counter[str]]:
    """What the ledger says moved on our balance at Stripe, by contract and by the kind of Stripe's thing."""
    signed = case((Entry.direction == Direction.debit, Entry.amount_minor), else_=-Entry.amount_minor)
    query = (
        select(func.coalesce(Transaction.contract, ""), Entry.currency, Transaction.stripe_id, func.sum(signed))
        .join(Entry.transaction).join(Entry.account).where(Account.kind == K.stripe)
        .group_by(Transaction.contract, Entry.currency, Transaction.stripe_id)
    )  # fmt: skip
    found: dict[Place, Counter[str]] = defaultdict(Counter)
    for contract, currency, stripe_id, moved in db.session.execute(query):
        found[contract, currency][MOVED[(stripe_id or "").split("_")[0]]] += int(moved)
    return found


def _by_contract(theirs: StripesBooks, ours: dict[Place, Counter[AccountKind]]) -> list[str]:
    """charged = transferred + refunded + fees + held + disputed: what left by Stripe's books, what is here by ours."""
    found = []
    for place in sorted({*theirs.moved, *ours}):
        moved, left = theirs.moved.get(place, Counter()), ours.get(place, Counter())
        charged = moved["charged"]
        gone = -(moved["transferred"] + moved["refunded"] + moved["disputed"] + moved["fees"])
        here = sum(left[kind] for kind in (*HELD, *KEPT)) - sum(left[kind] for kind in LOST)
        if charged != gone + here:
            found.append(f"{' '.join(place)}: charged {charged}, gone {gone} {dict(moved)}, here {here} {_plain(left)}")
        found += [f"{' '.join(place)}: {kind} is {left[kind]}" for kind in HELD if left[kind] < 0 and kind not in (K.payable, K.sending)]
    return found


def _movements(theirs: StripesBooks, ours: dict[Place, Counter[str]]) -> list[str]:
    """The same movement of each kind in both books, contract by contract. Fees of Stripe's go with what they were taken for."""
    found = []
    for place in sorted({*theirs.moved, *ours}):
        one, other = theirs.moved.get(place, Counter()), ours.get(place, Counter())
        whole = sum(one.values()), sum(other.values())
        kinds = [kind for kind in ("refunded", "transferred") if one[kind] != other[kind]]
        if whole[0] != whole[1] or kinds:
            found.append(f"{' '.join(place)}: Stripe moved {dict(one)}, the ledger {dict(other)}")
    return found


def _whole(theirs: StripesBooks) -> list[str]:
    """The books as a whole: balanced, kept as written, and Stripe's balance."""
    trial = ledger.trial_balance()
    found = [] if trial.balanced else [f"the trial balance is not zero: {trial}"]
    found += ledger.discrepancies()
    for currency, balance in theirs.balance.items():
        if (ours := ledger.stripe_clearing(currency).minor) != balance:
            found.append(f"Stripe has {balance} {currency}, the ledger {ours}")
    by_id = {key: moved for key, moved in ledger.cash_by_stripe_id().items() if moved}
    stripes = {key: moved for key, moved in theirs.by_id.items() if moved}
    found += [f"{' '.join(key)}: Stripe {stripes.get(key)}, the ledger {by_id.get(key)}" for key in sorted({*by_id, *stripes})
              if by_id.get(key) != stripes.get(key)]  # fmt: skip
    return found


def _unfinished() -> list[str]:
    """Of jobs and of Stripe's events; at rest nothing waits to be tried again either."""
    queries = {"job failed": FAILED, "job is tried in vain": TRYING, "event not handled": UNHANDLED}
    return [f"{what}: {' '.join(map(str, row))}" for what, query in queries.items() for row in db.session.execute(query)]


def _reconciliation() -> list[str]:
    """The product's own comparison of everything agrees as well. What was booked late is the walk's own doing: its clock jumps."""
    key = payments.reconcile(whole=True).id
    db.session.commit()
    compare(str(key))
    db.session.commit()
    open_ones = select(Mismatch).where(Mismatch.status == MismatchStatus.open, Mismatch.kind != MismatchKind.late)
    return [f"reconciliation: {row.kind} {row.stripe_id} {row.currency}: books {row.ours_minor}, Stripe {row.theirs_minor}"
            for row in db.session.scalars(open_ones)]  # fmt: skip


def _numbers(theirs: StripesBooks, ours: dict[Place, Counter[AccountKind]]) -> dict[str, Any]:
    moved, left = Counter[str](), Counter[AccountKind]()
    for counted in theirs.moved.values():
        moved.update(counted)
    for kept in ours.values():
        left.update(kept)
    return {"at_stripe_minor": dict(sorted(moved.items())), "in_the_books_minor": _plain(left)}


def _plain(left: Counter[AccountKind]) -> dict[str, int]:
    return {str(kind): amount for kind, amount in sorted(left.items()) if amount}
