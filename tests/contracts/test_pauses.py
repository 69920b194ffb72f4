"""A contract rests and goes on: who may, what stops, what does not, and who is told."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.contracts.commands import contracts, funding
from marketplace.contracts.models import Contract, ContractStatus, Milestone, MilestoneStatus
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import limits, milestones_of
from marketplace.core import calendar, clock
from marketplace.core.audit import AuditEntry
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from tests import people
from tests.contracts.test_views import page
from tests.factories.contracts import make_contract, make_delivered, make_funded
from tests.people import sign_in
from tests.worker import letters, run_jobs, run_sweeps

WHY = "Eid; back in ten days."


def pause(contract):
    contracts.pause_contract(contract, people.ada(), Side.business, WHY)
    return contract


@pytest.mark.parametrize("language", ["bn", "en"])
def test_the_side_that_paused_lets_it_go_on_from_the_page(app, client, language):
    contract = make_contract()
    ada = page(client, people.ada(), f"/contracts/{contract.id}", language)
    assert ada.find("a", href=f"/contracts/{contract.id}/pause")
    assert client.post(f"/contracts/{contract.id}/pause", data={"reason": ""}).status_code == 422
    assert client.post(f"/contracts/{contract.id}/pause", data={"reason": WHY}).status_code == 303
    go_on = f'form[action="/contracts/{contract.id}/resumption"]'
    ben = page(client, people.ben(), f"/contracts/{contract.id}", language)
    assert WHY in ben.get_text()
    assert not ben.select(go_on)
    assert client.post(f"/contracts/{contract.id}/resumption").status_code == 403
    assert page(client, people.ada(), f"/contracts/{contract.id}", language).select(go_on)
    assert client.post(f"/contracts/{contract.id}/resumption").status_code == 303
    db.session.refresh(contract)
    assert (contract.status, contract.paused_by) == (ContractStatus.active, None)
    assert client.post(f"/contracts/{contract.id}/resumption").status_code == 409


def test_both_sides_are_told_with_the_reason_and_it_is_on_record(app):
    contract = pause(make_contract())
    contracts.resume_contract(contract, people.ada())
    run_jobs()
    for address in ("ada@example.com", "ben@example.com"):
        told = [letter["Subject"] for letter in letters(address)]
        assert sum(f"“{contract.title}” is paused" in subject for subject in told) == 1
        assert sum(f"“{contract.title}” goes on" in subject for subject in told) == 1
    entries = select(AuditEntry.action, AuditEntry.actor).where(AuditEntry.subject == f"contract:{contract.id}")
    acts, ada = dict(db.session.execute(entries).all()), f"person:{people.ada().id}"
    assert (acts["contract.pause"], acts["contract.resume"]) == (ada, ada)


def test_nothing_new_is_paid_in_meanwhile(app, client):
    contract = pause(make_contract())
    step = milestones_of(contract)[0]
    assert not page(client, people.ada(), f"/contracts/{contract.id}").select(f'a[href*="{step.id}/funding"]')
    with pytest.raises(WrongState):
        funding.start_funding(step, people.ada(), "/", "/")


def test_held_money_keeps_its_clocks(app):
    """Nobody can keep the other's money by resting."""
    milestone = make_delivered()
    pause(milestone.contract)
    clock.move(milestone.review_until - clock.now() + timedelta(minutes=1))
    run_sweeps()
    assert milestone.status == MilestoneStatus.approved


def test_the_deadline_of_work_under_way_moves_by_the_days_of_rest(app):
    milestone = make_funded()
    due = milestone.due_at
    pause(milestone.contract)
    rested_from = clock.now()
    clock.move(timedelta(days=10))
    contracts.resume_contract(milestone.contract, people.ada())
    assert abs(milestone.due_at - calendar.allowed(due + (clock.now() - rested_from))) < timedelta(minutes=1)


@pytest.mark.parametrize(("side", "days", "status"), [
    (Side.manager, 6, MilestoneStatus.refunded), (Side.manager, -1, MilestoneStatus.funded), (Side.business, 6, MilestoneStatus.funded)])
def test_who_is_late_does_not_stop_the_return_by_pausing(app, side, days, status):
    """Paused before the deadline, or by the other side, it rests as ever."""
    milestone = make_funded()
    clock.move(milestone.due_at - clock.now() + timedelta(days=days))
    contracts.pause_contract(milestone.contract, people.ada(), side, WHY)
    clock.move(timedelta(days=12))
    run_sweeps()
    assert milestone.status == status


@pytest.mark.parametrize(("status", "side", "late", "rests"), [
    ("paused", Side.manager, 1, False), ("paused", Side.manager, 0, True), ("paused", Side.manager, -1, True),
    ("paused", Side.business, 1, True), ("paused", None, 1, True), ("active", None, -1, False), ("active", Side.business, -1, False)])
def test_a_deadline_rests_unless_the_manager_who_paused_was_late(app, status, side, late, rests):
    """Asked of a step and of the database, to the moment."""
    milestone = make_funded()
    contract = milestone.contract
    contract.status, contract.paused_by, contract.paused_at = status, side, milestone.due_at + timedelta(microseconds=late)
    db.session.flush()
    assert limits.rests(milestone) is rests
    assert bool(db.session.scalars(select(Milestone.id).join(Milestone.contract).where(limits.resting())).all()) is rests


def test_work_without_a_deadline_rests_with_its_contract(app):
    contract = Contract(status="paused", paused_by=Side.manager, paused_at=clock.now())
    assert limits.rests(Milestone(contract=contract))


def test_a_late_manager_gains_no_days_by_pausing_and_going_on(app):
    milestone = make_funded()
    due = milestone.due_at
    clock.move(due - clock.now() + timedelta(days=4))
    contracts.pause_contract(milestone.contract, people.ben(), Side.manager, WHY)
    clock.move(timedelta(days=1))
    contracts.resume_contract(milestone.contract, people.ben())
    assert milestone.due_at == due


def test_who_was_reminded_before_the_rest_is_reminded_again_after_it(app):
    milestone = make_funded()
    clock.move(milestone.due_at - clock.now() + timedelta(days=5))
    run_sweeps()
    assert milestone.chased_at
    pause(milestone.contract)
    clock.move(timedelta(days=10))
    contracts.resume_contract(milestone.contract, people.ada())
    assert milestone.chased_at is None


def test_a_paused_contract_can_be_ended_by_the_other_side_and_not_paused_twice(app, client):
    contract = pause(make_contract())
    assert sign_in(client, people.ben()).post(f"/contracts/{contract.id}/pause", data={"reason": "Too"}).status_code == 409
    assert client.post(f"/contracts/{contract.id}/ending", data={"reason": "Over."}).status_code == 303
    db.session.refresh(contract)
    assert contract.status == ContractStatus.ending
