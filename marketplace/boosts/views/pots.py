"""The ad money of a contract, on the contract's page and where it is paid in."""
from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.boosts import queries
from marketplace.boosts.models import AdPot, PotStatus
from marketplace.boosts.queries import Drawn
from marketplace.boosts.queries.wallet import pot_line
from marketplace.contracts.models import Contract, Milestone
from marketplace.contracts.queries import Station, side_of
from marketplace.contracts.queries.limits import limit_of
from marketplace.core import i18n
from marketplace.core.slots import panel
from marketplace.managers.models import Kind


def address(pot: AdPot) -> str:
    """Ad money stands on its contract's page."""
    return url_for("contracts.show", contract_id=pot.contract_id, _anchor="ad-money")


@panel("contracts.page")
def contract_boosts(contract: Contract) -> str:
    """Where the ad money is, what was drawn, and the boosts. Nothing for other contracts."""
    if contract.kind != Kind.boosting:
        return ""
    pot, boosts = queries.pot_of(contract.id), queries.boosts_of(contract.id)
    line = pot_line(pot, queries.draws_of(pot), boosts) if pot else None
    return render_template("boosts/_contract.html", contract=contract, pot=pot, line=line, boosts=boosts,
                           side=side_of(current_user, contract), stations=money_line(pot, line.money) if pot and line else [],
                           spend=queries.spend_of(contract.id), agreed=queries.agreed_dollars(contract))


@panel("contracts.funding")
def rate_of_funding(milestone: Milestone) -> str:
    """The rate that is about to be locked, and who published it."""
    pot = queries.pot_of_milestone(milestone.id)
    rate = queries.newest_rate()
    return render_template("boosts/_funding.html", pot=pot, rate=rate) if pot and rate else ""


def money_line(pot: AdPot, money: Drawn) -> list[Station]:
    """Paid in → drawn → left → returned; both sides see the same."""
    settled = pot.status == PotStatus.settled
    stations = [(_("Paid in"), money.paid_in, pot.funded_at, ""), (_("Drawn"), money.drawn, None, _("against receipts")),
                (_("Left"), money.left, None, _("for ads")),
                (_("Returned"), money.returned or money.left, pot.settled_at or pot.closes_at, _returns(pot))]
    states = ["done", "done" if money.drawn else "later", *(("done", "now") if settled else ("now", "done" if money.returned else "later"))]
    return [Station(label, amount.minor, pot.currency, at, state, note)
            for (label, amount, at, note), state in zip(stations, states, strict=True)]


def _returns(pot: AdPot) -> str:
    if pot.status == PotStatus.settled:
        return _("to the card it came from")
    if pot.returned:
        return _("to the card, by our team; what is left later goes there too")
    if pot.closes_at or not pot.funded_at:
        return _("what is left then, by itself")
    return _("after the last boost and the days for receipts, by %(day)s at the latest", day=i18n.day(limit_of(pot.funded_at)))
