"""The two listing forms. A draft takes whatever is typed well so far; to be submitted it must be whole."""
from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import DateField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, Optional, Regexp, ValidationError

from marketplace.core import clock
from marketplace.core.forms import Form, Line, MoneyField, NumberField, Paragraph
from marketplace.core.vocabulary import DISTRICTS, LANGUAGES, PLATFORMS, TRADES
from marketplace.jobs.commands.questions import MOST_QUESTIONS
from marketplace.jobs.models import choices
from marketplace.jobs.queries.lines import hour as hour_of_day

CHOOSE = ("", _l("Choose"))
REQUIRED = DataRequired(_l("Write something here."))
CHOSEN = DataRequired(_l("Choose one."))
HOURS = [("", _l("Choose")), *((str(hour), LazyString(hour_of_day, hour)) for hour in range(25))]
AD_PLATFORMS = [pair for pair in PLATFORMS if pair[0] in ("facebook", "instagram")]


class Lines(Paragraph):
    """Several short texts, one a line; `texts` gives them."""

    def process_data(self, value: list[str] | None) -> None:
        self.data = "\n".join(value or [])

    @property
    def texts(self) -> list[str]:
        """The lines that hold something."""
        return [line.strip()[:300] for line in (self.data or "").splitlines() if line.strip()]


class JobForm(Form):
    """What both kinds ask."""

    title = Line(_l("Title"), [REQUIRED], most=120)
    brand_id = SelectField(_l("Brand"), [CHOSEN])
    description = Paragraph(_l("The work in your own words"), [REQUIRED], most=5000, render_kw={"rows": 6})
    trade = SelectField(_l("Trade"), [CHOSEN], choices=[CHOOSE, *TRADES])
    district = SelectField(_l("District"), [CHOSEN], choices=[CHOOSE, *DISTRICTS])
    languages = SelectMultipleField(_l("Languages"), choices=LANGUAGES)
    starts_on = DateField(_l("Starts on"), [Optional()])
    questions = Lines(_l("Questions for those who bid"), most=1500, render_kw={"rows": 3},
                      description=_l("One a line, at most five. Each bid answers them."))

    def with_brands(self, brands: Iterable[Any]) -> JobForm:
        """Offer the business's brands."""
        self.brand_id.choices = [CHOOSE, *((str(brand.id), brand.name) for brand in brands)]
        return self

    def values(self) -> dict[str, Any]:
        """What was typed well, as it is stored."""
        taken = {name: field.data for name, field in self._fields.items() if name != "csrf_token" and not field.errors}
        if "questions" in taken:
            taken["questions"] = self.questions.texts
        if "brand_id" in taken:
            taken["brand_id"] = self._brand(taken["brand_id"])
        return taken

    def _brand(self, typed: str | None) -> uuid.UUID | None:
        """One of those offered, whether the form was validated or not."""
        return uuid.UUID(typed) if typed and typed in {code for code, _ in self.brand_id.choices} else None

    def fits_a_draft(self) -> bool:
        """Validate, forgiving what is still empty; false when something that was typed cannot be taken."""
        self.validate()
        for field in self:
            if field.errors and not _typed(field):
                field.errors = ()
        return not any(field.errors for field in self)

    def validate_questions(self, field: Lines) -> None:
        if len(field.texts) > MOST_QUESTIONS:
            raise ValidationError(_l("At most five questions."))

    def validate_starts_on(self, field: DateField) -> None:
        if field.data and field.data < clock.today().date():
            raise ValidationError(_l("Choose a day from today on."))


class ManagementForm(JobForm):
    """Handing over a page."""

    goal = RadioField(_l("What do you want?"), [CHOSEN], choices=choices.GOALS)
    platforms = SelectMultipleField(_l("Where"), [DataRequired(_l("Choose at least one."))], choices=PLATFORMS)
    posts_a_week = NumberField(_l("Posts a week"), [REQUIRED], least=1, most=100)
    videos_a_month = NumberField(_l("Videos a month"), most=100)
    messages_a_day = NumberField(_l("Messages a day"), most=5000, description=_l("About how many come in. Managers price by this."))
    lives_a_month = NumberField(_l("Lives a month"), most=60)
    reply_from = SelectField(_l("Answers from"), choices=HOURS)
    reply_until = SelectField(_l("Answers until"), choices=HOURS)
    reply_minutes = SelectField(_l("First answer within"), choices=[CHOOSE, *choices.REPLY_TARGETS])
    holiday_hours = Line(_l("Friday and Eid hours"), most=200, description=_l("Such as: Friday from 3 to 10 pm, closed on Eid day."))
    photos = RadioField(_l("Who takes the pictures?"), [CHOSEN], choices=choices.PHOTOS)
    order_taker = RadioField(_l("Who takes orders?"), [CHOSEN], choices=choices.ORDER_TAKERS)
    orders_where = Line(_l("Where are orders written?"), most=200, description=_l("Such as: a sheet, the courier's app, a notebook."))
    guide = Paragraph(_l("Brand guide"), most=5000, render_kw={"rows": 5},
                      description=_l("How customers are addressed, words and colours, prices that may be told."))
    budget_minor = MoneyField(_l("Budget a month"), [REQUIRED], least=500_00, most=100_00_000_00)

    def values(self) -> dict[str, Any]:
        """A month of work."""
        return super().values() | {"days": 30}


class BoostingForm(JobForm):
    """One boost."""

    goal = RadioField(_l("What do you want?"), [CHOSEN], choices=choices.OBJECTIVES)
    platforms = SelectMultipleField(_l("Where"), [DataRequired(_l("Choose at least one."))], choices=AD_PLATFORMS)
    link = Line(_l("Link of the page or post"), [REQUIRED, Regexp(
        r"(?i)^(https?://)?([\w-]+\.)*(facebook\.com|fb\.com|fb\.watch|instagram\.com)/\S+$",
        message=_l("Write a link on Facebook or Instagram, such as facebook.com/yourpage/posts/123."))],
        most=500, render_kw={"inputmode": "url"}, description=_l("Only vetted managers who bid open it."))
    dollars_minor = MoneyField(_l("Dollars for ads"), [REQUIRED], currency="USD", least=1_00, most=10_000_00)
    rate_minor = MoneyField(_l("Taka a dollar"), [REQUIRED], least=50_00, most=500_00)
    days = NumberField(_l("How many days"), [REQUIRED], least=1, most=90)
    budget_minor = MoneyField(_l("The manager's service charge"), [REQUIRED], least=100_00, most=1_00_000_00)
    payer = RadioField(_l("Whose card pays Meta?"), [CHOSEN], choices=choices.PAYERS)
    divisions = SelectMultipleField(_l("Divisions"), choices=choices.DIVISIONS)
    districts = SelectMultipleField(_l("Single districts"), choices=DISTRICTS)
    age_from = NumberField(_l("Age from"), least=13, most=65)
    age_until = NumberField(_l("Age to"), least=13, most=65)
    gender = SelectField(_l("Who"), choices=choices.GENDERS)
    interests = Line(_l("Interests"), most=300)
    button = SelectField(_l("Button of the post"), choices=choices.BUTTONS)
    auto_message = Paragraph(_l("First message when somebody writes"), most=1000, render_kw={"rows": 3})

    def validate_age_until(self, field: NumberField) -> None:
        if field.data and self.age_from.data and field.data < self.age_from.data:
            raise ValidationError(_l("This is lower than where it begins."))


FORMS: dict[str, type[JobForm]] = {"management": ManagementForm, "boosting": BoostingForm}


def _typed(field: Any) -> Sequence[Any] | bool:
    """Whether somebody wrote into the field."""
    raw = field.raw_data or []
    return [value for value in raw if isinstance(value, str) and value.strip()]
