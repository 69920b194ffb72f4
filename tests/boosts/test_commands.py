"""Ad money: the rate that is locked, the draw rule, and how what is left goes back."""
from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.access.commands import Withheld
from marketplace.access.models import Right
from marketplace.boosts import commands, queries
from marketplace.boosts.commands.draws import folded
from marketplace.boosts.commands.pots import settle_pot
from marketplace.boosts.commands.rates import RATE_DAYS
from marketplace.boosts.models import BoostStatus, DrawStatus, PotStatus
from marketplace.boosts.queries.limits import ads_end
from marketplace.contracts.commands import contracts, funding, milestones, settlements
from marketplace.contracts.models import ContractStatus
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import milestones_of
from marketplace.core import clock, pricing
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.i18n import moment, speaking
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.payments.models import Refund
from marketplace.payments.queries import transfers_for
from tests import people
from tests.factories.access import make_grant
from tests.factories.boosts import (
    PLAN,
    RATE,
    make_boost,
    make_boost_funded,
    make_boost_grant,
    make_boosting_contract,
    make_draw,
    make_funded_pot,
    make_pot,
    make_rate,
    make_running_boost,
)
from tests.factories.contracts import make_milestone
from tests.payments.conftest import sandbox_program, stripe_app, world
from tests.worker import run_jobs, run_sweeps

__all__ = ["sandbox_program", "stripe_app", "world"]
HERE = "https://dayitto.example/here"
ADS = Money(40_00 * RATE // 100)
VAT = pricing.ads_vat(ADS)


@pytest.fixture
def pot(app):
    """Forty dollars held for ads, at 122.50."""
    return make_funded_pot()


def move_to(moment):
    clock.move(moment - clock.now())


@contextmanager
def refused(error, says):
    """Refused, in these words."""
    with pytest.raises(error) as refusal:
        yield
    with speaking("en"):
        assert says in str(refusal.value.message)


def taka(dollars_minor: int) -> int:
    return dollars_minor * RATE // 100


# The rate.


def test_only_the_managers_card_has_a_pot(app):
    assert make_pot().dollars == Money(40_00, "USD")
    assert queries.pot_of(make_boosting_contract(payer="owner").id) is None


def test_the_terms_say_how_many_dollars_and_who_pays_meta(app):
    contract = make_boosting_contract()
    assert contract.terms["ads"] == {"dollars_minor": 40_00, "payer": "manager"}


def test_the_rate_is_locked_with_its_source_when_the_money_is_paid_in(pot):
    assert (pot.status, pot.rate_minor, pot.rate_source) == (PotStatus.funded, RATE, "Bangladesh Bank")
    assert (pot.ads, pot.vat) == (ADS, VAT)
    make_rate(RATE + 500)
    assert queries.left_in(pot) == ADS + VAT
    with pytest.raises(WrongState):
        pot.move("lock_rate")


def test_a_newer_rate_is_locked_when_nobody_paid_at_the_last_one(app):
    milestone = make_milestone(make_boosting_contract())
    make_rate()
    funding.ads_beside(milestone, bind=True)
    make_rate(RATE + 100)
    pot = queries.pot_of_milestone(milestone.id)
    assert pot.rate_minor == RATE
    funding.ads_beside(milestone)
    assert pot.rate_minor == RATE
    funding.ads_beside(milestone, bind=True)
    assert pot.rate_minor == RATE + 100


def test_the_payment_knows_how_much_of_the_ad_money_is_vat(stripe_app):
    pot = make_pot()
    make_rate()
    payment = funding.start_funding(make_milestone(pot.contract), people.ada(), HERE, HERE)
    assert (payment.ad_spend, payment.ad_vat) == (ADS + VAT, VAT)


@pytest.mark.parametrize(("age", "too_old"), [(RATE_DAYS, False), (RATE_DAYS + 1, True)])
def test_an_old_rate_cannot_be_locked(app, age, too_old):
    milestone = make_milestone(make_boosting_contract())
    make_rate(days_ago=age)
    if too_old:
        with refused(WrongState, "rate"):
            funding.ads_beside(milestone, bind=True)
    else:
        assert funding.ads_beside(milestone, bind=True) == ADS


def test_without_any_rate_nothing_is_paid_in(app):
    with pytest.raises(WrongState):
        funding.ads_beside(make_milestone(make_boosting_contract()))


def test_a_rate_is_of_today_or_a_day_that_counts_and_no_slip_of_the_pen(app):
    today = clock.today().date()
    commands.enter_rate(people.sam(), RATE, today, "Bangladesh Bank", "https://www.bb.org.bd/en/")
    for day in (today + timedelta(days=1), today - timedelta(days=RATE_DAYS + 1)):
        with pytest.raises(Invalid):
            commands.enter_rate(people.sam(), RATE, day, "Bangladesh Bank", "https://www.bb.org.bd/en/")
    with refused(Invalid, "far"):
        commands.enter_rate(people.sam(), RATE * 10, today, "Bangladesh Bank", "https://www.bb.org.bd/en/")


# The draw rule.


@pytest.mark.parametrize(("spent", "receipt", "counted"), [(25_00, 10_00, 10_00), (6_00, 10_00, 6_00)])
def test_the_smaller_of_receipt_and_spend_is_repaid_with_its_vat(pot, spent, receipt, counted):
    make_running_boost(pot, spent_minor=spent)
    draw = make_draw(pot, dollars_minor=receipt, vat_minor=receipt * 15 // 100)
    commands.approve_draw(draw, people.ada())
    assert draw.paid_dollars_minor == counted
    assert draw.amount.minor == taka(counted * 115 // 100)
    assert books.payable(f"manager:{pot.contract.manager_id}") == draw.amount
    assert queries.left_in(pot) == ADS + VAT - draw.amount
    [transfer] = transfers_for(f"draw:{draw.id}")
    assert transfer.amount == draw.amount


def test_vat_is_as_on_the_receipt_and_none_is_none(pot):
    make_running_boost(pot, spent_minor=25_00)
    draw = make_draw(pot, dollars_minor=10_00, vat_minor=0)
    commands.approve_draw(draw, people.ada())
    assert draw.amount.minor == taka(10_00)
    with refused(Invalid, "15"):
        make_draw(pot, "other", dollars_minor=10_00, vat_minor=1_51)


def test_what_was_drawn_is_not_drawn_again(pot):
    make_running_boost(pot, spent_minor=15_00)
    commands.approve_draw(make_draw(pot, "first", 10_00), people.ada())
    second = make_draw(pot, "second", 10_00)
    commands.approve_draw(second, people.ada())
    assert second.paid_dollars_minor == 5_00
    third = make_draw(pot, "third", 10_00)
    with refused(Invalid, "nothing to repay"):
        commands.approve_draw(third, people.ada())
    assert third.status == DrawStatus.asked


def test_spending_never_passes_the_pot(pot):
    boost = make_running_boost(pot)
    boost.spent_minor = 60_00
    draw = make_draw(pot, dollars_minor=60_00, vat_minor=9_00)
    commands.approve_draw(draw, people.ada())
    assert draw.amount == ADS + VAT
    assert draw.paid_dollars_minor == pot.dollars_minor  # as many as it had, not the receipt's
    assert queries.left_in(pot) == Money(0)
    with pytest.raises(ledger.NotEnough):
        ledger.draw("beyond", milestone=pot.subject, contract=f"contract:{pot.contract_id}",
                    manager=f"manager:{pot.contract.manager_id}", amount=Money(1))


def test_a_receipt_counts_once_on_the_whole_platform_however_it_is_written(pot):
    make_draw(pot, "FBADS-108-100000001")
    for written in ("fbads 108 100000001", "FBADS-১০৮-১০০০০০০০১"):
        with refused(Invalid, "once"):
            make_draw(pot, written)
    assert folded("fbads-108") == "FBADS108"


def test_a_refused_receipt_may_be_handed_in_again(pot):
    draw = make_draw(pot)
    commands.refuse_draw(draw, people.ada(), "The picture is cut off.")
    assert (draw.status, draw.reason) == (DrawStatus.refused, "The picture is cut off.")
    assert make_draw(pot).status == DrawStatus.asked


def test_silence_approves_what_meta_reports_and_refuses_what_it_does_not(pot):
    make_running_boost(pot, spent_minor=10_00)
    first, second = make_draw(pot, "first", 10_00), make_draw(pot, "second", 10_00)
    move_to(first.decide_by - timedelta(minutes=1))
    run_sweeps()
    assert (first.status, second.status) == (DrawStatus.asked, DrawStatus.asked)
    move_to(first.decide_by + timedelta(minutes=1))
    run_sweeps()
    assert (first.paid_dollars_minor, first.decided_by) == (10_00, None)
    assert second.status == DrawStatus.refused


def test_no_receipt_before_the_money_and_none_after_the_days_for_them(app):
    pot = make_pot()
    with pytest.raises(WrongState):
        make_draw(pot)
    make_funded_pot(pot.contract)
    commands.close_pot(pot)
    make_draw(pot)
    move_to(pot.closes_at + timedelta(seconds=1))
    with pytest.raises(WrongState):
        make_draw(pot, "late")


# Back to the card.


def test_what_is_left_goes_back_by_itself_after_the_days_for_receipts(pot):
    boost = make_running_boost(pot, spent_minor=10_00)
    commands.approve_draw(make_draw(pot), people.ada())
    commands.end_boost(boost, people.ada())
    assert pot.status == PotStatus.closing
    left = queries.left_in(pot)
    move_to(pot.closes_at - timedelta(minutes=1))
    run_sweeps()
    assert pot.status == PotStatus.closing
    move_to(pot.closes_at)
    run_sweeps()
    assert (pot.status, pot.returned) == (PotStatus.settled, left)
    assert queries.left_in(pot) == Money(0)
    [refund] = db.session.query(Refund).all()
    assert (refund.amount, refund.ads) == (left, True)
    assert books.held(pot.subject) == make_milestone(pot.contract).amount


def test_nothing_goes_back_while_a_receipt_waits_for_its_answer(pot):
    make_running_boost(pot, spent_minor=10_00)
    commands.close_pot(pot)
    move_to(pot.closes_at - timedelta(hours=1))
    draw = make_draw(pot)
    move_to(pot.closes_at + timedelta(hours=1))
    run_sweeps()
    settle_pot(str(pot.id))  # queued before the receipt came in
    assert pot.status == PotStatus.closing
    commands.approve_draw(draw, people.ada())
    run_sweeps()
    assert pot.status == PotStatus.settled


def test_a_refunded_step_takes_the_undrawn_ad_money_with_it_at_once(pot):
    [milestone] = milestones_of(pot.contract)
    boost = make_running_boost(pot)
    settlements.settle(milestone, to_business=milestone.amount, by=people.ben())
    run_jobs()
    assert (pot.status, boost.status) == (PotStatus.closing, BoostStatus.ended)
    run_sweeps()
    assert pot.returned == ADS + VAT


def test_an_approved_step_waits_for_the_last_receipts(pot):
    [milestone] = milestones_of(pot.contract)
    milestones.deliver(milestone, people.ben(), "Forty dollars went out.", [])
    milestones.approve(milestone, people.ada())
    run_jobs()
    assert pot.status == PotStatus.closing
    assert pot.closes_at > clock.now() + timedelta(days=6)


def test_an_ended_contract_is_not_closed_while_ad_money_is_kept(pot):
    contract, [milestone] = pot.contract, milestones_of(pot.contract)
    settlements.settle(milestone, to_business=milestone.amount, by=people.ben())
    contracts.end_contract(contract, people.ada(), Side.business, "Enough.")
    for item in contracts.open_items(contract):
        contracts.tick_handover(item, people.ada())
    assert contract.status == ContractStatus.ending
    run_jobs()
    run_sweeps()
    assert (pot.status, contract.status) == (PotStatus.settled, ContractStatus.closed)


def test_a_bank_that_takes_the_payment_back_takes_the_ad_money_first(pot):
    [(source, _)] = books.sources_of(pot.subject)
    ledger.charge_back("taken", source=source, subject=pot.subject, contract=f"contract:{pot.contract_id}",
                       business=f"business:{pot.contract.business_id}", amount=Money(1_000_00), stripe_id="dp_1")
    assert queries.left_in(pot) == ADS + VAT - Money(1_000_00)
    assert books.held(pot.subject) == make_milestone(pot.contract).amount


# Plans.


def test_boosts_stay_within_the_dollars_that_were_agreed(pot):
    grant = make_boost(pot, budget_minor=25_00).grant
    with refused(Invalid, "15.00"):
        make_boost(pot, grant, budget_minor=15_01)
    make_boost(pot, grant, budget_minor=15_00)


def test_a_boost_does_not_run_past_the_last_day_of_its_ad_money(pot):
    clock.move(timedelta(days=70))
    boost = make_boost(pot, days=9)
    for plan in (lambda: make_boost(pot, boost.grant, days=11), lambda: commands.edit_boost(boost, people.ben(), replace(PLAN, days=11))):
        with pytest.raises(Invalid) as refusal:
            plan()
        assert refusal.value.field == "days"
        assert moment(ads_end(pot.funded_at)) in str(refusal.value.message)


def test_before_it_is_paid_in_a_boost_may_be_planned_at_any_length(app):
    assert make_boost(make_pot(), days=88).days == 88


def test_an_ended_boost_leaves_what_it_did_not_spend(pot):
    boost = make_running_boost(pot, spent_minor=12_00)
    commands.end_boost(boost, people.ada())
    with refused(Invalid, "28.00"):
        make_boost(pot, boost.grant, budget_minor=28_01)


def test_without_the_right_nothing_is_planned(pot):
    with pytest.raises(Withheld):
        commands.plan_boost(make_grant(pot.contract, rights=[Right.publish]), people.ben(), PLAN)


def test_what_is_approved_is_what_was_read_and_an_edit_needs_it_again(pot):
    boost = make_boost(pot)
    with pytest.raises(WrongState):
        commands.approve_boost(boost, people.ada(), "another plan's")
    commands.approve_boost(boost, people.ada(), boost.hash)
    assert boost.status == BoostStatus.funded
    commands.edit_boost(boost, people.ben(), PLAN)
    assert (boost.status, boost.approved_hash) == (BoostStatus.planned, "")
    with pytest.raises(WrongState):
        commands.launch_boost(boost, people.ben())


def test_an_agreed_boost_waits_for_the_money(app):
    contract = make_boosting_contract()
    make_rate()
    boost = make_boost(make_pot(contract), make_boost_grant(contract))
    commands.approve_boost(boost, people.ada(), boost.hash)
    assert boost.status == BoostStatus.approved
    make_boost_funded(make_milestone(contract))
    assert boost.status == BoostStatus.funded


def test_what_changed_behind_the_approval_is_not_launched(pot):
    boost = make_boost(pot)
    commands.approve_boost(boost, people.ada(), boost.hash)
    boost.post_id = "200000000000001_999"
    with pytest.raises(WrongState):
        commands.launch_boost(boost, people.ben())


def test_another_boost_reopens_the_pot_while_the_work_goes_on(pot):
    boost = make_running_boost(pot, spent_minor=10_00)
    commands.end_boost(boost, people.ada())
    assert pot.status == PotStatus.closing
    another = make_boost(pot, boost.grant, budget_minor=20_00)
    commands.approve_boost(another, people.ada(), another.hash)
    assert (pot.status, pot.closes_at, another.status) == (PotStatus.funded, None, BoostStatus.funded)
