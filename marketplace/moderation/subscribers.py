"""What the team is asked to look at when a rule acts below."""
from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.access.models import PageLoss
from marketplace.access.signals import page_lost
from marketplace.accounts.models import Person
from marketplace.contracts.signals import parties_alike
from marketplace.moderation import commands
from marketplace.moderation.models import Report
from marketplace.reviews.models import Review
from marketplace.reviews.signals import review_held, review_voided


@review_voided.connect
def on_review_voided(review: Review) -> None:
    """A rule voided a review: a person decides whether it was right."""
    commands.report_by_rule(review, review.contract.title, "stars_for_refund", review.text)


@review_held.connect
def on_review_held(review: Review) -> None:
    """Both sides seem to share a device: a person decides whether somebody reviewed themselves."""
    commands.report_by_rule(review, review.contract.title, "same_people", "")


@parties_alike.connect
def on_parties_alike(subject: str, title: str, session: Session) -> None:
    """Nothing is paid in between two sides that may be the same people until a person has looked."""
    session.add(Report(subject=subject, title=title[:200], reason="same_people"))


@page_lost.connect
def on_page_lost(loss: PageLoss, by: Person, text: str) -> None:
    """A person decides within a day whether the page is back."""
    commands.report_loss(loss, by, text)
