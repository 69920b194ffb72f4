"""What may be typed into an application, and by those who decide."""
from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import DateTimeLocalField, RadioField, SelectMultipleField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Regexp

from marketplace.core import clock
from marketplace.core.forms import Form, Line, Paragraph
from marketplace.managers.models import Kind
from marketplace.vetting.models import RUBRIC, Verdict

LINK = re.compile(r"https?://[^\s/]+\.[^\s/]+(/\S*)?", re.IGNORECASE)
MOST_LINKS = 10
REASON = DataRequired(_l("Write the reason."))


class ApplicationForm(Form):
    """Links and files; the rubric's questions are added for each level by `application_form`."""

    links = Paragraph(_l("Pages you have run"), most=3000, render_kw={"rows": 4, "inputmode": "url"},
                      description=_l("One link in each line, such as https://facebook.com/yourpage."))
    evidence = MultipleFileField(_l("Screenshots, or a PDF"), render_kw={"accept": "image/jpeg,image/png,image/webp,application/pdf"},
                                 description=_l("Insights, ad results, thanks from owners. At most 12 MB each. "
                                                "Only you and the team see them."))

    def validate_links(self, field: Any) -> None:
        """Each line must be a web address."""
        if any(not LINK.fullmatch(line) for line in self.lines()) or len(self.lines()) > MOST_LINKS:
            raise ValidationError(_l("Write at most %(most)s links, each in a line of its own, beginning with https://.", most=MOST_LINKS))

    def lines(self) -> list[str]:
        """The links, one by one."""
        return [line.strip() for line in (self.links.data or "").splitlines() if line.strip()]

    def answers(self) -> dict[str, str]:
        """What was answered, by check."""
        return {field.name: field.data or "" for field in self.questions()}

    def questions(self) -> list[Any]:
        """The fields of the level's questions."""
        return [field for field in self if field.name not in {"links", "evidence", "csrf_token"}]


def application_form(level: Kind, **kwargs: Any) -> ApplicationForm:
    """The form with a question for each line of the level's rubric that asks one."""
    fields = {criterion.check: Paragraph(criterion.question, most=3000, render_kw={"rows": 4})
              for criterion in RUBRIC[level] if criterion.question}
    return type("LevelForm", (ApplicationForm,), fields)(**kwargs)


class LevelForm(Form):
    """Which level to apply for."""

    level = RadioField(_l("Kind of work"), [InputRequired()], choices=[(kind.value, kind.value) for kind in Kind])


class InterviewForm(Form):
    """When the call is, typed as Dhaka's clock shows it."""

    at = DateTimeLocalField(_l("Time of the video call, in Dhaka"), [InputRequired(_l("Choose a day and a time."))])

    link = Line(_l("Link of the call"), [Regexp(LINK, message=_l("Write a link that begins with https://."))], most=300,
                render_kw={"inputmode": "url"})

    def moment(self) -> datetime:
        """The same moment, aware."""
        return self.at.data.replace(tzinfo=clock.DHAKA)


class RecommendationForm(Form):
    """The first opinion."""

    verdict = RadioField(_l("What do you recommend?"), [InputRequired(_l("Choose one."))],
                         choices=[(Verdict.approve, _l("Approve")), (Verdict.reject, _l("Not now"))])
    checks = SelectMultipleField(_l("Found good"))
    why = Paragraph(_l("Why, for the team"), [REASON], most=3000)
    reasons = Paragraph(_l("What the applicant is told"), [REASON], most=3000)


class ReasonForm(Form):
    """A decision with its reason."""

    why = Paragraph(_l("Reason"), [REASON], most=3000)
