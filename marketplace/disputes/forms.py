"""What may be typed in a dispute."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, RadioField
from wtforms.fields import SelectMultipleField
from wtforms.validators import DataRequired, InputRequired

from marketplace.contracts.models.offer import Side
from marketplace.core.forms import Form, MoneyField, Paragraph
from marketplace.disputes.models import CLAIMS, GROUNDS

SEEN = _l("Screenshots or a PDF, at most 12 MB each. Only the two sides and the team see them.")


class _Evidence(Form):
    """Files with what is said."""

    def uploads(self) -> tuple[Any, ...]:
        """Each file's bytes and name."""
        return tuple((file.stream, file.filename) for file in self.evidence.data or () if file)  # type: ignore[attr-defined]


def evidence() -> MultipleFileField:
    """A field for files of evidence."""
    return MultipleFileField(_l("Evidence"), description=SEEN, render_kw={"accept": "image/jpeg,image/png,image/webp,application/pdf"})


class ClaimForm(_Evidence):
    """A claim: how much, why, in words, with evidence."""

    amount = MoneyField(_l("How much you claim"), [InputRequired(_l("Write an amount."))])
    reason = RadioField(_l("Why"), [InputRequired(_l("Choose a reason."))], choices=())
    text = Paragraph(_l("What happened"), [DataRequired(_l("Say what happened."))], render_kw={"rows": 6},
                     description=_l("Short and in order: what was agreed, what came of it, what you ask for."))
    evidence = evidence()

    def of(self, side: Side) -> ClaimForm:
        """With the reasons of this side."""
        self.reason.choices = list(CLAIMS[side])
        return self


class StatementForm(_Evidence):
    """What a side, or the team, has to say."""

    text = Paragraph(_l("What you have to say"), [DataRequired(_l("Write something."))], render_kw={"rows": 5})
    evidence = evidence()


class ProposalForm(Form):
    """How to divide what is claimed."""

    to_manager = MoneyField(_l("To the manager"), [InputRequired(_l("Write an amount, or 0."))], least=0,
                            description=_l("The rest goes back to the business."))
    note = Paragraph(_l("A word with it"), most=2000, render_kw={"rows": 3})


class ReductionForm(Form):
    """A smaller claim."""

    amount = MoneyField(_l("How much you still claim"), [InputRequired(_l("Write an amount."))])


class DecisionForm(Form):
    """Who gets what, for which reasons, in the mediator's own words."""

    to_manager = MoneyField(_l("To the manager"), [InputRequired(_l("Write an amount, or 0."))], least=0)
    to_business = MoneyField(_l("Back to the business"), [InputRequired(_l("Write an amount, or 0."))], least=0)
    grounds = SelectMultipleField(_l("Reasons"), [DataRequired(_l("Choose at least one reason from the table."))],
                                  choices=[(ground.code, ground.label) for ground in GROUNDS])
    text = Paragraph(_l("Why, in your own words"), [DataRequired(_l("Write the reasons; both sides read them."))], render_kw={"rows": 8})
    manager_at_fault = BooleanField(_l("The manager is at fault"))
