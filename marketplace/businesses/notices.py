"""What people are told about their place in a business."""
from __future__ import annotations

from marketplace.accounts.models import Person
from marketplace.businesses.models import Invitation
from marketplace.core import mail


def invited(invitation: Invitation, token: str, by: Person, language: str) -> None:
    """The one-use link, to an address that may belong to nobody here yet; so a letter alone."""
    mail.letter("businesses/invitation", invitation.email, language, invitation=invitation, business=invitation.business,
                token=token, by=by)
