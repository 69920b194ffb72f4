"""What may be typed about offers, contracts and milestones."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, FieldList, FormField, HiddenField, IntegerField, RadioField, SelectField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Optional
from wtforms.widgets import HiddenInput

from marketplace.contracts.models import ChangeKind, Milestone
from marketplace.contracts.models.retainer import MONTHLY
from marketplace.core import clock
from marketplace.core.forms import FileField, Form, Line, MoneyField, NumberField, Paragraph, Part, StaffRefundForm, StepForm
from marketplace.core.money import Money
from marketplace.core.states import InvalidTransition

MOST_STEPS = MOST_LINES = 6
BILLING = (("milestones", _l("Step by step")), (MONTHLY, _l("Month by month")))
OWNERSHIP = (("business", _l("The business owns everything that is made")),
             ("shared", _l("The business owns it; the manager may show it as their work")))


class MonthLineForm(Part):
    """One line of a month's work and how much of it; an empty row is left out."""

    title = Line(_l("What is done each month"), most=120)
    count = NumberField(_l("How many"), least=1, most=10_000)

    @property
    def line(self) -> dict[str, Any]:
        """The row as it is stored; nothing of an empty one."""
        return {"title": self.title.data, "count": self.count.data} if self.title.data or self.count.data else {}

    def validate(self, extra_validators: Any = None) -> bool:
        """A row is either empty or whole."""
        if not super().validate(extra_validators):
            return False
        gaps = [field for field in (self.title, self.count) if self.line and not field.data]
        for field in gaps:
            field.errors = [*field.errors, _l("Fill in the whole row, or leave it empty.")]
        return not gaps


class TermsForm(Form):
    """The terms of an offer or of a counter-offer: paid step by step, or month by month."""

    title = Line(_l("Name of the contract"), [DataRequired(_l("Give the contract a name."))], most=120)
    scope = Paragraph(_l("What is to be done"), [DataRequired(_l("Say what is to be done."))], most=3000)
    billing = RadioField(_l("How it is paid"), choices=BILLING, default="milestones")
    milestones = FieldList(FormField(StepForm, label=_l("Step")), label=_l("Steps"), min_entries=MOST_STEPS, max_entries=MOST_STEPS)
    price_minor = MoneyField(_l("Price of a month"), least=500_00)
    starts_on = DateField(_l("The first month begins on"), [Optional()])
    lines = FieldList(FormField(MonthLineForm, label=_l("Line")), label=_l("Work of a month"), min_entries=MOST_LINES,
                      max_entries=MOST_LINES)
    changes_included = NumberField(_l("Changes included for each step"), [InputRequired(_l("Write a number."))], least=0, most=10)
    notice_days = NumberField(_l("Notice to end the contract, in days"), [InputRequired(_l("Write a number."))], least=0, most=60)
    ownership = SelectField(_l("Who owns the content"), choices=OWNERSHIP)
    message = Paragraph(_l("A message with it"), most=2000)

    def validate_milestones(self, field: FieldList) -> None:
        if not self.monthly and not self.steps:
            raise ValidationError(_l("Write at least one step with its amount."))

    def validate_price_minor(self, field: MoneyField) -> None:
        if self.monthly and not field.data:
            raise ValidationError(_l("Write the price of a month."))

    def validate_lines(self, field: FieldList) -> None:
        if self.monthly and not self.month_lines:
            raise ValidationError(_l("Write at least one line: when a month ends early, what was delivered is counted by it."))

    def validate(self, extra_validators: Any = None) -> bool:
        """The day is asked for only where months begin on it."""
        fits = super().validate(extra_validators)
        if not self.monthly or (self.starts_on.data and self.starts_on.data >= clock.today().date()):
            return fits
        self.starts_on.errors = [*self.starts_on.errors, _l("Choose a day from today on.")]
        return False

    @property
    def monthly(self) -> bool:
        """Whether it is to be paid month by month."""
        return self.billing.data == MONTHLY

    @property
    def month_lines(self) -> list[dict[str, Any]]:
        """The lines that were filled in."""
        return [line for entry in self.lines if (line := entry.form.line)]

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The rows that were filled in."""
        return [entry.form.step for entry in self.milestones if not entry.form.empty]

    @property
    def terms(self) -> dict[str, Any]:
        """What is stored of it. A monthly contract begins with one step, its first month."""
        common = {"title": self.title.data, "scope": self.scope.data, "notice_days": self.notice_days.data,
                  "changes_included": self.changes_included.data, "ownership": self.ownership.data, "billing": self.billing.data}
        return common | (self._months if self.monthly else {"milestones": self.steps})

    @property
    def price(self) -> int:
        """What is paid in all, or for a month, in minor units, as far as it is written."""
        return (self.price_minor.data or 0) if self.monthly else sum(step["amount_minor"] or 0 for step in self.steps)

    @property
    def _months(self) -> dict[str, Any]:
        price = self.price_minor.data
        return {"price_minor": price, "starts_on": self.starts_on.data.isoformat(), "lines": self.month_lines,
                "milestones": [{"title": "1", "amount_minor": price, "days": 30}]}


class CounterForm(TermsForm):
    """Other terms for the version that was read."""

    version = IntegerField(widget=HiddenInput())


class AcceptForm(Form):
    """Acceptance of the version that was read."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])


class ReasonForm(Form):
    """A reason that the other side reads."""

    reason = Paragraph(_l("Why"), [DataRequired(_l("Write the reason; the other side reads it."))], most=2000)


class FundingForm(Form):
    """How a milestone is paid in: with a card the business lets us keep, or at Stripe's page."""

    card = RadioField(_l("Pay with"), choices=[], validate_choice=True, default="")
    keep_card = BooleanField(_l("Keep this card, so that later payments need one click"))


class BonusForm(FundingForm):
    """How much is given beside the price, with a word to it, and how it is paid."""

    amount = MoneyField(_l("Amount"), [InputRequired(_l("Write an amount."))])
    note = Paragraph(_l("A word to the manager"), most=1000)


class ChangeOrderForm(Form):
    """What is to become of the steps, in the kind that the page was opened for; `step` is the one it is about."""

    kind = HiddenField()
    step = HiddenField()
    title = Line(_l("What is done"), most=120)
    amount_minor = MoneyField(_l("Amount"))
    days = NumberField(_l("Days for it"), least=1, most=60)
    reason = Paragraph(_l("Why"), [DataRequired(_l("Write the reason; the other side reads it."))], most=2000)

    def validate_title(self, field: Line) -> None:
        """A step that stays has a name …"""
        self._needed(field, _l("Give the step a name."))

    def validate_amount_minor(self, field: MoneyField) -> None:
        """… a price …"""
        self._needed(field, _l("Write an amount."))

    def validate_days(self, field: NumberField) -> None:
        """… and its days; what is missing is said together."""
        self._needed(field, _l("Write how many days."))

    def _needed(self, field: Any, message: Any) -> None:
        if self.kind.data != ChangeKind.remove and not (field.raw_data or [""])[0].strip():
            raise ValidationError(message)

    @property
    def wish(self) -> dict[str, Any]:
        """The step as it is to be; nothing of one that goes."""
        if self.kind.data == ChangeKind.remove:
            return {}
        return {"title": self.title.data, "amount_minor": self.amount_minor.data, "days": self.days.data}


class ConsentForm(Form):
    """Which card may be charged for each next month."""

    card = RadioField(_l("Card"), choices=[], validators=[InputRequired(_l("Choose a card."))])


class ProposalForm(Form):
    """What was delivered of each line of a month that ended early."""

    done = FieldList(NumberField(_l("Delivered"), [InputRequired(_l("Write a number."))], most=10_000))


class PartForm(Form):
    """How much of what is held; nothing typed means all. `held_minor` is what the reader saw held."""

    amount = MoneyField(_l("Amount"), least=1)
    held_minor = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def part(self, milestone: Milestone) -> Money | None:
        """What was typed. Raises InvalidTransition when something has moved since the page was read."""
        if self.held_minor.data not in (None, milestone.held.minor):
            raise InvalidTransition(milestone, "settle")
        return None if self.amount.data is None else Money(self.amount.data, milestone.currency)


class RefundRequestForm(ReasonForm, PartForm):
    """What is wished back, and why."""

    for_next = BooleanField(_l("Do not send it back to the card: keep it for the next step"))


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


class TakeBackForm(StaffRefundForm):
    """Why all that was released of a step goes back; beside the form for what is held, so with names of its own."""

    amount = None

    def __init__(self, **given: Any) -> None:
        super().__init__(prefix="take_back-", **given)


class FundingReleaseForm(Form):
    """Why a business may pay in again."""

    reason = Paragraph(_l("Why it may pay in again"), [DataRequired(_l("Write what you found."))], most=2000)
