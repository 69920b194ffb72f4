"""Stripe's movements beside the books', thing by thing: which differ, and what kind of difference it is. Reads only."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from marketplace.core.config import rule
from marketplace.core.db import db
from marketplace.ledger import queries as books
from marketplace.payments.models import BalanceTransaction, MismatchKind

LATE = timedelta(hours=rule("BOOKED_LATE_HOURS", 24, "hours after a movement at Stripe from which booking it counts as late"))
UNKNOWN = {
    "refund": MismatchKind.refund_unknown, "payment_refund": MismatchKind.refund_unknown, "refund_failure": MismatchKind.refund_unknown,
    "transfer": MismatchKind.transfer_unknown, "transfer_cancel": MismatchKind.reversal_unknown,
    "transfer_failure": MismatchKind.reversal_unknown, "transfer_refund": MismatchKind.reversal_unknown,
    "payout": MismatchKind.payout_unknown, "payout_cancel": MismatchKind.payout_unknown, "payout_failure": MismatchKind.payout_unknown,
    "stripe_fee": MismatchKind.fee, "stripe_fx_fee": MismatchKind.fee, "tax_fee": MismatchKind.fee, "network_cost": MismatchKind.fee,
    "charge": MismatchKind.missing, "payment": MismatchKind.missing,
}
"""What it is called that the books do not have, by Stripe's type of movement; anything else is an adjustment."""


@dataclass(frozen=True)
class Listed:
    """What Stripe says moved for one thing in one currency, after its fee."""

    id: str
    currency: str
    net: int
    fee: int
    first: datetime
    last: datetime
    type: str


@dataclass(frozen=True)
class Difference:
    """What does not agree about one thing. None is nothing at all."""

    stripe_id: str
    currency: str
    kind: MismatchKind
    ours: int | None
    theirs: int | None
    their_currency: str | None = None
    subject: str = ""


Ours, Theirs = dict[str, books.Booked], dict[str, Listed]


def differences(ids: Sequence[str], until: datetime) -> Iterator[Difference]:
    """What differs about these things. Of what still moves, after `until`, nothing is said: its other half may be on the way."""
    ours, theirs = _by_thing(books.booked(ids)), _by_thing(listed(ids))
    for thing in ids:
        if all(one.last <= until for one in (*ours[thing].values(), *theirs[thing].values())):
            yield from _judged(thing, ours[thing], theirs[thing])


def listed(ids: Sequence[str]) -> list[Listed]:
    """What Stripe listed for these things, summed."""
    entry = BalanceTransaction
    query = select(entry.source, entry.currency, func.sum(entry.net_minor), func.sum(entry.fee_minor), func.min(entry.happened_at),
                   func.max(entry.happened_at), func.min(entry.type)).where(entry.source.in_(ids)).group_by(entry.source, entry.currency)
    return [Listed(source, currency, int(net), int(fee), first, last, type_)
            for source, currency, net, fee, first, last, type_ in db.session.execute(query)]


def _by_thing(rows: Sequence[books.Booked | Listed]) -> defaultdict:
    """By thing, then by currency."""
    found: defaultdict = defaultdict(dict)
    for row in rows:
        found[row.id][row.currency] = row
    return found


def _judged(thing: str, ours: Ours, theirs: Theirs) -> Iterator[Difference]:
    differing = sorted(code for code in {*ours, *theirs} if _net(ours, code) != _net(theirs, code))
    only_ours = [code for code in differing if code not in theirs]
    only_theirs = [code for code in differing if code not in ours]
    if len(only_ours) == len(only_theirs) == 1 and _same_way(ours[only_ours[0]], theirs[only_theirs[0]]):
        yield _in_another_currency(ours[only_ours[0]], theirs[only_theirs[0]])
        differing = [code for code in differing if code in ours and code in theirs]
    for code in differing:
        yield _difference(thing, code, ours, theirs)
    if not differing and (late := _late(ours, theirs)):
        yield late


def _in_another_currency(ours: books.Booked, theirs: Listed) -> Difference:
    return Difference(ours.id, ours.currency, MismatchKind.currency, ours.net, theirs.net, theirs.currency, ours.subject or "")


def _difference(thing: str, code: str, ours: Ours, theirs: Theirs) -> Difference:
    kind = _kind(thing, ours.get(code), theirs.get(code), bool(theirs))
    subject = next((one.subject for one in ours.values() if one.subject), "")
    return Difference(thing, code, kind, _value(ours, code), _value(theirs, code), None, subject)


def _kind(thing: str, ours: books.Booked | None, theirs: Listed | None, known: bool) -> MismatchKind:
    """`known`: Stripe has the thing, in whatever currency."""
    if theirs is None:
        return MismatchKind.currency if known else MismatchKind.extra
    if ours is None or not ours.net:
        return _unknown(theirs)
    if ours.net + ours.fee == theirs.net + theirs.fee:
        return MismatchKind.fee
    return MismatchKind.duplicate if twice(thing, ours.currency, ours.net - theirs.net) else MismatchKind.amount


def _unknown(theirs: Listed) -> MismatchKind:
    if theirs.type not in UNKNOWN and theirs.id.startswith(("dp_", "du_")):
        return MismatchKind.dispute_unknown
    return UNKNOWN.get(theirs.type, MismatchKind.adjustment_unknown)


def twice(thing: str, currency: str, surplus: int) -> bool:
    """Whether what the books have too much is one of two postings that moved just that."""
    moved = [amount for _posting, amount, code in books.cash_postings(thing) if code == currency]
    return moved.count(surplus) > 1


def _late(ours: Ours, theirs: Theirs) -> Difference | None:
    """Both agree, but the books followed long after."""
    for code in sorted({*ours} & {*theirs}):
        if ours[code].first - theirs[code].first > LATE:
            return Difference(ours[code].id, code, MismatchKind.late, ours[code].net, theirs[code].net, None, ours[code].subject or "")
    return None


def _net(side: Ours | Theirs, code: str) -> int:
    return side[code].net if code in side else 0


def _value(side: Ours | Theirs, code: str) -> int | None:
    return side[code].net if code in side else None


def _same_way(ours: books.Booked, theirs: Listed) -> bool:
    return (ours.net > 0) == (theirs.net > 0)
