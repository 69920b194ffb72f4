"""What may be typed about a post."""
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateTimeLocalField, RadioField
from wtforms.validators import DataRequired, InputRequired

from marketplace.core import clock
from marketplace.core.forms import Form, Paragraph
from marketplace.publishing.commands import Upload

PICTURES = "image/jpeg,image/png,image/webp"
LOCAL = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class PostForm(Form):
    """A post: where, what, when (Dhaka)."""

    grant = RadioField(_l("Page"), [InputRequired(_l("Choose one."))])
    text = Paragraph(_l("Text"), [DataRequired(_l("Write something here."))], most=5000, render_kw={"rows": 8})
    picture = FileField(_l("Picture"), render_kw={"accept": PICTURES})
    publish_at = DateTimeLocalField(_l("Day and time"), [InputRequired(_l("Choose a day and a time."))], format=LOCAL,
                                    description=_l("Time in Dhaka."))

    def offer(self, grants: list[Any]) -> None:
        """The pages there is access to."""
        self.grant.choices = [(str(grant.id), grant.channel.name) for grant in grants]

    @property
    def moment(self) -> datetime:
        """The chosen time in UTC."""
        return self.publish_at.data.replace(tzinfo=clock.DHAKA).astimezone(UTC)

    @property
    def upload(self) -> Upload | None:
        """The picture, when one was chosen."""
        return Upload(self.picture.data.stream, self.picture.data.filename) if self.picture.data else None


class ChangesForm(Form):
    """What should be different."""

    note = Paragraph(_l("What should be different?"), [DataRequired(_l("Write something here."))], most=2000)
