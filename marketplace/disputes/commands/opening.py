"""A side claims part of a step's money: just that part stops, the rest goes on."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.contracts.commands import settlements
from marketplace.contracts.models import Milestone
from marketplace.contracts.models.offer import Side
from marketplace.core import calendar, clock, i18n
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.disputes import notices, queries
from marketplace.disputes.commands.speaking import ANSWER_DAYS, Upload, first_reminder, write
from marketplace.disputes.models import CLAIMS, Dispute
from marketplace.payments import commands as payments

TOO_LATE = _l("Nothing of this step can be claimed now.")


def open_dispute(milestone: Milestone, person: Person, side: Side, *, amount: Money, reason: str, text: str,
                 uploads: tuple[Upload, ...] = ()) -> Dispute:
    """Claim an amount of a milestone, with a reason of CLAIMS, in words and with evidence. The other side may answer.

    Raises WrongState when nothing may be claimed (any more) or the side has had its dispute, Invalid for more than there is.
    """
    claim = _claimable(milestone, side, amount)
    if reason not in dict(CLAIMS[side]):
        raise Invalid(_l("Choose a reason."), field="reason")
    held = min(amount, claim.held)
    settlements.freeze(milestone, held, by=person, why=reason)
    dispute = Dispute(milestone=milestone, milestone_id=milestone.id, by_side=side, person_id=person.id, reason=reason,
                      claimed_minor=amount.minor, currency=amount.currency, released_minor=(amount - held).minor,
                      answer_by=calendar.deadline(ANSWER_DAYS))
    dispute.remind_at = first_reminder(clock.now(), dispute.answer_by)
    db.session.add(dispute)
    write(dispute, person, side, text, uploads)
    notices.opened(dispute)
    return dispute


def _claimable(milestone: Milestone, side: Side, amount: Money) -> queries.Claimable:
    """What may be claimed, asked again under the lock. Payouts that wait are locked before the milestone, as everywhere."""
    hoped = queries.claimable(milestone, side)
    if hoped is not None and amount > hoped.held:
        payments.hold_for_dispute(f"milestone:{milestone.id}")
    lock(milestone)
    claim = queries.claimable(milestone, side)
    if claim is None or hoped is None or claim.held != hoped.held:
        raise WrongState(TOO_LATE)
    if queries.barred(queries.disputes_of(milestone), side):
        raise WrongState(_l("This step has had its dispute. There is one, and no second."))
    if not Money(0, amount.currency) < amount <= claim.most:
        raise Invalid(_l("At most %(most)s can be claimed now.", most=i18n.money(claim.most)), field="amount")
    return claim
