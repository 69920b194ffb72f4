"""What may be typed in a bid."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, FormField, HiddenField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from marketplace.bids.commands import DECLINE_REASONS, MOST_STEPS
from marketplace.bids.models import Bid
from marketplace.core.forms import Form, Line, MoneyField, NumberField, Paragraph, StepForm
from marketplace.jobs.models import Job
from marketplace.jobs.queries import lines
from marketplace.managers.models import Kind

REQUIRED = DataRequired(_l("Write something here."))


class BidForm(Form):
    """A proposal for one job."""

    price_minor = MoneyField(_l("Price"), [REQUIRED], least=100_00, most=100_00_000_00,
                             description=_l("What the business pays for the work. Our 10% comes out of it."))
    days = NumberField(_l("How many days"), [REQUIRED], least=1, most=60)
    posts_a_week = NumberField(_l("Posts a week"), least=1, most=100)
    covers = SelectMultipleField(_l("What the price covers"), choices=[], description=_l("What you leave out is shown to the business."))
    strategy = Paragraph(_l("How you will do it"), [REQUIRED], most=5000, render_kw={"rows": 8},
                         description=_l("What you would post in the first week, how you answer, what you would measure. "
                                        "Promise work, not likes or sales."))
    answers = FieldList(Paragraph(_l("Your answer"), [REQUIRED], most=1000, render_kw={"rows": 3}), label=_l("The business asks"))
    competing_pages = Line(_l("Competing pages you run"), most=500, description=_l("Pages of the same trade, or: none."))
    milestones = FieldList(FormField(StepForm, label=_l("Step")), label=_l("Steps"), min_entries=MOST_STEPS, max_entries=MOST_STEPS)
    keep = BooleanField(_l("Keep it, I understand"))

    def about(self, job: Job) -> BidForm:
        """Ask what this job asks: its lines, and an answer to each of its questions."""
        self.job = job
        self.covers.choices = [SelectChoice(code, label) for code, label in lines(job)]
        for entry, question in zip(self.answers, job.questions, strict=False):
            entry.label.text = question
        if job.kind == Kind.boosting:
            del self.posts_a_week
        return self

    def values(self) -> dict[str, Any]:
        """The bid as it is stored."""
        asked = zip(self.job.questions, self.answers, strict=False)
        answers = [{"question": question, "answer": entry.data or ""} for question, entry in asked]
        return {"price_minor": self.price_minor.data, "days": self.days.data, "covers": self.covers.data or [], "answers": answers,
                "posts_a_week": self.posts_a_week.data if "posts_a_week" in self else None, "strategy": self.strategy.data,
                "competing_pages": self.competing_pages.data or "",
                "milestones": [entry.form.step for entry in self.milestones if not entry.form.empty]}


class DeclineForm(Form):
    """Why a bid is not taken."""

    reason = RadioField(_l("Why?"), [DataRequired(_l("Choose one."))], choices=DECLINE_REASONS, description=_l("The manager reads this."))
    note = Paragraph(_l("In your own words"), most=1000)


class QuestionForm(Form):
    """One question to all who have bid."""

    text = Line(_l("Your question to all"), [REQUIRED], most=300,
                description=_l("Everybody who has bid gets the same question; each answers for you alone."))


class AnswerForm(Form):
    """The answer to what the business asked later."""

    question = HiddenField(validators=[REQUIRED])
    answer = Paragraph(_l("Your answer"), [REQUIRED], most=1000, render_kw={"rows": 3})


def blank(job: Job) -> dict[str, Any]:
    """A bid begins with what the job asks."""
    return {"days": min(job.days or 30, 60), "posts_a_week": job.details.get("posts_a_week"),
            "covers": [code for code, _label in lines(job)], "answers": [""] * len(job.questions), "milestones": [{}] * MOST_STEPS}


def stored(bid: Bid) -> dict[str, Any]:
    """A bid as its form shows it."""
    known = {row["question"]: row["answer"] for row in bid.answers}
    steps = [{"title": step.title, "amount_minor": step.amount_minor, "days": step.days} for step in bid.milestones]
    return {"price_minor": bid.price_minor, "days": bid.days, "posts_a_week": bid.posts_a_week, "covers": bid.covers,
            "strategy": bid.strategy, "competing_pages": bid.competing_pages,
            "answers": [known.get(question, "") for question in bid.job.questions],
            "milestones": [*steps, *({} for _step in range(MOST_STEPS - len(steps)))]}
