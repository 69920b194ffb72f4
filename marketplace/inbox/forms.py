"""What may be typed in the inbox."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired

from marketplace.core.forms import Form, Paragraph


class ReplyForm(Form):
    """An answer."""

    text = Paragraph(_l("Your answer"), [DataRequired(_l("Write something here."))], most=2000, render_kw={"rows": 4})
