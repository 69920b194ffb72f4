"""Questions and answers."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired

from marketplace.core.forms import Form, Paragraph

REQUIRED = DataRequired(_l("Write something here."))


class QuestionForm(Form):
    """What a manager wants to know."""

    text = Paragraph(_l("Your question"), [REQUIRED], most=500, render_kw={"rows": 3},
                     description=_l("Everybody reads it with its answer. Leave out phone numbers and links."))


class AnswerForm(Form):
    """What the business answers."""

    answer = Paragraph(_l("Your answer"), [REQUIRED], most=1000, render_kw={"rows": 3})
