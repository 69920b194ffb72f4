"""Access ends at once; the checklist follows, also when Facebook is down."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.access import commands
from marketplace.access.models import GrantStatus
from marketplace.channels.commands import vault
from marketplace.channels.commands.speaking import place
from marketplace.channels.models import ChannelStatus
from marketplace.contracts.commands import contracts
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import handover_of, milestones_of
from marketplace.core import clock
from marketplace.core.errors import WrongState
from sandbox.meta.seed import FARHANA
from tests import people
from tests.factories.access import make_grant, make_working_contract
from tests.factories.channels import connect
from tests.worker import letters, run_jobs, run_sweeps


def steps(grant):
    return [step for _, step in grant.checklist]


def revoked_line(contract):
    return next(item for item in handover_of(contract) if item.code == "access_revoked")


@pytest.fixture
def grant(facebook):
    contract = make_working_contract()
    return make_grant(contract, connect(facebook, contract.business))


def test_revoking_ends_with_the_platforms_own_word(facebook, grant):
    commands.revoke(grant, people.ada())
    assert (grant.status, steps(grant)) == (GrantStatus.revoked, ["stopped", "work_cancelled"])
    run_jobs()
    assert steps(grant)[-1] == "connection_withdrawn"
    assert grant.settled_at
    assert (grant.channel.status, vault.read(place(grant.channel))) == (ChannelStatus.disconnected, None)
    assert "Access to নকশি ঘর Nakshi Ghor has stopped" in [letter["Subject"] for letter in letters("ben@example.com")]
    with pytest.raises(WrongState):
        commands.revoke(grant, people.ada())


def test_revoking_stops_at_once_while_facebook_is_down(facebook, grant):
    facebook.fault("drop_before", "/meta/graph", times=0)
    commands.revoke(grant, people.ada())
    run_jobs()
    assert (grant.status, grant.settled_at) == (GrantStatus.revoked, None)
    assert commands.withheld(grant, "publish") == "ended"
    facebook.world.browser.delete(f"{facebook.world.url}/faults", timeout=10)
    run_jobs()
    assert grant.settled_at


def test_the_permission_stays_while_another_grant_needs_it(facebook, grant):
    from tests.factories.contracts import make_bid, make_contract, make_funded, make_milestone, make_offer
    from tests.factories.jobs import make_job
    from tests.factories.managers import make_manager

    job = make_job(grant.contract.business, title="A second page manager")
    other = make_contract(make_offer(make_bid(job, make_manager(people.eve()))))
    make_funded(make_milestone(other))
    kept = make_grant(other, grant.channel)
    commands.revoke(grant, people.ada())
    run_jobs()
    assert steps(grant)[-1] == "connection_kept"
    assert (grant.channel.status, kept.status) == (ChannelStatus.connected, GrantStatus.active)
    assert facebook.calls("DELETE", f"/{FARHANA}/permissions") == []


def test_the_end_of_the_contract_stops_access_and_ticks_its_line(facebook, grant):
    contracts.end_contract(grant.contract, people.ada(), Side.business, "We part.")
    assert (grant.status, grant.end_reason) == (GrantStatus.revoked, "contract")
    assert revoked_line(grant.contract).done_at is None
    run_jobs()
    assert revoked_line(grant.contract).done_at


def test_the_line_waits_for_facebook_but_nothing_can_be_used(facebook, grant):
    facebook.fault("drop_before", "/meta/graph", times=0)
    contracts.end_contract(grant.contract, people.ben(), Side.manager, "I am ill.")
    run_jobs()
    assert revoked_line(grant.contract).done_at is None
    facebook.world.browser.delete(f"{facebook.world.url}/faults", timeout=10)
    run_jobs()
    assert revoked_line(grant.contract).done_at


def test_a_contract_without_access_has_nothing_to_wait_for(facebook):
    contract = make_working_contract()
    contracts.end_contract(contract, people.ada(), Side.business, "We part.")
    run_jobs()
    assert revoked_line(contract).done_at


def test_the_day_comes_and_the_connection_stays(facebook, grant):
    milestones_of(grant.contract)[0].due_at = clock.now() + timedelta(days=60)  # the work is not late
    facebook.world.advance(timedelta(days=32))
    run_sweeps()
    assert (grant.status, grant.end_reason) == (GrantStatus.expired, "date")
    assert steps(grant) == ["stopped", "work_cancelled", "connection_kept"]
    assert "Access to নকশি ঘর Nakshi Ghor has ended" in [letter["Subject"] for letter in letters("ben@example.com")]
    assert make_grant(grant.contract, grant.channel).status == GrantStatus.active


def test_expiring_before_its_day_does_nothing(facebook, grant):
    clock.move(timedelta(days=29))
    commands.expire(str(grant.id))
    assert grant.status == GrantStatus.active


def test_disconnecting_the_page_ends_every_access_to_it(facebook, grant):
    from marketplace.channels.commands import disconnect

    disconnect(grant.channel, people.ada())
    assert (grant.status, grant.end_reason) == (GrantStatus.revoked, "channel")
    run_jobs()
    assert grant.settled_at
