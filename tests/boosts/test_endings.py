"""When ads end that nobody ended: with the last step's work, with the contract, or held as long as it may be."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.boosts import commands, queries
from marketplace.boosts.models import BoostStatus, PotStatus
from marketplace.boosts.queries.limits import ADS_DAYS, ads_end
from marketplace.contracts.commands import contracts, milestones, refunds
from marketplace.contracts.commands.offers import counter_offer
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import limits, milestones_of
from marketplace.core import clock
from marketplace.core.errors import Invalid
from marketplace.core.money import Money
from marketplace.managers.models import Kind
from tests import people
from tests.factories.boosts import make_boosting_contract, make_draw, make_funded_pot, make_running_boost
from tests.factories.businesses import make_business
from tests.factories.contracts import TERMS, make_bid, make_delivered, make_funded, make_offer
from tests.factories.jobs import make_job
from tests.factories.retainers import LINES, PRICE
from tests.people import sign_in
from tests.worker import run_jobs, run_sweeps

STEPS = [{"title": "Set up", "amount_minor": 400_00, "days": 3}, {"title": "Run it", "amount_minor": 400_00, "days": 21}]
MONTHLY = TERMS | {"billing": "monthly", "price_minor": PRICE, "lines": LINES,
                   "milestones": [{"title": "1", "amount_minor": PRICE, "days": 30}]}


@pytest.fixture
def pot(app):
    """Forty dollars held for ads beside the first of two steps."""
    return make_funded_pot(make_boosting_contract(steps=STEPS))


def to(moment):
    clock.move(moment - clock.now() + timedelta(minutes=1))


def approve(milestone):
    milestones.approve(make_delivered(milestone), people.ada())
    run_jobs()


@pytest.mark.parametrize("paid_in", [True, False])
def test_ads_run_on_while_a_step_is_to_come(pot, paid_in):
    boost, (first, second) = make_running_boost(pot), milestones_of(pot.contract)
    if paid_in:
        make_funded(second)
    approve(first)
    assert (boost.status, pot.status) == (BoostStatus.running, PotStatus.funded)


def test_a_disputed_step_is_work_to_come(pot):
    boost, (first, second) = make_running_boost(pot), milestones_of(pot.contract)
    make_funded(second)
    second.disputed_from = second.status
    second.move("dispute")
    second.frozen_minor = second.amount_minor
    approve(first)
    assert boost.status == BoostStatus.running


def test_with_the_last_step_ads_end_and_its_receipts_have_their_days(pot):
    boost, (first, second) = make_running_boost(pot), milestones_of(pot.contract)
    approve(first)
    approve(make_funded(second))
    assert (boost.status, pot.status) == (BoostStatus.ended, PotStatus.closing)
    assert pot.closes_at > clock.now() + timedelta(days=6)


def test_what_was_given_back_whole_takes_undrawn_ad_money_with_it_only_when_no_step_was_paid(pot):
    first, second = milestones_of(pot.contract)
    approve(first)
    refunds.give_back(make_funded(second), people.ben())
    run_jobs()
    assert pot.closes_at > clock.now() + timedelta(days=6), "there may be receipts for the first step's ads"


def test_in_an_ended_contract_no_step_is_to_come(pot):
    first, _second = milestones_of(pot.contract)
    contracts.end_contract(pot.contract, people.ada(), Side.business, "Enough.")
    refunds.give_back(first, people.ben())
    run_jobs()
    run_sweeps()
    assert pot.status == PotStatus.settled


def test_two_steps_that_end_at_once_are_both_seen(pot):
    first, second = milestones_of(pot.contract)
    for step in (make_delivered(first), make_delivered(make_funded(second))):
        milestones.approve(step, people.ada())
    assert pot.status == PotStatus.funded, "looked at by a job, when both are committed"
    run_jobs()
    assert pot.status == PotStatus.closing


def test_ad_money_is_back_before_it_has_been_held_too_long(pot):
    boost, limit = make_running_boost(pot, spent_minor=20_00), limits.limit_of(pot.funded_at)
    boost.ends_at = limit
    to(ads_end(pot.funded_at) - timedelta(hours=1))
    run_sweeps()
    assert pot.status == PotStatus.funded
    to(ads_end(pot.funded_at))
    run_sweeps()
    assert (boost.status, pot.status) == (BoostStatus.ended, PotStatus.closing)
    to(pot.closes_at - timedelta(hours=1))
    draw = make_draw(pot)
    assert draw.decide_by <= limit
    to(draw.decide_by)
    run_sweeps()
    run_sweeps()
    assert pot.status == PotStatus.settled
    assert queries.left_in(pot) == Money(0)


def test_late_in_its_days_no_other_boost_holds_it_longer(pot):
    boost = make_running_boost(pot, budget_minor=10_00)
    to(ads_end(pot.funded_at) - timedelta(days=1))
    commands.end_boost(boost, people.ada())
    assert pot.closes_at <= pot.funded_at + timedelta(days=ADS_DAYS + 7)
    to(ads_end(pot.funded_at))
    commands.pots.reopen_pot(pot)
    assert pot.status == PotStatus.closing


def test_months_and_ads_on_the_managers_card_do_not_go_together(app, client):
    listing = make_job(make_business(people.ada()), Kind.boosting)
    terms = MONTHLY | {"starts_on": clock.today().date().isoformat()}
    with pytest.raises(Invalid) as refusal:
        make_offer(make_bid(listing), **terms)
    assert refusal.value.field == "billing"
    offer = make_boosting_contract(steps=STEPS).offer
    with pytest.raises(Invalid):
        counter_offer(offer, people.ben(), Side.manager, 1, terms)
    own_card = make_job(make_business(people.eve()), Kind.boosting, payer="owner")
    assert make_offer(make_bid(own_card), **terms).latest.terms["ads"]["payer"] == "owner"


@pytest.mark.parametrize(("language", "says"), [("en", "Choose “Step by step”"), ("bn", "ধাপে ধাপে")])
def test_the_offer_form_says_so_beside_the_field_and_keeps_what_was_typed(app, client, language, says):
    listing = make_job(make_business(people.ada()), Kind.boosting)
    people.ada().language = language
    bid = make_bid(listing)
    answer = sign_in(client, people.ada()).post(f"/bids/{bid.id}/offer", data={
        "title": "Eid boosts", "scope": "All of it.", "billing": "monthly", "price_minor": "7000", "changes_included": "2",
        "notice_days": "7", "starts_on": clock.today().date().isoformat(), "lines-0-title": "Boosts", "lines-0-count": "4",
        "ownership": "business"})
    assert answer.status_code == 422
    assert says in answer.text
    assert "Eid boosts" in answer.text
