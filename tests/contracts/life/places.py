"""Where each taka is: in the books, at Stripe and on the page. Each function compares one of these with the model."""
from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from marketplace.contracts.models import Milestone
from marketplace.contracts.queries.money_line import line_of
from marketplace.core import calendar
from marketplace.core.db import db
from marketplace.ledger import queries as books
from marketplace.ledger.models import DEBIT_NORMAL, Account, AccountKind, Direction, Entry, Transaction
from marketplace.payments.models import Payment, Refund, RefundStatus, StripeEvent, Transfer
from tests.contracts.life.model import HOLD_DAYS, SILENT_HOLD_DAYS, STATIONS, Life
from tests.contracts.life.scene import Scene

IN_A_MANAGERS_NAME = (AccountKind.payable, AccountKind.sending, AccountKind.arriving)


@dataclass(frozen=True)
class Seen:
    """A milestone as the product has it."""

    status: str
    review_until: datetime | None
    send_after: datetime | None
    deadlines: list[datetime]


def seen(scene: Scene) -> list[Seen]:
    """Both milestones now."""
    with scene.app.app_context():
        return [_seen(db.session.get_one(Milestone, key)) for key in scene.milestones]


def _seen(row: Milestone) -> Seen:
    payments = db.session.scalars(select(Payment).where(Payment.subject == f"milestone:{row.id}").order_by(Payment.id))
    return Seen(row.status, row.review_until, row.send_after, [payment.expires_at for payment in payments])


def check_books(scene: Scene, lives: list[Life]) -> None:
    """Each milestone's money is in the one place the model has it in; nothing is anywhere else; the books balance."""
    with scene.app.app_context():
        assert books.trial_balance().balanced
        assert books.discrepancies() == []
        by_subject, returned, bounced = _by_subject(), _refunded(RefundStatus.succeeded), _refunded(RefundStatus.failed)
        for life, key in zip(lives, scene.milestones, strict=True):
            subject = f"milestone:{key}"
            _compare(life.spot, by_subject[subject], returned[subject], bounced[subject])
            _check_line(db.session.get_one(Milestone, key), "bounced" if bounced[subject] else life.status)
            _check_hold(db.session.get_one(Milestone, key))
        for payment in db.session.scalars(select(Payment).where(Payment.unclaimed)):
            _compare({"back": payment.total.minor}, by_subject[payment.holder], returned[payment.holder], bounced[payment.holder])
        assert by_subject[scene.neighbour][AccountKind.held] == 700_000


def _compare(wanted: dict[str, int], there: Counter[str], returned: int, bounced: int) -> None:
    """`there` is what the postings about one subject left on each kind of account; what bounced is held again, for finance to see."""
    spot = {"held": there[AccountKind.held] - bounced, "manager": sum(there[kind] for kind in IN_A_MANAGERS_NAME),
            "fees": there[AccountKind.fees], "back": there[AccountKind.refunding] + returned + bounced}
    assert {place: amount for place, amount in spot.items() if amount} == wanted


def _by_subject() -> dict[str, Counter[str]]:
    """What each subject's postings left on each kind of account, on the kind's normal side."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    query = (select(Transaction.subject, Account, Entry.direction, func.sum(Entry.amount_minor)).join(Entry.transaction).join(Entry.account)
             .group_by(Transaction.subject, Account.id, Entry.direction))
    for subject, account, direction, amount in db.session.execute(query):
        grows = (direction == Direction.debit) == (account.kind in DEBIT_NORMAL)
        found[subject][account.kind] += int(amount) if grows else -int(amount)
    return found


def _refunded(status: RefundStatus) -> Counter[str]:
    """What refunds with this end came to, by whose money it was."""
    found: Counter[str] = Counter()
    for refund in db.session.scalars(select(Refund).where(Refund.status == status)):
        found[refund.payment.holder] += refund.amount_minor
    return found


def _check_line(milestone: Milestone, where: str) -> None:
    stations = [station.state for station in line_of(milestone)]
    assert " ".join(stations) == STATIONS["arrived" if milestone.arrived_at else where]


def _check_hold(milestone: Milestone) -> None:
    """Released money waits its days, and to the next moment at which a clock may end."""
    if milestone.approved_at:
        days = SILENT_HOLD_DAYS if milestone.approved_by_silence else HOLD_DAYS
        assert milestone.send_after == calendar.deadline(days, milestone.approved_at)


def check_stripe(scene: Scene, lives: list[Life]) -> None:
    """Stripe did nothing twice and nothing of both kinds, and the books claim nothing that Stripe has not done."""
    with scene.app.app_context():
        _check_transfers(scene, lives)
        _check_refunds(scene, lives)
        theirs = _movements(scene)
        for (stripe_id, _currency), ours in books.cash_by_stripe_id().items():
            assert ours in _sums(theirs[stripe_id]), f"the books say {ours} of {stripe_id}, Stripe {theirs[stripe_id]}"


def _check_transfers(scene: Scene, lives: list[Life]) -> None:
    """At most one for a milestone, of what the manager gets, and only of released money; one before it is said to be sent."""
    rows = {str(row.id): row.subject for row in db.session.scalars(select(Transfer))}
    made = scene.world.call("GET", "transfers", limit=100)["data"]
    sent = Counter({f"milestone:{key}": 0 for key in scene.milestones})
    sent.update(rows[one["metadata"]["transfer"]] for one in made)
    amounts = {rows[one["metadata"]["transfer"]]: one["amount"] for one in made}
    for life, key in zip(lives, scene.milestones, strict=True):
        subject = f"milestone:{key}"
        assert (life.status == "released") <= sent[subject] <= ("manager" in life.spot)
        assert amounts.get(subject, 0) in (0, life.spot.get("manager"))


def _check_refunds(scene: Scene, lives: list[Life]) -> None:
    """At most one a charge that was not refused: the held amount of a milestone given back, or all of a surplus payment."""
    charges = {charge["id"]: charge for charge in scene.world.call("GET", "charges", limit=100)["data"] if charge["paid"]}
    assert len(charges) == 1 + sum(page.paid for life in lives for page in life.pages)
    statuses = {f"milestone:{key}": life.status for life, key in zip(lives, scene.milestones, strict=True)}
    payments = {row.stripe_charge_id: row for row in db.session.scalars(select(Payment))}
    refunds = scene.world.call("GET", "refunds", limit=100)["data"]
    back = Counter(one["charge"] for one in refunds if one["status"] not in ("failed", "canceled"))
    for charge_id, times in back.items():
        payment = payments[charge_id]
        assert times == 1
        assert payment.unclaimed or statuses[payment.subject] == "refunded"
        assert charges[charge_id]["amount_refunded"] == (payment.total.minor if payment.unclaimed else payment.amount_minor)


def _movements(scene: Scene) -> dict[str, list[int]]:
    """What moved on our balance, by what it was for, oldest first."""
    found: dict[str, list[int]] = defaultdict(list)
    for entry in scene.world.call("GET", "balance_transactions", limit=100)["data"][::-1]:
        found[entry["source"]].append(entry["net"])
    return found


def _sums(amounts: list[int]) -> list[int]:
    """What it came to after each movement: the books may be behind, not ahead."""
    return [sum(amounts[:end]) for end in range(1, len(amounts) + 1)]


def unfinished(scene: Scene) -> list[str]:
    """What still has to happen when nothing goes wrong."""
    with scene.app.app_context():
        return [*unfinished_work(), *scene.waiting()]


def unfinished_work() -> list[str]:
    """Events, transfers and refunds that are not at their end."""
    events = db.session.scalars(select(StripeEvent.type).where(StripeEvent.handled_at.is_(None))).all()
    transfers = db.session.scalars(select(Transfer.status).where(Transfer.status.in_(("held", "sending", "failed")))).all()
    refunds = db.session.scalars(select(Refund.status).where(Refund.status.in_(("due", "pending")))).all()
    return list(map(str, (*events, *transfers, *refunds)))


def check_rest(scene: Scene, lives: list[Life]) -> None:
    """Nothing is under way any more: the books and Stripe agree to the poisha, and every charged taka is accounted for."""
    with scene.app.app_context():
        charged = sum(life.total for life in lives for page in life.pages if page.paid)
        booked = select(func.sum(Payment.amount_minor + Payment.card_cost_minor)).where(Payment.succeeded_at.is_not(None),
                                                                                       Payment.subject != scene.neighbour)
        assert (db.session.scalar(booked) or 0) == charged
        for life in lives:
            assert [page.claimed for page in life.pages if page.paid].count(True) == (1 if life.spot else 0)
        unclaimed = db.session.scalars(select(Payment).where(Payment.unclaimed)).all()
        assert len(unclaimed) == sum(page.paid and not page.claimed for life in lives for page in life.pages)
        ours, connected = _stripes_own(scene)
        assert books.stripe_clearing().minor == ours
        assert connected == sum(life.spot["manager"] for life in lives if life.status == "released")
        stripe_fees = sum(one["fee"] for one in scene.world.call("GET", "balance_transactions", limit=100, type="charge")["data"])
        assert books.platform(AccountKind.card_costs).minor == _card_costs() - stripe_fees


def _card_costs() -> int:
    query = select(func.sum(Payment.card_cost_minor)).where(Payment.succeeded_at.is_not(None), Payment.unclaimed.is_(False))
    return int(db.session.scalar(query) or 0)


def _stripes_own(scene: Scene) -> tuple[int, int]:
    """Our balance in Stripe's own books, and what was ever put into the manager's."""
    ours, theirs = _balances(scene)
    paid_out: list[Any] = scene.world.call("GET", "payouts", account=scene.account, limit=100)["data"]
    return ours, theirs + sum(payout["amount"] for payout in paid_out if payout["status"] not in ("failed", "canceled"))


def _balances(scene: Scene) -> list[int]:
    accounts = scene.world.see("balances")
    return [sum(part["amount"] for kind in ("available", "pending") for part in account[kind]) for account in accounts]


