"""A contract ends at once, and closes when nothing is left in it."""
from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from marketplace.contracts import signals
from marketplace.contracts.commands import contracts, funding, refunds, settlements
from marketplace.contracts.models import ContractStatus, MilestoneStatus
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import current, milestones_of
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments import commands as payments
from marketplace.payments.models import PaymentStatus
from tests import people
from tests.factories.contracts import make_approved, make_contract, make_funded, make_milestone
from tests.factories.payments import make_paid
from tests.factories.retainers import make_saved_card
from tests.pages import words
from tests.payments.conftest import sandbox_program, stripe_app, world
from tests.people import sign_in
from tests.worker import body, letters, run_jobs, run_sweeps

__all__ = ["sandbox_program", "stripe_app", "world"]
HERE = "https://dayitto.example/here"
WAIVED = "contracts.commands.contracts.waive_list"


def end(contract):
    contracts.end_contract(contract, people.ada(), Side.business, "The season is over.")
    return contract


def closed(contract):
    """Ended, its list waived."""
    end(contract)
    for item in contracts.open_items(contract):
        contracts.tick_handover(item, people.ada())
    assert contract.status == ContractStatus.closed
    return contract


def test_ending_is_announced_at_once(app):
    told = []
    with signals.contract_ended.connected_to(lambda contract: told.append(contract.id)):
        contract = end(make_contract())
    assert told == [contract.id]
    assert contract.status == ContractStatus.ending


def test_the_page_says_how_many_days_ahead_they_agreed_to_say_so(client):
    contract = make_contract()
    page = words(sign_in(client, people.ada()).get(f"/contracts/{contract.id}/ending"))
    assert f"You two agreed to say so {contract.terms['notice_days']} days ahead" in page


def test_steps_that_never_begin_are_called_so_and_wait_for_nobody(client):
    contract = end(make_contract())
    said = words(sign_in(client, people.ada()).get(f"/contracts/{contract.id}"))
    assert "will not begin: the contract has ended" in said
    assert said.count("Will not begin") == 2
    for wrong in ("Not paid in yet", "Now it is", "after it is paid in"):
        assert wrong not in said


def test_an_ended_contract_shows_the_last_step_that_had_money(app):
    milestone = make_funded()
    end(milestone.contract)
    refunds.give_back(milestone, people.ben())
    first, second = milestones_of(milestone.contract)
    assert (first.dropped, second.dropped) == (False, True)
    assert current([first, second]) == first


def test_it_closes_when_the_list_is_empty(app):
    assert closed(make_contract()).closed_at is not None


def test_a_contract_with_released_work_is_a_clean_one(app):
    milestone = make_approved()
    run_jobs()
    settlements.mark_sent(milestone)
    assert (closed(milestone.contract).clean, milestone.contract.manager.clean_contracts) == (True, 1)


def test_without_released_work_a_contract_is_no_clean_one(app):
    contract = closed(make_contract())
    assert (contract.clean, contract.manager.clean_contracts) == (False, 0)


def test_held_money_delays_closing_until_it_has_gone(app):
    milestone = make_funded(make_milestone(make_contract()))
    contract = end(milestone.contract)
    for item in contracts.open_items(contract):
        contracts.tick_handover(item, people.ada())
    assert contract.status == ContractStatus.ending
    refunds.give_back(milestone, people.ben())
    contracts.close_when_settled(contract)
    assert contract.status == ContractStatus.closed
    assert contract.manager.clean_contracts == 0


def test_the_list_waives_itself(app):
    contract = end(make_contract())
    clock.move(timedelta(days=9))
    run_sweeps()
    assert contract.status == ContractStatus.closed


def test_a_contract_with_money_in_it_is_looked_at_once_a_day(app):
    milestone = make_funded(make_milestone(make_contract()))
    contract = end(milestone.contract)
    clock.move(timedelta(days=9))
    assert WAIVED in run_sweeps()
    assert (contract.status, contracts.open_items(contract)) == (ContractStatus.ending, [])
    assert WAIVED not in run_sweeps()
    refunds.give_back(milestone, people.ben())
    clock.move(timedelta(days=1))
    assert WAIVED in run_sweeps()
    assert contract.status == ContractStatus.closed


def being_paid(world):
    """A step, and its payment whose page is open. There is money at Stripe, so that refunds go at once."""
    people.ada().language = "en"
    make_paid(world)
    milestone = make_milestone()
    return milestone, funding.start_funding(milestone, people.ada(), HERE, HERE)


def letter_about(words):
    [letter] = [one for one in letters("ada@example.com") if words in one["subject"]]
    return body(letter)


def test_a_payment_page_that_is_open_is_closed_with_the_contract(stripe_app, world):
    milestone, payment = being_paid(world)
    end(milestone.contract)
    run_jobs()
    assert (milestone.status, payment.status) == (MilestoneStatus.planned, PaymentStatus.cancelled)
    assert world.call("GET", f"checkout/sessions/{payment.stripe_session_id}")["status"] == "expired"
    assert "What was just being paid in was called off" in letter_about("has ended")
    assert not [one for one in letters("ada@example.com") if "was not paid in" in one["subject"]], "it said so once"
    assert not contracts.holds_money(milestone.contract)


def test_of_an_ending_without_payments_nothing_is_said_about_them(app):
    people.ada().language = "en"
    end(make_contract())
    run_jobs()
    assert "called off" not in letter_about("has ended")


def test_what_is_paid_before_the_page_closes_goes_back(stripe_app, world):
    milestone, payment = being_paid(world)
    end(milestone.contract)
    world.pay(payment.checkout_url)
    run_jobs()
    db.session.refresh(payment)
    assert (milestone.status, payment.status, payment.unclaimed) == (MilestoneStatus.planned, PaymentStatus.refunded, True)
    assert books.held(payment.subject) == books.held(payment.source) == Money(0)


def test_a_charge_of_a_saved_card_is_called_off_with_the_contract(stripe_app, world):
    milestone = make_milestone()
    card = make_saved_card(milestone.contract.business)
    payment = funding.start_funding(milestone, people.ada(), HERE, HERE, card=card)
    end(milestone.contract)
    run_jobs()
    assert (milestone.status, payment.status, payment.stripe_charge_id) == (MilestoneStatus.planned, PaymentStatus.cancelled, None)


def test_a_payment_that_succeeded_after_it_was_read_is_not_called_off(stripe_app, world):
    milestone, payment = being_paid(world)
    db.session.execute(text("update payments set status = 'succeeded' where id = :id"), {"id": payment.id})
    end(milestone.contract)
    assert (milestone.contract.status, payment.status) == (ContractStatus.ending, PaymentStatus.succeeded)


def test_money_that_comes_for_an_ended_contract_goes_back_at_once(stripe_app, world, client):
    """Its page was opened in the moment of ending, so nobody called it off."""
    milestone, payment = being_paid(world)
    milestone.contract.move("end")
    milestone.contract.ended_at = clock.now()
    world.pay(payment.checkout_url)
    payments.look(payment)
    run_jobs()
    db.session.refresh(payment)
    assert (milestone.status, milestone.funded_at, payment.status) == (MilestoneStatus.planned, None, PaymentStatus.refunded)
    assert books.held(payment.subject) == books.held(payment.source) == Money(0)
    assert "had ended. You need do nothing." in letter_about("the contract has ended")
    assert "This could not be paid in" in sign_in(client, people.ada()).get(f"/payments/{payment.id}").text
