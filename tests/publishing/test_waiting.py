"""Posts and access that the owner lets wait move the deadline while they wait: nothing is given back as late meanwhile."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.access import commands as access
from marketplace.contracts.commands import clocks, contracts
from marketplace.contracts.models import MilestoneStatus as S
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import limits, milestones_of
from marketplace.contracts.queries.record import work_on_record
from marketplace.core import calendar, clock, i18n
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.publishing import commands
from tests import people
from tests.factories.access import make_grant, make_working_contract
from tests.factories.contracts import make_funded
from tests.factories.publishing import TEXT, make_post, make_submitted
from tests.pages import words
from tests.worker import body, letters, run_jobs, run_sweeps

DAY = timedelta(days=1)


def go_to(moment):
    clock.move(moment - clock.now() + timedelta(minutes=1))


def days_go_by(count):
    """One by one, with the worker awake."""
    for _ in range(count):
        clock.move(DAY)
        run_sweeps()


def moved(milestone, due):
    """By how many days, the rest of clocks aside."""
    return round((milestone.due_at - due) / DAY)


@pytest.fixture
def grant(app):
    return make_grant(days=70)


@pytest.fixture
def milestone(grant):
    return milestones_of(grant.contract)[0]


def submitted(grant, count=1):
    return [make_submitted(grant, at=clock.now() + 60 * DAY) for _ in range(count)]


def test_what_waits_for_the_owner_is_not_given_back_as_late(grant, milestone):
    due = milestone.due_at
    submitted(grant, 3)
    go_to(calendar.deadline(limits.END_DAYS, due))
    run_sweeps()
    assert (milestone.status, milestone.chased_at) == (S.funded, None)
    assert milestone.due_at > clock.now()


@pytest.mark.parametrize("awake", [True, False])
def test_several_that_wait_at_once_count_once_whether_the_worker_was_awake_or_not(grant, milestone, awake):
    due, posts = milestone.due_at, submitted(grant, 3)
    days_go_by(5) if awake else clock.move(5 * DAY)
    for post in posts:
        commands.approve(post, people.ada(), post.hash)
        run_jobs()
    assert moved(milestone, due) == 4


def test_what_began_later_and_was_answered_first_hides_nothing(grant, milestone):
    due, [first] = milestone.due_at, submitted(grant)
    clock.move(3 * DAY)
    [second] = submitted(grant)
    clock.move(2 * DAY)
    for post in (second, first):
        commands.approve(post, people.ada(), post.hash)
        run_jobs()
    assert moved(milestone, due) == 4


def test_submitted_again_the_same_days_do_not_count_again(grant, milestone):
    due, [post] = milestone.due_at, submitted(grant)
    days_go_by(4)
    commands.ask_changes(post, people.ada(), "Brighter.")
    run_jobs()
    assert moved(milestone, due) == 3
    commands.submit(post, people.ben())
    clock.move(timedelta(hours=20))
    commands.edit(post, people.ben(), TEXT, post.publish_at)
    commands.submit(post, people.ben())
    days_go_by(3)
    commands.approve(post, people.ada(), post.hash)
    run_jobs()
    assert moved(milestone, due) == 3 + 2


APPROVED, CHANGED, EDITED = (lambda post: commands.approve(post, people.ada(), post.hash),
                             lambda post: commands.ask_changes(post, people.ada(), "Brighter."),
                             lambda post: commands.edit(post, people.ben(), TEXT, post.publish_at))


@pytest.mark.parametrize(("answer", "paused"), [(APPROVED, False), (CHANGED, False), (EDITED, False), (APPROVED, True), (CHANGED, True)])
def test_whatever_ends_the_wait_counts_what_was_not_counted_until_a_pause(grant, milestone, answer, paused):
    due, [post] = milestone.due_at, submitted(grant)
    clock.move(3 * DAY)
    if paused:
        contracts.pause_contract(grant.contract, people.ada(), Side.business, "Eid.")
        clock.move(5 * DAY)
    answer(post)
    run_jobs()
    assert moved(milestone, due) == 2


def test_the_managers_own_time_does_not_count(grant, milestone):
    due, [post] = milestone.due_at, submitted(grant)
    commands.ask_changes(post, people.ada(), "Brighter.")
    make_post(grant)
    days_go_by(5)
    assert milestone.due_at == due


def test_days_before_a_step_was_paid_in_do_not_move_it(grant):
    [post], second = submitted(grant), milestones_of(grant.contract)[1]
    clock.move(6 * DAY)
    due = make_funded(second).due_at
    commands.approve(post, people.ada(), post.hash)
    run_jobs()
    assert second.due_at == due


def test_days_of_a_pause_move_it_once(grant, milestone):
    due, [post] = milestone.due_at, submitted(grant)
    clock.move(3 * DAY)
    contracts.pause_contract(grant.contract, people.ada(), Side.business, "Eid.")
    days_go_by(10)
    contracts.resume_contract(grant.contract, people.ada())
    assert moved(milestone, due) == 10
    commands.approve(post, people.ada(), post.hash)
    run_jobs()
    assert moved(milestone, due) == 10 + 2


def test_both_are_told_when_it_begins_and_when_it_ends(grant, milestone):
    [post] = submitted(grant)
    days_go_by(6)
    told = [one for one in letters("ben@example.com") if "is now due on" in one["Subject"]]
    assert len(told) == 1
    assert "The manager still waits for it." in body(told[0])
    clock.move(timedelta(hours=5))
    commands.approve(post, people.ada(), post.hash)
    run_jobs()
    told = [one for one in letters("ada@example.com") if "is now due on" in one["Subject"]]
    assert ["still waits" in body(one) for one in told] == [True, False]


def test_the_page_says_the_days_that_are_kept(grant, milestone, client):
    submitted(grant)
    days_go_by(4)
    page = words(people.sign_in(client, people.ben()).get(f"/contracts/{grant.contract_id}"))
    assert "The manager waits for the business" in page
    ends = limits.waiting_ends(milestone)
    clock.move(timedelta(hours=12))
    run_sweeps()
    assert limits.waiting_ends(milestone) == ends
    go_to(ends)
    clocks.end_waiting(str(milestone.id))
    assert (milestone.status, limits.waiting_ends(milestone) > ends) == (S.funded, True)


def test_in_the_end_what_was_submitted_is_handed_in_while_the_business_can_still_look(grant, milestone):
    submitted(grant)
    go_to(limits.limit_of(milestone.held_since) - (limits.REVIEW_ROOM_DAYS - 2) * DAY)
    run_sweeps()
    assert milestone.status == S.delivered
    assert milestone.review_until < limits.limit_of(milestone.held_since)


def test_submitted_posts_are_work_on_record(grant, milestone):
    [post, _other] = submitted(grant, 2)
    with i18n.speaking("en"):
        assert work_on_record(milestone) == [("posts submitted", 2)]
        commands.ask_changes(post, people.ada(), "Brighter.")
        assert work_on_record(milestone) == [("posts submitted", 1)]


def test_an_ended_contract_waits_for_nobody(grant, milestone):
    due = milestone.due_at
    submitted(grant)
    contracts.end_contract(grant.contract, people.ada(), Side.business, "We stop.")
    days_go_by(4)
    assert milestone.due_at == due


def test_access_that_was_asked_for_and_is_not_given_moves_it_too(app):
    contract = make_working_contract()
    milestone = milestones_of(contract)[0]
    due = milestone.due_at
    days_go_by(4)
    assert milestone.due_at == due
    assert access.ask(contract, people.ben()) is access.ask(contract, people.ben())
    days_go_by(4)
    assert moved(milestone, due) == 3, "who asks late gains nothing"
    assert len([one for one in letters("ada@example.com") if "asks for access" in one["Subject"]]) == 1
    given = make_grant(contract)
    days_go_by(4)
    assert moved(milestone, due) == 3
    with pytest.raises(WrongState):
        access.ask(contract, people.ben())
    access.revoke(given, people.ada())
    access.ask(contract, people.ben())
    days_go_by(3)
    assert moved(milestone, due) == 3 + 2


def test_access_is_asked_for_on_the_page(app, client):
    contract = make_working_contract()
    db.session.commit()
    ben = people.sign_in(client, people.ben())
    assert "Ask for access" in words(ben.get(f"/contracts/{contract.id}"))
    assert ben.post(f"/contracts/{contract.id}/access-requests").status_code == 303
    page = words(ben.get(f"/contracts/{contract.id}"))
    assert "Access was asked for on" in page
    assert "Ask for access" not in page
    assert "Ben Das asked for access on" in words(people.sign_in(client, people.ada()).get(f"/contracts/{contract.id}"))
