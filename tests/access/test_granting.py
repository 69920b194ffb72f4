"""Access is given for a time and within rights, begins with held money and waits without."""
from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from marketplace.access import commands, queries
from marketplace.access.models import OFFERED, GrantStatus, Right
from marketplace.contracts.commands import milestones
from marketplace.contracts.queries import milestones_of
from marketplace.core import audit, clock
from marketplace.core.errors import Invalid, WrongState
from tests import people
from tests.factories.access import make_grant, make_working_contract
from tests.factories.channels import make_channel
from tests.factories.contracts import make_approved, make_contract, make_delivered, make_funded
from tests.worker import letters, run_jobs, run_sweeps


def day(days):
    return (clock.today() + timedelta(days=days)).date()


def test_access_is_active_while_money_is_held_and_both_are_told(app):
    grant = make_grant(days=30)
    assert grant.status == GrantStatus.active
    assert (grant.ends_at - clock.now()).days == 30
    assert [entry.action for entry in audit.history(grant)] == ["grant.activate", "grant.consent"]
    run_jobs()
    for who in ("ada@example.com", "ben@example.com"):
        assert "Access to Nakshi Ghor is given" in [letter["Subject"] for letter in letters(who)]


def test_access_without_held_money_waits_and_begins_with_it(app):
    contract = make_contract()
    grant = make_grant(contract)
    assert grant.status == GrantStatus.consented
    assert commands.withheld(grant, Right.draft) == "suspended"
    make_funded(milestones_of(contract)[0])
    assert grant.status == GrantStatus.active


def test_two_days_without_money_suspend_and_money_resumes(app):
    contract = make_working_contract()
    grant = make_grant(contract)
    make_approved(make_delivered(milestones_of(contract)[0]))
    clock.move(timedelta(days=1, hours=23))
    run_sweeps()
    assert grant.status == GrantStatus.active
    clock.move(timedelta(hours=2))
    run_sweeps()
    assert grant.status == GrantStatus.suspended
    assert "Access to Nakshi Ghor waits for money" in [letter["Subject"] for letter in letters("ben@example.com")]
    make_funded(milestones_of(contract)[1])
    assert grant.status == GrantStatus.active


def test_held_money_keeps_access_however_long(app):
    grant = make_grant(days=75)
    clock.move(timedelta(days=20))
    commands.suspend(str(grant.id))
    assert grant.status == GrantStatus.active


@pytest.mark.parametrize(("days", "right"), [(-1, False), (0, True), (75, True), (76, False), (400, False)])
def test_a_term_is_at_most_75_days(app, days, right):
    contract = make_working_contract()
    channel = make_channel(contract.business)
    if right:
        assert commands.grant(contract, channel.id, [Right.draft], day(days), people.ada()).live
    else:
        with pytest.raises(Invalid) as refusal:
            commands.grant(contract, channel.id, [Right.draft], day(days), people.ada())
        assert refusal.value.field == "until"


def test_others_control_must_be_known_before(app):
    contract = make_working_contract()
    channel = make_channel(contract.business, controllers=[{"id": "7", "name": "Rakib Hasan"}])
    with pytest.raises(Invalid) as refusal:
        commands.grant(contract, channel.id, [Right.draft], day(3), people.ada())
    assert refusal.value.field == "warned"
    assert commands.grant(contract, channel.id, [Right.draft], day(3), people.ada(), warned=True)


@pytest.mark.parametrize("rights", [[], [Right.reply_private], ["everything"]])
def test_only_rights_there_is_work_for(app, rights):
    contract = make_working_contract()
    with pytest.raises(Invalid):
        commands.grant(contract, make_channel(contract.business).id, rights, day(3), people.ada())


def test_somebody_elses_page_cannot_be_given(app):
    from tests.factories.businesses import make_business

    theirs = make_channel(make_business(people.eve()))
    with pytest.raises(Invalid):
        commands.grant(make_working_contract(), theirs.id, [Right.draft], day(3), people.ada())


def test_one_live_grant_a_page_and_contract(app):
    grant = make_grant()
    with pytest.raises(WrongState):
        make_grant(grant.contract, grant.channel)


def test_an_ended_contract_gives_no_access(app):
    from marketplace.contracts.commands import contracts
    from marketplace.contracts.models.offer import Side

    contract = make_working_contract()
    contracts.end_contract(contract, people.ada(), Side.business, "We part.")
    with pytest.raises(WrongState):
        make_grant(contract)


def test_rights_and_end_are_changed_without_an_end_between(app):
    grant = make_grant(days=5)
    commands.change(grant, [Right.draft], day(60), people.ada())
    assert (grant.rights, grant.status) == (["draft"], GrantStatus.active)
    assert commands.withheld(grant, Right.publish) == "right"
    with pytest.raises(Invalid):
        commands.change(grant, [Right.draft], day(80), people.ada())


def test_used_today_counts_what_was_done_since_midnight_in_dhaka(app):
    grant = make_grant()
    for _ in range(2):
        with commands.use(grant, Right.publish, "publish", grant):
            pass
    assert queries.used_today([grant]) == {grant.id: {"publish": 2}}
    clock.move(timedelta(days=1))
    assert queries.used_today([grant]) == {grant.id: {}}


def test_unfunded_since_is_when_the_last_money_left(app):
    contract = make_working_contract()
    began = contract.started_at
    assert queries.unfunded_since(contract) == began
    clock.move(timedelta(days=3))
    milestones.deliver(milestones_of(contract)[0], people.ben(), "Done", [])
    milestones.approve(milestones_of(contract)[0], people.ada())
    assert queries.unfunded_since(contract) == milestones_of(contract)[0].approved_at


@pytest.mark.parametrize("right", OFFERED)
def test_no_right_is_offered_that_does_nothing(right):
    """A domain above access asks for it before it acts."""
    domains = Path(commands.__file__).parents[2]
    above = [path.read_text() for name in ("publishing", "inbox", "boosts") for path in (domains / name / "commands").glob("*.py")]
    assert any(re.search(rf"access\.(use|require)\(.*\bRight\.{right.value}\b", code) for code in above)


@pytest.mark.parametrize("right", sorted(set(Right) - set(OFFERED)))
def test_a_right_that_is_not_offered_cannot_be_given(app, right):
    with pytest.raises(Invalid) as refusal:
        make_grant(rights=[right])
    assert refusal.value.field == "rights"
