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
    after = request.args.get("after")
    found, first = wallet_of(current_user, after), not after
    pays, turns = queries.pays(found), queries.turns_of(list(found), queries.open_wishes(found))
    lines = [(milestone, queries.money_line(milestone, pays[milestone.id]), turns.get(milestone.id), pays[milestone.id])
             for milestone in found]
    return render_template("contracts/wallet.html", lines=lines, sums=wallet_sums(current_user) if first else [],
                           bonuses=bonuses_in_wallet(current_user),
                           first=first, next=url_for("contracts.wallet", after=found.next) if found.next else None)
