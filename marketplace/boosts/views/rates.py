"""Finance enters what a dollar costs, and where that can be read."""
from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.boosts import commands, policies, queries
from marketplace.boosts.commands.rates import RATE_DAYS
from marketplace.boosts.forms import RateForm
from marketplace.boosts.views.pages import pages
from marketplace.core import clock
from marketplace.core.authorisation import allow
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer


@pages.get("/staff/exchange-rates")
@allow(policies.enter_rates)
def rates() -> Any:
    """The last rates, and today's to be entered; source and link are those of the last time."""
    last = queries.newest_rate()
    known = {"source": last.source, "link": last.link} if last else {}
    return _page(RateForm(data={"day": clock.today().date(), **known}))


@pages.post("/staff/exchange-rates")
@allow(policies.enter_rates)
def create_rate() -> Any:
    """From now on this rate is locked."""
    form = RateForm()
    if form.validate_on_submit():
        try:
            commands.enter_rate(current_user, form.rate_minor.data, form.day.data, form.source.data, form.link.data)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The rate was entered."), "success")
            return redirect(url_for("boosts.rates"), 303)
    return _page(form)


def _page(form: RateForm) -> Any:
    return answer("boosts/rates.html", form, rates=queries.rates(), days=RATE_DAYS)
