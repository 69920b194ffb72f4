"""Making an offer, answering it with other terms, accepting, declining; and what happens when nobody answers."""
from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.bids import commands as bids
from marketplace.bids.models import Bid
from marketplace.contracts import notices, signals
from marketplace.contracts.commands import retainers
from marketplace.contracts.models import Contract, HandoverItem, Milestone, Offer, OfferTerms
from marketplace.contracts.models.offer import Side
from marketplace.contracts.models.retainer import monthly
from marketplace.core import calendar, clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.pricing import PLATFORM_FEE_BP
from marketplace.core.tasks import sweep, task
from marketplace.jobs.models import Job
from marketplace.managers.models import Kind
from marketplace.payments.commands import refuse_debtors

OFFER_DAYS = rule("OFFER_DAYS", 7, "days until an offer that nobody answers lapses")
HANDOVER = ("access_revoked", "files_handed_over", "drafts_handed_over")


def make_offer(bid: Bid, person: Person, terms: dict[str, Any], message: str = "") -> Offer:
    """Offer these terms to the bid's manager. Raises Invalid when the milestones are not the price, WrongState when the bid is gone."""
    refuse_debtors(bid.job.business)
    check_terms(terms)
    terms = with_ads(bid.job, terms)
    bids.begin_offer(bid, person)
    offer = Offer(bid_id=bid.id, job_id=bid.job_id, seat_id=bid.seat_id, business_id=bid.job.business_id, manager_id=bid.manager_id,
                  turn=Side.manager, expires_at=calendar.deadline(OFFER_DAYS))
    db.session.add(offer)
    db.session.flush()
    _write_terms(offer, 1, Side.business, person, terms, message)
    notices.offer_made(offer)
    return offer


def counter_offer(offer: Offer, person: Person, side: Side, version: int, terms: dict[str, Any], message: str = "") -> OfferTerms:
    """Answer an offer with other terms; the other side is to answer next."""
    check_terms(terms)
    terms = with_ads(offer.job, terms)
    _answering(offer, side, version)
    if terms == offer.latest.terms:
        raise Invalid(_l("Nothing has changed. Change a term, or accept."))
    offer.move("counter", by=person)
    offer.turn, offer.expires_at = side.other, calendar.deadline(OFFER_DAYS)
    written = _write_terms(offer, version + 1, side, person, terms, message)
    notices.offer_countered(offer)
    return written


def accept_offer(offer: Offer, person: Person, side: Side, version: int) -> Contract:
    """Accept the version that was read; it is frozen into a contract."""
    _answering(offer, side, version)
    refuse_debtors(offer.job.business, None if side == Side.business else _l("This client cannot hire anybody at the moment."))
    offer.move("accept", by=person)
    contract = _freeze(offer)
    if monthly(contract.terms):
        retainers.begin(contract)
    bids.accept(offer.bid, person)
    signals.contract_started.send(contract)
    notices.contract_started(contract)
    return contract


def decline_offer(offer: Offer, person: Person, why: str = "") -> None:
    """Say no; the bid goes back to the short list, so that another offer can be made."""
    offer.move("decline", by=person, why=why)
    bids.end_offer(offer.bid, person)
    notices.offer_declined(offer, person)


def check_terms(terms: dict[str, Any]) -> None:
    """Raises Invalid when terms have no milestone or one without an amount."""
    if not terms["milestones"]:
        raise Invalid(_l("Write at least one step with its amount."), field="milestones")
    if monthly(terms) and not terms["lines"]:
        raise Invalid(_l("Write at least one line: when a month ends early, what was delivered is counted by it."), field="lines")
    if any(step["amount_minor"] <= 0 or step["days"] <= 0 or not step["title"] for step in terms["milestones"]):
        raise Invalid(_l("Each step needs a name, an amount and its days."), field="milestones")


def with_ads(job: Job, terms: dict[str, Any]) -> dict[str, Any]:
    """Terms of a boost also say for how many cents of ads they are, and whose card pays Meta.

    Raises Invalid for months on the manager's card: ad money is paid in once, and held no longer than any other money.
    """
    if job.kind != Kind.boosting or not job.details.get("dollars_minor"):
        return terms
    if monthly(terms) and job.details.get("payer") == "manager":
        raise Invalid(_l("The manager’s card pays for these ads, and ad money is paid in once. Choose “Step by step”; "
                         "for the next month, make the next contract."), field="billing")
    return terms | {"ads": {"dollars_minor": job.details["dollars_minor"], "payer": job.details.get("payer", "owner")}}


@sweep
def lapse_unanswered() -> None:
    """Offers whose time has passed."""
    due = select(Offer.id).where(Offer.status.in_(Offer.TRANSITIONS["lapse"]), Offer.expires_at <= clock.now()).limit(200)
    for offer_id in db.session.scalars(due):
        lapse_offer.later(offer_id, once=f"lapse:{offer_id}")


@task
def lapse_offer(offer_id: str) -> None:
    """Nobody answered: the bid is free again."""
    offer = db.session.get_one(Offer, uuid.UUID(offer_id))
    lock(offer)
    if offer.expires_at <= clock.now():
        offer.move("lapse")
        bids.end_offer(offer.bid)
        notices.offer_lapsed(offer)


def _answering(offer: Offer, side: Side, version: int) -> None:
    """Only the side whose turn it is answers, and only the version that is on the table."""
    lock(offer)
    db.session.refresh(offer, ["versions"])
    if offer.turn != side or offer.latest.version != version or offer.expires_at <= clock.now():
        raise WrongState()


def _write_terms(offer: Offer, version: int, side: Side, person: Person, terms: dict[str, Any], message: str) -> OfferTerms:
    written = OfferTerms(offer=offer, version=version, by_side=side, person_id=person.id, terms=terms, message=message)
    db.session.add(written)
    db.session.flush()
    return written


def _freeze(offer: Offer) -> Contract:
    terms = offer.latest.terms
    contract = Contract(
        offer_id=offer.id, job_id=offer.job_id, seat_id=offer.seat_id, business_id=offer.business_id, brand_id=offer.job.brand_id,
        manager_id=offer.manager_id, kind=str(offer.job.kind), title=terms["title"], terms=terms, currency=offer.job.currency,
        fee_bp=PLATFORM_FEE_BP, started_at=clock.now())
    db.session.add(contract)
    db.session.flush()
    db.session.add_all(_milestones(contract, terms["milestones"]))
    db.session.add_all(HandoverItem(contract_id=contract.id, code=code) for code in HANDOVER)
    db.session.flush()
    return contract


def _milestones(contract: Contract, steps: list[dict[str, Any]]) -> list[Milestone]:
    return [Milestone(contract_id=contract.id, position=number, title=step["title"], amount_minor=step["amount_minor"],
                      currency=contract.currency, days=step["days"]) for number, step in enumerate(steps, 1)]


def due_after(days: int) -> Any:
    """When work that starts now and takes so many days is due."""
    return calendar.allowed(clock.now() + timedelta(days=days))
