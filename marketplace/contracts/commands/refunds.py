"""Money that leaves a milestone without being the manager's: asked for by the business, given by the manager."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.contracts import notices
from marketplace.contracts.commands import funding_checks, settlements
from marketplace.contracts.models import Milestone, RefundRequest, Settlement
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import open_request
from marketplace.core import clock
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.payments import commands as payments


def ask_refund(milestone: Milestone, person: Person, reason: str, amount: Money | None = None, for_next: bool = False) -> RefundRequest:
    """The business wishes its money back, all or part, or kept for the next step; the manager answers."""
    lock(milestone)
    if milestone.status not in settlements.SETTLEABLE:
        raise WrongState()
    if open_request(milestone):
        raise WrongState(_l("You have already asked. The manager has not answered yet."))
    amount = milestone.free if amount is None else amount
    _check(milestone, amount, for_next)
    request = RefundRequest(milestone=milestone, person_id=person.id, by_side=Side.business, reason=reason, amount_minor=amount.minor,
                            for_next=for_next)
    db.session.add(request)
    db.session.flush()
    notices.refund_asked(milestone, request)
    return request


def agree_refund(request: RefundRequest, person: Person) -> Settlement:
    """The manager says yes: just what was asked for."""
    lock(request.milestone)
    request.move("agree", by=person)
    where = {"to_next" if request.for_next else "to_business": request.amount}
    settlement = _give(request.milestone, person, "", **where)
    funding_checks.after_cancel(request.milestone.contract)
    return settlement


def decline_refund(request: RefundRequest, person: Person) -> None:
    """The manager says no; the money stays held."""
    request.move("decline", by=person)
    notices.refund_declined(request.milestone, request)


def give_back(milestone: Milestone, person: Person | None, why: str = "", amount: Money | None = None) -> Settlement:
    """The manager (None: a rule) gives money back unasked, all or part: it returns to the card it came from."""
    lock(milestone)
    amount = milestone.free if amount is None else amount
    if person and (request := open_request(milestone)) and request.amount == amount and not request.for_next:
        return agree_refund(request, person)
    return _give(milestone, person, why, to_business=amount)


def return_prefunded(milestone: Milestone) -> None:
    """What came from the step before returns to the card; the step is planned as it was."""
    amount = milestone.held
    milestone.prefunded_minor, milestone.held_since, milestone.warn_at = 0, None, None
    payments.refund(subject=f"milestone:{milestone.id}", amount=amount, key=f"prefunded:{milestone.id}:{clock.now().isoformat()}")
    notices.prefunded_returned(milestone, amount)


def _check(milestone: Milestone, amount: Money, for_next: bool) -> None:
    if amount.minor <= 0:
        raise Invalid(_l("Write an amount."), field="amount")
    if amount > milestone.free:
        raise Invalid(_l("This is more than is held."), field="amount")
    if for_next:
        following = settlements.next_step(milestone)
        if following is None or amount > following.to_fund:
            raise Invalid(_l("The next step does not cost that much."), field="amount")


def _give(milestone: Milestone, person: Person | None, why: str, **parts: Money) -> Settlement:
    settlement = settlements.settle(milestone, by=person, why=why, **parts)
    notices.money_settled(settlement)
    return settlement
