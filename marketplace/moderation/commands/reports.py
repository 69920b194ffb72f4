"""Reports: made by people or by a rule, decided by the team with a reason."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from marketplace.access import commands as access
from marketplace.access.models import PageLoss
from marketplace.accounts.models import Person
from marketplace.contracts.commands import parties
from marketplace.contracts.models import PartyCheck
from marketplace.core import audit, clock, limits, subjects
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.moderation import notices, policies
from marketplace.moderation.models import Report
from marketplace.reviews import commands as reviews
from marketplace.reviews.models import Review, ReviewStatus

REPORTS_A_DAY = rule("REPORTS_A_DAY", 10, "reports a person may make in a day")


def report(subject: Any, title: str, by: Person, reason: str, text: str) -> Report:
    """Tell the team about a job, a manager or a review. Raises Invalid while one's own report about it waits, TooMany."""
    limits.hit(f"reports:{by.id}", REPORTS_A_DAY, per=timedelta(days=1))
    made = Report(subject=subjects.subject_of(subject), title=title[:200], person=by, reason=reason, text=text)
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError as twice:
        raise Invalid(_l("You have reported this already. You hear from us when it is decided.")) from twice
    audit.record("report.make", subject, by, reason=reason, report=made.id)
    return made


def report_by_rule(subject: Any, title: str, reason: str, text: str) -> Report:
    """A rule has acted and asks the team to look."""
    made = Report(subject=subjects.subject_of(subject), title=title[:200], reason=reason, text=text)
    db.session.add(made)
    db.session.flush()
    return made


def report_loss(loss: PageLoss, by: Person, text: str) -> None:
    """A business has lost a page: moderators look by the time it was told."""
    made = Report(subject=subjects.subject_of(loss), title=f"{loss.channel.name} – {loss.contract.title}"[:200], person=by,
                  reason="page_lost", text=text, due_at=loss.due_at)
    db.session.add(made)
    db.session.flush()
    notices.page_lost(made)


def decide(report: Report, by: Person, uphold: bool, why: str, subject: Any = None) -> None:
    """Settle a report; whoever made it is told. A review is voided, restored or cleared with it, two sides that may be the same
    people are refused or cleared, a lost page is back or given up; listings and people have acts of their own. `subject` is the
    reported row, None when it is gone. Raises NotAllowed for whoever it concerns."""
    lock(report)
    if not policies.decide(by, report):
        raise NotAllowed(_l("Somebody else must decide this: it is your own report, or it is about you."))
    report.move("uphold" if uphold else "dismiss", by, why=why)
    report.decided_by, report.decided_at, report.decision = by.id, clock.now(), why
    if isinstance(subject, Review):
        _follow(subject, by, uphold, why)
        if uphold and report.reason == "same_people":
            parties.refuse_sides(subject.contract, by, why)
    elif isinstance(subject, PartyCheck):
        (parties.refuse if uphold else parties.clear)(subject, by, why)
    elif isinstance(subject, PageLoss):
        (access.give_up if uphold else access.bring_back)(subject, by, why)
    if report.about != "page_loss":  # its two sides have been told
        notices.report_decided(report)


def clear_parties(check: PartyCheck, by: Person, why: str) -> None:
    """Two sides that were found to be the same people are two after all. Raises NotAllowed for either of them."""
    if not policies.clear_parties(by, check):
        raise NotAllowed(_l("Nobody decides about themselves."))
    parties.clear(check, by, why)


def return_page(loss: PageLoss, by: Person, why: str) -> None:
    """A page that was given up is back after all: payouts go on. Raises NotAllowed for either side."""
    if not policies.return_page(by, loss):
        raise NotAllowed(_l("Nobody decides about themselves."))
    access.bring_back(loss, by, why)


def _follow(review: Review, by: Person, uphold: bool, why: str) -> None:
    if uphold and review.may("void"):
        reviews.void(review, by, why)
    elif not uphold and review.status == ReviewStatus.voided:
        reviews.restore(review, by, why)
    elif not uphold and review.held:
        reviews.clear(review, by, why)
