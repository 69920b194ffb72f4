"""What a bank that takes a payment back leaves behind, here and at Stripe, to the last column."""
from __future__ import annotations

import io

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.managers.commands import begin
from marketplace.payments import commands, signals
from marketplace.payments.commands import evidence
from marketplace.payments.models import Chargeback, EvidenceKind
from tests import people
from tests.factories.businesses import make_business
from tests.factories.files import picture
from tests.factories.payments import CANCEL, RETURN, make_chargeback, make_paid, make_released, make_row
from tests.factories.payouts import fin
from tests.trail import trail
from tests.worker import run_jobs

WORK = EvidenceKind.service_documentation


@pytest.fixture
def manager(app):
    """Somebody above knows the work and whose it was, as contracts do; finance is somebody."""
    fin()
    manager = begin(people.ben())

    def on_record_wanted(payment):
        return manager.id, f"Ten posts were delivered for {payment.title}."

    with signals.record_wanted.connected_to(on_record_wanted):
        yield manager


@pytest.fixture
def payment(stripe_app, world, manager):
    payment = make_paid(world, business=make_business(people.ada()))
    run_jobs()
    return payment


def dispute(world, payment) -> str:
    return world.do(f"charges/{payment.stripe_charge_id}/dispute")["id"]


def opened(world, payment) -> Chargeback:
    commands.sync_chargeback(payment, dispute(world, payment))
    run_jobs()
    return db.session.query(Chargeback).one()


def decide(world, chargeback, outcome) -> None:
    world.do(f"disputes/{chargeback.stripe_dispute_id}/decision", outcome=outcome)
    commands.sync_chargeback(chargeback.payment, chargeback.stripe_dispute_id)


def test_taken_back_while_it_is_held_and_won(world, payment):
    identifier = dispute(world, payment)
    with trail("charged_back", world):
        commands.sync_chargeback(payment, identifier)
    with trail("chargeback_won", world):
        decide(world, db.session.query(Chargeback).one(), "won")


def test_taken_back_in_dollars(stripe_app, world, manager):
    world.do("settlement", currency="bdt", settled="usd", rate="0.0082")
    payment = make_paid(world)
    identifier = dispute(world, payment)
    with trail("charged_back_in_dollars", world):
        commands.sync_chargeback(payment, identifier)


def test_lost_and_the_manager_at_fault(world, payment, manager):
    make_released(payment, manager)
    chargeback, sam = opened(world, payment), people.sam()
    with trail("chargeback_lost", world):
        decide(world, chargeback, "lost")
    with trail("fault_found", world):
        commands.find_fault(chargeback, Money(300_000), sam, "Nothing was done")


def repay(world, business) -> None:
    repayment = commands.repay(business, people.ada(), RETURN, CANCEL)
    world.pay(repayment.checkout_url)
    commands.look(repayment)
    run_jobs()


def test_won_after_the_business_has_paid(world, payment, manager):
    """What it paid for it goes back."""
    make_released(payment, manager)
    chargeback = opened(world, payment)
    repay(world, payment.business)
    with trail("chargeback_won_late", world):
        decide(world, chargeback, "won")


def test_the_manager_at_fault_after_the_business_has_paid(world, payment, manager):
    """What the business paid for it goes back."""
    make_released(payment, manager)
    chargeback, sam = opened(world, payment), people.sam()
    decide(world, chargeback, "lost")
    repay(world, payment.business)
    with trail("fault_found_late", world):
        commands.find_fault(chargeback, Money(300_000), sam, "Nothing was done")


def test_evidence(world, payment, manager):
    chargeback, sam = opened(world, payment), people.sam()
    with trail("evidence_added"):
        commands.add_evidence(chargeback, people.ben(), WORK, "All ten are out.", io.BytesIO(picture()), "page.png")
    commands.add_evidence(chargeback, people.ada(), EvidenceKind.uncategorized_file, "I did not ask my bank for this.")
    with trail("evidence_submitted"):
        commands.submit_evidence(chargeback, sam)
    with trail("evidence_sent", world):
        evidence.upload_evidence(str(chargeback.id))


def test_evidence_that_stripe_refuses(world, payment):
    chargeback = opened(world, payment)
    commands.submit_evidence(chargeback)
    world.fault("status:402", "/v1/disputes/", method="POST")
    with trail("evidence_refused"):
        evidence.upload_evidence(str(chargeback.id))


@pytest.mark.parametrize(("left", "name"), [
    (evidence.FIRST_REMINDER, "evidence_reminded"), (evidence.LAST_REMINDER, "evidence_reminded_again"),
    (evidence.BY_ITSELF, "evidence_sent_by_itself")])
def test_the_banks_day_comes_near(app, left, name):
    fin()
    chargeback = make_chargeback(make_row(people.ada()), people.ben())
    chargeback.due_by = clock.now() + left
    with trail(name):
        evidence.remind_of_evidence()
        evidence.act_on_deadline(str(chargeback.id))
