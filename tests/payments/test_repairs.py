"""Repairs: each adds a posting with a reason, much money takes two people, and afterwards both sides agree."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.policies import TWO_PEOPLE_FROM_MINOR
from marketplace.core import audit
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.core.tasks import NotYet
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.ledger.models import AccountKind
from marketplace.notifications.models import Notice
from marketplace.payments import commands
from marketplace.payments.commands.repairs import REPAIRS, Repair, fetch
from marketplace.payments.models import (
    BalanceTransaction,
    Mismatch,
    MismatchKind,
    MismatchStatus,
    MoneyProposalStatus,
    PaymentStatus,
    Reconciliation,
)
from tests import people
from tests.factories.payments import AMOUNT, compared, make_account, make_mismatch, make_paid, make_payment, make_proposal, make_released
from tests.worker import run_jobs, run_sweeps

POSTED = {"contract": "contract:1", "business": "business:1", "milestone": "milestone:x"}


def the_mismatch() -> Mismatch:
    return db.session.scalars(select(Mismatch).where(Mismatch.status == MismatchStatus.open)).one()


def mended(mismatch: Mismatch, how: Repair, **more) -> Mismatch:
    commands.repair(mismatch, how, people.sam(), "I looked at it.", **more)
    run_jobs()
    db.session.expire_all()
    return mismatch


def agrees(world) -> bool:
    return compared(world).agrees and books.trial_balance().balanced


def test_each_kind_has_a_repair_and_only_its_own(stripe_app, world):
    assert set(REPAIRS) == set(MismatchKind)
    world.call("POST", "refunds", charge=make_paid(world).stripe_charge_id, amount=1000)
    compared(world)
    with pytest.raises(Invalid):
        commands.repair(the_mismatch(), Repair.reverse, people.sam(), "No.")


def test_a_missing_payment_is_fetched_and_booked_as_ever(stripe_app, world):
    payment = make_payment()
    world.pay(payment.checkout_url)
    compared(world)
    mismatch = mended(the_mismatch(), Repair.fetch)
    assert (payment.status, mismatch.status, mismatch.reason) == (PaymentStatus.succeeded, MismatchStatus.repaired, "I looked at it.")
    assert books.held(payment.subject) == AMOUNT
    assert agrees(world)


@pytest.mark.parametrize("what", ["refund", "reversal", "dispute"])
def test_what_a_webhook_did_not_bring_is_fetched(stripe_app, world, what):
    payment = make_paid(world)
    if what == "refund":
        world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=1000)
    elif what == "dispute":
        world.do(f"charges/{payment.stripe_charge_id}/dispute")
    else:
        transfer = make_released(payment, make_account(world).manager, gross=Money(500000))
        run_sweeps()
        world.do("settling")
        world.call("POST", f"transfers/{transfer.stripe_transfer_id}/reversals", amount=1000)
    compared(world)
    assert mended(the_mismatch(), Repair.fetch).status == MismatchStatus.repaired
    assert agrees(world)


def test_what_is_nobodys_stays_open_and_is_booked_by_hand(stripe_app, world):
    account = make_account(world)
    make_paid(world)
    world.do("settling")
    world.call("POST", "transfers", amount=100, currency="bdt", destination=account.stripe_account_id)
    compared(world)
    mismatch = mended(the_mismatch(), Repair.fetch)
    assert (mismatch.status, mismatch.note) == (MismatchStatus.open, "stranger")
    mended(mismatch, Repair.adjust)
    posting = books.by_key(f"mend:{mismatch.id}")
    assert (posting.verb, posting.subject, posting.stripe_id) == ("adjust", f"mismatch:{mismatch.id}", mismatch.stripe_id)
    assert books.platform(AccountKind.losses) == Money(100)
    assert agrees(world)


def test_a_payout_to_our_bank_is_booked_there(stripe_app, world):
    make_paid(world)
    world.do("settling")
    world.call("POST", "payouts", amount=5000, currency="bdt")
    compared(world)
    mended(the_mismatch(), Repair.adjust)
    assert books.platform(AccountKind.bank) == Money(5000)
    assert agrees(world)


def test_a_wrong_fee_is_booked_on_the_card_costs(stripe_app, world):
    payment = make_paid(world)
    before = books.platform(AccountKind.card_costs)
    ledger.pay_fee("too much", subject="milestone:x", contract=None, fee=Money(7), stripe_id=payment.stripe_charge_id)
    compared(world)
    mended(the_mismatch(), Repair.adjust)
    assert books.platform(AccountKind.card_costs) == before
    assert agrees(world)


def test_other_peoples_money_bears_no_adjustment(stripe_app):
    with pytest.raises(ValueError, match="platform's own"):
        ledger.book_adjustment("x", account=AccountKind.held, amount=Money(5), subject="mismatch:1", stripe_id="ch_1")


@pytest.mark.parametrize("copies", [1, 2])
def test_extra_and_duplicate_are_reversed(stripe_app, world, copies):
    """A forged posting is undone whole; of a double one only the second."""
    payment = make_paid(world)
    stripe_id = "ch_forged" if copies == 1 else payment.stripe_charge_id
    amount = Money(500) if copies == 1 else payment.total
    ledger.fund("forged", amount=amount, card_cost=Money(0), stripe_id=stripe_id, **POSTED)
    compared(world)
    mismatch = the_mismatch()
    assert mismatch.kind == ("extra" if copies == 1 else "duplicate")
    mended(mismatch, Repair.reverse)
    assert books.held("milestone:x") == Money(0)
    assert books.held(payment.subject) == AMOUNT
    assert agrees(world)


def test_what_stripe_keeps_in_dollars_gets_its_change_of_currency(stripe_app, world):
    world.do("settlement", currency="bdt", settled="usd", rate="0.0082")
    refund = world.call("POST", "refunds", charge=make_paid(world).stripe_charge_id, amount=1000)
    ledger.book_adjustment("wrong", account=AccountKind.losses, amount=Money(-1000), subject="milestone:x", stripe_id=refund["id"])
    compared(world)
    mended(the_mismatch(), Repair.exchange)
    assert agrees(world)


def test_what_stripe_has_in_no_other_currency_gets_no_change_of_it(stripe_app, world):
    payment = make_paid(world)
    ledger.fund("dollars", amount=Money(7, "USD"), card_cost=Money(0, "USD"), stripe_id=payment.stripe_charge_id, **POSTED)
    compared(world)
    mismatch = the_mismatch()
    assert mismatch.kind == MismatchKind.currency
    proposal = commands.repair(mismatch, Repair.exchange, people.sam(), "It looked like one.")
    with pytest.raises(WrongState):
        commands.confirm(proposal, people.person_named("Rita Sen", "rita@example.com", staff_roles=["finance"]))
    assert (books.find(f"mend:{mismatch.id}"), mismatch.status) == (None, MismatchStatus.open)


def test_what_was_undone_under_another_name_is_not_undone_again(stripe_app, world):
    ledger.fund("forged", amount=Money(5), card_cost=Money(0), stripe_id="ch_forged", **POSTED)
    ledger.reverse("undone", of="forged", stripe_id="ch_other")
    compared(world)
    open_ones = db.session.scalars(select(Mismatch).order_by(Mismatch.stripe_id)).all()
    assert [(one.kind, one.ours_minor) for one in open_ones] == [("extra", 5), ("extra", -5)]
    for mismatch in open_ones:
        with pytest.raises(WrongState):
            commands.repair(mismatch, Repair.reverse, people.sam(), "Forged.")
    assert {one.status for one in open_ones} == {MismatchStatus.open}


def test_what_is_explained_is_not_told_again(stripe_app, world):
    world.call("POST", "refunds", charge=make_paid(world).stripe_charge_id, amount=1000)
    compared(world)
    mismatch = mended(the_mismatch(), Repair.explain)
    assert (mismatch.status, mismatch.person.name) == (MismatchStatus.explained, "Sam Akter")
    assert agrees(world)
    assert compared(world, whole=True).agrees
    assert len(db.session.scalars(select(Notice).where(Notice.subject.like("reconciliation:%"))).all()) == 1


def test_what_was_explained_is_a_difference_again_when_it_is_another_sum(stripe_app, world):
    mismatch = forged(world)
    mended(mismatch, Repair.explain)
    ledger.fund("more", amount=Money(7), card_cost=Money(0), stripe_id="ch_forged", **POSTED)
    compared(world)
    assert (the_mismatch().ours_minor, mismatch.status) == (12, MismatchStatus.explained)


def test_a_repair_of_what_has_changed_since_is_refused(stripe_app, world, client):
    world.call("POST", "refunds", charge=make_paid(world).stripe_charge_id, amount=1000)
    compared(world)
    mismatch = the_mismatch()
    world.deliver(client)
    run_jobs()
    with pytest.raises(WrongState):
        commands.repair(mismatch, Repair.adjust, people.sam(), "Twice, almost.")
    assert books.find(f"mend:{mismatch.id}") is None


def test_no_repair_without_a_reason(stripe_app, world):
    ledger.fund("forged", amount=Money(5), card_cost=Money(0), stripe_id="ch_forged", **POSTED)
    compared(world)
    with pytest.raises(Invalid):
        commands.repair(the_mismatch(), Repair.reverse, people.sam(), "  ")


def test_much_takes_two_people_and_leaves_both_names(stripe_app, world):
    sam, rita = people.sam(), people.person_named("Rita Sen", "rita@example.com", staff_roles=["finance"])
    ledger.fund("forged", amount=Money(TWO_PEOPLE_FROM_MINOR), card_cost=Money(0), stripe_id="ch_forged", **POSTED)
    compared(world)
    mismatch = the_mismatch()
    proposal = commands.repair(mismatch, Repair.reverse, sam, "Forged.")
    assert (proposal.status, books.held("milestone:x").minor) == (MoneyProposalStatus.waiting, TWO_PEOPLE_FROM_MINOR)
    with pytest.raises(WrongState):
        commands.repair(mismatch, Repair.reverse, rita, "Me too.")
    with pytest.raises(NotAllowed):
        commands.confirm(proposal, sam)
    commands.confirm(proposal, rita)
    assert (proposal.status, proposal.decided_by, mismatch.status) == (MoneyProposalStatus.done, rita, MismatchStatus.repaired)
    assert books.held("milestone:x") == Money(0)
    assert {entry.actor for entry in audit.history(proposal)} == {f"person:{sam.id}", f"person:{rita.id}"}
    with pytest.raises(WrongState):
        commands.confirm(proposal, rita)


def test_declined_moves_nothing_and_may_be_proposed_again(stripe_app, world):
    sam, rita = people.sam(), people.person_named("Rita Sen", "rita@example.com", staff_roles=["finance"])
    ledger.fund("forged", amount=Money(TWO_PEOPLE_FROM_MINOR), card_cost=Money(0), stripe_id="ch_forged", **POSTED)
    compared(world)
    proposal = commands.repair(the_mismatch(), Repair.reverse, sam, "Forged.")
    commands.decline(proposal, rita, "It is real.")
    assert (proposal.status, books.held("milestone:x").minor) == (MoneyProposalStatus.declined, TWO_PEOPLE_FROM_MINOR)
    with pytest.raises(WrongState):
        commands.confirm(proposal, rita)
    assert commands.repair(the_mismatch(), Repair.reverse, rita, "It is not.").status == MoneyProposalStatus.waiting


def forged(world) -> Mismatch:
    ledger.fund("forged", amount=Money(5), card_cost=Money(0), stripe_id="ch_forged", **POSTED)
    compared(world)
    return the_mismatch()


def test_what_is_closed_is_not_repaired_nor_asked_about_again(stripe_app, world):
    mismatch = mended(forged(world), Repair.explain)
    with pytest.raises(WrongState):
        commands.repair(mismatch, Repair.explain, people.sam(), "Again.")
    fetch(str(mismatch.id))
    assert mismatch.status == MismatchStatus.explained


def test_while_stripe_is_silent_it_is_asked_again(stripe_app, world):
    payment = make_payment()
    world.pay(payment.checkout_url)
    compared(world)
    mismatch = the_mismatch()
    world.fault("status:500", "/v1/", method="GET", times=0)
    with pytest.raises(NotYet):
        fetch(str(mismatch.id))
    assert mismatch.status == MismatchStatus.open


def test_a_balance_that_differs_is_read_again_whole_or_explained(stripe_app, world):
    mismatch = make_mismatch(compared(world), kind="balance", stripe_id="balance")
    commands.repair(mismatch, Repair.fetch, people.sam(), "Once more.")
    assert db.session.scalars(select(Reconciliation).order_by(Reconciliation.id.desc())).first().whole
    mended(mismatch, Repair.explain)
    assert mismatch.status == MismatchStatus.explained


def test_a_balance_that_was_explained_is_not_told_again(stripe_app, world):
    """As if a movement of long ago had slipped through, and finance knows of it."""
    make_paid(world)
    compared(world)
    world.advance(timedelta(days=3))
    make_paid(world)
    compared(world)
    db.session.delete(db.session.scalars(select(BalanceTransaction).order_by(BalanceTransaction.happened_at)).first())
    compared(world)
    mismatch = mended(the_mismatch(), Repair.explain)
    assert (mismatch.kind, mismatch.status) == (MismatchKind.balance, MismatchStatus.explained)
    assert agrees(world)


def test_the_same_key_proposes_once(stripe_app, world):
    mismatch = forged(world)
    assert make_proposal(mismatch, people.sam()) is make_proposal(mismatch, people.sam())


def test_who_takes_their_own_proposal_back_is_not_told_of_it(stripe_app, world):
    sam = people.sam()
    proposal = make_proposal(forged(world), sam)
    commands.decline(proposal, sam, "I was wrong.")
    assert proposal.status == MoneyProposalStatus.declined
    assert db.session.scalars(select(Notice.title).where(Notice.subject == f"money_proposal:{proposal.id}")).all() == []


def test_what_is_proposed_is_on_record_with_all_it_says(app):
    mismatch = make_mismatch(commands.reconcile())
    proposal = make_proposal(mismatch, people.sam())
    newest = audit.history(proposal)[0]
    assert (newest.actor, newest.details) == (f"person:{people.sam().id}", {
        "about": f"mismatch:{mismatch.id}", "what": "repair", "amount": 2_000_000, "currency": "BDT", "why": "I looked at it."})
    assert proposal.proposed_by == people.sam()


def test_a_repair_without_a_reason_says_where_it_is_missing(app):
    with pytest.raises(Invalid) as refusal:
        commands.repair(make_mismatch(commands.reconcile()), Repair.explain, people.sam(), " ")
    assert refusal.value.field == "reason"
