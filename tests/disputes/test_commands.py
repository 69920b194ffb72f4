"""Claims, what is said, and how they end: the money of each."""
from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from marketplace.contracts.commands import contracts, milestones, refunds, settlements
from marketplace.contracts.commands.clocks import end_waiting
from marketplace.contracts.models import MilestoneStatus
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import milestones_of
from marketplace.contracts.queries.limits import waiting_ends
from marketplace.core import clock
from marketplace.core.audit import AuditEntry
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.core.states import InvalidTransition
from marketplace.disputes import commands, queries
from marketplace.disputes.commands import clocks
from marketplace.disputes.models import Dispute, DisputeStatus, Outcome, ProposalStatus, Statement
from marketplace.files.queries import file_seen_by, files_of
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.payments import signals
from marketplace.payments.models import Chargeback, Payment, Refund, Reversal
from marketplace.payments.queries import transfers_for
from tests import people
from tests.factories.contracts import make_approved, make_delivered, make_funded, make_milestone
from tests.factories.disputes import make_answered, make_decided, make_dispute, make_mediated, mediator, pass_by, speaker
from tests.factories.files import PDF, picture
from tests.factories.reviews import end
from tests.worker import letters, queued, run_job, run_jobs, run_sweeps, sweep_all

S, M = DisputeStatus, MilestoneStatus


def money(milestone):
    """What is held, owed to the manager and on its way back, in minor units."""
    subject, manager = f"milestone:{milestone.id}", f"manager:{milestone.contract.manager_id}"
    back = db.session.scalar(select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(Refund.subject == subject))
    return books.held(subject).minor, books.payable(manager).minor, int(back)


def test_only_what_is_claimed_stops_and_the_rest_goes_on(app):
    milestone = make_delivered()
    dispute = make_dispute(milestone, amount=150_000)
    assert (milestone.status, milestone.frozen_minor, milestone.free) == (M.disputed, 150_000, Money(250_000))
    milestones.approve(milestone, people.ada())
    assert money(milestone) == (150_000, 225_000, 0)
    with pytest.raises(InvalidTransition):
        milestones.approve(milestone, people.ada())
    assert (dispute.status, milestone.status) == (S.open, M.disputed)


def test_the_rest_is_released_by_silence_at_its_own_hour_and_the_claim_is_not(app):
    milestone = make_delivered()
    make_dispute(milestone)
    pass_by(milestone.review_until)
    milestones.approve_by_silence(str(milestone.id))
    assert money(milestone) == (150_000, 225_000, 0)


def test_what_is_claimed_in_full_is_not_released_by_silence(app):
    milestone = make_delivered()
    due = milestone.review_until
    make_dispute(milestone, amount=400_000)
    pass_by(due)
    milestones.approve_by_silence(str(milestone.id))
    assert (milestone.status, money(milestone)) == (M.disputed, (400_000, 0, 0))


@pytest.mark.parametrize(("amount", "taken"), [(400_000, True), (400_001, False), (0, False), (-100, False)])
def test_no_more_than_is_held_and_free_can_be_claimed(app, amount, taken):
    milestone = make_delivered()
    if taken:
        assert make_dispute(milestone, amount=amount).claimed == Money(amount)
        return
    with pytest.raises(Invalid) as refusal:
        make_dispute(milestone, amount=amount)
    assert refusal.value.field == "amount"


def test_a_reason_is_one_of_the_sides_own(app):
    with pytest.raises(Invalid) as refusal:
        make_dispute(side=Side.manager, reason="not_delivered")
    assert refusal.value.field == "reason"


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("step", [make_funded, make_delivered])
def test_either_side_may_claim_of_held_money(app, side, step):
    assert make_dispute(step(), side).status == S.open


def test_nothing_is_claimed_of_a_step_without_money(app):
    with pytest.raises(WrongState):
        make_dispute(make_milestone())


@pytest.mark.parametrize("side", Side)
def test_there_is_no_second_dispute(app, side):
    dispute = make_decided()
    with pytest.raises(WrongState):
        make_dispute(dispute.milestone, side, amount=100)


def test_who_withdrew_has_had_theirs_but_does_not_spend_the_others(app):
    dispute = make_dispute()
    commands.withdraw(dispute, people.ada())
    with pytest.raises(WrongState):
        make_dispute(dispute.milestone)
    assert make_dispute(dispute.milestone, Side.manager).status == S.open


def test_released_money_can_be_claimed_by_the_business_for_seven_days(app):
    milestone = make_approved()
    until = queries.claimable(milestone, Side.business).until
    assert timedelta(days=7) <= until - milestone.approved_at <= timedelta(days=9)
    clock.move(until - clock.now() - timedelta(minutes=1))
    dispute = make_dispute(milestone, amount=400_000)
    assert (dispute.released, milestone.status, money(milestone)) == (Money(400_000), M.disputed, (0, 360_000, 0))


def test_after_that_it_is_too_late(app):
    milestone = make_approved()
    pass_by(queries.claimable(milestone, Side.business).until)
    with pytest.raises(WrongState):
        make_dispute(milestone)


def test_the_manager_claims_nothing_of_what_is_the_managers(app):
    with pytest.raises(WrongState):
        make_dispute(make_approved(), Side.manager)


def test_no_more_than_was_released_can_be_claimed_back(app):
    with pytest.raises(Invalid):
        make_dispute(make_approved(), amount=400_001)


def test_payouts_wait_for_a_dispute_about_released_money_and_go_on_when_it_is_withdrawn(app):
    milestone = make_approved()
    dispute = make_dispute(milestone)
    [transfer] = transfers_for(f"milestone:{milestone.id}")
    assert transfer.disputed
    commands.withdraw(dispute, people.ada())
    assert (transfer.disputed, milestone.status, dispute.status) == (False, M.approved, S.withdrawn)


def test_a_decision_about_released_money_takes_it_back_and_lets_the_rest_go(app):
    milestone = make_approved()
    dispute = make_decided(make_mediated(make_dispute(milestone, amount=150_000)), to_manager=50_000)
    [transfer] = transfers_for(f"milestone:{milestone.id}")
    assert (transfer.disputed, transfer.amount_minor) == (False, 270_000)
    assert (milestone.status, milestone.returned_minor, milestone.released_minor) == (M.resolved, 100_000, 300_000)
    assert (dispute.to_manager_minor, dispute.to_business_minor) == (50_000, 100_000)


def test_both_sides_have_the_same_time_and_then_the_team_decides(app):
    dispute = make_dispute()
    opened = clock.now()
    first = dispute.answer_by - opened
    clock.move(timedelta(days=2))
    make_answered(dispute)
    assert (dispute.status, dispute.turn) == (S.answered, Side.business)
    second = dispute.answer_by - clock.now()
    assert timedelta(days=3) - timedelta(minutes=1) <= min(first, second)
    commands.add_statement(dispute, people.ada(), Side.business, "I count fifteen.")
    assert (dispute.status, dispute.turn) == (S.mediation, None)
    assert timedelta(days=5) - timedelta(minutes=1) <= dispute.decide_by - clock.now() <= timedelta(days=8)


def test_a_word_out_of_turn_stands_on_record_and_passes_nothing_on(app):
    dispute = make_dispute()
    commands.add_statement(dispute, people.ada(), Side.business, "And the captions are copied.")
    assert (dispute.status, dispute.turn) == (S.open, Side.manager)
    commands.add_statement(dispute, mediator(), None, "Which posts are missing?")
    assert dispute.turn is Side.manager
    assert [entry.side for entry in queries.record_of(dispute) if entry.kind == "statement"] == [Side.business, Side.business, None]


def test_a_side_may_write_only_so_often(app):
    dispute = make_dispute()
    db.session.add_all([Statement(dispute_id=dispute.id, by_side=Side.business, person_id=people.ada().id, text="!") for _ in range(19)])
    with pytest.raises(Invalid):
        commands.add_statement(dispute, people.ada(), Side.business, "Once more.")
    make_answered(dispute)


def test_evidence_is_seen_by_both_sides_and_the_team_alone(app):
    dispute = make_dispute(uploads=((io.BytesIO(PDF), "chat.pdf"), (io.BytesIO(picture()), "page.png")))
    files = files_of(dispute)
    assert [file.name for file in files] == ["chat.pdf", "page.png"]
    seen = {name: file_seen_by(person, files[0].id) is not None for name, person in {
        "ada": people.ada(), "ben": people.ben(), "eve": people.eve(), "mediator": mediator(), "sam": people.sam()}.items()}
    assert seen == {"ada": True, "ben": True, "eve": False, "mediator": True, "sam": True}


def test_what_is_no_evidence_is_refused_beside_its_field(app):
    with pytest.raises(Invalid) as refusal:
        make_dispute(uploads=((io.BytesIO(b"MZ not a picture"), "virus.exe"),))
    assert refusal.value.field == "evidence"
    with pytest.raises(Invalid):
        make_dispute(make_delivered(), uploads=tuple((io.BytesIO(PDF), "x.pdf") for _ in range(7)))


@pytest.mark.parametrize(("side", "expected"), [(Side.business, (250_000, 0, 150_000)), (Side.manager, (250_000, 135_000, 0))])
def test_the_other_side_may_give_all_that_is_claimed(app, side, expected):
    dispute = make_dispute(side=side)
    milestone = dispute.milestone
    with pytest.raises(NotAllowed):
        commands.accept_claim(dispute, speaker(dispute, side), side)
    commands.accept_claim(dispute, speaker(dispute, side.other), side.other)
    assert (dispute.status, dispute.outcome, money(milestone)) == (S.decided, Outcome.accepted, expected)
    assert milestone.status == M.delivered


@pytest.mark.parametrize("step", [make_dispute, make_answered, make_mediated])
def test_a_division_both_agree_on_ends_it_at_any_time_before_the_decision(app, step):
    dispute = step()
    proposal = commands.propose(dispute, people.ben(), Side.manager, Money(100_000), "Half for the videos.")
    with pytest.raises(NotAllowed):
        commands.accept_proposal(proposal, people.ben(), Side.manager)
    commands.accept_proposal(proposal, people.ada(), Side.business)
    assert (dispute.status, dispute.outcome, proposal.status) == (S.decided, Outcome.split, ProposalStatus.accepted)
    assert money(dispute.milestone) == (250_000, 90_000, 50_000)


def test_a_proposal_divides_only_what_is_claimed(app):
    dispute = make_dispute()
    for amount in (-1, 150_001):
        with pytest.raises(Invalid):
            commands.propose(dispute, people.ben(), Side.manager, Money(amount))


def test_a_new_proposal_replaces_the_one_before(app):
    dispute = make_dispute()
    first = commands.propose(dispute, people.ben(), Side.manager, Money(100_000))
    commands.propose(dispute, people.ada(), Side.business, Money(20_000))
    assert first.status == ProposalStatus.replaced
    with pytest.raises(WrongState):
        commands.accept_proposal(first, people.ada(), Side.business)


def test_a_proposal_is_declined_by_the_other_side(app):
    proposal = commands.propose(make_dispute(), people.ben(), Side.manager, Money(100_000))
    with pytest.raises(NotAllowed):
        commands.decline_proposal(proposal, people.ben(), Side.manager)
    commands.decline_proposal(proposal, people.ada(), Side.business)
    assert (proposal.status, proposal.dispute.status) == (ProposalStatus.declined, S.open)


def test_nothing_is_proposed_or_said_once_it_is_decided(app):
    dispute = make_decided()
    for act in (lambda: commands.propose(dispute, people.ben(), Side.manager, Money(1)), lambda: commands.withdraw(dispute, people.ada()),
                lambda: commands.add_statement(dispute, people.ben(), Side.manager, "But…"),
                lambda: commands.accept_claim(dispute, people.ben(), Side.manager),
                lambda: commands.reduce_claim(dispute, people.ada(), Money(1))):
        with pytest.raises(WrongState):
            act()


def test_claiming_less_frees_the_difference_and_ends_the_proposal(app):
    dispute = make_dispute(amount=400_000)
    milestone = dispute.milestone
    proposal = commands.propose(dispute, people.ben(), Side.manager, Money(300_000))
    assert milestone.review_until is None
    commands.reduce_claim(dispute, people.ada(), Money(100_000))
    assert (milestone.status, milestone.frozen_minor, milestone.free) == (M.disputed, 100_000, Money(300_000))
    assert (dispute.claimed, proposal.status) == (Money(100_000), ProposalStatus.lapsed)
    assert timedelta(days=7) - timedelta(minutes=1) <= milestone.review_until - clock.now()


@pytest.mark.parametrize("amount", [0, 150_000, 150_001])
def test_a_claim_only_becomes_smaller(app, amount):
    with pytest.raises(Invalid):
        commands.reduce_claim(make_dispute(), people.ada(), Money(amount))


def test_withdrawing_leaves_all_as_it_was_and_the_window_opens_again(app):
    dispute = make_dispute(amount=400_000)
    milestone = dispute.milestone
    clock.move(timedelta(days=20))
    commands.withdraw(dispute, people.ada())
    assert (milestone.status, milestone.free, money(milestone)) == (M.delivered, Money(400_000), (400_000, 0, 0))
    assert milestone.review_until > clock.now()


def test_withdrawing_leaves_a_window_that_runs(app):
    milestone = make_delivered()
    due = milestone.review_until
    commands.withdraw(make_dispute(milestone), people.ada())
    assert milestone.review_until == due


def test_the_decision_divides_what_was_claimed_and_nothing_else(app):
    dispute = make_decided(to_manager=50_000)
    assert money(dispute.milestone) == (250_000, 45_000, 100_000)
    assert (dispute.status, dispute.outcome, dispute.grounds) == (S.decided, Outcome.decision, ["delivered_in_part"])
    assert dispute.milestone.status == M.delivered


def test_a_step_of_which_nothing_is_left_is_resolved(app):
    dispute = make_decided(make_mediated(make_dispute(amount=400_000)), to_manager=0)
    assert (dispute.milestone.status, money(dispute.milestone)) == (M.resolved, (0, 0, 400_000))


@pytest.mark.parametrize(("to_manager", "to_business"), [(50_000, 100_001), (50_000, 99_999), (-1, 150_001), (150_001, -1)])
def test_the_parts_of_a_decision_are_just_the_claim(app, to_manager, to_business):
    dispute = make_mediated()
    with pytest.raises(Invalid):
        commands.decide(dispute, mediator(), commands.Division(Money(to_manager), Money(to_business)), ["delivered"], "So.")
    assert dispute.status == S.mediation


@pytest.mark.parametrize("grounds", [[], ["because"], ["delivered", "because"]])
def test_a_decision_names_reasons_of_the_table(app, grounds):
    with pytest.raises(Invalid) as refusal:
        make_decided(grounds=grounds)
    assert refusal.value.field == "grounds"


@pytest.mark.parametrize("step", [make_dispute, make_answered])
def test_nobody_decides_before_both_sides_had_their_time(app, step):
    with pytest.raises(WrongState):
        make_decided(step())


def test_a_side_does_not_decide_whatever_its_role(app):
    dispute = make_mediated()
    for person in (people.ada(), people.ben()):
        person.staff_roles = ["mediator", "superadmin"]
        with pytest.raises(NotAllowed):
            make_decided(dispute, by=person)


@pytest.mark.parametrize(("role", "decides"), [("mediator", True), ("finance", True), ("moderator", False), ("vetter", False)])
def test_mediators_and_finance_decide(app, role, decides):
    dispute, person = make_mediated(), mediator("Rumi", role)
    if decides:
        assert make_decided(dispute, by=person).settled_by == person.id
        return
    with pytest.raises(NotAllowed):
        make_decided(dispute, by=person)


def test_who_takes_it_has_it(app):
    dispute = make_mediated()
    commands.take(dispute, mediator())
    commands.take(dispute, mediator())
    db.session.commit()
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "dispute.take")) == 1
    with pytest.raises(WrongState):
        commands.take(dispute, mediator("Nila"))
    with pytest.raises(WrongState):
        commands.take(make_answered(make_dispute(make_delivered())), mediator())


def test_both_sides_are_told_of_the_decision_with_its_reasons(app):
    people.ada().language, people.ben().language = "bn", "en"
    make_decided()
    run_jobs()
    [ada], [ben] = [[letter for letter in letters(address) if "decided" in letter["Subject"] or "সিদ্ধান্ত হয়েছে" in letter["Subject"]]
                    for address in ("ada@example.com", "ben@example.com")]
    for letter, reason, sum_ in ((ada, "কিছুটা কাজ হয়েছে", "৳ ১,০০০"), (ben, "Delivered in part", "৳1,000")):
        text = letter.get_body(("plain",)).get_content().replace("\xa0", " ")
        assert reason in text
        assert sum_ in text
        assert "Fifteen of twenty posts are on the page." in text


def test_it_is_closed_once_the_money_has_arrived(app):
    dispute = make_decided(make_mediated(make_dispute(side=Side.manager)), to_manager=150_000)
    back = make_decided(make_mediated(make_dispute(make_delivered(make_funded(make_milestone())))))
    taken = make_decided(make_mediated(make_dispute(make_approved(make_delivered(make_funded(make_milestone()))))))
    settled = select(Dispute).where(~queries.money_under_way())
    assert db.session.scalars(settled).all() == [dispute]
    db.session.execute(update(Refund).values(status="succeeded"))
    assert set(db.session.scalars(settled)) == {dispute, back, taken}
    db.session.execute(update(Reversal).values(status="recovered"))
    assert set(db.session.scalars(settled)) == {dispute, back}
    clocks.close_settled()
    run_jobs()
    assert (dispute.status, back.status, taken.status) == (S.closed, S.closed, S.decided)


def test_a_wish_for_the_money_back_reaches_only_what_is_free(app):
    milestone = make_delivered()
    make_dispute(milestone)
    with pytest.raises(Invalid):
        refunds.ask_refund(milestone, people.ada(), "All of it.", Money(250_001))


@pytest.mark.parametrize(("at_fault", "owed"), [(True, 270_000), (False, 0)])
def test_what_a_bank_keeps_is_the_managers_to_bear_only_where_a_decision_found_fault(app, at_fault, owed):
    dispute = make_decided(make_mediated(make_dispute(make_approved())), manager_at_fault=at_fault)
    payment = db.session.query(Payment).one()
    lose(payment, dispute.milestone.contract.manager_id)
    signals.chargeback_decided.send(payment)
    jobs = [job for job in queued() if job.task_name.endswith("deciding.recover")]
    assert len(jobs) == at_fault  # once, however often it is asked for
    for job in jobs:
        run_job(job)
    commands.recover(str(dispute.id))
    assert books.owed_by(f"manager:{dispute.milestone.contract.manager_id}").minor == owed


def lose(payment, manager_id):
    """The payer's bank took it back and kept it."""
    ledger.charge_back("dispute:1", source=payment.source, subject=payment.holder, contract=payment.contract, amount=payment.amount,
                       business=f"business:{payment.business_id}", stripe_id="dp_1", settled=payment.amount)
    for action in ("charge_back", "lose"):
        payment.move(action)
    db.session.add(Chargeback(payment_id=payment.id, stripe_dispute_id="dp_1", amount_minor=payment.amount_minor, currency="BDT",
                              reason="general", status="lost", manager_id=manager_id))


def test_work_on_what_nobody_claims_goes_on_beside_the_claim(app):
    """Handed in, changed, handed in again and approved; the claim stands still, and the step returns to where its work is."""
    milestone = make_funded()
    dispute = make_dispute(milestone)
    make_delivered(milestone)
    assert (milestone.status, milestone.work, milestone.free) == (M.disputed, M.delivered, Money(250_000))
    milestones.ask_changes(milestone, people.ada(), "Brighter.")
    with pytest.raises(InvalidTransition):
        milestones.approve(milestone, people.ada())
    make_delivered(milestone)
    milestones.approve(milestone, people.ada(), Money(200_000))
    assert money(milestone) == (200_000, 180_000, 0)
    commands.withdraw(dispute, people.ada())
    assert (milestone.status, milestone.held) == (M.delivered, Money(200_000))
    assert milestone.review_until > clock.now()


def test_nothing_is_handed_in_where_all_is_claimed(app):
    milestone = make_funded()
    make_dispute(milestone, amount=400_000)
    with pytest.raises(InvalidTransition):
        make_delivered(milestone)


def test_what_nobody_claims_returns_when_nothing_comes(app):
    milestone = make_funded()
    make_dispute(milestone)
    pass_by(waiting_ends(milestone))
    sweep_all()
    end_waiting(str(milestone.id))
    end_waiting(str(milestone.id))
    assert (milestone.status, money(milestone)) == (M.disputed, (150_000, 0, 250_000))


def test_the_review_of_what_nobody_claims_is_remembered_and_may_be_longer(app):
    milestone = make_funded()
    make_dispute(milestone)
    make_delivered(milestone)
    until = milestone.review_until
    milestones.extend_review(milestone, people.ada())
    assert milestone.review_until > until
    pass_by(milestone.remind_at)
    run_sweeps()
    assert [one for one in letters(people.ada().email) if "waits for you" in one["subject"]]


def closed(dispute=None):
    """Its contract, ended and closed."""
    milestone = dispute.milestone if dispute else make_approved()
    run_jobs()
    settlements.mark_sent(milestone)
    end(milestone.contract)
    return milestone.contract


@pytest.mark.parametrize(("how", "clean"), [
    (lambda: make_decided(to_manager=150_000), True), (make_decided, False),
    (lambda: make_decided(to_manager=150_000, manager_at_fault=True), False),
    (lambda: _settled(lambda dispute: commands.accept_claim(dispute, people.ben(), Side.manager)), False),
    (lambda: _settled(_divided), True)])
def test_a_contract_whose_dispute_the_manager_lost_is_no_clean_one(app, how, clean):
    dispute = how()
    milestones.approve(dispute.milestone, people.ada())
    contract = closed(dispute)
    assert (contract.clean, contract.manager.clean_contracts) == (clean, int(clean))


def test_a_dispute_that_is_lost_after_the_contract_closed_takes_it_from_the_clean_ones(app):
    contract = closed()
    manager, milestone = contract.manager, milestones_of(contract)[0]
    assert manager.clean_contracts == 1
    dispute = make_decided(make_mediated(make_dispute(milestone)))
    run_jobs()
    contracts.note_lost_dispute(str(contract.id))
    assert (dispute.released, contract.clean, manager.clean_contracts) == (Money(150_000), False, 0)


def _settled(how):
    dispute = make_dispute()
    how(dispute)
    return dispute


def _divided(dispute):
    proposal = commands.propose(dispute, people.ada(), Side.business, Money(50_000))
    commands.accept_proposal(proposal, people.ben(), Side.manager)
