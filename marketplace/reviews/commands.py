"""Opening a round, writing, publishing both at once, replying, voiding."""
from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.businesses.queries import members
from marketplace.contracts.commands import parties
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.models.offer import Side
from marketplace.contracts.models.retainer import monthly
from marketplace.core import audit, calendar, clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.tasks import sweep, task
from marketplace.firewall.queries import inspect
from marketplace.managers.commands import record_work
from marketplace.reviews import notices, queries
from marketplace.reviews.models import CRITERIA, MOST_STARS, Review, ReviewStatus
from marketplace.reviews.signals import review_held, review_voided

REVIEW_DAYS = rule("REVIEW_DAYS", 14, "both sides of a closed contract may review each other for so many days")
REVIEW_MONTHS = rule("REVIEW_MONTHS", 3, "months of a monthly contract after which both sides may review each other while it goes on")
REMIND_DAYS = rule("REVIEW_REMINDER_DAYS", 3, "days before the end at which a review that is not written is remembered")
PRIVATE = {"phone", "email", "link", "contact"}
"""What the text rules find that has no place on a public page."""
S = ReviewStatus


def open_last_round(contract: Contract) -> None:
    """A contract has closed: both sides review what was not reviewed after an earlier month."""
    open_round(contract, queries.last_paid_month(contract) if monthly(contract.terms) else 0)


def open_round_after(milestone: Milestone) -> None:
    """The money of a month has settled: after every third one both sides review each other while they go on."""
    if monthly(milestone.contract.terms) and milestone.position % REVIEW_MONTHS == 0:
        open_round(milestone.contract, milestone.position)


def open_round(contract: Contract, month: int = 0) -> None:
    """Let both sides of a contract review each other: once, only where money was paid in, and nobody oneself."""
    if queries.pair(contract.id, month) or not queries.was_funded(contract) or _same_people(contract):
        return
    until = calendar.deadline(REVIEW_DAYS)
    for side in Side:
        review = Review(contract=contract, manager=contract.manager, business=contract.business, by_side=side, month=month,
                        closes_at=until)
        db.session.add(review)
        db.session.flush()
        notices.opened(review)


def write(review: Review, by: Person, marks: Mapping[str, int], text: str, about_goods: bool = False) -> None:
    """Keep a review; with it both are published when the other one is there. It cannot be changed.

    Raises WrongState when it was written or the time is over, Invalid (`text`) for contact details. One that trades stars
    for money is voided at once, and the team is asked.
    """
    reviews = queries.pair(review.contract_id, review.month, lock=True)
    if not review.writable:
        raise WrongState(_l("This review was written already, or the time for it is over."))
    _fit_for_all(text)
    review.move("write", by)
    review.person_id, review.written_at, review.text = by.id, clock.now(), text
    review.marks, review.about_goods = _checked(review, marks), about_goods and review.by_side is Side.business
    review.stars = round(100 * sum(review.marks.values()) / len(review.marks))
    if sentence := queries.bargain_in(text):
        _void_by_rule(review, sentence)
    if all(one.status != S.open for one in reviews.values()):
        _publish(reviews)


def reply(review: Review, by: Person, text: str) -> None:
    """Answer a published review, once. Raises WrongState otherwise, Invalid (`text`) for contact details."""
    lock(review)
    if review.status != S.published or review.replied_at:
        raise WrongState()
    _fit_for_all(text)
    review.reply, review.replied_at = text, clock.now()
    audit.record("review.reply", review, by)
    notices.replied(review)


def void(review: Review, by: Person | None, why: str) -> None:
    """Make a review count for nothing and take it from every page."""
    review.move("void", by, why=why)
    _rescore(review)


def clear(review: Review, by: Person, why: str) -> None:
    """The team found two different people: a review that was held counts, and later ones do."""
    lock(review)
    if not review.held:
        raise WrongState()
    review.held = False
    audit.record("review.clear", review, by, why=why)
    parties.clear_sides(review.contract, by, why)
    _rescore(review)


def restore(review: Review, by: Person, why: str) -> None:
    """The team lets a voided review stand; it is published when its round is over."""
    reviews = queries.pair(review.contract_id, review.month, lock=True)
    review.move("restore", by, why=why)
    notices.restored(review)
    if _is_over(reviews):
        _publish(reviews)


@sweep
def end_rounds() -> None:
    """Queue the end of rounds whose days are over."""
    due = select(Review.contract_id, Review.month).where(Review.status.in_((S.open, S.written)), Review.closes_at <= clock.now())
    for contract_id, month in db.session.execute(due.distinct().limit(200)):
        end_round.later(contract_id, month, once=f"reviews-end:{contract_id}:{month}")


@sweep
def remember_unwritten() -> None:
    """Queue a word to those who have not written yet and soon no longer can."""
    soon = clock.now() + timedelta(days=REMIND_DAYS)
    due = select(Review.id).where(Review.status == S.open, Review.closes_at <= soon, Review.reminded_at.is_(None)).limit(200)
    for review_id in db.session.scalars(due):
        remind.later(review_id, once=f"review-remind:{review_id}")


@task
def end_round(contract_id: str, month: int = 0) -> None:
    """The days are over: what was not written lapses, what was is published. Safe to run twice."""
    reviews = queries.pair(uuid.UUID(contract_id), month, lock=True)
    if not _is_over(reviews):
        return
    for review in reviews.values():
        if review.status == S.open:
            review.move("lapse")
    _publish(reviews)


@task
def remind(review_id: str) -> None:
    """Tell one side that the days are nearly over, once."""
    review = db.session.get_one(Review, uuid.UUID(review_id))
    lock(review)
    if review.reminded_at is None and review.writable:
        review.reminded_at = clock.now()
        notices.closing(review)


def _publish(reviews: Mapping[Side, Review]) -> None:
    """Show what was written, both in the same moment."""
    for review in reviews.values():
        if review.status == S.written:
            review.move("publish")
            review.published_at, review.held = clock.now(), _may_be_of_oneself(review)
            _rescore(review)
            notices.published(review)
            if review.held:
                review_held.send(review)


def _is_over(reviews: Mapping[Side, Review]) -> bool:
    """Whether nothing more can be written in this round."""
    return not any(review.writable for review in reviews.values())


def _void_by_rule(review: Review, sentence: str) -> None:
    void(review, None, sentence)
    notices.voided(review, sentence)
    review_voided.send(review)


def _rescore(review: Review) -> None:
    """Follow the reviews in the manager's own columns; under its lock, because two contracts may end at once."""
    if review.by_side is Side.business:
        lock(review.manager)
        standing = queries.standing(review.manager)
        record_work(review.manager, review_count=standing.count, score=standing.score)


def _fit_for_all(text: str) -> None:
    if any(finding.rule in PRIVATE for finding in inspect(text)):
        raise Invalid(_l("Everybody reads this. Leave out numbers, addresses and links."), field="text")


def _checked(review: Review, marks: Mapping[str, int]) -> dict[str, int]:
    """Stars for each criterion of this side and no other; Invalid names the one that is missing."""
    codes = [code for code, _label in CRITERIA[review.by_side]]
    for code in codes:
        if marks.get(code) not in range(1, MOST_STARS + 1):
            raise Invalid(_l("Choose one."), field=code)
    return {code: marks[code] for code in codes}


def _may_be_of_oneself(review: Review) -> bool:
    """Asked of the one that moves a score, so that the team is asked once for a contract."""
    return review.by_side is Side.business and parties.may_be_alike(review.contract)


def _same_people(contract: Contract) -> bool:
    return contract.manager.person_id in {person.id for person in members(contract.business)}
