"""After several cancels without anybody's fault a business pays in again only when the team has looked."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.businesses.models import Business
from marketplace.contracts import notices, queries
from marketplace.contracts.models import Contract, FundingRelease
from marketplace.core import audit
from marketplace.core.db import db
from marketplace.core.errors import WrongState


class FundingWaits(WrongState):
    """This business has taken its money back too often lately; the team has been told."""

    message = _l("You have taken money back several times lately, so our team looks first and writes to you. Nothing was charged.")


def require_free(contract: Contract) -> None:
    """Raises FundingWaits while the team has not looked."""
    if queries.funding_waits(contract.business_id):
        raise FundingWaits()


def after_cancel(contract: Contract) -> None:
    """Money went back because the business wished so: tell both sides of the desk when that was once too often."""
    db.session.flush()
    if queries.funding_waits(contract.business_id):
        notices.funding_waits(contract)


def release_funding(business: Business, by: Person, why: str) -> FundingRelease:
    """The team has looked: the business may pay in, and what came before no longer counts. Raises WrongState when nothing waits."""
    if not queries.funding_waits(business.id):
        raise WrongState()
    release = FundingRelease(business_id=business.id, person_id=by.id, why=why)
    db.session.add(release)
    audit.record("business.release_funding", business, by, why=why)
    notices.funding_released(business)
    return release
