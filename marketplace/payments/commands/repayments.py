"""A business pays what it owes, by card, as it pays for everything."""
from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.businesses.models import Business
from marketplace.core.errors import WrongState
from marketplace.ledger import queries as books
from marketplace.payments.commands.checkout import start_checkout
from marketplace.payments.models import Payment


def repay(business: Business, person: Person, success_url: str, cancel_url: str) -> Payment:
    """Open Stripe's page for all that a business owes, the card's cost on top. Raises WrongState when it owes nothing."""
    owed, subject = books.owed_by(f"business:{business.id}"), f"debt:{business.id}"
    if owed.minor <= 0:
        raise WrongState(_l("You owe nothing."))
    return start_checkout(subject=subject, contract=subject, business=business, person=person, amount=owed,
                          title=_("What your bank took back"), success_url=success_url, cancel_url=cancel_url)
