"""A manager who may be somebody else: a new payout account came from a new browser. Access rests until it is known who it is."""
from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l

from marketplace.access import notices, queries
from marketplace.access.commands.granting import resume_all
from marketplace.access.commands.holding import hold_exclusively
from marketplace.access.models import Grant, GrantStatus
from marketplace.core import clock
from marketplace.core.errors import WrongState
from marketplace.core.tasks import task
from marketplace.managers.models import Manager
from marketplace.payments import queries as payments
from marketplace.payments.models import Doubt


@task
def doubt(manager_id: str) -> None:
    """Let all access of a manager rest, once calls under way have ended, and write to the address we know."""
    key = uuid.UUID(manager_id)
    if not payments.payouts_stopped(key):
        return
    rested = [grant for grant in queries.live_of(key) if _rest(grant)]
    if rested:
        notices.access_doubted(rested)


def confirm(manager: Manager) -> None:
    """Whoever reads the manager's mail says that it was the manager. Raises WrongState after "not me": then finance looks first."""
    if payments.has_open_check(manager.id, Doubt.not_me):
        raise WrongState(_l("Somebody said that it was not them. Our team looks first."))
    _go_on(manager.id)


@task
def clear(manager_id: str) -> None:
    """Finance has looked: access goes on."""
    if not payments.payouts_stopped(uuid.UUID(manager_id)):
        _go_on(uuid.UUID(manager_id))


def _rest(grant: Grant) -> bool:
    hold_exclusively(grant)
    if not grant.live or grant.doubted_at:
        return False
    grant.doubted_at = clock.now()
    if grant.status == GrantStatus.active:
        grant.move("suspend", why="a new payout account from a new browser")
    return True


def _go_on(manager_id: uuid.UUID) -> None:
    for grant in queries.live_of(manager_id):
        hold_exclusively(grant)
        if grant.live and grant.doubted_at:
            grant.doubted_at = None
            notices.access_confirmed(grant)
            if queries.holds_money(grant.contract):
                resume_all(grant.contract)
