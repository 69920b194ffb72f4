"""What is done to bids: by the manager, by the business, and by offers and contracts above."""
from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.bids import notices, queries
from marketplace.bids.models import Bid, BidMilestone, BidStatus
from marketplace.bids.signals import bid_submitted
from marketplace.core import audit, clock, vocabulary
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.firewall.commands import hold
from marketplace.firewall.models import Finding
from marketplace.firewall.queries import inspect, inspect_all
from marketplace.jobs import commands as jobs
from marketplace.jobs.models import Job
from marketplace.jobs.queries import acts_for
from marketplace.managers.models import Manager

MOST_STEPS = 6
DECLINE_REASONS = (
    ("price", _l("The price does not fit")),
    ("scope", _l("Something I need is left out")),
    ("experience", _l("I looked for more experience in my trade")),
    ("time", _l("The time does not fit")),
    ("other_chosen", _l("I chose somebody else")),
)


class HasBid(WrongState):
    """The manager has bid on this job already: `bid_id`."""

    message = _l("You have bid on this job already. Change that bid.")

    def __init__(self, bid_id: uuid.UUID) -> None:
        super().__init__()
        self.bid_id = bid_id


class Warned(Invalid):
    """The text rules found something: warnings may be kept, what is held must go."""

    message = _l("Some sentences need a second look.")

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__()
        self.findings = findings


def submit_bid(job: Job, manager: Manager, values: Mapping[str, Any], by: Person, keep: bool = False) -> Bid:
    """Bid on a job.

    Raises WrongState when the job takes no bids, HasBid when one of the manager's is there, NotAllowed for the unvetted and
    the business itself, Invalid when no place is free or the steps are not the price, Warned unless `keep`.
    """
    seat_id = _may_bid(job, manager, by)
    _check(job, values, by, keep)
    bid = Bid(job=job, seat_id=seat_id, manager=manager, currency=job.currency, **_columns(values))
    bid.milestones = _steps(values, job.currency)
    db.session.add(bid)
    _count(job)
    audit.record("bid.submit", bid, by, price=bid.price_minor)
    bid_submitted.send(bid)
    notices.submitted(bid)
    return bid


def edit_bid(bid: Bid, values: Mapping[str, Any], by: Person, keep: bool = False) -> None:
    """Say something else while the business has not shortlisted it. Raises as `submit_bid` does."""
    bid.move("edit", by)
    if not bid.job.listed:
        raise WrongState()
    _check(bid.job, values, by, keep)
    for name, value in _columns(values).items():
        setattr(bid, name, value)
    bid.milestones, bid.edited_at = _steps(values, bid.currency), clock.now()
    notices.edited(bid)


def withdraw(bid: Bid, by: Person) -> None:
    """Take the bid back; its place is free again. Raises WrongState while an offer is out: that is declined instead."""
    if bid.status == BidStatus.offered:
        raise WrongState(_l("An offer is out on this bid. Answer the offer first."))
    lock(bid.job)
    bid.move("withdraw", by)
    _count(bid.job)
    notices.withdrawn(bid)


def shortlist(bid: Bid, by: Person) -> None:
    """Keep the bid for comparison."""
    bid.move("shortlist", by)
    notices.shortlisted(bid)


def unlist(bid: Bid, by: Person) -> None:
    """Take the bid from the short list."""
    bid.move("unlist", by)


def decline(bid: Bid, by: Person, reason: str, note: str = "") -> None:
    """Say no with a reason the manager reads. Raises Invalid for a note with contacts and the like, WrongState under an offer."""
    if found := inspect(note):
        raise Invalid(found[0].meaning.reason, field="note")
    if bid.status == BidStatus.offered:
        raise WrongState(_l("An offer is out on this bid. Answer the offer first."))
    bid.move("decline", by, why=reason)
    bid.decline_reason, bid.decline_note = reason, note
    notices.declined(bid, vocabulary.label(DECLINE_REASONS, reason))


def ask_all(job: Job, text: str, by: Person) -> None:
    """One question to everybody whose bid is live; the answers stand side by side. Raises as `jobs.ask_bidders` does."""
    jobs.ask_bidders(job, text, by)
    for bid in queries.live_bids_on(job):
        notices.asked(bid, text)


def answer_question(bid: Bid, question: str, text: str, by: Person) -> None:
    """Answer what the business asked later. Raises WrongState when it is answered or the bid is over, Invalid (`answer`)."""
    lock(bid)
    if not bid.live or question not in queries.unanswered(bid):
        raise WrongState()
    if found := inspect(text):
        hold(found, f"job:{bid.job_id}", by)
        raise Invalid(found[0].meaning.reason, field="answer")
    bid.answers = [*(row for row in bid.answers if row["question"] != question), {"question": question, "answer": text}]
    audit.record("bid.answer", bid, by)
    notices.answered(bid, question, text)


def begin_offer(bid: Bid, by: Any = None) -> None:
    """An offer is made on this bid; its seat waits for the answer."""
    bid.move("offer", by)
    jobs.offer_seat(bid.seat, by)


def end_offer(bid: Bid, by: Any = None) -> None:
    """The offer came to nothing: the bid is on the short list again and its seat is free."""
    bid.move("withdraw_offer", by)
    jobs.free_seat(bid.seat, by)


def accept(bid: Bid, by: Any = None) -> None:
    """The bid became a contract; its seat is filled, and with the last seat the job."""
    bid.move("accept", by)
    jobs.fill_seat(bid.seat, by)


def lapse_all(job: Job) -> None:
    """The job ended: whoever is still waiting is told."""
    for bid in queries.live_bids_on(job):
        bid.move("lapse")
        notices.lapsed(bid)


def texts(values: Mapping[str, Any]) -> dict[str, str]:
    """The free texts of a bid, by field: what the rules read."""
    answers = {f"answer-{number}": row["answer"] for number, row in enumerate(values["answers"])}
    steps = "\n".join(step["title"] or "" for step in values["milestones"])
    return {"strategy": values["strategy"] or "", "competing_pages": values["competing_pages"] or "", "milestones": steps, **answers}


def _may_bid(job: Job, manager: Manager, by: Person) -> uuid.UUID:
    """Decided under the job's and the manager's locks, so that the last place goes to one. Returns the seat it is for."""
    lock(job, manager)
    if not job.listed:
        raise WrongState(_l("This job takes no bids now."))
    if not manager.vetted_for(job.kind) or acts_for(by, job) or manager.person_id != by.id:
        raise NotAllowed()
    room = queries.room(manager, job)
    if room.bid_id:
        raise HasBid(room.bid_id)
    _free_places(room)
    return room.seat_id


def _free_places(room: queries.Room) -> None:
    if not room.invited and room.taken >= queries.BIDS_A_JOB:
        raise Invalid(_l("This job has all the bids it can take. A place is free again when one is taken back."))
    if room.open >= queries.BIDS_A_MANAGER:
        raise Invalid(_l("You have %(most)s open bids, which is the most. Take one back first.", most=queries.BIDS_A_MANAGER))


def _count(job: Job) -> None:
    """The bids on the job as they are now; counted by the statement that writes the number."""
    db.session.flush()
    job.bid_count = queries.count_on(job)


def _check(job: Job, values: Mapping[str, Any], by: Person, keep: bool) -> None:
    steps = values["milestones"]
    if not 1 <= len(steps) <= MOST_STEPS:
        raise Invalid(_l("Write one to six steps."), field="milestones")
    if sum(step["amount_minor"] for step in steps) != values["price_minor"]:
        raise Invalid(_l("The steps together must be the price."), field="milestones")
    _inspect(job, values, by, keep)


def _inspect(job: Job, values: Mapping[str, Any], by: Person, keep: bool) -> None:
    findings = inspect_all(texts(values))
    hold(findings, f"job:{job.id}", by)
    if findings and (not keep or any(finding.held for finding in findings)):
        raise Warned(findings)


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "milestones"}


def _steps(values: Mapping[str, Any], currency: str) -> list[BidMilestone]:
    return [BidMilestone(position=position, currency=currency, **step) for position, step in enumerate(values["milestones"], 1)]
