"""Ad money that finance sends back: what nothing counts on, little at once, much by two people; draws stay."""
from __future__ import annotations

import pytest

from marketplace.accounts.policies import TWO_PEOPLE_FROM_MINOR
from marketplace.boosts import commands, queries
from marketplace.boosts.models import PotStatus
from marketplace.contracts.commands import staff_refunds as work
from marketplace.contracts.queries import milestones_of
from marketplace.core import pricing
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments.commands import confirm
from marketplace.payments.models import MoneyProposalStatus, Refund
from tests import people
from tests.factories.boosts import RATE, make_boost, make_boosting_contract, make_draw, make_funded_pot, make_pot, make_running_boost
from tests.pages import errors, read, words
from tests.people import sign_in
from tests.worker import body, letters, run_jobs


def with_vat(dollars_minor: int) -> Money:
    ads = pricing.ad_spend(Money(dollars_minor, "USD"), RATE)
    return ads + pricing.ads_vat(ads)


PAID_IN = with_vat(40_00)
LITTLE = with_vat(10_00)


@pytest.fixture
def pot(app):
    """Forty dollars held for ads; sam is of finance."""
    people.sam()
    return make_funded_pot()


def much():
    """Two hundred dollars: over the sum that one person may decide about."""
    return make_funded_pot(make_boosting_contract(dollars_minor=200_00))


def rita():
    return people.person_named("Rita Sen", "rita@example.com", staff_roles=["finance"])


def send_back(pot, amount=LITTLE, key="k", by=None):
    return commands.refund_by_staff(pot, amount, by=by or people.sam(), why="They agreed on the phone.", key=key)


def test_a_part_goes_back_and_the_rest_stays_for_ads(pot):
    assert send_back(pot).status == MoneyProposalStatus.done
    assert (pot.returned, queries.left_in(pot), pot.status) == (LITTLE, PAID_IN - LITTLE, PotStatus.funded)
    [refund] = db.session.query(Refund).all()
    assert (refund.amount, refund.ads) == (LITTLE, True)
    [milestone] = milestones_of(pot.contract)
    assert books.held(pot.subject) == milestone.amount
    boost = make_boost(pot, budget_minor=29_00)
    with pytest.raises(Invalid):
        make_boost(pot, boost.grant, budget_minor=1_01)
    make_boost(pot, boost.grant, budget_minor=1_00)


def test_all_of_it_settles_the_pot_and_draws_stay(pot):
    boost = make_running_boost(pot, spent_minor=10_00)
    draw = make_draw(pot)
    commands.approve_draw(draw, people.ada())
    commands.end_boost(boost, people.ada())
    left = queries.left_in(pot)
    send_back(pot, left)
    assert (pot.status, pot.returned, queries.left_in(pot)) == (PotStatus.settled, left, Money(0))
    assert books.payable(f"manager:{pot.contract.manager_id}") == draw.amount
    assert draw.amount + left == PAID_IN


def test_what_went_back_before_the_end_counts_in_the_end(pot):
    send_back(pot)
    commands.close_pot(pot, pot.funded_at)
    run_jobs()
    commands.pots.settle_pot(str(pot.id))
    assert (pot.returned, pot.status) == (PAID_IN, PotStatus.settled)


def test_what_boosts_may_still_cost_is_not_sent_back(pot):
    boost = make_running_boost(pot, budget_minor=35_00, spent_minor=4_00)
    assert queries.free_in(pot) == PAID_IN - with_vat(35_00)
    with pytest.raises(Invalid):
        send_back(pot)
    commands.end_boost(boost, people.ada())
    assert queries.free_in(pot) == PAID_IN - with_vat(4_00)
    with pytest.raises(Invalid):
        send_back(pot, PAID_IN)


def test_what_a_receipt_asks_for_is_not_sent_back(pot):
    make_draw(pot, dollars_minor=33_00, vat_minor=0)
    with pytest.raises(Invalid):
        send_back(pot)


@pytest.mark.parametrize("amount", [Money(0), Money(-5), PAID_IN + Money(1)])
def test_nothing_and_more_than_there_is_are_refused(pot, amount):
    with pytest.raises(Invalid):
        send_back(pot, amount)


def test_ad_money_that_was_not_paid_in_is_not_sent_back(app):
    with pytest.raises(WrongState):
        send_back(make_pot())


def test_the_same_key_is_one_refund(pot):
    assert send_back(pot) is send_back(pot)
    assert pot.returned == LITTLE


def test_what_one_person_sent_back_of_the_ads_counts_for_the_work_too(pot):
    pot = much()
    assert send_back(pot, Money(TWO_PEOPLE_FROM_MINOR - 1)).status == MoneyProposalStatus.done
    of_work = work.refund_by_staff(pot.milestone, Money(100), by=people.sam(), why="They agreed on the phone.", key="w")
    assert of_work.status == MoneyProposalStatus.waiting


def test_much_waits_for_somebody_else_and_a_party_is_nobody_else(app):
    pot, owner = much(), people.ada()
    people.sam()
    proposal = send_back(pot, Money(TWO_PEOPLE_FROM_MINOR))
    assert (proposal.status, pot.returned_minor) == (MoneyProposalStatus.waiting, 0)
    owner.staff_roles = ["finance"]
    for nobody in (people.sam(), owner):
        with pytest.raises(NotAllowed):
            confirm(proposal, nobody)
    assert pot.returned_minor == 0


def test_the_second_person_sends_it_and_both_sides_are_told(app):
    pot, second = much(), rita()
    confirm(send_back(pot, Money(TWO_PEOPLE_FROM_MINOR)), second)
    assert pot.returned_minor == TWO_PEOPLE_FROM_MINOR
    run_jobs()
    for person in (people.ada(), people.ben()):
        assert "10,000" in body(letters(person.email)[-1])


def test_what_was_planned_meanwhile_is_not_sent_back(app):
    pot = much()
    proposal = send_back(pot, PAID_IN + PAID_IN)
    make_boost(pot, budget_minor=150_00)
    with pytest.raises(Invalid):
        confirm(proposal, rita())
    assert pot.returned_minor == 0


def test_finance_sends_back_from_the_page_and_both_see_it(pot, client):
    browser = sign_in(client, people.sam())
    step = read(browser.get(f"/staff/milestones/{pot.milestone_id}/money"))
    page = read(browser.get(step.select_one("a[href*=ad-pots]")["href"]))
    form = page.select_one("form.dy-form")
    typed = {"amount": "99,999", "reason": "They agreed.", "key": form.select_one("[name=key]")["value"]}
    refused = browser.post(form["action"], data=typed)
    assert refused.status_code == 422
    assert "count on the rest" in errors(refused)["amount"]
    for _tap in range(2):
        assert browser.post(form["action"], data={**typed, "amount": "৫০০"}).status_code == 303
    db.session.expire_all()
    assert pot.returned == Money(500_00)
    assert "by our team" in words(sign_in(client, people.ada()).get(f"/contracts/{pot.contract_id}"))
