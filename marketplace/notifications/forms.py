"""What may be typed about notices."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from marketplace.core.forms import Form


class PreferenceForm(Form):
    """Whether letters come for what is not essential."""

    letters = BooleanField(_l("Send me what is new by e-mail too"),
                           description=_l("Letters about money, access and the safety of your account always come."))
