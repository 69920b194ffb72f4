"""A side claims part of a step's money: just that part stops, the rest goes on."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.contracts.commands import settlements
from marketplace.contracts.models import Milestone
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries.limits import limit_of
from marketplace.core import calendar, clock, i18n
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.disputes import notices, queries
from marketplace.disputes.commands.speaking import Upload, first_reminder, write
from marketplace.disputes.models import CLAIMS, Dispute
from marketplace.disputes.queries import limits
from marketplace.payments import commands as payments


def open_dispute(milestone: Milestone, person: Person, side: Side, *, amount: Money, reason: str, text: str,
                 uploads: tuple[Upload, ...] = ()) -> Dispute:
    """Claim an amount of a milestone, with a reason of CLAIMS, in words and with evidence. The other side may answer.

    Where money is held so long that a decision is due, both sides have less time, equally. Raises WrongState when nothing may
    be claimed (any more) or the side has had its dispute, Invalid for more than there is.
    """
    claim = _claimable(milestone, side, amount)
    if reason not in dict(CLAIMS[side]):
        raise Invalid(_l("Choose a reason."), field="reason")
    held = min(amount, claim.held)
    settlements.freeze(milestone, held, by=person, why=reason)
    dispute = Dispute(milestone=milestone, milestone_id=milestone.id, by_side=side, person_id=person.id, reason=reason,
                      claimed_minor=amount.minor, currency=amount.currency, released_minor=(amount - held).minor,
                      answer_days=claim.days, answer_by=calendar.deadline(claim.days))
    dispute.remind_at = first_reminder(clock.now(), dispute.answer_by)
    db.session.add(dispute)
    write(dispute, person, side, text, uploads)
    notices.opened(dispute)
    return dispute


def too_late(milestone: Milestone) -> Any:
    """Why nothing of a step can be claimed, and what happens instead."""
    if not queries.held_too_long(milestone):
        return _l("Nothing of this step can be claimed now.")
    return _l("What is held of this step cannot be disputed any more: the decision would come too late. On %(moment)s it ends by "
              "itself: work that was handed in is paid, money without work returns. For %(days)s days the business can still dispute "
              "what was paid.",
              moment=i18n.moment(limit_of(milestone.held_since)), days=i18n.number(limits.CLAIM_DAYS))


def _claimable(milestone: Milestone, side: Side, amount: Money) -> queries.Claimable:
    """What may be claimed, asked again under the lock. Payouts that wait are locked before the milestone, as everywhere."""
    hoped = queries.claimable(milestone, side)
    if hoped is not None and amount > hoped.held:
        payments.hold_for_dispute(f"milestone:{milestone.id}")
    lock(milestone)
    claim = queries.claimable(milestone, side)
    if claim is None or hoped is None or claim.held != hoped.held:
        raise WrongState(too_late(milestone))
    if queries.barred(queries.disputes_of(milestone), side):
        raise WrongState(_l("This step has had its dispute. There is one, and no second."))
    if not Money(0, amount.currency) < amount <= claim.most:
        raise Invalid(_l("At most %(most)s can be claimed now.", most=i18n.money(claim.most)), field="amount")
    return claim
