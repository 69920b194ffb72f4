"""Sending a listing to the team."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from marketplace.core.forms import Form


class SubmissionForm(Form):
    """What was found is kept as it is; the team decides."""

    keep = BooleanField(_l("Keep it, I understand; the team decides"))
