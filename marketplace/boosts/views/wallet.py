"""Ad money in the wallet."""
from __future__ import annotations

from flask import render_template

from marketplace.accounts.models import Person
from marketplace.boosts.queries.wallet import pots_in_wallet
from marketplace.boosts.views.pots import money_line
from marketplace.contracts.queries import side_of
from marketplace.core.slots import panel


@panel("contracts.wallet_lines")
def pots_of(person: Person) -> str:
    """Each pot with its line, its receipts and who acts next. Nothing for people without ad money."""
    lines = [(line, money_line(line.pot, line.money), side_of(person, line.pot.contract)) for line in pots_in_wallet(person)]
    return render_template("boosts/_wallet.html", lines=lines) if lines else ""
