"""Steps say what the books hold for them, also when a bank or somebody at Stripe moved it."""
from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from marketplace.contracts.commands import milestones, refunds, settlements
from marketplace.contracts.models import Milestone
from marketplace.contracts.models import MilestoneStatus as S
from marketplace.core import clock
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.core.states import InvalidTransition
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.payments import signals
from marketplace.payments.commands.held import moving_held
from marketplace.payments.commands.refunds import retry_refund
from marketplace.payments.models import Refund
from marketplace.payments.queries import paid_for
from tests import people
from tests.factories.contracts import make_delivered
from tests.worker import run_sweeps

ALL = 400_000


def held(milestone: Milestone) -> int:
    return books.held(f"milestone:{milestone.id}").minor


@pytest.fixture
def paid(app) -> SimpleNamespace:
    milestone = make_delivered()
    return SimpleNamespace(milestone=milestone, payment=paid_for(f"milestone:{milestone.id}"))


def taken(paid: SimpleNamespace, amount: int = ALL) -> None:
    """The payer's bank takes it, as sync_chargeback books it."""
    payment = paid.payment
    payment.move("charge_back")
    with moving_held(payment):
        ledger.charge_back(f"dispute:{payment.id}", source=payment.source, subject=payment.holder, contract=payment.contract,
                           business=f"business:{payment.business_id}", amount=Money(amount), stripe_id="dp_1")


def decided(paid: SimpleNamespace, action: str) -> None:
    if action == "win":
        with moving_held(paid.payment):
            ledger.win_back(f"won:{paid.payment.id}", charged_back=f"dispute:{paid.payment.id}", stripe_id="dp_1")
    paid.payment.move(action)
    signals.chargeback_decided.send(paid.payment)


def test_what_a_bank_took_is_not_held_and_cannot_be_given(paid):
    taken(paid)
    assert (held(paid.milestone), paid.milestone.held.minor, paid.milestone.status) == (0, 0, S.delivered)
    with pytest.raises(InvalidTransition):
        milestones.approve(paid.milestone, people.ada())
    milestones.approve_by_silence(str(paid.milestone.id))
    assert paid.milestone.status == S.delivered


def test_won_it_is_held_as_before_and_goes_on(paid):
    taken(paid)
    decided(paid, "win")
    assert (held(paid.milestone), paid.milestone.held.minor) == (ALL, ALL)
    milestones.approve(paid.milestone, people.ada())
    assert paid.milestone.status == S.approved


def test_lost_the_step_ends_as_returned(paid):
    taken(paid)
    decided(paid, "lose")
    assert (paid.milestone.status, paid.milestone.returned_minor, paid.milestone.adrift_minor) == (S.refunded, ALL, 0)


def test_of_a_part_the_rest_can_be_released_and_the_step_waits_for_the_bank(paid):
    taken(paid, 100_000)
    milestones.approve(paid.milestone, people.ada())
    assert (paid.milestone.released_minor, paid.milestone.status) == (300_000, S.delivered)
    decided(paid, "lose")
    assert (paid.milestone.status, paid.milestone.returned_minor) == (S.approved, 100_000)


def test_of_a_part_the_rest_goes_back_once_the_bank_has_kept_it(paid):
    taken(paid, 100_000)
    with pytest.raises(WrongState), db.session.begin_nested():
        refunds.give_back(paid.milestone, people.ben())
    decided(paid, "lose")
    refunds.give_back(paid.milestone, people.ben())
    assert (paid.milestone.status, paid.milestone.returned_minor, held(paid.milestone)) == (S.refunded, ALL, 0)


def test_a_disputed_part_that_a_bank_keeps_ends_with_the_dispute(paid):
    settlements.freeze(paid.milestone, Money(ALL), people.ada(), "No.")
    taken(paid)
    decided(paid, "lose")
    assert (paid.milestone.status, paid.milestone.frozen_minor) == (S.disputed, 0)
    settlements.unfreeze(paid.milestone, people.ada(), "The bank has decided.")
    assert paid.milestone.status == S.refunded


def test_a_refund_that_bounced_is_held_but_not_free_until_it_is_tried_again(paid):
    refunds.give_back(paid.milestone, people.ben(), amount=Money(100_000))
    refund = db.session.query(Refund).one()
    lock(refund)
    refund.move("fail")
    with moving_held(paid.payment):
        ledger.void_refund(refund.key)
    assert (held(paid.milestone), paid.milestone.held.minor, paid.milestone.free.minor) == (ALL, ALL, 300_000)
    with pytest.raises(Invalid):
        milestones.approve(paid.milestone, people.ada(), Money(300_001))
    milestones.approve(paid.milestone, people.ada())
    assert (paid.milestone.status, held(paid.milestone), paid.milestone.held.minor) == (S.approved, 100_000, 100_000)
    retry_refund(refund)
    assert (held(paid.milestone), paid.milestone.held.minor) == (0, 0)


def test_a_refund_on_stripes_own_pages_ends_the_step(paid):
    payment = paid.payment
    payment.move("refund_whole")
    with moving_held(payment):
        ledger.absorb_refund("outside", source=payment.source, subject=payment.holder, contract=payment.contract, amount=Money(ALL),
                             business=f"business:{payment.business_id}", stripe_id="re_1")
    assert (paid.milestone.status, paid.milestone.returned_minor, held(paid.milestone)) == (S.refunded, ALL, 0)


@pytest.mark.parametrize("work", ["delivered", "funded"])
def test_no_clock_asks_again_and_again_for_what_a_bank_has(paid, work):
    paid.milestone.status = S(work)
    taken(paid)
    for _month in range(4):
        clock.move(timedelta(days=30))
        run_sweeps()
        assert [job for job in run_sweeps() if job.startswith("contracts.")] == []
