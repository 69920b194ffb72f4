"""Money that staff send back, and funding that waits for them after three cancels without fault."""
from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from marketplace.accounts.policies import TWO_PEOPLE_FROM_MINOR
from marketplace.contracts.commands import funding, refunds, staff_refunds
from marketplace.contracts.commands.funding_checks import FundingWaits, release_funding
from marketplace.contracts.models import MilestoneStatus
from marketplace.contracts.queries import funding_waits, milestones_of
from marketplace.core import audit, clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.notifications.models import Notice
from marketplace.payments.commands import confirm
from marketplace.payments.models import MoneyProposal, MoneyProposalStatus
from tests import people
from tests.factories.contracts import make_contract, make_funded, make_milestone, make_offer
from tests.people import sign_in

LITTLE = Money(300_000)


def rita():
    return people.person_named("Rita Sen", "rita@example.com", staff_roles=["finance"])


def send_back(milestone, amount=LITTLE, key="k", by=None):
    return staff_refunds.refund_by_staff(milestone, amount, by=by or people.sam(), why="They agreed on the phone.", key=key)


def much():
    return make_funded(make_milestone(make_contract(make_offer(milestones=[
        {"title": "Everything", "amount_minor": TWO_PEOPLE_FROM_MINOR + 500_000, "days": 15}]))))


def cancelled(milestone):
    request = refunds.ask_refund(make_funded(milestone), people.ada(), "We changed our minds.")
    refunds.agree_refund(request, milestone.contract.manager.person)
    return milestone


def cancelled_steps(count):
    steps = [{"title": f"Step {number}", "amount_minor": 100_000, "days": 5} for number in range(count + 1)]
    contract = make_contract(make_offer(milestones=steps))
    *gone, last = milestones_of(contract)
    for milestone in gone:
        cancelled(milestone)
    return last


def test_a_part_goes_back_and_the_rest_stays_held(app):
    milestone = make_funded()
    assert send_back(milestone).status == MoneyProposalStatus.done
    assert (milestone.returned_minor, milestone.held.minor, milestone.status) == (300_000, 100_000, MilestoneStatus.funded)
    assert books.held(f"milestone:{milestone.id}") == Money(100_000)
    send_back(milestone, Money(100_000), key="rest")
    assert milestone.status == MilestoneStatus.refunded


def test_the_same_key_is_one_refund(app):
    milestone = make_funded()
    assert send_back(milestone) is send_back(milestone)
    assert milestone.returned_minor == LITTLE.minor


def test_more_than_is_held_or_disputed_is_refused(app):
    milestone = make_funded()
    milestone.frozen_minor = 200_000
    for amount in (Money(0), Money(200_001), Money(-5)):
        with pytest.raises(Invalid) as refusal:
            send_back(milestone, amount, key=str(amount.minor))
        assert refusal.value.field == "amount"


def test_the_least_and_all_that_is_free_is_sent_back(app):
    milestone = make_funded()
    milestone.frozen_minor = 200_000
    for amount in (Money(1), Money(199_999)):
        assert send_back(milestone, amount, key=str(amount.minor)).status == MoneyProposalStatus.done
    assert milestone.returned_minor == 200_000


def test_who_proposed_it_may_be_no_party_either(app):
    milestone = much()
    owner, second = people.ada(), rita()
    owner.staff_roles = ["finance"]
    proposal = send_back(milestone, Money(TWO_PEOPLE_FROM_MINOR), by=owner)
    with pytest.raises(NotAllowed):
        confirm(proposal, second)
    assert milestone.returned_minor == 0


def test_much_waits_for_somebody_else(app):
    milestone, sam = much(), people.sam()
    second = rita()
    proposal = send_back(milestone, Money(TWO_PEOPLE_FROM_MINOR))
    assert (proposal.status, milestone.returned_minor) == (MoneyProposalStatus.waiting, 0)
    assert db.session.scalars(select(Notice).where(Notice.person_id == second.id)).one().title == "৳10,000 waits for a second person"
    with pytest.raises(NotAllowed):
        confirm(proposal, sam)
    confirm(proposal, second)
    assert (milestone.returned_minor, proposal.decided_by_id) == (TWO_PEOPLE_FROM_MINOR, second.id)


def test_many_little_refunds_by_one_person_are_much(app):
    milestone = much()
    send_back(milestone, Money(TWO_PEOPLE_FROM_MINOR - 1))
    assert send_back(milestone, Money(100), key="l").status == MoneyProposalStatus.waiting
    assert milestone.returned_minor == TWO_PEOPLE_FROM_MINOR - 1


def test_one_person_does_not_send_much_back_from_one_contract_step_by_step(app):
    steps = [{"title": f"Step {number}", "amount_minor": TWO_PEOPLE_FROM_MINOR - 1, "days": 5} for number in range(2)]
    first, second = (make_funded(step) for step in milestones_of(make_contract(make_offer(milestones=steps))))
    send_back(first, Money(TWO_PEOPLE_FROM_MINOR - 1))
    assert send_back(second, Money(100), key="l").status == MoneyProposalStatus.waiting
    assert (first.returned_minor, second.returned_minor) == (TWO_PEOPLE_FROM_MINOR - 1, 0)


def test_what_was_released_meanwhile_is_not_sent_back(app):
    milestone = much()
    proposal = send_back(milestone, Money(TWO_PEOPLE_FROM_MINOR))
    refunds.give_back(milestone, milestone.contract.manager.person)
    with pytest.raises(WrongState):
        confirm(proposal, rita())
    assert milestone.returned_minor == milestone.amount_minor


def test_a_party_is_no_second_person(app):
    milestone = much()
    proposal = send_back(milestone, Money(TWO_PEOPLE_FROM_MINOR))
    owner = people.ada()
    owner.staff_roles = ["finance"]
    with pytest.raises(NotAllowed):
        confirm(proposal, owner)
    assert milestone.returned_minor == 0


def test_finance_sends_back_from_the_page_and_loses_nothing_typed(app, client):
    milestone = make_funded()
    browser = sign_in(client, people.sam())
    address = f"/staff/milestones/{milestone.id}/money"
    assert f'href="{address}"' in browser.get(f"/contracts/{milestone.contract_id}").text
    form = BeautifulSoup(browser.get(address).text, "html.parser").find("form", class_="dy-form")
    assert form.find("input", {"name": "amount"})["value"] == "4000"
    key = form.find("input", {"name": "key"})["value"]
    refused = browser.post(form["action"], data={"amount": "9,999", "reason": "Much", "key": key})
    assert refused.status_code == 422
    page = BeautifulSoup(refused.text, "html.parser")
    assert "This is more than is held." in page.get_text()
    assert page.find("input", {"name": "amount"})["value"] == "9,999"
    for _tap in range(2):
        assert browser.post(form["action"], data={"amount": "৩০০০", "reason": "They agreed.", "key": key}).status_code == 303
    db.session.expire_all()
    assert milestone.returned_minor == 300_000
    assert len(db.session.scalars(select(MoneyProposal)).all()) == 1


def test_sending_back_asks_for_the_password_first(app, client):
    milestone = make_funded()
    browser = sign_in(client, people.sam())
    clock.move(timedelta(minutes=16))
    answer = browser.post(f"/staff/milestones/{milestone.id}/refunds", data={"amount": "100", "reason": "x", "key": "k"})
    assert answer.status_code in (303, 403)
    db.session.expire_all()
    assert milestone.returned_minor == 0


def test_two_cancels_are_free_and_three_wait_for_the_team(app):
    people.sam()
    last = cancelled_steps(2)
    assert not funding_waits(last.contract.business_id)
    last = cancelled_steps(1)
    assert funding_waits(last.contract.business_id)
    with pytest.raises(FundingWaits):
        funding.start_funding(last, people.ada(), "/", "/")
    told = [notice.title for notice in db.session.scalars(select(Notice))]
    assert told.count("Our team looks before you pay in again") == 1


def test_after_sixty_days_they_no_longer_count(app):
    last = cancelled_steps(3)
    clock.move(timedelta(days=60, minutes=1))
    assert not funding_waits(last.contract.business_id)


def test_the_team_lets_it_pay_in_again(app, client):
    last = cancelled_steps(3)
    browser = sign_in(client, people.sam())
    assert last.contract.business.name in BeautifulSoup(browser.get("/staff/funding-checks").text, "html.parser").get_text()
    address = f"/staff/businesses/{last.contract.business_id}/funding-releases"
    assert browser.post(address, data={"reason": ""}).status_code == 422
    clock.move(timedelta(seconds=1))
    assert browser.post(address, data={"reason": "Three honest changes of plan."}).status_code == 303
    assert not funding_waits(last.contract.business_id)
    newest = audit.history(last.contract.business)[0]
    assert (newest.actor, newest.details["why"]) == (f"person:{people.sam().id}", "Three honest changes of plan.")
    with pytest.raises(WrongState):
        release_funding(last.contract.business, people.sam(), "Again.")
