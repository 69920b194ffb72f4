"""The money of a milestone goes back: asked for by the business, given by the manager."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.contracts import notices
from marketplace.contracts.models import Milestone, RefundRequest
from marketplace.contracts.models.offer import Side
from marketplace.core import clock
from marketplace.core.db import db, lock
from marketplace.core.errors import WrongState
from marketplace.payments import commands as payments


def ask_refund(milestone: Milestone, person: Person, reason: str) -> RefundRequest:
    """The business wishes its money back; the manager answers."""
    lock(milestone)
    if milestone.status not in Milestone.TRANSITIONS["refund"]:
        raise WrongState()
    if open_request(milestone):
        raise WrongState(_l("You have already asked. The manager has not answered yet."))
    request = RefundRequest(milestone_id=milestone.id, person_id=person.id, by_side=Side.business, reason=reason)
    db.session.add(request)
    db.session.flush()
    notices.refund_asked(milestone, request)
    return request


def decline_refund(request: RefundRequest, person: Person) -> None:
    """The manager says no; the money stays held."""
    request.move("decline", by=person)
    notices.refund_declined(request.milestone, request)


def give_back(milestone: Milestone, person: Person, why: str = "") -> None:
    """The manager agrees, or gives the money back unasked: all of it returns to the card it came from."""
    milestone.move("refund", by=person, why=why)
    milestone.refunded_at = clock.now()
    milestone.review_until = milestone.remind_at = None
    if request := open_request(milestone):
        request.move("agree", by=person)
    payments.refund(subject=f"milestone:{milestone.id}", amount=milestone.amount, key=f"refund:{milestone.id}")
    notices.milestone_refunded(milestone)


def open_request(milestone: Milestone) -> RefundRequest | None:
    """The request that waits for an answer."""
    return db.session.scalars(select(RefundRequest).where(RefundRequest.milestone_id == milestone.id,
                                                          RefundRequest.status == "open")).first()


def withdraw_request(milestone: Milestone) -> None:
    """An approval overtakes a wish for the money back."""
    if request := open_request(milestone):
        request.move("withdraw")
