"""The price X-ray: where each taka of a boost goes, and what work usually costs."""
from __future__ import annotations

from typing import Any

from flask import render_template, request

from marketplace.boosts import queries
from marketplace.boosts.commands.prices import MEDIAN_FROM
from marketplace.boosts.forms import SplitForm
from marketplace.boosts.models import ExchangeRate
from marketplace.boosts.views.pages import pages
from marketplace.core.authorisation import public
from marketplace.core.money import Money
from marketplace.core.slots import panel
from marketplace.core.vocabulary import TRADES

EXAMPLE = {"dollars_minor": 40_00, "charge_minor": 800_00}


@pages.get("/prices")
@public
def prices() -> str:
    """Taken apart by today's rate, and beside it the medians of agreed contracts, from five on."""
    form = SplitForm(request.args) if request.args else SplitForm(data=EXAMPLE)
    sound, rate = not request.args or form.validate(), queries.newest_rate()
    trade = request.args.get("trade", "")
    usual = {kind: queries.usual_prices(kind, trade) for kind in ("management", "boosting")}
    return render_template("boosts/prices.html", form=form, rate=rate, split=_split(form, rate) if sound and rate else None, usual=usual,
                           least=MEDIAN_FROM, trade=trade, trades=TRADES)


@panel("jobs.new")
def link_to_prices(_job: Any) -> str:
    """From where a job begins to what it costs."""
    return render_template("boosts/_prices_link.html")


def _split(form: SplitForm, rate: ExchangeRate) -> Any:
    return queries.split(Money(form.charge_minor.data or 0), Money(form.dollars_minor.data or 0, "USD"), rate.rate_minor,
                         form.all_in_minor.data)
