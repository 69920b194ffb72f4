"""The doors of contracts: offers, contracts, milestones, the wallet."""
from flask import Blueprint
from flask_babel import lazy_gettext as _l

from marketplace.contracts import queries
from marketplace.core import navigation, subjects

pages = Blueprint("contracts", __name__)

from marketplace.contracts.views import (  # noqa: E402
    bonuses,
    change_orders,
    contracts,
    endings,
    milestones,
    offers,
    pauses,
    refunds,
    retainers,
    staff,
    wallet,
)

for audience in ("business", "manager"):
    navigation.add(audience, 20, _l("Contracts"), "contracts.index", "notebook")
    navigation.add(audience, 50, _l("Money"), "contracts.wallet", "wallet")
navigation.add("staff", 73, _l("Funding that waits"), "contracts.funding_checks", "hourglass")
subjects.register("contract", queries.contract_seen_by, lambda row: row.title, contracts.address)
subjects.register("offer", queries.offer_seen_by, lambda row: row.latest.terms["title"], offers.address)
subjects.register("milestone", queries.milestone_seen_by, lambda row: row.title, milestones.address)

__all__ = ["bonuses", "change_orders", "endings", "pauses", "refunds", "retainers", "staff", "wallet"]
