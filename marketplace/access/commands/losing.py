"""A page that its business has lost: access ends, nothing more is paid out for the contract, and the team decides within a day."""
from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from marketplace.access import notices, queries, signals
from marketplace.access.commands.ending import revoke_all
from marketplace.access.models import Grant, LossStatus, PageLoss
from marketplace.accounts.models import Person
from marketplace.core import audit, clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import WrongState
from marketplace.core.subjects import subject_of
from marketplace.payments import commands as payments
from marketplace.payments.commands.waiting import locked_of
from marketplace.payments.models.outgoing import PAGE_LOST

PAGE_LOST_HOURS = rule("PAGE_LOST_HOURS", 24, "hours within which the team looks at a page that was reported lost")


def report_loss(grant: Grant, by: Person, text: str = "") -> PageLoss:
    """The business has lost the page of a grant, live or over. `text`: what they saw, for the team.

    All access to the page ends at once, also when the platform is down; what has not been sent for the contract waits.
    Raises WrongState when it was reported and is not back.
    """
    contract = grant.contract
    payments.hold_contract(contract.manager, subject_of(contract), PAGE_LOST)
    lock(contract)
    if queries.standing_loss(grant):
        raise WrongState(_l("This page was reported lost already. Our team looks at it."))
    loss = _written(grant, by)
    revoke_all(queries.live_on(grant.channel_id), "page_lost")
    notices.page_lost(loss)
    signals.page_lost.send(loss, by=by, text=text)
    return loss


def bring_back(loss: PageLoss, by: Person, why: str) -> None:
    """The team has looked, and the business has the page again: payouts go on, unless another page of the contract is lost."""
    contract = loss.contract
    locked_of(contract.manager, subject_of(contract))
    loss.move("bring_back", by=by, why=why)
    db.session.flush()
    if not lost_pages(subject_of(contract)):
        payments.let_contract_go(contract.manager, subject_of(contract), PAGE_LOST)
    notices.page_back(loss, why)


def give_up(loss: PageLoss, by: Person, why: str) -> None:
    """The team has looked, and the page is not back: payouts keep waiting, and the owners read how to open a dispute."""
    loss.move("give_up", by=by, why=why)
    notices.page_gone(loss, why)


def lost_pages(contract: str) -> list[PageLoss]:
    """Those of `contract:id` that are not back. Whoever decides about one waits for whoever has asked, and lets their money go too."""
    return list(db.session.scalars(queries.standing_losses(contract).with_for_update(read=True, of=PageLoss)))


def _written(grant: Grant, by: Person) -> PageLoss:
    loss = PageLoss(contract_id=grant.contract_id, channel_id=grant.channel_id, grant_id=grant.id, person_id=by.id,
                    status=LossStatus.open, due_at=clock.now() + timedelta(hours=PAGE_LOST_HOURS))
    db.session.add(loss)
    db.session.flush()
    audit.record("page_loss.report", loss, by)
    return loss
