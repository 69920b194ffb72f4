"""Turns that a step's money takes when something else happened first: paid otherwise, sent before, no longer there."""
from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from marketplace.contracts.commands import bonuses, change_orders, funding, milestones, prorating, refunds, retainers, settlements
from marketplace.contracts.models import Milestone
from marketplace.contracts.models import MilestoneStatus as S
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import milestones_of
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.files.models import Purpose
from marketplace.ledger import queries as books
from marketplace.notifications.models import Notice
from marketplace.payments import signals
from marketplace.payments.models import Transfer, TransferStatus
from marketplace.payments.queries import transfers_for
from tests import people
from tests.factories.changes import make_accepted, make_change, make_paid_bonus
from tests.factories.contracts import make_approved, make_contract, make_delivered, make_funded
from tests.factories.files import make_file
from tests.factories.retainers import make_next_month, make_retainer, make_saved_card

WHOLE, PART = Money(400_000), Money(100_000)


def sent(milestone: Milestone) -> Transfer:
    """As when Stripe has what was released so far."""
    transfer = transfers_for(f"milestone:{milestone.id}")[-1]
    transfer.status = TransferStatus.sent
    signals.transfer_sent.send(transfer)
    return transfer


def titles() -> list[str]:
    return list(db.session.scalars(select(Notice.title)))


class TestSent:
    """What was released has left."""

    def test_while_a_part_is_held_the_step_is_not_released(self, app):
        milestone = make_delivered()
        milestones.approve(milestone, people.ada(), PART)
        sent(milestone)
        assert (milestone.status, milestone.released_at) == (S.delivered, None)

    def test_with_the_rest_given_back_it_is(self, app):
        milestone = make_delivered()
        milestones.approve(milestone, people.ada(), PART)
        sent(milestone)
        refunds.give_back(milestone, people.ben())
        assert (milestone.status, milestone.returned_minor) == (S.released, 300_000)
        assert milestone.released_at

    def test_it_has_arrived_when_the_bank_has_all_of_it(self, app):
        milestone = make_approved()
        transfer = sent(milestone)
        signals.transfer_arrived.send(transfer)
        assert (milestone.status, milestone.arrived_at) == (S.released, None)
        transfer.status = TransferStatus.arrived
        signals.transfer_arrived.send(transfer)
        assert milestone.arrived_at

    def test_what_was_sent_while_it_was_disputed_is_released_when_that_is_over(self, app):
        milestone = make_approved()
        settlements.freeze(milestone, PART, people.ada(), "Not as agreed.")
        sent(milestone)
        assert milestone.status == S.disputed
        settlements.unfreeze(milestone, people.ada(), "It was.")
        assert milestone.status == S.released

    def test_what_a_decision_gave_the_manager_stays_decided_when_it_is_sent(self, app):
        milestone = make_delivered()
        settlements.freeze(milestone, WHOLE, people.ada(), "Not as agreed.")
        settlements.decide(milestone, to_manager=WHOLE, to_business=Money(0), of_released=Money(0), by=people.sam(), why="It was.")
        sent(milestone)
        assert (milestone.status, milestone.released_minor) == (S.resolved, WHOLE.minor)
        assert milestone.released_at

    def test_with_all_the_rest_decided_against_the_manager_what_was_sent_is_all(self, app):
        milestone = make_delivered()
        milestones.approve(milestone, people.ada(), PART)
        sent(milestone)
        settlements.freeze(milestone, WHOLE - PART, people.ada(), "Not as agreed.")
        settlements.decide(milestone, to_manager=Money(0), to_business=WHOLE - PART, of_released=Money(0), by=people.sam(), why="No.")
        assert (milestone.status, milestone.released_minor) == (S.resolved, PART.minor)
        assert milestone.released_at

    def test_a_decision_that_takes_nothing_back_leaves_the_pay(self, app):
        milestone = make_approved()
        settlements.freeze(milestone, PART, people.ada(), "Not as agreed.")
        settlements.decide(milestone, to_manager=PART, to_business=Money(0), of_released=PART, by=people.sam(), why="It was.")
        assert (milestone.status, milestone.released_minor, milestone.refunded_at) == (S.resolved, WHOLE.minor, None)
        assert [transfer.amount for transfer in transfers_for(f"milestone:{milestone.id}")] == [Money(360_000)]


class TestKeptForTheNextStep:
    """Asked for while there was one, agreed to when there is none, or a cheaper one."""

    @pytest.fixture
    def asked(self, app) -> SimpleNamespace:
        first, second = milestones_of(make_contract())
        make_delivered(make_funded(first))
        return SimpleNamespace(first=first, second=second, request=refunds.ask_refund(first, people.ada(), "Later.", Money(300_000), True))

    def test_paid_in_meanwhile_it_takes_nothing(self, asked):
        make_funded(asked.second)
        with pytest.raises(WrongState):
            refunds.agree_refund(asked.request, people.ben())
        assert books.held(f"milestone:{asked.first.id}") == WHOLE

    def test_cheaper_meanwhile_it_takes_no_more_than_it_costs(self, asked):
        make_accepted(make_change(kind="change", milestone=asked.second, amount_minor=200_000))
        with pytest.raises(Invalid) as refusal:
            refunds.agree_refund(asked.request, people.ben())
        assert (refusal.value.field, books.held(f"milestone:{asked.first.id}")) == ("amount", WHOLE)


class TestMonths:
    """Money of a month."""

    def test_what_was_given_back_meanwhile_is_not_divided(self, app):
        contract = make_retainer()
        make_next_month(contract)
        first = milestones_of(contract)[0]
        contract.ended_at = clock.now()
        proposal = prorating.propose(first, people.ben(), Side.manager, [60, 4])
        refunds.give_back(first, people.ben(), amount=PART)
        with pytest.raises(WrongState):
            prorating.agree(proposal, people.ada(), Side.business)
        assert (first.released_minor, first.returned_minor) == (0, PART.minor)

    def test_one_that_is_being_paid_is_not_told(self, app):
        month = make_next_month()
        clock.move(month.charge_at - clock.now())
        retainers.fund_by_card(month.milestone, people.ada(), make_saved_card(month.milestone.contract.business))
        retainers.tell_month(str(month.id))
        assert (month.announced_at, month.reminded_at) == (None, None)

    def test_a_charge_that_was_called_off_is_no_refusal(self, app):
        month = make_next_month()
        retainers.fund_by_card(month.milestone, people.ada(), make_saved_card(month.milestone.contract.business))
        before = titles()
        funding.cancel_funding(month.milestone, people.ada())
        assert (month.milestone.status, titles()) == (S.planned, before)


def test_evidence_is_kept_with_the_work_it_shows(app):
    milestone = make_funded()
    ben = milestone.contract.manager.person
    shown = make_file(ben, Purpose.evidence)
    delivery = milestones.deliver(milestone, ben, "All twenty posts are out.", [], shown)
    assert (delivery.file_id, shown.subject) == (shown.id, f"milestone:{milestone.id}")


def test_a_bonus_that_is_paid_is_not_called_off(app):
    bonus = make_paid_bonus()
    with pytest.raises(WrongState):
        bonuses.cancel_bonus(bonus, people.ada())
    assert bonus.status == "paid"


def test_a_change_that_was_declined_changes_nothing_and_lapses_no_more(app):
    order = make_change()
    before = [row.id for row in milestones_of(order.contract)]
    change_orders.decline(order, people.ada(), Side.business)
    clock.move(order.expires_at - clock.now())
    change_orders.lapse_change_order(str(order.id))
    assert (order.status, [row.id for row in milestones_of(order.contract)]) == ("declined", before)

