"""Boosts on Facebook: launched once, with a lifetime budget and as approved, read, rested, ended."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.access import commands as access
from marketplace.boosts import commands, queries
from marketplace.boosts.commands.running import SPEND_HOURS, launch, read_spend
from marketplace.boosts.models import Boost, BoostStatus, PotStatus
from marketplace.channels import commands as channels
from marketplace.contracts.commands import contracts
from marketplace.contracts.models.offer import Side
from marketplace.core.db import db
from marketplace.core.tasks import NotYet
from tests import people
from tests.facebook import Facebook
from tests.factories.boosts import make_boost, make_boost_grant, make_funded_pot, make_receipt
from tests.factories.channels import connect
from tests.worker import run_jobs, run_sweeps


@pytest.fixture
def boost(facebook: Facebook) -> Boost:
    """Agreed and paid, of a post that is on the page."""
    pot = make_funded_pot()
    channel = connect(facebook, pot.contract.business)
    post_id = channels.publish_post(channel, "Eid collection")
    row = make_boost(pot, make_boost_grant(pot.contract, channel), post_id=post_id)
    commands.approve_boost(row, people.ada(), row.hash)
    return row


def made(facebook: Facebook, edge: str) -> list[dict]:
    """What was made at Facebook, with what was asked for."""
    return [call["parameters"] for call in facebook.calls("POST", edge) if call["path"].endswith(f"/{edge}") and call["status"] != 503]


def launched(boost: Boost) -> Boost:
    commands.launch_boost(boost, people.ben())
    run_jobs()
    return boost


def test_it_is_launched_with_a_lifetime_budget_and_what_was_approved(boost, facebook):
    launched(boost)
    assert (boost.status, boost.failure) == (BoostStatus.running, "")
    [adset] = made(facebook, "adsets")
    assert adset["lifetime_budget"] == str(boost.budget_minor)
    assert "daily_budget" not in adset
    [creative] = made(facebook, "adcreatives")
    assert creative["object_story_id"] == boost.post_id
    assert boost.ends_at - boost.started_at == timedelta(days=boost.days)


@pytest.mark.parametrize("edge", ["campaigns", "adsets", "adcreatives", "ads"])
def test_a_lost_answer_makes_no_second_campaign(boost, facebook, edge):
    commands.launch_boost(boost, people.ben())
    facebook.fault("drop_after_commit", f"/{edge}$", nth=2)
    run_jobs()
    assert boost.status == BoostStatus.funded
    launch(str(boost.id), str(people.ben().id))
    assert boost.status == BoostStatus.running
    assert [len(made(facebook, name)) for name in ("campaigns", "adsets", "adcreatives", "ads")] == [1, 1, 1, 1]


def test_its_spend_is_read_every_day_and_never_more_than_its_budget(boost, facebook):
    launched(boost)
    facebook.world.advance(timedelta(hours=SPEND_HOURS, minutes=1))
    run_sweeps()
    assert 0 < boost.spent_minor < boost.budget_minor
    facebook.world.advance(timedelta(days=10))
    run_sweeps()
    assert (boost.status, boost.spent_minor) == (BoostStatus.ended, boost.budget_minor)
    assert queries.pot_of(boost.contract_id).status == PotStatus.closing


def test_a_receipt_has_the_spend_read_anew(boost, facebook):
    launched(boost)
    facebook.world.advance(timedelta(hours=12))
    person = people.ben()
    draw = commands.ask_draw(queries.pot_of(boost.contract_id), person, "FB-1", 40_00, 0, make_receipt(person))
    run_jobs()
    commands.approve_draw(draw, people.ada())
    assert 0 < draw.paid_dollars_minor == boost.spent_minor < 40_00


def test_resting_spends_nothing_and_it_goes_on(boost, facebook):
    launched(boost)
    commands.pause_boost(boost, people.ada())
    run_jobs()
    read_spend(str(boost.id))
    before = boost.spent_minor
    facebook.world.advance(timedelta(days=1))
    read_spend(str(boost.id))
    assert boost.spent_minor == before
    commands.resume_boost(boost, people.ben())
    run_jobs()
    facebook.world.advance(timedelta(days=1))
    read_spend(str(boost.id))
    assert boost.spent_minor > before


def test_ending_the_contract_rests_the_campaign_too(boost, facebook):
    launched(boost)
    contracts.end_contract(boost.contract, people.ada(), Side.business, "Enough.")
    run_jobs()
    spent = boost.spent_minor
    assert boost.status == BoostStatus.ended
    facebook.world.advance(timedelta(days=1))
    read_spend(str(boost.id))
    assert boost.spent_minor == spent


def test_without_access_nothing_is_launched(boost, facebook):
    commands.launch_boost(boost, people.ben())
    access.revoke(boost.grant, people.ada())
    run_jobs()
    assert boost.status == BoostStatus.funded
    assert boost.failure
    assert made(facebook, "campaigns") == []


def test_who_has_no_access_any_more_is_told_at_the_click(boost, facebook):
    launched(boost)
    commands.pause_boost(boost, people.ben())
    access.revoke(boost.grant, people.ada())
    with pytest.raises(access.Withheld):
        commands.resume_boost(boost, people.ben())
    boost.status = BoostStatus.funded
    with pytest.raises(access.Withheld):
        commands.launch_boost(boost, people.ben())


def test_what_facebook_refuses_is_told(boost, facebook):
    boost.post_id = "200000000000001_1"
    boost.approved_hash = boost.hash
    launched(boost)
    assert boost.status == BoostStatus.funded
    assert "does not exist" in boost.failure


def test_no_answer_is_asked_again_and_forgets_nothing(boost, facebook):
    launched(boost)
    boost.spent_minor = 39_00
    db.session.flush()
    facebook.fault("status:500", "/insights$")
    with pytest.raises(NotYet):
        read_spend(str(boost.id))
    read_spend(str(boost.id))
    assert boost.spent_minor == 39_00
