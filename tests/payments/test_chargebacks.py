"""The payer's bank takes money back."""
from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from marketplace.core import audit, clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.ledger.models import Transaction
from marketplace.managers.commands import begin
from marketplace.notifications.models import Notice
from marketplace.payments import commands, signals
from marketplace.payments.commands import evidence
from marketplace.payments.commands.chargebacks import paid_of
from marketplace.payments.models import Chargeback, ChargebackStatus, EvidenceKind, Payment, PaymentStatus, StripeEvent, TransferStatus
from marketplace.payments.queries import receipt_of
from marketplace.payments.queries.debts import evidence_of
from tests import people
from tests.factories.payments import AMOUNT, CANCEL, RETURN, make_paid, make_payment, make_released
from tests.worker import letters, run_jobs, run_sweeps


def dispute(world, payment):
    return world.do(f"charges/{payment.stripe_charge_id}/dispute")["id"]


def work(world, client, webhooks=None):
    world.deliver(client, webhooks)
    run_jobs()
    db.session.expire_all()


def test_what_is_still_held_pays_and_finance_is_told(stripe_app, world, client):
    people.sam()
    payment = make_paid(world)
    dispute(world, payment)
    work(world, client)
    assert payment.status == PaymentStatus.charged_back
    assert books.held(payment.subject) == Money(0)
    assert books.owed_by(f"business:{payment.business_id}") == payment.card_cost
    assert "A payment was charged back" in [notice.title for notice in db.session.scalars(select(Notice))]
    chargeback = db.session.scalars(select(Chargeback)).one()
    assert audit.history(payment)[0].details["why"] == at_stripe(world, chargeback)["reason"]
    booked = db.session.scalars(select(Transaction).where(Transaction.key.like("dispute:%"))).all()
    assert {(row.subject, row.contract) for row in booked} == {(payment.subject, payment.contract)}


def test_after_release_the_business_owes_it_and_the_manager_keeps_the_pay(stripe_app, world, client):
    """MONEY.md case 12."""
    payment, manager = make_paid(world), begin(people.ben())
    make_released(payment, manager)
    dispute(world, payment)
    work(world, client)
    assert books.owed_by(f"business:{payment.business_id}") == payment.total
    assert books.payable(f"manager:{manager.id}") == Money(630000)


def test_while_the_business_owes_it_it_pays_nothing_in_and_is_told(stripe_app, world, client):
    """MONEY.md case 12: suspended from paying in, until the bank gives it back."""
    payment = make_paid(world)
    other = make_payment(business=payment.business)
    identifier = dispute(world, payment)
    work(world, client)
    assert [letter["Subject"] for letter in letters("ada@example.com")].count("Your bank took ৳7,203 back") == 1
    with pytest.raises(WrongState):
        make_payment(business=payment.business)
    assert db.session.scalars(select(Payment.id).order_by(Payment.id)).all() == [payment.id, other.id]
    world.do(f"disputes/{identifier}/decision", outcome="won")
    work(world, client)
    assert make_payment(business=payment.business).checkout_url


def test_won_is_as_before_except_for_the_fee(stripe_app, world, client):
    """MONEY.md case 11: the dispute fee is recorded even when won."""
    payment = make_paid(world)
    identifier = dispute(world, payment)
    work(world, client)
    world.do(f"disputes/{identifier}/decision", outcome="won")
    work(world, client)
    assert payment.status == PaymentStatus.won
    assert books.held(payment.subject) == AMOUNT
    assert books.owed_by(f"business:{payment.business_id}") == Money(0)
    assert books.platform("losses") == Money(180000)
    assert books.stripe_clearing().minor == sum(part["amount"] for part in balance(world))


def test_closed_before_created_ends_the_same(stripe_app, world, client):
    """MONEY.md case 5: the final state stays, every movement is booked once."""
    payment = make_paid(world)
    world.webhooks()
    decided = []

    def on_decided(payment):
        decided.append(payment.status)

    identifier = dispute(world, payment)
    world.do(f"disputes/{identifier}/decision", outcome="lost")
    heard = world.webhooks()[::-1]
    with signals.chargeback_decided.connected_to(on_decided):
        work(world, client, heard + heard)
    assert payment.status == PaymentStatus.lost
    assert decided == [PaymentStatus.lost]
    [chargeback] = db.session.scalars(select(Chargeback))
    assert chargeback.status == ChargebackStatus.lost
    assert books.stripe_clearing().minor == sum(part["amount"] for part in balance(world))
    assert [event.type for event in db.session.scalars(select(StripeEvent).where(StripeEvent.handled_at.is_(None)))] == []


def test_an_event_that_comes_long_after_the_bank_has_decided_takes_nothing_back(stripe_app, world, client):
    """MONEY.md case 5: won and then refunded in part, the payment is no charged-back one again."""
    payment = make_paid(world)
    make_paid(world, business=payment.business)  # so that our balance at Stripe bears the refund
    identifier = dispute(world, payment)
    world.do(f"disputes/{identifier}/decision", outcome="won")
    work(world, client)
    commands.refund(subject=payment.subject, amount=Money(100), key="a")
    run_jobs()
    commands.sync_chargeback(payment, identifier)
    assert payment.status == PaymentStatus.partly_refunded


def test_a_refund_while_charged_back_is_refused(stripe_app, world, client):
    """MONEY.md case 11: no double debit."""
    payment = make_paid(world)
    dispute(world, payment)
    work(world, client)
    with pytest.raises(WrongState):
        commands.refund(subject=payment.subject, amount=Money(100), key="a")


def balance(world):
    answer = world.call("GET", "balance")
    return [*answer["available"], *answer["pending"]]


def lost(world, client, payment):
    """The bank keeps it."""
    identifier = dispute(world, payment)
    work(world, client)
    world.do(f"disputes/{identifier}/decision", outcome="lost")
    work(world, client)
    return db.session.scalars(select(Chargeback)).one()


@pytest.fixture
def recorded():
    """Somebody above who knows the work, as contracts do."""
    manager = begin(people.ben())
    manager_id = manager.id

    def on_record_wanted(payment):
        return manager_id, f"Ten posts were delivered for {payment.title}."

    with signals.record_wanted.connected_to(on_record_wanted):
        yield manager


def test_what_is_known_of_the_work_is_kept_when_the_bank_takes_it(stripe_app, world, client, recorded):
    payment = make_paid(world)
    dispute(world, payment)
    work(world, client)
    [chargeback] = db.session.scalars(select(Chargeback))
    assert (chargeback.manager, chargeback.record) == (recorded, f"Ten posts were delivered for {payment.title}.")
    assert timedelta(days=8) < chargeback.due_by - clock.now() < timedelta(days=10)
    assert [letter["Subject"] for letter in letters("ben@example.com")] == ["A bank took a payment back: show what you did"]


def test_without_a_decision_the_manager_keeps_the_pay(stripe_app, world, client, recorded):
    """MONEY.md case 12."""
    payment = make_paid(world)
    make_released(payment, recorded)
    lost(world, client, payment)
    assert books.owed_by(f"manager:{recorded.id}") == Money(0)
    assert books.owed_by(f"business:{payment.business_id}") == payment.total


def test_a_decision_that_finds_fault_moves_the_debt_to_the_manager(stripe_app, world, client, recorded):
    payment = make_paid(world)
    make_released(payment, recorded)
    chargeback = lost(world, client, payment)
    commands.find_fault(chargeback, Money(300000), people.sam(), "Nothing of the contract was done")
    assert books.owed_by(f"manager:{recorded.id}") == Money(300000)
    assert books.owed_by(f"business:{payment.business_id}") == payment.total - Money(300000)
    run_jobs()
    assert "You owe ৳3,000 after a charge-back" in [letter["Subject"] for letter in letters("ben@example.com")]
    with pytest.raises(WrongState):
        commands.find_fault(chargeback, Money(1000), people.sam(), "Again")


def test_fault_found_after_the_business_has_paid_gives_it_back(stripe_app, world, client, recorded):
    payment = make_paid(world)
    make_released(payment, recorded)
    chargeback = lost(world, client, payment)
    repayment = commands.repay(payment.business, people.ada(), RETURN, CANCEL)
    world.pay(repayment.checkout_url)
    commands.look(repayment)
    commands.find_fault(chargeback, Money(300000), people.sam(), "Nothing of the contract was done")
    run_jobs()
    assert books.owed_by(f"business:{payment.business_id}") == Money(0)
    assert repayment.status == PaymentStatus.partly_refunded
    assert [one["amount"] for one in world.call("GET", "refunds", charge=repayment.stripe_charge_id)["data"]] == [300000]


@pytest.fixture
def kept(stripe_app, world, client, recorded):
    """The bank keeps a payment whose manager has been paid by hand, so that whatever they give back is a debt."""
    payment = make_paid(world)
    make_released(payment, recorded).status = TransferStatus.arrived
    return lost(world, client, payment)


def take_back(chargeback, minor, key="decision"):
    payment = chargeback.payment
    commands.take_back(subject=payment.subject, contract=payment.contract, business=payment.business, manager=chargeback.manager,
                       gross=Money(minor), fee=Money(0), key=key)
    run_jobs()


def owed(chargeback):
    return books.owed_by(f"manager:{chargeback.manager_id}")


def test_what_a_decision_made_a_debt_is_not_owed_again_for_a_fault(kept):
    take_back(kept, 600000)
    with pytest.raises(Invalid):
        commands.find_fault(kept, Money(30001), people.sam(), "At fault")
    commands.find_fault(kept, Money(30000), people.sam(), "At fault")
    assert owed(kept) == Money(630000)


def test_what_a_fault_made_a_debt_is_not_taken_back_again(kept):
    commands.find_fault(kept, Money(300000), people.sam(), "At fault")
    with pytest.raises(ledger.NotEnough):
        take_back(kept, 330001, "too much")
    take_back(kept, 330000)
    assert owed(kept) == Money(630000)


def test_nobody_known_to_have_done_the_work_is_at_fault(stripe_app, world, client):
    chargeback = lost(world, client, make_paid(world))
    with pytest.raises(WrongState):
        commands.find_fault(chargeback, Money(1), people.sam(), "At fault")
    assert paid_of(chargeback) == Money(0)


@pytest.mark.parametrize("minor", [0, 630001])
def test_no_more_fault_than_the_manager_was_paid(stripe_app, world, client, recorded, minor):
    payment = make_paid(world)
    make_released(payment, recorded)
    chargeback = lost(world, client, payment)
    with pytest.raises(Invalid) as refusal:
        commands.find_fault(chargeback, Money(minor), people.sam(), "At fault")
    assert refusal.value.field == "amount_minor"


def test_while_the_bank_looks_nobody_is_at_fault(stripe_app, world, client, recorded):
    payment = make_paid(world)
    make_released(payment, recorded)
    dispute(world, payment)
    work(world, client)
    with pytest.raises(WrongState):
        commands.find_fault(db.session.scalars(select(Chargeback)).one(), Money(1000), people.sam(), "At fault")


def open_one(world, client):
    payment = make_paid(world)
    dispute(world, payment)
    work(world, client)
    return db.session.scalars(select(Chargeback)).one()


def at_stripe(world, chargeback):
    return world.call("GET", f"disputes/{chargeback.stripe_dispute_id}")


def test_what_both_sides_add_is_sent_to_the_bank_once(stripe_app, world, client, recorded):
    chargeback, ben = open_one(world, client), people.ben()
    commands.add_evidence(chargeback, ben, EvidenceKind.service_documentation, "All ten are on the page.", picture(), "page.png")
    commands.add_evidence(chargeback, ben, EvidenceKind.service_documentation, "", picture(), "newer.png")
    commands.add_evidence(chargeback, people.ada(), EvidenceKind.uncategorized_file, "I did not ask my bank for this.")
    commands.submit_evidence(chargeback, by=people.sam())
    run_jobs()
    told = at_stripe(world, chargeback)
    assert (told["status"], told["evidence_details"]["submission_count"]) == ("under_review", 1)
    assert told["evidence"]["uncategorized_text"] == (
        f"{chargeback.record}\n\n{ben.name}: All ten are on the page.\n\n{people.ada().name}: I did not ask my bank for this.")
    newest = evidence_of(chargeback)[1]
    assert newest.file.subject == f"chargeback:{chargeback.id}"
    assert told["evidence"]["service_documentation"] == newest.stripe_file_id
    assert world.call("GET", f"files/{newest.stripe_file_id}")["filename"] == "newer.png"
    assert told["evidence"]["receipt"]
    with pytest.raises(WrongState):
        commands.submit_evidence(chargeback)
    with pytest.raises(WrongState):
        commands.add_evidence(chargeback, ben, EvidenceKind.uncategorized_file, "More")


def test_evidence_says_something(stripe_app, world, client):
    with pytest.raises(Invalid) as refusal:
        commands.add_evidence(open_one(world, client), people.ada(), EvidenceKind.uncategorized_file, "")
    assert refusal.value.field == "text"


@pytest.mark.parametrize(("fault", "path"), [
    ("drop_after_commit", "/v1/disputes/"), ("drop_before", "/v1/files$"), ("status:500", "/v1/files$")])
def test_no_answer_sends_the_evidence_once(stripe_app, world, client, fault, path):
    """MONEY.md case 19: asked again, it is the same answer to the bank."""
    chargeback = open_one(world, client)
    commands.add_evidence(chargeback, people.ada(), EvidenceKind.uncategorized_file, "See", picture(), "a.png")
    world.fault(fault, path, method="POST")
    commands.submit_evidence(chargeback)
    run_jobs()
    world.advance(timedelta(days=1, seconds=1))
    run_jobs()
    assert at_stripe(world, chargeback)["status"] == "under_review"


def test_refused_evidence_is_told_to_finance_and_not_tried_again(stripe_app, world, client):
    people.sam()
    chargeback = open_one(world, client)
    commands.submit_evidence(chargeback)
    world.fault("status:402", "/v1/disputes/", method="POST", times=0)
    run_jobs()
    run_sweeps()
    assert len(world.calls("POST", "/v1/disputes/")) == 1
    assert "Stripe did not take evidence" in [notice.title for notice in db.session.scalars(select(Notice))]


def test_staff_is_reminded_twice_and_then_it_goes_by_itself(stripe_app, world, client):
    people.sam()
    chargeback = open_one(world, client)
    told = []
    for days in (5, 1.5, 0.2, 1.5, 0.2, 0.5):
        world.advance(timedelta(days=days))
        run_sweeps()
        titles = [notice.title for notice in db.session.scalars(select(Notice)) if notice.title.startswith("Evidence for a bank")]
        told.append((len(titles), at_stripe(world, chargeback)["status"]))
        assert "payments.commands.evidence.act_on_deadline" not in run_sweeps(), "queued for nothing until the next day"
    assert told == [(0, "needs_response"), (1, "needs_response"), (1, "needs_response"), (2, "needs_response"), (2, "needs_response"),
                    (2, "under_review")]


def test_a_reminder_whose_job_runs_twice_is_sent_once(stripe_app, world, client):
    people.sam()
    chargeback = open_one(world, client)
    world.advance(timedelta(days=7))
    for _ in range(2):
        evidence.act_on_deadline(str(chargeback.id))
    titles = [notice.title for notice in db.session.scalars(select(Notice)) if notice.title.startswith("Evidence for a bank")]
    assert (len(titles), chargeback.reminders) == (1, 1)


def test_evidence_for_what_was_decided_meanwhile_stays_here(stripe_app, world, client):
    chargeback = open_one(world, client)
    commands.submit_evidence(chargeback)
    chargeback.move("lose")
    run_jobs()
    evidence.act_on_deadline(str(chargeback.id))
    assert world.calls("POST", "/v1/disputes/") == []


def picture():
    body = BytesIO()
    Image.new("RGB", (8, 8), "green").save(body, "PNG")
    body.seek(0)
    return body


def test_without_a_receipt_the_rest_of_the_evidence_goes(stripe_app, world, client):
    chargeback = open_one(world, client)
    receipt_of(chargeback.payment).file_id = None
    commands.submit_evidence(chargeback)
    run_jobs()
    told = at_stripe(world, chargeback)
    assert (told["status"], told["evidence"]["receipt"]) == ("under_review", None)
