"""What people owe: kept from later pay, paid by card, evened out, written off."""
from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from marketplace.core import clock, tasks
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.managers.models import Manager
from marketplace.notifications.models import Notice
from marketplace.payments import commands
from marketplace.payments.models import MoneyProposalStatus, PaymentStatus, Transfer, TransferStatus
from tests import people
from tests.factories.payments import AMOUNT, CANCEL, RETURN, make_account, make_paid, make_payment, make_released
from tests.pages import words
from tests.people import sign_in
from tests.worker import body, letters, run_jobs, run_sweeps

NOTHING = Money(0)


def owe(debtor, minor):
    """A manager's debt, as taking back leaves one."""
    ledger.take_back(f"debt:{minor}", holder="reversal:x", source="payment:x", subject="milestone:x", contract="contract:x",
                     business="business:x", manager=debtor, paid=NOTHING, owed=Money(minor), fee=NOTHING)


def charged_back(world, client):
    """A business whose bank took a released payment back: it owes all of it."""
    payment = make_paid(world)
    make_released(payment, begin(people.ben()))
    identifier = world.do(f"charges/{payment.stripe_charge_id}/dispute")["id"]
    hear(world, client)
    return payment, identifier


def hear(world, client):
    world.deliver(client)
    run_jobs()
    db.session.expire_all()


def repay(world, business):
    payment = commands.repay(business, people.ada(), RETURN, CANCEL)
    world.pay(payment.checkout_url)
    commands.look(payment)
    db.session.flush()
    return payment


def owed_by(business):
    return books.owed_by(f"business:{business.id}")


def test_of_pay_from_two_payments_no_more_is_kept_than_is_owed(stripe_app, world):
    manager, first, payment = begin(people.ben()), make_paid(world), make_paid(world)
    ledger.roll_over("on", milestone=first.subject, to=payment.subject, contract=payment.contract, business=f"business:{first.business_id}",
                     amount=AMOUNT)
    owe(f"manager:{manager.id}", 400_000)
    transfers = commands.release(manager=manager, subject=payment.subject, contract=payment.contract, gross=AMOUNT + AMOUNT,
                                 fee=Money(140_000), send_after=clock.now())
    assert [transfer.withheld_minor for transfer in transfers] == [315_000, 85_000]
    assert books.owed_by(f"manager:{manager.id}") == NOTHING


@pytest.mark.parametrize(("debt", "kept"), [(1000000, 315000), (100000, 100000)])
def test_at_most_half_of_a_release_is_kept_for_a_debt(stripe_app, world, debt, kept):
    """MONEY.md case 12: recovered from at most half of each later release; what is sent is smaller by it."""
    account = make_account(world)
    owe(f"manager:{account.manager_id}", debt)
    transfer = make_released(make_paid(world), account.manager)
    assert (transfer.amount, transfer.withheld_minor) == (Money(630000 - kept), kept)
    assert books.owed_by(f"manager:{account.manager_id}") == Money(debt - kept)
    assert books.payable(f"manager:{account.manager_id}") == Money(630000 - kept)
    run_sweeps()
    assert transfer.status == TransferStatus.sent
    assert [one["amount"] for one in world.call("GET", "transfers")["data"]] == [630000 - kept]
    titles = [notice.title for notice in db.session.scalars(select(Notice))]
    assert f"৳{kept // 100:,} was kept for what you owe" in titles


def test_the_same_release_keeps_once_and_without_a_debt_nothing(stripe_app, world):
    manager, payment = begin(people.ben()), make_paid(world)
    transfer = make_released(payment, manager)
    owe(f"manager:{manager.id}", 1000)
    make_released(payment, manager)
    assert (transfer.amount, books.owed_by(f"manager:{manager.id}")) == (Money(630000), Money(1000))


def test_what_was_kept_for_a_debt_can_be_taken_back_too(stripe_app, world):
    manager, payment = begin(people.ben()), make_paid(world)
    make_paid(world)
    owe(f"manager:{manager.id}", 1000000)
    transfer = make_released(payment, manager)
    commands.take_back(subject=transfer.subject, contract=transfer.contract, business=payment.business, manager=manager, gross=AMOUNT,
                       fee=AMOUNT.share(1000), key="a")
    assert (transfer.status, transfer.amount) == (TransferStatus.reversed, NOTHING)
    assert books.owed_by(f"manager:{manager.id}") == Money(1000000)


def test_two_releases_at_once_keep_no_more_than_is_owed(committed_stripe, world):
    account = make_account(world)
    owe(f"manager:{account.manager_id}", 400000)
    payments = [make_paid(world) for _number in range(2)]
    facts = [(payment.subject, payment.contract) for payment in payments]
    manager_id, barrier = account.manager_id, threading.Barrier(2)
    db.session.commit()

    def release(subject, contract):
        with committed_stripe.app_context():
            barrier.wait()
            tasks.perform(lambda: commands.release(manager=db.session.get(Manager, manager_id), subject=subject, contract=contract,
                                                   gross=AMOUNT, fee=AMOUNT.share(1000), send_after=account_time), {})

    account_time = payments[0].succeeded_at
    threads = [threading.Thread(target=release, args=fact) for fact in facts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.expire_all()
    assert sum(one.withheld_minor for one in db.session.scalars(select(Transfer))) == 400000
    assert books.owed_by(f"manager:{manager_id}") == NOTHING


def test_a_business_pays_what_it_owes_and_all_is_open_again(stripe_app, world, client):
    """MONEY.md case 12: suspended, until it has paid by card."""
    payment, _identifier = charged_back(world, client)
    with pytest.raises(WrongState):
        make_payment(business=payment.business)
    paid = repay(world, payment.business)
    assert (paid.amount, owed_by(payment.business)) == (payment.total, NOTHING)
    assert books.held(paid.subject) == NOTHING
    assert make_payment(business=payment.business).checkout_url
    assert "Thank you: nothing is owed any more" in [notice.title for notice in db.session.scalars(select(Notice))]


def test_while_a_bank_decides_about_held_money_its_business_pays_nothing_in(stripe_app, world, client):
    """Nothing is owed for the work then; the card's cost is, and paying that does not end it."""
    people.ada().language = "en"
    payment = make_paid(world)
    identifier = world.do(f"charges/{payment.stripe_charge_id}/dispute")["id"]
    hear(world, client)
    assert "What was still held of it is with your bank now" in told("Your bank took")
    repay(world, payment.business)
    run_jobs()
    assert owed_by(payment.business) == NOTHING
    assert "as soon as it gives it back, or our team has looked at it, you can post" in told("Thank you")
    with pytest.raises(WrongState):
        make_payment(business=payment.business)
    assert "has not decided" in words(sign_in(client, people.ada()).get("/wallet"))
    world.do(f"disputes/{identifier}/decision", outcome="won")
    hear(world, client)
    assert make_payment(business=payment.business).checkout_url
    assert "has not decided" not in words(client.get("/wallet"))


def told(title):
    return next(body(letter) for letter in letters("ada@example.com") if letter["Subject"].startswith(title))


def test_a_second_debt_is_paid_like_the_first(stripe_app, world, client):
    """Not taken for a second payment of the same thing, which goes back."""
    payment, _identifier = charged_back(world, client)
    repay(world, payment.business)
    other = make_paid(world, business=payment.business)
    world.do(f"charges/{other.stripe_charge_id}/dispute")
    hear(world, client)
    assert owed_by(payment.business) == other.card_cost
    again = repay(world, payment.business)
    assert (again.unclaimed, owed_by(payment.business)) == (False, NOTHING)


def test_paid_twice_the_second_goes_back(stripe_app, world, client):
    """Two tabs: what is not owed any more returns to the card, but for its cost."""
    payment, _identifier = charged_back(world, client)
    first, second = (commands.repay(payment.business, people.ada(), RETURN, CANCEL) for _tab in range(2))
    for one in (first, second):
        world.pay(one.checkout_url)
        commands.look(one)
    run_jobs()
    assert owed_by(payment.business) == NOTHING
    assert sorted(one.status for one in (first, second)) == [PaymentStatus.refunded, PaymentStatus.succeeded]


def test_a_bank_that_takes_the_repayment_back_too_leaves_it_owed_again(stripe_app, world, client):
    """It is held for no step of any contract."""
    payment, _ = charged_back(world, client)
    repaid = repay(world, payment.business)
    assert owed_by(payment.business) == NOTHING
    world.do(f"charges/{repaid.stripe_charge_id}/dispute")
    hear(world, client)
    assert (owed_by(payment.business), repaid.status) == (repaid.total, PaymentStatus.charged_back)


def test_won_after_it_was_paid_the_payment_for_the_debt_goes_back(stripe_app, world, client):
    payment, identifier = charged_back(world, client)
    paid = repay(world, payment.business)
    world.do(f"disputes/{identifier}/decision", outcome="won")
    hear(world, client)
    assert (paid.status, owed_by(payment.business)) == (PaymentStatus.refunded, NOTHING)
    hear(world, client)
    assert [one["amount"] for one in world.call("GET", "refunds", charge=paid.stripe_charge_id)["data"]] == [payment.total.minor]


def test_won_after_it_was_written_off_the_loss_is_made_good(stripe_app, world, client):
    payment, identifier = charged_back(world, client)
    before = books.platform("losses")
    commands.write_off(f"business:{payment.business_id}", Money(20300), people.sam(), "Closed its shop", key="w")
    assert books.platform("losses") == before + Money(20300)
    world.do(f"disputes/{identifier}/decision", outcome="won")
    hear(world, client)
    assert (books.platform("losses"), owed_by(payment.business)) == (before, NOTHING)


def test_who_owes_nothing_pays_nothing(stripe_app, world):
    payment = make_paid(world)
    with pytest.raises(WrongState):
        commands.repay(payment.business, people.ada(), RETURN, CANCEL)


def test_little_is_written_off_by_one_and_much_by_two(stripe_app):
    sam, debtor = people.sam(), f"manager:{begin(people.ben()).id}"
    owe(debtor, 2000000)
    little = commands.write_off(debtor, Money(10000), sam, "Cannot be found", key="a")
    assert (little.status, books.owed_by(debtor)) == (MoneyProposalStatus.done, Money(1990000))
    much = commands.write_off(debtor, Money(1500000), sam, "Cannot be found", key="b")
    assert (much.status, books.owed_by(debtor)) == (MoneyProposalStatus.waiting, Money(1990000))
    with pytest.raises(NotAllowed):
        commands.confirm(much, sam)
    commands.confirm(much, people.eve())
    assert (books.owed_by(debtor), books.platform("losses")) == (Money(490000), Money(1510000))


@pytest.mark.parametrize("minor", [0, 200001])
def test_no_more_is_written_off_than_is_owed(stripe_app, minor):
    debtor = f"manager:{begin(people.ben()).id}"
    owe(debtor, 200000)
    with pytest.raises(Invalid) as refusal:
        commands.write_off(debtor, Money(minor), people.sam(), "Gone", key="a")
    assert refusal.value.field == "amount_minor"


def test_what_was_paid_meanwhile_is_not_written_off(stripe_app):
    """The second person confirms when less is owed."""
    debtor = f"manager:{begin(people.ben()).id}"
    owe(debtor, 2000000)
    proposal = commands.write_off(debtor, Money(2000000), people.sam(), "Gone", key="a")
    ledger.write_off("other", debtor=debtor, amount=Money(1000))
    with pytest.raises(Invalid):
        commands.confirm(proposal, people.eve())


def test_paid_for_one_debt_while_another_came_up_leaves_the_other(stripe_app, world, client):
    """Nothing is open again, and nobody is thanked, before all is paid."""
    payment = make_paid(world)
    other = make_paid(world, business=payment.business)
    world.do(f"charges/{payment.stripe_charge_id}/dispute")
    hear(world, client)
    first = commands.repay(payment.business, people.ada(), RETURN, CANCEL)
    world.do(f"charges/{other.stripe_charge_id}/dispute")
    hear(world, client)
    world.pay(first.checkout_url)
    commands.look(first)
    assert owed_by(payment.business) == other.card_cost
    assert "Thank you: nothing is owed any more" not in [notice.title for notice in db.session.scalars(select(Notice))]
    with pytest.raises(WrongState):
        make_payment(business=payment.business)
