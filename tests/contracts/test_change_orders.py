"""Changes of a contract: proposed by one side, read and answered by the other, in time and once."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.contracts.commands import change_orders, contracts
from marketplace.contracts.models import ChangeOrder, Contract, ContractStatus
from marketplace.contracts.models import ChangeOrderStatus as C
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import milestones_of
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.core.states import InvalidTransition
from tests import people
from tests.contracts.test_settlements import held, taka
from tests.contracts.test_views import page
from tests.factories.changes import make_accepted, make_change
from tests.factories.contracts import make_funded, make_milestone
from tests.factories.retainers import make_retainer
from tests.pages import errors
from tests.worker import body, letters, run_jobs, run_sweeps

BOTH = pytest.mark.parametrize("language", ["bn", "en"])


def test_what_was_read_is_what_is_accepted(app):
    milestone = make_milestone()
    order = make_change(kind="split", milestone=milestone)
    make_funded(milestone)
    with pytest.raises(WrongState):
        make_accepted(order)
    assert len(milestones_of(order.contract)) == 2


def test_only_the_other_side_answers_and_only_the_proposer_takes_back(app):
    order = make_change()
    for act in (change_orders.accept, change_orders.decline):
        with pytest.raises(NotAllowed):
            act(order, people.ben(), Side.manager)
    with pytest.raises(NotAllowed):
        change_orders.withdraw(order, people.ada(), Side.business)


def test_one_waits_at_a_time_and_only_in_a_running_contract_of_steps(app):
    order = make_change()
    with pytest.raises(WrongState):
        make_change(order.contract)
    change_orders.withdraw(order, people.ben(), Side.manager)
    contracts.pause_contract(order.contract, people.ada(), Side.business, "Eid.")
    with pytest.raises(WrongState):
        make_change(order.contract)
    with pytest.raises(WrongState):
        make_change(make_retainer())


def test_it_is_not_accepted_while_the_contract_rests_and_withdrawn_when_it_ends(app):
    order = make_change()
    contracts.pause_contract(order.contract, people.ada(), Side.business, "Eid.")
    with pytest.raises(WrongState):
        change_orders.accept(order, people.ada(), Side.business)
    db.session.expire_all()
    order.status = C.open  # what the refusal's roll-back does in a request
    contracts.end_contract(order.contract, people.ada(), Side.business, "Over.")
    assert (order.status, order.contract.status) == (C.withdrawn, ContractStatus.ending)


def test_after_seven_days_it_lapses_and_is_not_accepted_any_more(app):
    order = make_change()
    clock.move(order.expires_at - clock.now() - timedelta(minutes=1))
    run_sweeps()
    run_jobs()
    assert order.status == C.open
    clock.move(timedelta(minutes=2))
    with pytest.raises(WrongState):
        make_accepted(order)
    order.status = C.open
    run_sweeps()
    run_jobs()
    assert order.status == C.lapsed
    with pytest.raises(InvalidTransition):
        make_accepted(order)


@pytest.mark.parametrize(("since", "steps"), [(-timedelta(microseconds=1), 3), (timedelta(), 2)])
def test_it_is_accepted_until_its_last_moment(app, monkeypatch, since, steps):
    order = make_change()
    monkeypatch.setattr(clock, "now", lambda: order.expires_at + since)
    with pytest.raises(WrongState) if since == timedelta() else nullcontext():
        change_orders.accept(order, people.ada(), Side.business)
    assert len(milestones_of(order.contract)) == steps


@BOTH
def test_the_other_side_is_told_reads_and_accepts(app, client, language):
    people.ada().language = language
    order = make_change()
    run_jobs()
    assert "Two videos more" in body(letters(people.ada().email)[-1])
    contract = page(client, people.ada(), f"/contracts/{order.contract_id}", language)
    assert contract.select_one(f'a[href="/change-orders/{order.id}"]')
    shown = page(client, people.ada(), f"/change-orders/{order.id}", language)
    text = shown.get_text()
    for amount in {"en": ("1,543.50", "1,350", "150"), "bn": ("১,৫৪৩.৫০", "১,৩৫০", "১৫০")}[language]:
        assert amount in text
    assert len(shown.select(".btn-next")) == 1
    assert client.post(f"/change-orders/{order.id}/acceptance").status_code == 303
    assert client.post(f"/change-orders/{order.id}/acceptance").status_code == 409
    assert len(milestones_of(order.contract)) == 3


@BOTH
def test_each_kind_is_proposed_from_its_page_and_nothing_typed_is_lost(app, client, language):
    planned = make_milestone()
    path = f"/contracts/{planned.contract_id}/change-order"
    links = page(client, people.ben(), f"/contracts/{planned.contract_id}", language)
    for kind, fields in (("add", 3), ("change", 3), ("split", 3), ("remove", 0)):
        query = f"?kind={kind}" + ("" if kind == "add" else f"&step={planned.id}")
        assert links.select_one(f'a[href="{path}{query}"]')
        form = page(client, people.ben(), path + query, language)
        assert len(form.select("[name=title], [name=amount_minor], [name=days]")) == fields
    answer = client.post(path + "s", data={"kind": "split", "step": str(planned.id), "title": "Reels", "amount_minor": "4000", "days": "9",
                                           "reason": "Two parts."})
    assert answer.status_code == 422
    assert "Reels" in answer.text
    assert "Two parts." in answer.text
    empty = client.post(path + "s", data={"kind": "add", "step": "", "title": " ", "amount_minor": "", "days": "", "reason": ""})
    assert set(errors(empty)) == {"title", "amount_minor", "days", "reason"}
    assert client.post(path + "s", data={"kind": "change", "step": "", "title": "Reels", "reason": "Why."}).status_code == 409
    assert client.post(path + "s", data={"kind": "split", "step": str(planned.id), "title": "Reels", "amount_minor": "1500", "days": "9",
                                         "reason": "Two parts."}).status_code == 303
    assert db.session.scalars(select(ChangeOrder)).one().before["title"] == planned.title


def test_days_of_paid_in_work_are_proposed_from_the_page(app, client):
    milestone = make_funded()
    path = f"/contracts/{milestone.contract_id}/change-order"
    form = page(client, people.ben(), f"{path}?kind=change&step={milestone.id}")
    typed = {tag["name"]: tag.get("value", "") for tag in form.select("form.dy-form input[name]")}
    assert client.post(path + "s", data=typed | {"days": "20", "reason": "The pictures were late."}).status_code == 303
    [order] = db.session.scalars(select(ChangeOrder))
    assert client.post(f"/change-orders/{order.id}/withdrawal").status_code == 303


def test_four_acceptances_at_once_are_one(committed):
    order = make_change(kind="split", milestone=make_funded())
    key, contract_id = order.id, order.contract_id
    db.session.commit()

    def accept(_):
        with committed.app_context():
            try:
                change_orders.accept(db.session.get(ChangeOrder, key), people.ada(), Side.business)
                db.session.commit()
            except WrongState:
                return 0
            return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(accept, range(4))) == 1
    found = milestones_of(db.session.get(Contract, contract_id))
    assert [row.position for row in found] == [1, 2, 3]
    assert sum((held(row) for row in found), Money(0)) == taka(4000)
