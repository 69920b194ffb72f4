"""What may be typed about a manager."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Optional

from marketplace.core.forms import Form, Line, MoneyField, NumberField, Paragraph
from marketplace.core.vocabulary import DISTRICTS, KINDS, LANGUAGES, PLATFORMS, TRADES

PICTURES = "image/jpeg,image/png,image/webp"
REQUIRED = DataRequired(_l("Write something here."))
CHOSEN = InputRequired(_l("Choose one."))


class ProfileForm(Form):
    """A manager as others see them. Only the name is needed to begin; the rest before it is published."""

    name = Line(_l("Your name"), [REQUIRED], most=120, render_kw={"autocomplete": "name"})
    photo = FileField(_l("Your photo"), render_kw={"accept": PICTURES},
                      description=_l("A clear face. JPG, PNG or WebP, at most 8 MB. Place and camera data are removed."))
    headline = Line(_l("One sentence about your work"), most=160,
                    description=_l("For example: I run boutique pages and answer until 11 at night."))
    about = Paragraph(_l("About you"), most=4000, render_kw={"rows": 6},
                      description=_l("Which pages you ran, for how long, what you are good at. Leave out phone numbers and links."))
    district = SelectField(_l("District"), choices=[("", _l("Choose")), *DISTRICTS])
    trades = SelectMultipleField(_l("Trades you know"), choices=TRADES)
    platforms = SelectMultipleField(_l("Platforms"), choices=PLATFORMS)
    languages = SelectMultipleField(_l("Languages you answer in"), choices=LANGUAGES)
    sample_question = Paragraph(_l("A customer's message"), most=500, render_kw={"rows": 2})
    sample_reply = Paragraph(_l("How you answer it, in Bengali"), most=1000, render_kw={"rows": 4},
                             description=_l("Businesses read this first."))
    available_from = DateField(_l("Free from"), [Optional()], description=_l("Empty means now."))


class PackageForm(Form):
    """An offer by the month."""

    title = Line(_l("Name of the package"), [REQUIRED], most=80)
    kind = RadioField(_l("Kind of work"), [CHOSEN], choices=KINDS, default="management")
    price_minor = MoneyField(_l("Price a month"), [InputRequired(_l("Write an amount in taka, such as 7,000."))], least=50_000)
    posts = NumberField(_l("Posts a month"), [Optional()], most=1000)
    videos = NumberField(_l("Videos a month"), [Optional()], most=500)
    messages_a_day = NumberField(_l("Messages a day, at most"), [Optional()], most=5000)
    description = Paragraph(_l("What else is in it, and what is not"), most=1000, render_kw={"rows": 3})


class ItemForm(Form):
    """A piece of work."""

    title = Line(_l("What is it?"), [REQUIRED], most=120)
    text = Paragraph(_l("What did you do, and what came of it?"), most=1000, render_kw={"rows": 3})
    picture = FileField(_l("Picture"), render_kw={"accept": PICTURES},
                        description=_l("JPG, PNG or WebP, at most 12 MB. Show only what the owner allows."))


class NewItemForm(ItemForm):
    """A new piece of work, which needs its picture."""

    picture = FileField(_l("Picture"), [FileRequired(_l("Choose a picture."))], render_kw={"accept": PICTURES},
                        description=_l("JPG, PNG or WebP, at most 12 MB. Show only what the owner allows."))
