"""A dispute as Stripe tells of it, and how much of it the manager may be said to owe."""
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.payments import commands, signals
from marketplace.payments.commands.chargebacks import paid_of
from marketplace.payments.models import Chargeback, ChargebackStatus, PaymentStatus
from tests import people
from tests.factories.payments import make_chargeback, make_released, make_row

DISPUTE = {"id": "du_1", "amount": 720_300, "currency": "bdt", "reason": "fraudulent", "status": "needs_response",
           "evidence_details": {"due_by": 1_800_000_000}, "balance_transactions": []}


@pytest.fixture
def payment(app):
    return make_row(people.ada())


@pytest.fixture
def tell(payment, monkeypatch):
    """Hear of the dispute as Stripe has it now."""
    def hear(**changes) -> Chargeback:
        monkeypatch.setattr(stripe, "dispute", lambda dispute_id: DISPUTE | changes | {"id": dispute_id})
        commands.sync_chargeback(payment, "du_1")
        db.session.commit()
        return db.session.query(Chargeback).one()
    return hear


@pytest.mark.usefixtures("machine_in_dhaka")
def test_the_banks_day_is_as_stripe_has_it_now(tell):
    assert tell().due_by == datetime(2027, 1, 15, 8, tzinfo=UTC)
    assert tell(evidence_details={"due_by": 1_800_003_600}).due_by == datetime(2027, 1, 15, 9, tzinfo=UTC)
    assert tell(evidence_details={"due_by": None}).due_by is None


def test_a_long_reason_is_cut(tell, payment):
    row = tell(reason="x" * 61)
    assert (row.reason, row.amount, row.currency) == ("x" * 60, Money(720_300), "BDT")


@pytest.mark.parametrize(("status", "ours", "payments"), [
    ("warning_needs_response", ChargebackStatus.open, PaymentStatus.charged_back),
    ("won", ChargebackStatus.won, PaymentStatus.won), ("lost", ChargebackStatus.lost, PaymentStatus.lost)])
def test_it_may_be_decided_before_it_is_heard_of(tell, payment, status, ours, payments):
    heard = []

    def on_charged_back(one):
        heard.append(("charged back", one))

    def on_decided(one):
        heard.append(("decided", one))

    with signals.payment_charged_back.connected_to(on_charged_back), signals.chargeback_decided.connected_to(on_decided):
        for _twice in range(2):
            assert tell(status=status).status == ours
    assert payment.status == payments
    assert heard == [("charged back", payment), ("decided", payment)][:1 if ours == ChargebackStatus.open else 2]


@pytest.fixture
def lost(payment) -> Chargeback:
    """The bank kept what ben was paid 630,000 of."""
    make_released(payment, begin(people.ben()))
    chargeback = make_chargeback(payment, people.ben())
    chargeback.status = ChargebackStatus.lost
    return chargeback


@pytest.mark.parametrize("minor", [1, 630_000])
def test_fault_is_found_from_the_first_poisha_to_the_last(lost, minor):
    assert paid_of(lost) == Money(630_000)
    commands.find_fault(lost, Money(minor), people.sam(), "At fault")
    if minor < 630_000:
        assert books.owed_by(f"manager:{lost.manager_id}") == Money(minor) == Money(lost.fault_minor)
    assert paid_of(lost) == Money(630_000 - lost.fault_minor)


@pytest.mark.parametrize("changes", [{"status": ChargebackStatus.open}, {"status": ChargebackStatus.won}, {"fault_minor": 1},
                                     {"manager_id": None}])
def test_fault_is_found_once_and_after_the_bank_has_kept_it(lost, changes):
    for name, value in changes.items():
        setattr(lost, name, value)
    db.session.flush()
    with pytest.raises(WrongState):
        commands.find_fault(lost, Money(1), people.sam(), "At fault")


def test_nobody_owes_less_than_something(lost):
    with pytest.raises(Invalid):
        commands.find_fault(lost, Money(0), people.sam(), "At fault")
