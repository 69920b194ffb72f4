"""What other pages show of disputes."""
from __future__ import annotations

from flask import render_template
from flask_login import current_user

from marketplace.contracts.models import Contract
from marketplace.contracts.queries import side_of
from marketplace.core.slots import panel
from marketplace.disputes import policies, queries


@panel("contracts.page")
def on_contract(contract: Contract) -> str:
    """The disputes about its steps."""
    disputes = [dispute for _, found in queries.on_contract(current_user, contract.id) for dispute in found]
    return render_template("disputes/_on_contract.html", disputes=disputes, contract=contract) if disputes else ""


@panel("contracts.aside")
def way_in(contract: Contract) -> str:
    """The way to open one, for each step of which something can be claimed."""
    side = side_of(current_user, contract)
    steps = [milestone for milestone, found in queries.on_contract(current_user, contract.id) if side is not None and policies.open_dispute(
        current_user, milestone) and queries.claimable(milestone, side) and not queries.barred(found, side)]
    return render_template("disputes/_way_in.html", steps=steps) if steps else ""
