"""Finance: where our cash lies, and what Stripe paid to our bank."""
from __future__ import annotations

from flask import render_template, request

from marketplace.core.authorisation import allow
from marketplace.payments import policies
from marketplace.payments.queries import bank
from marketplace.payments.views.blueprint import pages


@pages.get("/staff/bank")
@allow(policies.mend_money)
def bank_account() -> str:
    """Our bank, from which staff pays by hand: what the books say is in it, and the payouts that fill it."""
    return render_template("payments/bank.html", cash=bank.cash(), found=bank.bank_payouts(request.args.get("after")))
