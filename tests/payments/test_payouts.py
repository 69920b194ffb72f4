"""From a manager's balance at Stripe to their bank, as Stripe tells it."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.core import audit
from marketplace.core.db import db
from marketplace.payments import commands
from marketplace.payments.commands import payouts
from marketplace.payments.models import Payout, PayoutStatus, TransferStatus
from tests.factories.payments import make_account, make_paid, make_released
from tests.worker import run_sweeps


@pytest.fixture
def sent(stripe_app, world):
    """Pay that waits at Stripe in the manager's name and may leave."""
    transfer = make_released(make_paid(world), make_account(world).manager)
    run_sweeps()
    world.do("settling")
    return transfer


def the_payout() -> Payout:
    return db.session.scalars(select(Payout)).one()


def test_a_payout_that_is_called_off_says_so(sent, world):
    """Stripe gives no reason then; what it carried is at Stripe as before."""
    account = sent.account.stripe_account_id
    made = world.call("POST", "payouts", account=account, amount=1000, currency="bdt")
    commands.sync_payout(sent.account, made["id"])
    assert (the_payout().status, sent.status) == (PayoutStatus.pending, TransferStatus.sent)
    world.call("POST", f"payouts/{made['id']}/cancel", account=account)
    commands.sync_payout(sent.account, made["id"])
    assert (the_payout().status, the_payout().failure, sent.status) == (PayoutStatus.failed, "canceled", TransferStatus.sent)
    assert audit.history(the_payout())[0].details["why"] == "canceled"


def test_what_a_bank_writes_at_length_is_kept_as_far_as_it_fits(sent, world):
    made = world.call("POST", "payouts", account=sent.account.stripe_account_id, amount=1000, currency="bdt")
    commands.sync_payout(sent.account, made["id"])
    payouts._came_back(the_payout(), "x" * 301)
    assert the_payout().failure == "x" * 300
