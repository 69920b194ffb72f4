"""Held and released money of one step are claimed together: held money first, then what was released within the days for it."""
from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from marketplace.contracts.commands import milestones
from marketplace.contracts.models import MilestoneStatus as M
from marketplace.contracts.models.offer import Side
from marketplace.core import clock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.disputes import commands, queries
from marketplace.disputes.models import DisputeStatus as S
from marketplace.payments.queries import paid_for, transfers_for
from tests import people
from tests.contracts.test_adrift import decided, taken
from tests.disputes.test_commands import money
from tests.factories.contracts import make_delivered
from tests.factories.disputes import make_decided, make_dispute, make_mediated, pass_by
from tests.people import sign_in
from tests.worker import run_jobs


@pytest.fixture
def milestone(app):
    """৳3,000 of ৳4,000 released, the rest in review."""
    milestone = make_delivered()
    milestones.approve(milestone, people.ada(), Money(300_000))
    return milestone


def waits(milestone) -> list[bool]:
    return [transfer.disputed for transfer in transfers_for(f"milestone:{milestone.id}")]


def test_while_a_part_is_held_the_released_part_can_be_claimed_too(milestone):
    claim = queries.claimable(milestone, Side.business)
    assert (claim.held, claim.released, claim.most) == (Money(100_000), Money(300_000), Money(400_000))
    dispute = make_dispute(milestone, amount=400_000)
    assert (milestone.frozen_minor, dispute.released, waits(milestone)) == (100_000, Money(300_000), [True])


def test_the_manager_claims_only_what_is_held(milestone):
    assert queries.claimable(milestone, Side.manager).most == Money(100_000)
    with pytest.raises(Invalid):
        make_dispute(milestone, Side.manager, amount=100_001)


def test_what_is_held_is_claimed_first_and_payouts_go_on_then(milestone):
    dispute = make_dispute(milestone, amount=100_000)
    assert (milestone.frozen_minor, dispute.released, waits(milestone)) == (100_000, Money(0), [False])


def test_each_release_can_be_claimed_for_seven_days_and_no_longer(milestone):
    until = queries.claimable(milestone, Side.business).until
    pass_by(until)
    assert queries.claimable(milestone, Side.business).most == Money(100_000)
    milestones.approve(milestone, people.ada())
    assert queries.claimable(milestone, Side.business).most == Money(100_000)
    with pytest.raises(Invalid):
        make_dispute(milestone, amount=100_001)
    pass_by(queries.claimable(milestone, Side.business).until)
    assert queries.claimable(milestone, Side.business) is None


def test_until_is_the_day_of_the_first_release_while_both_can_be_claimed(milestone):
    first = queries.claimable(milestone, Side.business).until
    clock.move(timedelta(days=2))
    milestones.approve(milestone, people.ada())
    claim = queries.claimable(milestone, Side.business)
    assert (claim.most, claim.until) == (Money(400_000), first)


@pytest.mark.parametrize(("to_manager", "expected"), [(400_000, (0, 360_000, 0)), (350_000, (0, 315_000, 50_000)),
                                                     (250_000, (0, 225_000, 100_000)), (0, (0, 0, 100_000))])
def test_what_goes_back_comes_from_held_money_first_then_from_what_was_released(milestone, to_manager, expected):
    """What was released and not sent is taken from its transfer, and refunded under the name of its own row."""
    dispute = make_decided(make_mediated(make_dispute(milestone, amount=400_000)), to_manager=to_manager)
    assert (milestone.status, money(milestone), waits(milestone)[0]) == (M.resolved, expected, False)
    assert (milestone.released_minor, milestone.returned_minor) == (to_manager, 400_000 - to_manager)
    assert (dispute.to_manager, dispute.to_business) == (Money(to_manager), Money(400_000 - to_manager))


def test_what_was_taken_back_is_not_claimed_once_more(milestone):
    make_decided(make_mediated(make_dispute(milestone, amount=250_000)), to_manager=50_000)
    assert milestone.released_minor == 200_000
    assert queries.claimable(milestone, Side.business) is None
    milestone.status = M.released
    assert queries.claimable(milestone, Side.business).most == Money(200_000)


def test_claiming_less_lets_the_released_part_go_first(milestone):
    dispute = make_dispute(milestone, amount=400_000)
    commands.reduce_claim(dispute, people.ada(), Money(150_000))
    assert (dispute.released, milestone.frozen_minor, waits(milestone)) == (Money(50_000), 100_000, [True])
    commands.reduce_claim(dispute, people.ada(), Money(60_000))
    assert (dispute.released, milestone.frozen_minor, waits(milestone)) == (Money(0), 60_000, [False])
    assert milestone.review_until > clock.now()


def test_withdrawing_lets_both_go_on(milestone):
    commands.withdraw(make_dispute(milestone, amount=400_000), people.ada())
    assert (milestone.status, milestone.free, waits(milestone)) == (M.delivered, Money(100_000), [False])


def test_what_was_released_meanwhile_is_not_claimed_as_held(milestone):
    hoped = queries.claimable(milestone, Side.business)
    milestones.approve(milestone, people.ada(), Money(50_000))
    assert queries.claimable(milestone, Side.business).most == hoped.most
    make_dispute(milestone, amount=350_000)
    assert (milestone.frozen_minor, waits(milestone)) == (50_000, [True, True])


def test_when_a_bank_keeps_the_held_part_the_released_one_is_still_decided(milestone):
    dispute = make_mediated(make_dispute(milestone, amount=400_000))
    payment = SimpleNamespace(payment=paid_for(f"milestone:{milestone.id}"))
    taken(payment, 100_000)
    decided(payment, "lose")
    run_jobs()
    assert (dispute.claimed, dispute.released) == (Money(300_000), Money(300_000))
    assert (dispute.status, milestone.status) == (S.mediation, M.disputed)
    make_decided(dispute, to_manager=300_000)
    assert (milestone.status, milestone.released_minor, milestone.returned_minor) == (M.resolved, 300_000, 100_000)


def test_too_late_and_nothing_held_is_nothing(milestone):
    milestones.approve(milestone, people.ada())
    clock.move(timedelta(days=12))
    with pytest.raises(WrongState):
        make_dispute(milestone)


@pytest.mark.parametrize(("language", "words"), [("en", "is held and stops first"), ("bn", "আগে আটকে থাকবে")])
def test_the_form_says_what_of_it_is_held(milestone, client, language, words):
    people.ada().language = language
    text = sign_in(client, people.ada()).get(f"/milestones/{milestone.id}/dispute").get_data(as_text=True)
    assert words in text
