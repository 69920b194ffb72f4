"""What may be chosen about papers."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired

from marketplace.core.forms import Form

CHOSEN = InputRequired(_l("Choose one."))


class YearSummaryForm(Form):
    """Whose year, and which. The view fills in the choices the reader has."""

    party = SelectField(_l("For whom"), [CHOSEN])
    year = SelectField(_l("Year"), [CHOSEN])
