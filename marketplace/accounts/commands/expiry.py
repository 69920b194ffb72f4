"""What is over is deleted."""
from __future__ import annotations

from sqlalchemy import delete

from marketplace.accounts.models import FormerAddress, OneTimeLink, Session, SignUp
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.tasks import sweep


@sweep
def forget_what_is_over() -> None:
    """Forget sessions, sign-ups, links and left addresses whose time is over; none of them works any more."""
    for model in (Session, SignUp, OneTimeLink, FormerAddress):
        db.session.execute(delete(model).where(model.expires_at <= clock.now()))
