"""What may be typed about rates, receipts and boosts."""
from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Optional, Regexp

from marketplace.boosts.commands.planning import Plan
from marketplace.core.forms import FileField, Form, Line, MoneyField, NumberField, Paragraph
from marketplace.jobs.models import choices

REQUIRED = InputRequired(_l("Write a number."))
POST = re.compile(r"(?:^|/)(\d{5,20}_\d{5,20})/?(?:\?.*)?$")
"""Meta's own id of a page's post, alone or at the end of its address."""


class RateForm(Form):
    """What a dollar costs on a day."""

    rate_minor = MoneyField(_l("Taka a dollar"), [REQUIRED], least=50_00, most=500_00)
    day = DateField(_l("Of which day"), [InputRequired(_l("Choose a day."))], render_kw={"type": "date"})
    source = Line(_l("Who published it"), [DataRequired(_l("Say whose rate it is."))], most=120)
    link = Line(_l("Where it can be read"), [Regexp(r"https://\S+$", message=_l("Write a web address that begins with https://."))],
                most=500, render_kw={"inputmode": "url"})


class DrawForm(Form):
    """A receipt of Meta's."""

    receipt_number = Line(_l("Number of the receipt"), [DataRequired(_l("Write the number on the receipt."))], most=60)
    dollars_minor = MoneyField(_l("Dollars, without VAT"), [REQUIRED], currency="USD", least=1, most=10_000_00)
    vat_minor = MoneyField(_l("VAT on it, in dollars"), [REQUIRED], currency="USD", least=0, most=1_500_00,
                           description=_l("As on the receipt; 0 when there is none."))
    file = FileField(_l("The receipt, as a picture or PDF"))

    def validate_file(self, field: FileField) -> None:
        if not field.data:
            raise ValidationError(_l("Choose the file of the receipt."))


class RefusalForm(Form):
    """Why a receipt is not accepted."""

    reason = Paragraph(_l("Why"), [DataRequired(_l("Write the reason; the other side reads it."))], most=2000)


class ApprovalForm(Form):
    """Agreement to the plan that was read."""

    read = HiddenField(validators=[InputRequired()])


class BoostForm(Form):
    """A plan for a boost."""

    title = Line(_l("Name of the boost"), [DataRequired(_l("Give it a name."))], most=120)
    post_id = Line(_l("Meta's number of the post"), [DataRequired(_l("Write the post's number, or its address with the number in it."))],
                   most=300, description=_l("Such as 200000000000001_122100000000001, or the post's address that ends so."))
    objective = RadioField(_l("What do you want?"), [InputRequired(_l("Choose one."))], choices=choices.OBJECTIVES)
    budget_minor = MoneyField(_l("Dollars in all"), [REQUIRED], currency="USD", least=1_00, most=10_000_00)
    days = NumberField(_l("How many days"), [REQUIRED], least=1, most=90)
    age_from = NumberField(_l("Age from"), [Optional()], least=13, most=65)
    age_until = NumberField(_l("Age to"), [Optional()], least=13, most=65)
    gender = SelectField(_l("Who"), choices=choices.GENDERS)

    def validate_post_id(self, field: Line) -> None:
        if not POST.search(field.data or ""):
            raise ValidationError(_l("This is no number of a page's post."))

    def validate_age_until(self, field: NumberField) -> None:
        if field.data and self.age_from.data and field.data < self.age_from.data:
            raise ValidationError(_l("This is lower than where it begins."))

    @property
    def plan(self) -> Plan:
        """What is stored of it."""
        found = POST.search(self.post_id.data or "")
        audience: dict[str, Any] = {"age_from": self.age_from.data, "age_until": self.age_until.data, "gender": self.gender.data}
        return Plan(title=self.title.data or "", post_id=found[1] if found else "", objective=self.objective.data, audience=audience,
                    budget_minor=self.budget_minor.data or 0, days=self.days.data or 0)


class SplitForm(Form):
    """What is to be taken apart: dollars for ads, the service charge, and what somebody asks for a dollar, all in."""

    class Meta(Form.Meta):
        """A question in an address; nothing is changed by it."""

        csrf = False

    dollars_minor = MoneyField(_l("Dollars for ads"), [Optional()], currency="USD", least=1_00, most=10_000_00)
    charge_minor = MoneyField(_l("The manager's service charge"), [Optional()], least=0, most=1_00_000_00)
    all_in_minor = MoneyField(_l("Or: taka a dollar, all in"), [Optional()], least=50_00, most=500_00)
