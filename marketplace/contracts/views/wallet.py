"""Where each taka is, for both sides."""
from __future__ import annotations

from flask import render_template, request, url_for
from flask_login import current_user

from marketplace.contracts import queries
from marketplace.contracts.queries.bonuses import bonuses_in_wallet
from marketplace.contracts.queries.wallet import wallet_of, wallet_sums
from marketplace.contracts.views import pages
from marketplace.core.authorisation import signed_in


@pages.get("/wallet")
@signed_in
def wallet() -> str:
    """The sums, then the person's milestones whose money moves, each with its line, its clock and who acts next."""
    found = wallet_of(current_user, request.args.get("after"))
    pays = queries.pays(found)
    lines = [(milestone, queries.money_line(milestone, pays[milestone.id]), queries.dividing(milestone), pays[milestone.id])
             for milestone in found]
    return render_template("contracts/wallet.html", lines=lines, sums=[] if request.args.get("after") else wallet_sums(current_user),
                           bonuses=bonuses_in_wallet(current_user),
                           next=url_for("contracts.wallet", after=found.next) if found.next else None)
