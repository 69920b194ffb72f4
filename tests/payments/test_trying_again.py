"""What finance tries again goes on from where it stands, and is told to nobody twice."""
from __future__ import annotations

from sqlalchemy import select

from marketplace.core import audit
from marketplace.core.db import db
from marketplace.managers.commands import begin
from marketplace.notifications.models import Notice
from marketplace.payments import commands
from marketplace.payments.models import ReversalStatus, TransferStatus
from tests import people
from tests.factories.payments import make_paid, make_released, make_reversal, make_row
from tests.worker import queued, run_jobs


def test_pay_without_an_account_stays_held_and_is_told_once(stripe_app, world):
    """MONEY.md case 17: trying it again tells the manager nothing new."""
    transfer = make_released(make_paid(world), begin(people.ben()))
    for _twice in range(2):
        commands.retry_transfer(transfer, people.sam())
        commands.transfers.begin_transfer(str(transfer.id))
        run_jobs()
    assert transfer.status == TransferStatus.held
    titles = db.session.scalars(select(Notice.title)).all()
    assert titles == ["Your pay waits for you: tell us where to send it"]
    assert "transfer.try_again" in [entry.action for entry in audit.history(transfer) if entry.actor == f"person:{people.sam().id}"]


def test_what_the_business_has_already_is_not_taken_back_again(app):
    payment = make_row(people.ada())
    reversal = make_reversal(make_released(payment, begin(people.ben())), payment)
    reversal.status = ReversalStatus.returned
    before = len(queued())
    commands.retry_reversal(reversal, people.sam())
    assert len(queued()) == before
