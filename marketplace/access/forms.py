"""What may be typed about access."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired

from marketplace.access.commands.granting import GRANT_DAYS
from marketplace.access.models import OFFERED, RIGHTS
from marketplace.core import clock
from marketplace.core.forms import Form, Paragraph


class ChangeForm(Form):
    """Rights and an end."""

    rights = SelectMultipleField(_l("What may the manager do?"), [DataRequired(_l("Choose at least one thing."))],
                                 choices=[(right.value, RIGHTS[right]) for right in OFFERED])
    until = DateField(_l("Until"), [InputRequired(_l("Choose a day."))], render_kw={"type": "date"})

    def bound_days(self) -> None:
        """Tell the browser's calendar which days may be chosen."""
        today = clock.today().date()
        self.until.render_kw = {"type": "date", "min": today.isoformat(), "max": (today + timedelta(days=GRANT_DAYS)).isoformat()}


class LossForm(Form):
    """A page is lost."""

    text = Paragraph(_l("What do you see on Facebook?"), most=2000, render_kw={"rows": 4}, description=_l("For our team."))


class GrantForm(ChangeForm):
    """The first access to a page."""

    channel = RadioField(_l("Page"), [InputRequired(_l("Choose one."))])
    warned = BooleanField(_l("I know who else fully controls this page."))

    def offer(self, channels: list[Any]) -> None:
        """The connected pages; the first is chosen."""
        self.channel.choices = [(str(channel.id), channel.name) for channel in channels]
        self.bound_days()
