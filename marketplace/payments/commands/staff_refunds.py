"""Money that finance sends back where no step of a contract decides about it."""
from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.payments.commands import proposals
from marketplace.payments.commands.refunds import refund
from marketplace.payments.models import MoneyProposal, Payment

PROPOSAL = "payment_refund"


def refund_by_staff(payment: Payment, amount: Money, *, by: Person, why: str, key: str) -> MoneyProposal:
    """Send back all or part of a payment that nothing waited for: at once, or when a second person has confirmed.

    Raises Invalid when no amount is given, WrongState for a payment that is held for something (its own domain decides),
    ledger.NotEnough when less is held.
    """
    if amount.minor <= 0:
        raise Invalid(_l("Write an amount."), field="amount")
    if not payment.unclaimed:
        raise WrongState(_l("This money is held for something. Send it back from the page of that."))
    return proposals.propose(PROPOSAL, subject=f"payment:{payment.id}", contract=payment.contract, amount=amount, why=why, by=by,
                             key=f"{PROPOSAL}:{key}")


@proposals.carries_out(PROPOSAL)
def carry_out(proposal: MoneyProposal, _by: Person) -> None:
    """Set the money aside and ask Stripe for it."""
    payment = db.session.get_one(Payment, uuid.UUID(proposal.subject.partition(":")[2]))
    refund(subject=payment.holder, amount=proposal.amount, key=f"proposal:{proposal.id}")
