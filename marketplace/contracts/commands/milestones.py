"""A milestone's life: paid in, delivered, changed, approved. Each verb is one move and its consequences."""
from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.contracts import notices, signals
from marketplace.contracts.commands import refunds
from marketplace.contracts.models import ChangeRequest, Contract, ContractStatus, Delivery, Milestone, MilestoneStatus
from marketplace.core import calendar, clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.tasks import sweep, task
from marketplace.files import commands as files
from marketplace.files.models import File
from marketplace.payments import commands as payments
from marketplace.payments.models import Payment
from marketplace.payments.queries import payments_for

REVIEW_DAYS = {
    "management": rule("REVIEW_DAYS_MANAGEMENT", 7, "days the business has to look at delivered management work"),
    "boosting": rule("REVIEW_DAYS_BOOSTING", 3, "days the business has to look at delivered boosting work"),
}
REVIEW_DAYS_OTHER = rule("REVIEW_DAYS_OTHER", 5, "days the business has to look at other delivered work")
EXTENSION_DAYS = rule("REVIEW_EXTENSION_DAYS", 5, "days one tap adds to the review window, once")
REDELIVERY_DAYS = rule("REDELIVERY_DAYS", 3, "days the manager has to deliver again after changes were asked")
SILENCE_DAYS = rule("SILENCE_DAYS", 3, "days that money released by silence waits on top of the hold")
HOLD_DAYS_NEW = rule("HOLD_DAYS_NEW", 3, "days between release and sending, for new managers")
HOLD_DAYS_KNOWN = rule("HOLD_DAYS_KNOWN", 1, "days between release and sending, after HOLD_KNOWN_AFTER clean contracts")
HOLD_KNOWN_AFTER = rule("HOLD_KNOWN_AFTER", 3, "clean contracts after which the hold is shorter")
HOLD_NONE_AFTER = rule("HOLD_NONE_AFTER", 10, "clean contracts after which there is no hold")
LONGEST_MILESTONE_DAYS = rule("LONGEST_MILESTONE_DAYS", 60, "days after funding by which a milestone's deadline must lie")


def start_funding(milestone: Milestone, person: Person, success_url: str, cancel_url: str) -> Payment:
    """Send the business to the payment page. The intent is stored first; WrongState when the contract is not active."""
    milestone.move("start_funding", by=person)
    lock(milestone.contract)
    if milestone.contract.status != ContractStatus.active:
        raise WrongState(_l("The contract is not active, so nothing can be paid in."))
    return payments.start_checkout(
        subject=f"milestone:{milestone.id}", contract=f"contract:{milestone.contract_id}", business=milestone.contract.business,
        person=person, amount=milestone.amount, title=f"{milestone.contract.title}: {milestone.title}",
        success_url=success_url, cancel_url=cancel_url)


def cancel_funding(milestone: Milestone, person: Person) -> None:
    """Call the payment off; the milestone waits as before. Money that comes all the same goes back by itself.

    The payment is locked before the milestone, as when money comes in: the other order could lock both up.
    """
    payment = payment_under_way(milestone)
    if payment is None:
        raise WrongState()
    payments.cancel_checkout(payment, by=person)


def payment_under_way(milestone: Milestone) -> Payment | None:
    """The payment that is being made for a milestone."""
    newest = payments_for(f"milestone:{milestone.id}")[:1]
    return newest[0] if newest and newest[0].may("cancel") else None


def mark_funded(milestone: Milestone) -> None:
    """The money is held: work may start, and the deadline begins to run."""
    milestone.move("fund")
    milestone.funded_at = clock.now()
    milestone.due_at = calendar.deadline(min(milestone.days, LONGEST_MILESTONE_DAYS))
    signals.milestone_funded.send(milestone)
    notices.milestone_funded(milestone)


def give_up_funding(milestone: Milestone) -> None:
    """The payment ended without money: the milestone waits as before."""
    milestone.move("give_up_funding")
    notices.funding_failed(milestone)


def deliver(milestone: Milestone, person: Person, note: str, links: list[str], file: File | None = None) -> Delivery:
    """Hand in the work with its evidence; the review window begins."""
    milestone.move("deliver", by=person)
    milestone.delivered_at, milestone.review_extended = clock.now(), False
    _open_review(milestone, REVIEW_DAYS.get(milestone.contract.kind, REVIEW_DAYS_OTHER))
    delivery = Delivery(milestone_id=milestone.id, number=_next_number(Delivery, milestone), person_id=person.id, note=note, links=links,
                        file_id=file.id if file else None)
    db.session.add(delivery)
    if file:
        files.attach(file, milestone)
    notices.milestone_delivered(milestone)
    return delivery


def extend_review(milestone: Milestone, person: Person) -> None:
    """One tap, once: more days to look."""
    lock(milestone)
    if milestone.status != MilestoneStatus.delivered or milestone.review_extended or milestone.review_until is None:
        raise WrongState()
    milestone.review_until = calendar.deadline(EXTENSION_DAYS, milestone.review_until)
    milestone.review_extended = True
    notices.review_extended(milestone, person)


def ask_changes(milestone: Milestone, person: Person, note: str) -> ChangeRequest:
    """Ask for changes, as often as the terms include."""
    milestone.move("ask_changes", by=person, why=note)
    if milestone.changes_used >= milestone.contract.terms["changes_included"]:
        raise Invalid(_l("The changes this contract includes are used up. Approve, or open a dispute."), field="note")
    milestone.changes_used += 1
    milestone.review_until = milestone.remind_at = None
    request = ChangeRequest(milestone_id=milestone.id, number=milestone.changes_used, person_id=person.id, note=note,
                            redeliver_by=calendar.deadline(REDELIVERY_DAYS))
    db.session.add(request)
    notices.changes_asked(milestone, request)
    return request


def approve(milestone: Milestone, person: Person | None) -> None:
    """Give the money to the manager: out of held money at once, sent after the hold. `person` None is silence."""
    milestone.move("approve", by=person, why="" if person else "silence")
    contract = milestone.contract
    milestone.approved_at, milestone.approved_by_silence = clock.now(), person is None
    milestone.review_until = milestone.remind_at = None
    milestone.send_after = send_after(contract, milestone.approved_at, silent=person is None)
    refunds.withdraw_request(milestone)
    payments.release(manager=contract.manager, subject=f"milestone:{milestone.id}", contract=f"contract:{contract.id}",
                     gross=milestone.amount, fee=milestone.fee, send_after=milestone.send_after)
    notices.milestone_approved(milestone)


def send_after(contract: Contract, released_at: datetime, silent: bool = False) -> datetime:
    """When the hold of money released then is over: at once, or at the next moment a clock may end."""
    days = hold_days(contract) + (SILENCE_DAYS if silent else 0)
    return calendar.deadline(days, released_at) if days else released_at


def hold_days(contract: Contract) -> int:
    """Days between release and sending, by the manager's clean contracts."""
    clean = contract.manager.clean_contracts
    if clean >= HOLD_NONE_AFTER:
        return 0
    return HOLD_DAYS_KNOWN if clean >= HOLD_KNOWN_AFTER else HOLD_DAYS_NEW


def mark_released(milestone: Milestone) -> None:
    """The money has left for the manager's account."""
    milestone.move("release")
    milestone.released_at = clock.now()
    notices.milestone_released(milestone)


def mark_arrived(milestone: Milestone) -> None:
    """The bank has it."""
    milestone.arrived_at = clock.now()


@sweep
def approve_unanswered() -> None:
    """Deliveries nobody looked at in time."""
    due = select(Milestone.id).where(Milestone.status == MilestoneStatus.delivered, Milestone.review_until <= clock.now()).limit(200)
    for milestone_id in db.session.scalars(due):
        approve_by_silence.later(milestone_id, once=f"silence:{milestone_id}")


@task
def approve_by_silence(milestone_id: str) -> None:
    """The review window ended without a word."""
    milestone = db.session.get_one(Milestone, uuid.UUID(milestone_id))
    lock(milestone)
    if milestone.review_until and milestone.review_until <= clock.now():
        approve(milestone, None)


@sweep
def remind_reviewers() -> None:
    """Reminders that are due: at half of the window, a day and two hours before its end."""
    due = select(Milestone.id).where(Milestone.status == MilestoneStatus.delivered, Milestone.remind_at <= clock.now()).limit(200)
    for milestone_id in db.session.scalars(due):
        remind_reviewer.later(milestone_id, once=f"remind:{milestone_id}")


@task
def remind_reviewer(milestone_id: str) -> None:
    """Tell the business what happens by itself, and when."""
    milestone = db.session.get_one(Milestone, uuid.UUID(milestone_id))
    lock(milestone)
    if milestone.status == MilestoneStatus.delivered and milestone.remind_at and milestone.remind_at <= clock.now():
        milestone.remind_at = next_reminder(milestone)
        notices.review_reminder(milestone)


def next_reminder(milestone: Milestone) -> object:
    """The next of the three reminders after now, None when all are past."""
    begun, ends = milestone.delivered_at, milestone.review_until
    if begun is None or ends is None:
        return None
    moments = (begun + (ends - begun) / 2, ends - timedelta(hours=24), ends - timedelta(hours=2))
    return min((moment for moment in moments if moment > clock.now()), default=None)


def _open_review(milestone: Milestone, days: int) -> None:
    milestone.review_until = calendar.deadline(days)
    milestone.remind_at = next_reminder(milestone)


def _next_number(table: type[Delivery], milestone: Milestone) -> int:
    last = db.session.scalar(select(table.number).where(table.milestone_id == milestone.id).order_by(table.number.desc()).limit(1))
    return (last or 0) + 1
