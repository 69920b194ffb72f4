"""What may be typed about a finished contract."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.validators import DataRequired, InputRequired, Length

from marketplace.contracts.models.offer import Side
from marketplace.core.forms import Form, Paragraph
from marketplace.reviews.models import CRITERIA

STARS = ((1, _l("1 bad")), (2, _l("2 weak")), (3, _l("3 fair")), (4, _l("4 good")), (5, _l("5 excellent")))
SHORTEST = 20


class ReviewForm(Form):
    """Some sentences; the stars come from the criteria of the side that writes."""

    text = Paragraph(_l("In your own words"), [DataRequired(_l("Write a sentence or two.")),
                                               Length(min=SHORTEST, message=_l("Write a little more: others decide by it."))],
                     most=2000, description=_l("What went well, what did not. It cannot be changed afterwards."))

    @property
    def marks(self) -> dict[str, int]:
        """The stars for each criterion."""
        return {field.name: field.data for field in self if isinstance(field, RadioField)}


class ReplyForm(Form):
    """The one answer to a review."""

    text = Paragraph(_l("Your reply"), [DataRequired(_l("Write something here."))], most=1000,
                     description=_l("It stands under the review. You can reply once."))


def _fields(side: Side) -> dict[str, Any]:
    stars = {code: RadioField(label, [InputRequired(_l("Choose one."))], choices=STARS, coerce=int) for code, label in CRITERIA[side]}
    if side is Side.business:
        stars["about_goods"] = BooleanField(_l("My complaint is about my goods or their delivery, not the manager's work"))
    return stars


FORMS: dict[Side, type[ReviewForm]] = {side: type(f"{side.name.title()}ReviewForm", (ReviewForm,), _fields(side)) for side in Side}
