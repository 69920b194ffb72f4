"""Writing a listing: the draft that is saved as one types, its submission, and changes of what is published."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.businesses import queries as businesses
from marketplace.businesses.models import Business
from marketplace.core import audit, calendar, clock, search, vocabulary
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.firewall.models import Finding
from marketplace.firewall.queries import inspect_all
from marketplace.jobs import queries
from marketplace.jobs.models import Job, JobStatus, Seat, SeatRole, ad_spend_minor
from marketplace.managers.models import Kind
from marketplace.payments.commands import refuse_debtors

REVIEW_HOURS = rule("MODERATION_HOURS", 4, "working hours (9–21 in Dhaka) in which a listing is looked at")
COLUMNS = {"title", "goal", "description", "trade", "district", "platforms", "budget_minor", "days", "starts_on", "questions", "brand_id"}
FREE = {"starts_on", "brand_id", "holiday_hours", "guide"}
"""What may change on a published listing without being read again; price, scope and links may not."""
READ_IN_DETAILS = ("guide", "orders_where", "holiday_hours", "interests", "auto_message")
NEEDED = ("title", "goal", "description", "platforms", "budget_minor", "brand_id")


class Warned(Invalid):
    """The text rules found something; the writer may mend it, or keep it and let the team decide."""

    message = _l("Some sentences need a second look.")

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__()
        self.findings = findings


def create_draft(business: Business, kind: Kind, by: Person, title: str = "") -> Job:
    """Begin a listing, filled with what the business has said already."""
    brand = next(iter(businesses.brands(business)), None)
    job = Job(business=business, brand=brand, author=by, kind=kind, status=JobStatus.draft, title=title[:120], trade=business.trade,
              district=business.district, details={"guide": brand.guide} if brand else {}, platforms=["facebook"])
    role = SeatRole.boost if kind == Kind.boosting else SeatRole.all
    db.session.add_all([job, Seat(job=job, role=role)])
    db.session.flush()
    audit.record("job.create", job, by)
    return job


def save_draft(job: Job, values: Mapping[str, Any]) -> None:
    """Keep what was typed so far. Raises WrongState once it was submitted."""
    lock(job)
    if job.status == JobStatus.sent_back:
        job.move("revise", job.author)
    if job.status != JobStatus.draft:
        raise WrongState()
    _write(job, values)


def submit(job: Job, by: Person, keep: bool = False) -> None:
    """Send a draft to the team. Raises Invalid when something is missing or too many are open, Warned unless `keep`."""
    lock(job.business)
    refuse_debtors(job.business)
    if queries.open_count(job.business) >= queries.limit_of(job.business):
        raise Invalid(_over_limit(job.business))
    _complete(job)
    findings = _inspected(job, keep)
    if job.status == JobStatus.sent_back:
        job.move("revise", by)
    job.move("submit", by)
    _send_to_review(job, findings)


def change(job: Job, values: Mapping[str, Any], by: Person, keep: bool = False) -> bool:
    """Change a published listing; back to the team when more than its dates changed. Returns whether it went back.

    Raises Warned unless `keep`, WrongState when it is not published.
    """
    lock(job)
    if not job.may("review_again"):
        raise WrongState()
    changed = {name for name, value in values.items() if value != _value(job, name)}
    _write(job, values)
    _complete(job)
    findings = _inspected(job, keep)
    audit.record("job.change", job, by, fields=sorted(changed))
    if changed <= FREE and not findings:
        return False
    job.move("review_again", by)
    _send_to_review(job, findings)
    return True


def texts(job: Job) -> dict[str, str]:
    """Every free text of a listing, by field: what the rules and the team read."""
    return {"title": job.title, "description": job.description, "questions": "\n".join(job.questions),
            **{name: job.details.get(name) or "" for name in READ_IN_DETAILS}}


def _write(job: Job, values: Mapping[str, Any]) -> None:
    for name in COLUMNS & values.keys():
        setattr(job, name, values[name])
    job.details = job.details | {name: value for name, value in values.items() if name not in COLUMNS}
    job.ad_spend_minor = ad_spend_minor(job.kind, job.details)
    job.saved_at = clock.now()
    queries.seat_of(job).budget_minor = job.budget_minor
    _index(job)


def _value(job: Job, name: str) -> Any:
    return getattr(job, name) if name in COLUMNS else job.details.get(name)


def _index(job: Job) -> None:
    said = [job.title, job.description, vocabulary.words(vocabulary.TRADES, [job.trade]),
            vocabulary.words(vocabulary.DISTRICTS, [job.district]), vocabulary.words(vocabulary.PLATFORMS, job.platforms),
            "boost" if job.kind == Kind.boosting else "management page post"]
    job.search = search.vector(*said)
    job.folded = search.fold(f"{job.title} {job.description}")


def _complete(job: Job) -> None:
    for name in NEEDED:
        if not getattr(job, name):
            raise Invalid(_l("Write something here."), field=name)


def _inspected(job: Job, keep: bool) -> list[Finding]:
    findings = inspect_all(texts(job))
    if findings and not keep:
        raise Warned(findings)
    return findings


def _send_to_review(job: Job, findings: Sequence[Finding]) -> None:
    job.findings, job.kept = [finding.row() for finding in findings], bool(findings)
    job.submissions += 1
    job.submitted_at = clock.now()
    job.review_due_at = _working_hours(job.submitted_at, REVIEW_HOURS)


def _working_hours(start: datetime, hours: int) -> datetime:
    """So many hours later, counting only those in which a clock may end."""
    moment, left = calendar.allowed(start), timedelta(hours=hours)
    closing = moment.astimezone(clock.DHAKA).replace(hour=calendar.CLOSES, minute=0, second=0, microsecond=0)
    if moment + left <= closing:
        return moment + left
    return _working_hours(closing + timedelta(minutes=1), 0) + (left - (closing - moment))


def _over_limit(business: Business) -> Any:
    most = queries.limit_of(business)
    if not business.page_proven_at:
        return _l("One job may be open until you connect your page. This draft is kept; send it when the first one ends.")
    return _l("You have %(most)s jobs open, which is the most for now. This draft is kept.", most=most)
