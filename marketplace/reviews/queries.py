"""Reads of reviews. Until both are published, each side sees only its own."""
from __future__ import annotations

import re
import unicodedata
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.businesses.models import Business, Member
from marketplace.businesses.queries import role_in
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.models.offer import Side
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.paging import Page, page
from marketplace.firewall.queries import SENTENCE, Plain
from marketplace.managers.models import Manager
from marketplace.reviews.models import Review, ReviewStatus

SHOWN = 5
"""How many of the newest reviews a profile shows by itself."""
MOST_ROUNDS = 12
"""How many of a contract's rounds its page shows: of the last three years."""
WRITERS = ("owner", "approver")
"""Who writes for a business."""

STARS = r"(?:স্টার|ষ্টার|তারকা|রেটিং|রিভিউ|\bstars?\b|\bratings?\b|\breviews?\b)"
MONEY = r"(?:রিফান্ড|ফেরত|ডিসকাউন্ট|টাকা (?:না )?(?:দিলে|দেন|দিন|পেলে)|\brefund\w*|money back|\bferot\b|\bdiscount\w*|taka (?:na )?dile)"
BARGAIN = (r"(?:দিলে|দেন তো|নইলে|নাহলে|না হলে|করলে|পেলে|বিনিময়ে|তাহলে|যদি|\bdile\b|\bnahole\b|\btahole\b|\bjodi\b|\bkorle\b|\bif\b|\bunless\b|"
           r"\bor else\b|in (?:exchange|return)|stars? for (?:a |my |the )?(?:full )?(?:refund|discount|money))")
_TRADE = [re.compile(unicodedata.normalize("NFC", pattern)) for pattern in (STARS, MONEY, BARGAIN)]


@dataclass(frozen=True)
class Round:
    """The two reviews of a contract as one of its sides sees them."""

    contract: Contract
    side: Side
    mine: Review
    theirs: Review

    @property
    def published(self) -> list[Review]:
        """What everybody reads by now."""
        return [review for review in (self.mine, self.theirs) if review.status == ReviewStatus.published]


@dataclass(frozen=True)
class Standing:
    """The public formula: each review that counts is worth the mean of its stars times 20, the score is the mean of those.

    `stars` is the sum of the counted reviews' stars, in hundredths.
    """

    count: int
    counted: int
    stars: int

    @property
    def score(self) -> int | None:
        """0–100; None while no review counts."""
        return round(self.stars / self.counted / 5) if self.counted else None

    def after(self, stars: int) -> int:
        """The score if one more review gave so many stars everywhere."""
        return round((self.stars + 100 * stars) / (self.counted + 1) / 5)


def pair(contract_id: uuid.UUID, month: int = 0, lock: bool = False) -> dict[Side, Review]:
    """The reviews of a contract after this month by the side that writes; none when it was not open to reviews then."""
    query = select(Review).where(Review.contract_id == contract_id, Review.month == month).order_by(Review.id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return {review.by_side: review for review in db.session.scalars(query)}


def round_seen_by(reader: Any, contract_id: uuid.UUID, month: int = 0) -> Round | None:
    """The round of a contract after this month, for its two sides."""
    reviews = pair(contract_id, month) if reader.is_authenticated else {}
    side = _side(reader, reviews[Side.manager]) if reviews else None
    return Round(reviews[side].contract, side, reviews[side], reviews[side.other]) if side else None


def rounds_seen_by(reader: Any, contract_id: uuid.UUID) -> list[Round]:
    """The rounds of a contract, the newest first, for its two sides."""
    query = select(Review).where(Review.contract_id == contract_id).order_by(Review.month.desc()).limit(MOST_ROUNDS * 2)
    found = list(db.session.scalars(query))
    side = _side(reader, found[0]) if found else None
    months = {review.month: {one.by_side: one for one in found if one.month == review.month} for review in found}
    return [Round(both[side].contract, side, both[side], both[side.other]) for both in months.values()] if side else []


def last_paid_month(contract: Contract) -> int:
    """The number of the last month that was paid in; 0 when none was."""
    query = select(func.max(Milestone.position)).where(Milestone.contract_id == contract.id, Milestone.funded_at.is_not(None))
    return db.session.scalar(query) or 0


def review_seen_by(reader: Any, review_id: uuid.UUID) -> Review | None:
    """A review: its writer's side always, everybody once it is published, and the team."""
    review = db.session.get(Review, review_id)
    if review is None or review.status == ReviewStatus.published:
        return review
    allowed = reader.is_authenticated and (reader.is_staff() or _side(reader, review) is review.by_side)
    return review if allowed else None


def about_manager(manager: Manager, after: str | None = None, size: int = SHOWN) -> Page:
    """What businesses said, newest first."""
    return page(_published(Side.business).where(Review.manager_id == manager.id), [Review.published_at, Review.id], after, size)


def about_business(business: Business, size: int = SHOWN) -> Page:
    """What managers said, newest first."""
    return page(_published(Side.manager).where(Review.business_id == business.id), [Review.published_at, Review.id], None, size)


STARS_OF_BUSINESS = select(func.count(), func.avg(Review.stars)).where(
    Review.business_id == bindparam("business_id"), Review.by_side == Side.manager, Review.status == ReviewStatus.published)
"""Built once: every visitor of a job asks it."""


def stars_of_business(business: Business) -> tuple[int, int]:
    """How many reviews managers wrote, and their mean in hundredths of a star."""
    count, mean = db.session.execute(STARS_OF_BUSINESS, {"business_id": business.id}).one()
    return count, round(mean or 0)


def standing(manager: Manager) -> Standing:
    """Where a manager's published reviews put them."""
    counts = ~Review.about_goods & ~Review.held
    found = select(func.count(), func.count().filter(counts), func.sum(Review.stars).filter(counts)).where(
        Review.manager_id == manager.id, Review.by_side == Side.business, Review.status == ReviewStatus.published)
    count, counted, stars = db.session.execute(found).one()
    return Standing(count, counted, stars or 0)


def waiting_for(person: Any) -> list[Review]:
    """Reviews this person may still write, those that end first before others."""
    query = (select(Review).options(joinedload(Review.contract), joinedload(Review.manager), joinedload(Review.business))
             .where(Review.status == ReviewStatus.open, Review.closes_at > clock.now(), _own(person)).order_by(Review.closes_at).limit(10))
    return list(db.session.scalars(query))


def was_funded(contract: Contract) -> bool:
    """Whether money was ever paid in."""
    query = select(Milestone.id).where(Milestone.contract_id == contract.id, Milestone.funded_at.is_not(None)).limit(1)
    return db.session.scalar(query) is not None


def bargain_in(text: str) -> str:
    """The sentence that trades stars for money, as it was written; empty when there is none."""
    plain = Plain(text)
    for sentence in SENTENCE.finditer(plain.text):
        if all(pattern.search(sentence[0]) for pattern in _TRADE):
            return plain.finding("stars_for_refund", sentence.span(), "text").text.strip()
    return ""


def _side(person: Any, review: Review) -> Side | None:
    """Which side the person is on; the manager's when both."""
    if review.manager.person_id == person.id:
        return Side.manager
    return Side.business if role_in(person, review.business_id) else None


def _published(side: Side) -> Any:
    return select(Review).options(joinedload(Review.business), joinedload(Review.manager), joinedload(Review.contract)).where(
        Review.by_side == side, Review.status == ReviewStatus.published)


def _own(person: Any) -> Any:
    businesses = select(Member.business_id).where(Member.person_id == person.id, Member.role.in_(WRITERS))
    managers = select(Manager.id).where(Manager.person_id == person.id)
    return or_((Review.by_side == Side.business) & Review.business_id.in_(businesses),
               (Review.by_side == Side.manager) & Review.manager_id.in_(managers))
