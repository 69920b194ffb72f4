"""What staff decide, and how a business ends its listing."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField

from marketplace.core.forms import Form, Paragraph
from marketplace.jobs.models.choices import REMOVAL_REASONS, SEND_BACK_REASONS


class ReturnForm(Form):
    """Why a listing goes back."""

    reasons = SelectMultipleField(_l("Why it goes back"), choices=SEND_BACK_REASONS, description=_l("The business reads exactly this."))
    note = Paragraph(_l("In your own words"), most=1000)


class RemovalForm(Form):
    """Why a listing is taken down."""

    reasons = SelectMultipleField(_l("Why it is taken down"), choices=REMOVAL_REASONS, description=_l("The business reads exactly this."))
    note = Paragraph(_l("In your own words"), most=1000)


class ClosingForm(Form):
    """Why a business ends its listing."""

    why = RadioField(_l("Why do you end it?"), choices=[
        ("hired_elsewhere", _l("I found somebody elsewhere")), ("not_now", _l("Not at present")), ("wrong", _l("I want to write it anew")),
    ], default="not_now")
