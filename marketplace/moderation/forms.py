"""What the team, and those who report, may type."""
from __future__ import annotations

from datetime import datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, ValidationError

from marketplace.accounts.models import StaffRole
from marketplace.core import clock
from marketplace.core.forms import Form, Paragraph
from marketplace.moderation.models import REPORT_REASONS, RESTRICTION_RULES, Report

CHOOSE = _l("Choose one.")
OUTCOMES = {"party_check": (("dismiss", _l("Two different people: money may be paid in, and they are not asked again")),
                             ("uphold", _l("The same people: nothing is paid in between them"))),
            "page_loss": (("dismiss", _l("The page is back with its business: payouts go on")),
                          ("uphold", _l("The page is not back: payouts keep waiting, and the owner reads how to open a dispute")))}
ROLES = (
    (StaffRole.moderator.value, _l("Moderator: listings, reports, people")),
    (StaffRole.vetter.value, _l("Vetter: managers' applications")),
    (StaffRole.mediator.value, _l("Mediator: disputes")),
    (StaffRole.finance.value, _l("Finance: books, refunds, payouts")),
    (StaffRole.superadmin.value, _l("Superadmin: all of it, and people")),
)


def _reason(label: object, description: object = "") -> Paragraph:
    return Paragraph(label, [DataRequired(_l("A reason is needed; it stays on record."))], most=2000, description=description,
                     render_kw={"rows": 4})


class ReportForm(Form):
    """Telling the team about something."""

    reason = RadioField(_l("What is wrong?"), [InputRequired(CHOOSE)])
    text = Paragraph(_l("Tell us more"), most=2000, render_kw={"rows": 4}, description=_l("Where to look, and what happened to you."))

    def about(self, kind: str) -> ReportForm:
        """Offer the reasons that fit a job, a manager or a review; a lost page has a button of its own."""
        self.reason.choices = [pair for pair in REPORT_REASONS
                               if pair[0] != "page_lost" and (kind == "review" or pair[0] != "stars_for_refund")]
        return self


class DecisionForm(Form):
    """Settling a report."""

    outcome = RadioField(_l("What do you decide?"), [InputRequired(CHOOSE)], choices=(
        ("uphold", _l("The report is right")), ("dismiss", _l("Nothing against the rules"))))
    why = _reason(_l("Reason"), _l("Whoever reported it reads this."))

    def about(self, report: Report) -> DecisionForm:
        """What a rule asks has answers of its own, and nobody but the team reads the reason."""
        if report.about == "page_loss":
            self.why.description = _l("Both sides read this.")
        elif report.person_id is None:
            self.why.description = _l("It stays on record; only the team reads it.")
        self.outcome.choices = OUTCOMES.get(report.about, self.outcome.choices)
        return self


class ClearanceForm(Form):
    """Letting two sides go on after all."""

    why = _reason(_l("Reason"), _l("It stays on record; only the team reads it."))


class PageReturnForm(Form):
    """A lost page is back after all."""

    why = _reason(_l("Reason"), _l("Both sides read this."))


class RestrictionForm(Form):
    """Keeping somebody out."""

    rule = SelectField(_l("Rule"), [InputRequired(CHOOSE)], choices=(("", _l("Choose")), *RESTRICTION_RULES))
    reason = _reason(_l("Reason"), _l("The person reads this by mail."))
    ends_on = DateField(_l("Until"), [DataRequired(_l("Choose a day."))], description=_l("They can sign in again on this day."))

    def validate_ends_on(self, field: DateField) -> None:
        if field.data and not timedelta() < field.data - clock.today().date() <= timedelta(days=366):
            raise ValidationError(_l("Choose a day from tomorrow on, a year at most."))

    @property
    def ends_at(self) -> datetime:
        """Nine in the morning of that day in Dhaka."""
        return datetime.combine(self.ends_on.data, time(9), tzinfo=clock.DHAKA)


class EndingForm(Form):
    """Letting somebody in again."""

    why = _reason(_l("Reason"))
    mistake = BooleanField(_l("It was a mistake; it should never have been"))


class RolesForm(Form):
    """Other staff roles for somebody."""

    roles = SelectMultipleField(_l("Roles"), choices=ROLES, description=_l("None: no longer of the team."))
    reason = _reason(_l("Reason"))
