"""Two people, or a person and a clock, act on one dispute at the same moment: one wins, nobody waits in a ring."""
from __future__ import annotations

import pytest

from marketplace.contracts.commands import milestones
from marketplace.contracts.models import Milestone, MilestoneStatus
from marketplace.contracts.models.offer import Side
from marketplace.core.db import db
from marketplace.core.errors import DomainError, Invalid, WrongState
from marketplace.core.money import Money
from marketplace.disputes import commands
from marketplace.disputes.commands import clocks
from marketplace.disputes.models import Dispute, DisputeStatus
from marketplace.ledger import queries as books
from marketplace.payments.commands import proposals
from tests import people
from tests.contracts.test_at_once import RANKS, locks
from tests.disputes.test_two_people import waiting
from tests.factories.contracts import make_approved, make_delivered
from tests.factories.disputes import make_decided, make_dispute, make_mediated, mediator, pass_by
from tests.payments.test_events import together


def meet(app, *acts):
    """Each in a connection of its own: how many were done; a refusal is none, anything else fails the test."""
    answers: list[object] = []

    def begin(act):
        with app.app_context():
            try:
                act()
                db.session.commit()
                answers.append(True)
            except DomainError:
                db.session.rollback()
                answers.append(False)
            except Exception as failure:
                db.session.rollback()
                answers.append(failure)

    together(*[lambda act=act: begin(act) for act in acts])
    assert [answer for answer in answers if not isinstance(answer, bool)] == []
    db.session.rollback()
    return answers.count(True)


def held(key):
    return books.held(f"milestone:{key}").minor


def test_of_two_mediators_one_decides(committed):
    key = make_mediated().id
    names = ("Mina", "Nila")
    for name in names:
        mediator(name)
    db.session.commit()
    done = meet(committed, *[lambda name=name, part=part: make_decided(db.session.get_one(Dispute, key), part, by=mediator(name))
                             for name, part in zip(names, (0, 150_000), strict=True)])
    dispute = db.session.get_one(Dispute, key)
    assert (done, dispute.status, held(dispute.milestone_id)) == (1, DisputeStatus.decided, 250_000)


def test_a_claim_that_became_less_after_it_was_read_is_not_divided_as_it_was(committed):
    dispute = read_by_somebody()
    with committed.app_context():
        commands.reduce_claim(db.session.get_one(Dispute, dispute.id), people.ada(), Money(100_000))
        db.session.commit()
    with pytest.raises(Invalid):
        make_decided(dispute)


def test_a_claim_that_became_less_after_the_second_person_read_it_is_not_divided_as_it_was(committed):
    proposal, dispute = waiting(), db.session.query(Dispute).one()
    db.session.commit()
    assert (proposal.status, dispute.claimed) == ("waiting", proposal.amount)
    with committed.app_context():
        commands.reduce_claim(db.session.get_one(Dispute, dispute.id), people.ada(), Money(100_000))
        db.session.commit()
    with pytest.raises(WrongState):
        proposals.confirm(proposal, mediator("Nila"))


def test_what_somebody_else_took_after_it_was_read_is_theirs(committed):
    dispute = read_by_somebody()
    with committed.app_context():
        commands.take(db.session.get_one(Dispute, dispute.id), mediator("Nila"))
        db.session.commit()
    with pytest.raises(WrongState):
        commands.take(dispute, mediator())


def test_what_was_approved_after_it_was_read_is_not_claimed_as_held(committed):
    milestone = make_delivered()
    people.ada()
    db.session.commit()
    assert milestone.status == MilestoneStatus.delivered
    with committed.app_context():
        milestones.approve(db.session.get_one(Milestone, milestone.id), people.ada())
        db.session.commit()
    with pytest.raises(WrongState):
        make_dispute(milestone)


def read_by_somebody():
    """Who decides has this on the screen."""
    dispute = make_mediated()
    mediator()
    db.session.commit()
    assert (dispute.claimed, dispute.mediator_id) == (Money(150_000), None)
    return dispute


def test_a_decision_meets_an_agreement_and_one_holds(committed):
    dispute = make_mediated()
    proposal = proposed(dispute)
    mediator()
    key, other = dispute.id, proposal.id
    db.session.commit()

    def agree():
        row = db.session.get_one(type(proposal), other)
        commands.accept_proposal(row, people.ada(), Side.business)

    done = meet(committed, agree, lambda: make_decided(db.session.get_one(Dispute, key)),
                lambda: commands.withdraw(db.session.get_one(Dispute, key), people.ada()))
    dispute = db.session.get_one(Dispute, key)
    assert done == 1
    assert held(dispute.milestone_id) == (400_000 if dispute.status == DisputeStatus.withdrawn else 250_000)


def test_silence_meets_a_claim_on_all_of_it_and_one_of_the_two_happens(committed):
    milestone = make_delivered()
    key = milestone.id
    people.ada()
    pass_by(milestone.review_until)
    db.session.commit()
    meet(committed, lambda: milestones.approve_by_silence(str(key)),
         lambda: make_dispute(db.session.get_one(Milestone, key), amount=400_000))
    milestone = db.session.get_one(Milestone, key)
    disputed = milestone.status == MilestoneStatus.disputed
    assert (held(key), db.session.query(Dispute).count()) == ((400_000, 1) if disputed else (0, 0))
    assert milestone.status in {MilestoneStatus.disputed, MilestoneStatus.approved}


@pytest.mark.parametrize("step", [make_delivered, make_approved])
def test_of_two_disputes_about_one_step_there_is_one(committed, step):
    key = step().id
    people.ada()
    db.session.commit()
    done = meet(committed, *[lambda side=side: make_dispute(db.session.get_one(Milestone, key), side, 100_000)
                             for side in (Side.business, Side.manager, Side.business)])
    assert (done, db.session.query(Dispute).count()) == (1, 1)


def test_the_answer_and_the_clock_meet_and_both_leave_it_whole(committed):
    dispute = make_dispute()
    key = dispute.id
    pass_by(dispute.answer_by)
    people.ben()
    db.session.commit()
    meet(committed, lambda: clocks.begin_mediation(str(key)),
         lambda: commands.add_statement(db.session.get_one(Dispute, key), people.ben(), Side.manager, "All are out."))
    dispute = db.session.get_one(Dispute, key)
    assert dispute.status in {DisputeStatus.answered, DisputeStatus.mediation}
    assert dispute.status == DisputeStatus.answered or dispute.decide_by is not None


@pytest.mark.parametrize("step", [make_delivered, make_approved])
@pytest.mark.parametrize("act", [
    lambda dispute: make_decided(make_mediated(dispute)),
    lambda dispute: commands.withdraw(dispute, people.ada()),
    lambda dispute: commands.accept_claim(dispute, people.ben(), Side.manager),
    lambda dispute: commands.accept_proposal(proposed(dispute), people.ada(), Side.business),
], ids=("decide", "withdraw", "accept", "divide"))
def test_disputes_are_locked_before_all_that_is_below(app, step, act):
    milestone = step()
    for work in (lambda: make_dispute(milestone), lambda: act(db.session.query(Dispute).one())):
        with locks() as [taken]:
            work()
            db.session.commit()
        order = list(dict.fromkeys(taken))
        assert {"milestones"} <= set(order)
        assert order == sorted(order, key=RANKS.__getitem__)
    assert order[0] == "disputes"


def proposed(dispute):
    """Ben would divide it."""
    return commands.propose(dispute, people.ben(), Side.manager, Money(100_000))
