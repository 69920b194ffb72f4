"""Finance sends ad money back to the card: what no boost and no receipt counts on; much of it when a second person has confirmed."""
from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.boosts import notices, queries
from marketplace.boosts.models import AdPot
from marketplace.boosts.models.pot import OPEN
from marketplace.contracts.commands.contracts import close_when_settled
from marketplace.contracts.queries import side_of
from marketplace.core import clock
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.payments import commands as payments
from marketplace.payments.commands import proposals
from marketplace.payments.models import MoneyProposal

PROPOSAL = "ad_refund"


def refund_by_staff(pot: AdPot, amount: Money, *, by: Person, why: str, key: str) -> MoneyProposal:
    """Send back all or part of what is free of a pot. What was drawn stays drawn. `key`: the same one twice is one refund.

    Raises Invalid for more than is free, WrongState while another one waits for a second person or when nothing is held.
    """
    if known := proposals.find(f"{PROPOSAL}:{key}"):
        return known
    _check(pot, amount)
    return proposals.propose(PROPOSAL, subject=f"{AdPot.KIND}:{pot.id}", contract=f"contract:{pot.contract_id}", amount=amount, why=why,
                             by=by, key=f"{PROPOSAL}:{key}")


@proposals.carries_out(PROPOSAL)
def carry_out(proposal: MoneyProposal, by: Person) -> None:
    """Give it back to the card; with nothing left the pot is settled. Neither of the two people may be a party."""
    pot = db.session.get_one(AdPot, uuid.UUID(proposal.subject.partition(":")[2]))
    if side_of(by, pot.contract) or side_of(proposal.proposed_by, pot.contract):
        raise NotAllowed(_l("Whoever is a party to a contract decides nothing about its money as staff."))
    lock(pot.contract)
    lock(pot)
    _check(pot, proposal.amount)
    pot.returned_minor += proposal.amount_minor
    payments.refund(subject=pot.subject, amount=proposal.amount, key=f"proposal:{proposal.id}", ads=True)
    if not queries.left_in(pot):
        _settle(pot, by, proposal.why)
    notices.pot_refunded(pot, proposal.amount)


def _check(pot: AdPot, amount: Money) -> None:
    if pot.status not in OPEN:
        raise WrongState(_l("No ad money is held here."))
    if not Money(0, amount.currency) < amount <= queries.free_in(pot):
        raise Invalid(_l("This is more than is free. Boosts and receipts count on the rest."), field="amount")


def _settle(pot: AdPot, by: Person, why: str) -> None:
    """All is gone: no receipt can be repaid any more, nothing has to be waited for."""
    if pot.may("close"):
        pot.move("close", by=by, why=why)
    pot.move("settle", by=by, why=why)
    pot.settled_at = clock.now()
    close_when_settled(pot.contract)
