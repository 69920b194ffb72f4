"""Which job a manager is invited to."""
from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from marketplace.core.forms import Form
from marketplace.core.i18n import money
from marketplace.jobs.models import Job


class InvitationForm(Form):
    """One of the open jobs."""

    job = RadioField(_l("Which job?"), [InputRequired(_l("Choose one."))])

    def offer(self, jobs: Iterable[Job]) -> InvitationForm:
        """The jobs there are, each with its price; the first is chosen."""
        self.job.choices = [(str(job.id), f"{job.title} · {money(job.budget_minor or 0, job.currency)}") for job in jobs]
        if self.job.choices and self.job.data is None:
            self.job.data = self.job.choices[0][0]
        return self
