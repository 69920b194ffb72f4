"""A decision that sends much back to the business takes two people of the team."""
from __future__ import annotations

import pytest

from marketplace.accounts.models import StaffRole
from marketplace.accounts.policies import TWO_PEOPLE_FROM_MINOR as MUCH
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import milestones_of
from marketplace.core.db import db
from marketplace.core.errors import NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.disputes import commands
from marketplace.disputes.commands import clocks
from marketplace.disputes.models import Dispute, DisputeStatus
from marketplace.ledger import queries as books
from marketplace.payments.commands import proposals
from marketplace.payments.models import MoneyProposal
from tests import people
from tests.factories.businesses import make_member
from tests.factories.contracts import make_approved, make_contract, make_delivered, make_funded, make_milestone, make_offer
from tests.factories.disputes import make_decided, make_dispute, make_mediated, mediator, pass_by
from tests.pages import read, words
from tests.worker import body, letters, run_jobs

CLAIM = 2 * MUCH


def step(stage=make_delivered):
    """A step of twice the sum from which two people decide, handed in or approved."""
    terms = [{"title": "Everything", "amount_minor": CLAIM, "days": 15}]
    work = make_delivered(make_funded(make_milestone(make_contract(make_offer(milestones=terms)))))
    return work if stage is make_delivered else stage(work)


def mediated(stage=make_delivered):
    return make_mediated(make_dispute(step(stage), amount=CLAIM))


def waiting(stage=make_delivered, to_manager=0):
    """Mina has decided."""
    make_decided(mediated(stage), to_manager)
    return db.session.query(MoneyProposal).one()


def dispute_of(proposal):
    return db.session.query(Dispute).filter_by(id=proposal.subject.partition(":")[2]).one()


def money(dispute):
    """What is held, and owed to the manager."""
    contract = dispute.milestone.contract
    return books.held(f"milestone:{dispute.milestone_id}").minor, books.payable(f"manager:{contract.manager_id}").minor


@pytest.mark.parametrize(("stage", "untouched", "divided"), [
    (make_delivered, (CLAIM, 0), (0, MUCH * 9 // 10)), (make_approved, (0, CLAIM * 9 // 10), (0, MUCH * 9 // 10))])
def test_much_that_goes_back_waits_for_a_second_person_held_or_released(app, stage, untouched, divided):
    proposal = waiting(stage, to_manager=MUCH)
    dispute = dispute_of(proposal)
    assert (proposal.status, proposal.amount, dispute.status, money(dispute)) == ("waiting", Money(MUCH), "mediation", untouched)
    proposals.confirm(proposal, mediator("Nila"))
    run_jobs()
    assert (dispute.status, money(dispute)) == (DisputeStatus.decided, divided)
    assert (dispute.to_manager, dispute.to_business, dispute.settler, dispute.grounds) == (
        Money(MUCH), Money(MUCH), mediator("Mina"), ["delivered_in_part"])


@pytest.mark.parametrize("to_manager", [MUCH + 1, CLAIM])
def test_less_than_that_one_person_decides(app, to_manager):
    dispute = make_decided(mediated(), to_manager)
    assert (dispute.status, dispute.to_manager.minor) == ("decided", to_manager)


def test_little_decisions_of_one_person_in_a_contract_add_up(app):
    terms = [{"title": f"Step {number}", "amount_minor": MUCH - 1, "days": 15} for number in (1, 2)]
    contract = make_contract(make_offer(milestones=terms))
    first, second = (make_delivered(make_funded(one)) for one in milestones_of(contract))
    assert make_decided(make_mediated(make_dispute(first, amount=MUCH - 1)), 0).status == "decided"
    assert make_decided(make_mediated(make_dispute(second, amount=MUCH - 1)), 0).status == "mediation"


def test_whoever_decided_does_not_confirm_nor_does_a_side(app):
    proposal = waiting()
    make_member(dispute_of(proposal).milestone.contract.business, mediator("Nila"))
    for person in (mediator("Mina"), mediator("Nila"), people.ben()):
        with pytest.raises(NotAllowed), db.session.begin_nested():
            proposals.confirm(proposal, person)
    assert dispute_of(proposal).status == "mediation"


def test_who_joined_a_side_after_deciding_has_not_decided(app):
    proposal = waiting()
    make_member(dispute_of(proposal).milestone.contract.business, mediator("Mina"))
    with pytest.raises(WrongState):
        proposals.confirm(proposal, mediator("Nila"))


def test_declined_it_is_decided_anew(app):
    proposal = waiting()
    dispute = dispute_of(proposal)
    with pytest.raises(WrongState):
        make_decided(dispute, MUCH, by=mediator("Nila"))
    proposals.decline(proposal, mediator("Nila"), "Half of it is on the page.")
    make_decided(dispute, MUCH, by=mediator("Nila"))
    assert [(row.status, row.amount_minor) for row in db.session.query(MoneyProposal).order_by(MoneyProposal.id)] == [
        ("declined", CLAIM), ("waiting", MUCH)]


@pytest.mark.parametrize("act", [
    lambda dispute: commands.withdraw(dispute, people.ada()),
    lambda dispute: commands.reduce_claim(dispute, people.ada(), Money(MUCH)),
    lambda dispute: commands.accept_claim(dispute, people.ben(), Side.manager),
], ids=("withdraw", "reduce", "accept"))
def test_what_the_sides_change_meanwhile_ends_what_waits(app, act):
    proposal = waiting()
    act(dispute_of(proposal))
    with pytest.raises(WrongState), db.session.begin_nested():
        proposals.confirm(proposal, mediator("Nila"))
    run_jobs()
    assert proposal.status == "lapsed"
    assert "does not stand any more" in body(letters("mina@example.com")[-1])


def test_not_confirmed_in_time_it_goes_to_somebody_else_who_may(app):
    proposal = waiting()
    dispute = dispute_of(proposal)
    pass_by(dispute.decide_by)
    clocks.hand_over(str(dispute.id))
    assert dispute.first_mediator_id == mediator("Mina").id
    proposals.confirm(proposal, mediator("Nila"))
    assert dispute.status == "decided"


def test_it_is_decided_and_confirmed_on_the_pages_and_neither_side_hears_before(app, client):
    dispute = mediated()
    decision = {"to_manager": "0", "to_business": str(CLAIM // 100), "grounds": "not_delivered", "text": "Nothing is on the page."}
    mina = people.sign_in(client, mediator("Mina"))
    assert mina.post(f"/disputes/{dispute.id}/decision", data=decision).status_code == 303
    page = words(mina.get(f"/disputes/{dispute.id}"))
    assert "This much needs a second person. They have been told." in page
    assert "Mina has decided. It waits for a second person of the team" in page
    run_jobs()
    told = [letters(f"{name}@example.com")[-1]["Subject"] for name in ("ada", "ben")]
    nila = people.sign_in(client, mediator("Nila"))
    assert "waits for a second person" in words(nila.get("/staff/disputes"))
    shown = read(nila.get(f"/disputes/{dispute.id}")).select_one(".btn-next")["href"]
    assert nila.get(f"/disputes/{dispute.id}/decision").headers["Location"] == shown
    assert "Nothing is on the page." in words(nila.get(shown))
    for person in (people.ada(), people.ben()):
        assert "has decided" not in words(people.sign_in(client, person).get(f"/disputes/{dispute.id}"))
        assert client.get(shown).status_code == 404
    assert not any("decided" in subject for subject in told)
    people.sign_in(client, mediator("Nila"))
    assert client.post(f"{shown}/confirmation").status_code == 303
    assert "Nothing is on the page." in words(people.sign_in(client, people.ben()).get(f"/disputes/{dispute.id}"))


@pytest.mark.parametrize(("role", "asked"), [(StaffRole.mediator, True), (StaffRole.finance, True), (StaffRole.moderator, False)])
def test_mediators_and_finance_are_asked_and_see_it(app, client, role, asked):
    mediator("Rumi", role)
    proposal = waiting()
    run_jobs()
    assert bool([one for one in letters("rumi@example.com") if "second person" in one["Subject"]]) is asked
    page = people.sign_in(client, mediator("Rumi", role)).get(f"/staff/money-proposals/{proposal.id}")
    assert page.status_code == (200 if asked else 404)
