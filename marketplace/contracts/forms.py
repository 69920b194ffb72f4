"""What may be typed about offers, contracts and milestones."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, IntegerField, SelectField, ValidationError
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import HiddenInput

from marketplace.core.forms import FileField, Form, Line, NumberField, Paragraph, StepForm

MOST_STEPS = 6
OWNERSHIP = (("business", _l("The business owns everything that is made")),
             ("shared", _l("The business owns it; the manager may show it as their work")))


class TermsForm(Form):
    """The terms of an offer or of a counter-offer."""

    title = Line(_l("Name of the contract"), [DataRequired(_l("Give the contract a name."))], most=120)
    scope = Paragraph(_l("What is to be done"), [DataRequired(_l("Say what is to be done."))], most=3000)
    milestones = FieldList(FormField(StepForm, label=_l("Step")), label=_l("Steps"), min_entries=MOST_STEPS, max_entries=MOST_STEPS)
    changes_included = NumberField(_l("Changes included for each step"), [InputRequired(_l("Write a number."))], least=0, most=10)
    notice_days = NumberField(_l("Notice to end the contract, in days"), [InputRequired(_l("Write a number."))], least=0, most=60)
    ownership = SelectField(_l("Who owns the content"), choices=OWNERSHIP)
    message = Paragraph(_l("A message with it"), most=2000)

    def validate_milestones(self, field: FieldList) -> None:
        if not self.steps:
            raise ValidationError(_l("Write at least one step with its amount."))

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The rows that were filled in."""
        return [entry.form.step for entry in self.milestones if not entry.form.empty]

    @property
    def terms(self) -> dict[str, Any]:
        """What is stored of it."""
        return {"title": self.title.data, "scope": self.scope.data, "milestones": self.steps, "notice_days": self.notice_days.data,
                "changes_included": self.changes_included.data, "ownership": self.ownership.data}


class CounterForm(TermsForm):
    """Other terms for the version that was read."""

    version = IntegerField(widget=HiddenInput())


class AcceptForm(Form):
    """Acceptance of the version that was read."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class ReasonForm(Form):
    """A reason that the other side reads."""

    reason = Paragraph(_l("Why"), [DataRequired(_l("Write the reason; the other side reads it."))], most=2000)


class DeliveryForm(Form):
    """Work handed in."""

    note = Paragraph(_l("What you did"), [DataRequired(_l("Say what you did."))], most=5000)
    links = Paragraph(_l("Links to the work, one a line"), most=3000)
    file = FileField(_l("A picture or PDF as evidence"))

    def validate_links(self, field: Paragraph) -> None:
        if any(not link.startswith(("https://", "http://")) for link in self.link_list):
            raise ValidationError(_l("Each line must be a web address that begins with https://."))

    @property
    def link_list(self) -> list[str]:
        return [line.strip()[:500] for line in (self.links.data or "").splitlines() if line.strip()][:20]


class ChangesForm(Form):
    """What should be different."""

    note = Paragraph(_l("What should be different"), [DataRequired(_l("Say what should be different."))], most=3000)
