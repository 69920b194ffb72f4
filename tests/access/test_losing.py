"""A lost page: access ends at once, nothing more is paid out for the contract, and the team decides within a day."""
from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.access import commands, queries
from marketplace.access.models import Grant, GrantStatus, LossStatus, PageLoss
from marketplace.accounts.models import StaffRole
from marketplace.businesses.models import Role
from marketplace.contracts.commands import milestones
from marketplace.contracts.queries import milestones_of
from marketplace.core import audit, clock
from marketplace.core.audit import AuditEntry
from marketplace.core.db import commit, db
from marketplace.core.errors import NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.moderation.commands import decide, return_page
from marketplace.moderation.models import Report
from marketplace.payments.commands import transfers
from marketplace.payments.models import Transfer
from marketplace.payments.queries import payouts
from tests import people
from tests.factories.access import make_grant, make_lost
from tests.factories.businesses import make_member
from tests.factories.channels import make_channel
from tests.factories.payouts import make_bank
from tests.pages import words
from tests.people import person_named, sign_in
from tests.worker import body, letters, run_jobs

LINK = ["https://facebook.com/nokshi/1"]
WHY = "Ada is its only administrator again."


@pytest.fixture
def grant(app):
    """Ben's access to ada's page; he is paid at a bank."""
    make_bank()
    return make_grant()


def released(grant, part=100_000):
    """What ada lets go of the first step, or all that is left; ben has handed in."""
    milestone = milestones_of(grant.contract)[0]
    if milestone.status == "funded":
        milestones.deliver(milestone, people.ben(), "Done.", LINK)
    milestones.approve(milestone, people.ada(), amount=Money(part) if part else None)
    return newest()


def newest():
    return db.session.scalars(select(Transfer).order_by(Transfer.id.desc()).execution_options(populate_existing=True)).first()


def decided(uphold, by=None):
    report = db.session.scalars(select(Report)).one()
    loss = db.session.scalars(select(PageLoss)).one()
    decide(report, by or people.sam(), uphold, WHY, loss)
    return loss


def begun(transfer):
    """Its day has come, and the worker has had it."""
    clock.move(max(timedelta(), transfer.send_after - clock.now()) + timedelta(hours=1))
    transfers.begin_transfer(str(transfer.id))
    db.session.flush()
    return transfer


def told(address, start):
    run_jobs()
    return [body(letter) for letter in letters(address) if letter["Subject"].startswith(start)]


def test_access_ends_for_everybody_and_the_team_has_a_day(grant):
    loss = make_lost(grant)
    assert (grant.status, grant.end_reason) == (GrantStatus.revoked, "page_lost")
    assert loss.status == LossStatus.open
    assert timedelta(hours=23, minutes=59) < loss.due_at - clock.now() <= timedelta(hours=24)
    report = db.session.scalars(select(Report)).one()
    assert (report.subject, report.due_at, report.text, report.person_id) == (
        f"page_loss:{loss.id}", loss.due_at, "Somebody removed me.", people.ada().id)
    assert db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject == report.subject)).all() == ["page_loss.report"]
    page = grant.channel.name
    assert len(told("ada@example.com", page)) == len(told("ben@example.com", page)) == 1
    assert "Money that is held stays held" in told("ben@example.com", page)[0]
    assert told("sam@example.com", "A page was reported lost")


def test_somebody_elses_access_to_the_page_ends_too_and_to_another_page_stays(grant):
    beside = make_grant(grant.contract, make_channel(grant.contract.business, external_id="200000000000009"))
    make_lost(grant)
    assert (beside.status, queries.live_on(grant.channel_id)) == (GrantStatus.active, [])


def test_a_page_may_be_lost_after_access_has_ended(grant):
    commands.revoke(grant, people.ada())
    assert make_lost(grant).status == LossStatus.open
    assert grant.end_reason == "owner"


def test_nothing_is_sent_of_what_was_released_before_or_is_released_meanwhile(grant):
    before = released(grant)
    assert before.check_reason == ""
    make_lost(grant)
    after = released(grant)
    assert [begun(one).check_reason for one in (before, after)] == ["page_lost", "page_lost"]
    assert {one.status for one in (before, after)} == {"due"}


@pytest.mark.parametrize("part", [100_000, None])
def test_both_read_why_what_is_approved_meanwhile_waits(grant, client, part):
    make_lost(grant)
    released(grant, part)
    assert any("Before anything more is sent, our team decides" in letter for letter in told("ben@example.com", ""))
    shown = words(sign_in(client, people.ada()).get(f"/contracts/{grant.contract_id}"))
    assert "decides before anything more is sent" in shown


def test_whatever_is_released_for_the_contract_waits_at_once(grant):
    make_lost(grant)
    step = f"milestone:{milestones_of(grant.contract)[0].id}"
    transfers.release(manager=grant.manager, subject=step, contract=f"contract:{grant.contract_id}", gross=Money(1_000), fee=Money(0),
                      send_after=clock.now())
    assert newest().check_reason == "page_lost"


def test_what_another_released_at_the_same_moment_waits_when_its_turn_comes(grant):
    transfer = released(grant)
    make_lost(grant)
    transfer.check_reason = ""  # as released by somebody who could not see the report yet
    assert (begun(transfer).status, transfer.check_reason) == ("due", "page_lost")


def test_what_is_queued_for_finance_leaves_their_queue(grant):
    transfer = begun(released(grant))
    assert transfer.manual_payout_id
    make_lost(grant)
    assert (transfer.manual_payout_id, transfer.check_reason) == (None, "page_lost")


def test_other_contracts_money_goes(grant):
    transfer = released(grant)
    transfer.contract = "contract:another"
    make_lost(grant)
    assert begun(transfer).manual_payout_id


def test_the_page_is_back_and_payouts_go_on(grant):
    transfer = released(grant)
    make_lost(grant)
    loss = decided(uphold=False)
    assert (loss.status, newest().check_reason, db.session.scalars(select(Report)).one().status) == ("back", "", "dismissed")
    for address in ("ada@example.com", "ben@example.com"):
        assert WHY in told(address, f"{grant.channel.name} is back")[0]
    assert not told("ada@example.com", "Your report")
    assert begun(transfer).manual_payout_id
    assert make_lost(grant).status == LossStatus.open, "it may be lost again"


def test_the_page_is_not_back_and_the_owner_reads_what_to_do(grant):
    transfer = released(grant)
    make_lost(grant)
    loss = decided(uphold=True)
    assert (loss.status, begun(transfer).check_reason) == ("gone", "page_lost")
    gone = f"{grant.channel.name} is not back"
    assert "Open a dispute" in told("ada@example.com", gone)[0]
    assert "Open a dispute" not in told("ben@example.com", gone)[0]
    return_page(loss, people.sam(), WHY)
    assert (loss.status, newest().check_reason) == ("back", "")
    with pytest.raises(WrongState):
        return_page(loss, people.sam(), WHY)


def test_another_lost_page_of_the_contract_keeps_payouts_waiting(grant):
    beside = make_grant(grant.contract, make_channel(grant.contract.business, external_id="200000000000009"))
    released(grant)
    first, second = make_lost(grant), make_lost(beside)
    commands.bring_back(first, people.sam(), WHY)
    assert newest().check_reason == "page_lost"
    commands.bring_back(second, people.sam(), WHY)
    assert newest().check_reason == ""


def test_finance_lets_go_what_is_theirs_and_not_a_lost_page(grant):
    transfer = released(grant)
    transfer.check_reason = "cash_out"
    make_lost(grant)
    assert transfer.reasons == ["cash_out", "page_lost"]
    assert payouts.doubted_transfers() == [transfer]
    transfers.pass_check(transfer, people.sam(), WHY)
    assert (audit.history(transfer)[0].action, audit.history(transfer)[0].details["why"]) == ("transfer.pass_check", WHY)
    assert (transfer.check_reason, transfer.finance_looks) == ("page_lost", False)
    assert (payouts.doubted_transfers(), payouts.checks_count()) == ([], 0)
    with pytest.raises(WrongState):
        transfers.pass_check(transfer, people.sam(), WHY)


def test_the_page_back_leaves_what_finance_looks_at(grant):
    transfer = released(grant)
    transfer.check_reason = "cash_out"
    make_lost(grant)
    decided(uphold=False)
    assert newest().reasons == ["cash_out"]


@pytest.mark.parametrize("status", ["open", "gone"])
def test_asking_twice_changes_nothing(grant, status):
    make_lost(grant)
    if status == "gone":
        decided(uphold=True)
    with pytest.raises(WrongState):
        make_lost(grant)
    assert len(db.session.scalars(select(PageLoss)).all()) == 1


def test_nobody_of_either_side_decides(grant):
    loss = make_lost(grant)
    make_member(grant.contract.business, people.eve(), Role.viewer)
    for person in (people.ada(), people.ben(), people.eve()):
        person.staff_roles = [StaffRole.moderator]
        with pytest.raises(NotAllowed):
            decided(uphold=False, by=person)
        with pytest.raises(NotAllowed):
            return_page(loss, person, WHY)
    assert loss.status == LossStatus.open


def test_two_at_once_make_one_report(committed):
    make_bank()
    grant = make_grant()
    ids = grant.id, people.ada().id
    commit()
    start, refused = threading.Barrier(2), []

    def report():
        with committed.app_context():
            mine, by = db.session.get(Grant, ids[0]), db.session.get(people.Person, ids[1])
            start.wait(20)
            try:
                commands.report_loss(mine, by)
                commit()
            except WrongState as refusal:
                refused.append(refusal)

    both = [threading.Thread(target=report) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert len(refused) == len(db.session.scalars(select(PageLoss)).all()) == len(db.session.scalars(select(Report)).all()) == 1


def test_the_owner_confirms_on_a_page_that_says_what_happens(grant, client):
    browser, address = sign_in(client, people.ada()), f"/grants/{grant.id}/page-loss"
    assert "Page lost" in words(browser.get(f"/grants/{grant.id}"))
    assert "Page lost" in words(browser.get(f"/contracts/{grant.contract_id}"))
    assert "within 24 hours" in words(browser.get(address))
    assert browser.post(address, data={"text": "x" * 2001}).status_code == 422
    assert grant.live
    assert browser.post(address, data={"text": ""}).status_code == 303
    assert browser.get(address).status_code == 303
    assert browser.post(address, data={"text": ""}).status_code == 409
    for person in (people.ada(), people.ben()):
        shown = words(sign_in(client, person).get(f"/grants/{grant.id}"))
        assert "The business reported this page lost" in shown
        assert "Page lost" not in shown


def test_the_manager_and_viewers_may_not_say_it_and_approvers_may(grant, client):
    member = make_member(grant.contract.business, people.eve(), Role.viewer)
    for person in (people.ben(), people.eve()):
        assert sign_in(client, person).post(f"/grants/{grant.id}/page-loss", data={"text": ""}).status_code == 403
    member.role = Role.approver
    assert sign_in(client, people.eve()).post(f"/grants/{grant.id}/page-loss", data={"text": ""}).status_code == 303


def test_a_moderator_sees_when_it_is_due_how_it_was_used_and_decides(grant, client):
    mona = person_named("Mona Akter", "mona@example.com", staff_roles=[StaffRole.moderator], totp_since=clock.now())
    browser = sign_in(client, mona)
    assert browser.get(f"/grants/{grant.id}").status_code == 404
    loss = make_lost(grant)
    report = db.session.scalars(select(Report)).one()
    assert "to be decided by" in words(browser.get("/staff/reports"))
    shown = words(browser.get(f"/staff/reports/{report.id}"))
    assert "Somebody removed me." in shown
    assert "Ben Das" in shown
    assert browser.get(f"/grants/{grant.id}").status_code == 200
    decision = f"/staff/reports/{report.id}/decision"
    assert browser.post(decision, data={"outcome": "uphold", "why": ""}).status_code == 422
    assert browser.post(decision, data={"outcome": "uphold", "why": WHY}).status_code == 303
    assert "It is back after all" in words(browser.get(f"/staff/reports/{report.id}"))
    assert browser.post(f"/staff/page-losses/{loss.id}/return", data={"why": ""}).status_code == 422
    assert browser.post(f"/staff/page-losses/{loss.id}/return", data={"why": WHY}).status_code == 303
    db.session.refresh(loss)
    assert loss.status == LossStatus.back
