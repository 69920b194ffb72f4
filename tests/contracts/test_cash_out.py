"""A card is not turned into cash: young money that is released with no work on record waits for the team."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import StaffRole
from marketplace.contracts import signals
from marketplace.contracts.commands import bonuses, milestones, refunds
from marketplace.contracts.models.milestone import Milestone
from marketplace.contracts.queries import milestones_of
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from marketplace.payments.commands import transfers as sending
from marketplace.payments.models import Transfer
from marketplace.payments.policies import check_transfer
from marketplace.payments.queries import paid_for
from tests import people
from tests.factories.contracts import make_funded
from tests.pages import words
from tests.people import sign_in
from tests.worker import body, letters, run_jobs

LINK = ["https://facebook.com/nokshi/1"]
WHY = "They showed me the posts."


def approved(hours=1.0, links=(), milestone=None, **how) -> Milestone:
    milestone = milestone or make_funded()
    milestones.deliver(milestone, milestone.contract.manager.person, "Done.", list(links))
    clock.move(timedelta(hours=hours))
    milestones.approve(milestone, people.ada(), **how)
    return milestone


def the_transfer() -> Transfer:
    return db.session.scalars(select(Transfer)).one()


def test_there_is_no_bonus_where_no_work_is_on_record(app, client):
    contract = approved().contract
    with pytest.raises(WrongState):
        bonuses.give_bonus(contract, people.ada(), Money(100_000), "", "/", "/")
    assert "A bonus is for released work that is on record" in words(sign_in(client, people.ada()).get(f"/contracts/{contract.id}/bonus"))
    with signals.work_asked.connected_to(lambda _milestone: [("posts published", 2)]):
        assert bonuses.may_get_bonus(contract)


def told(address):
    run_jobs()
    return body(letters(address)[-1])


@pytest.mark.parametrize(("hours", "links", "reason"), [(1, [], "cash_out"), (23.9, [], "cash_out"), (24.1, [], ""), (1, LINK, "")])
def test_young_money_without_work_on_record_waits(app, hours, links, reason):
    approved(hours, links)
    assert the_transfer().check_reason == reason


@pytest.mark.parametrize(("posted", "reason"), [(2, ""), (0, "cash_out")])
def test_what_is_on_record_counts_as_for_refunds(app, posted, reason):
    def answer(_milestone):
        return [("posts published", posted)]

    with signals.work_asked.connected_to(answer):
        approved()
    assert the_transfer().check_reason == reason


def test_a_part_of_it_waits_as_well(app):
    milestone = approved(amount=Money(100_000))
    assert (the_transfer().check_reason, milestone.held.minor) == ("cash_out", 300_000)


def test_silence_and_the_team_are_not_asked_about(app):
    milestone = make_funded()
    milestones.deliver(milestone, milestone.contract.manager.person, "Done.", [])
    milestones.approve(milestone, None)
    assert the_transfer().check_reason == ""


def test_money_that_went_on_from_an_older_step_is_as_old_as_it_was(app):
    first = make_funded()
    second = milestones_of(first.contract)[1]
    clock.move(timedelta(hours=30))
    request = refunds.ask_refund(first, people.ada(), "Later.", Money(second.amount_minor), for_next=True)
    refunds.agree_refund(request, first.contract.manager.person)
    assert second.funded_at > clock.now() - timedelta(hours=1)
    assert approved(milestone=second) and the_transfer().check_reason == ""


def test_a_little_old_money_does_not_hide_what_the_card_has_just_paid(app):
    milestone = make_funded()
    milestone.held_since -= timedelta(days=20)
    assert paid_for(f"milestone:{milestone.id}").succeeded_at > clock.now() - timedelta(hours=1)
    approved(milestone=milestone)
    assert the_transfer().check_reason == "cash_out"


def test_both_sides_read_it_and_the_money_goes_when_finance_has_looked(app, client):
    milestone = approved()
    for address in ("ada@example.com", "ben@example.com"):
        assert "our team has a look" in told(address)
    for person in (people.ada(), people.ben()):
        shown = words(sign_in(client, person).get(f"/contracts/{milestone.contract_id}"))
        assert "Our team has a look before this is sent" in shown
        assert "when our team has had a look" in shown
        assert "It is sent by itself" not in shown
        assert "when our team has had a look" in words(client.get("/wallet"))
    finance = sign_in(client, people.sam())
    assert "no work on record" in words(finance.get("/staff/payout-checks"))
    assert f'href="/contracts/{milestone.contract_id}"' in finance.get(f"/staff/payout-checks/transfers/{the_transfer().id}").text
    assert finance.post(f"/staff/payout-checks/transfers/{the_transfer().id}", data={"why": WHY}).status_code == 303
    db.session.expire_all()
    assert the_transfer().check_reason == ""
    assert "has a look" not in words(sign_in(client, people.ben()).get(f"/contracts/{milestone.contract_id}"))
    run_jobs()
    assert letters("ben@example.com")[-1]["Subject"] == "Our team has looked: your pay goes on"


def test_it_stays_where_it_is_until_then(app):
    approved()
    transfer = the_transfer()
    clock.move(transfer.send_after - clock.now() + timedelta(hours=1))
    sending.begin_transfer(str(transfer.id))
    assert transfer.status == "due"


def test_neither_side_lets_it_go(app):
    approved()
    for person, may in ((people.ada(), False), (people.ben(), False), (people.eve(), True)):
        person.staff_roles = [StaffRole.finance]
        assert check_transfer(person, the_transfer()) is may
