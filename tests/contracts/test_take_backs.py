"""Released money that waits for finance, and behind which nobody found work, goes back to the card."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.accounts.models import StaffRole
from marketplace.accounts.policies import TWO_PEOPLE_FROM_MINOR
from marketplace.contracts.commands import refunds, settlements
from marketplace.contracts.commands.staff_refunds import take_back_by_staff, waits_for_finance
from marketplace.contracts.models import MilestoneStatus
from marketplace.core.db import db
from marketplace.core.errors import NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments.commands import confirm
from marketplace.payments.commands import transfers as sending
from marketplace.payments.models import MoneyProposalStatus, Refund, Transfer
from tests import people
from tests.contracts.test_cash_out import approved, the_transfer
from tests.contracts.test_staff_refunds import much, rita
from tests.factories.contracts import make_funded
from tests.pages import words
from tests.people import sign_in
from tests.trail import trail
from tests.worker import body, letters, run_jobs

WHY = "Neither of them could name a single post."


def take_back(milestone, by=None, key="k"):
    return take_back_by_staff(milestone, by=by or people.sam(), why=WHY, key=key)


def test_all_of_it_goes_back_our_fee_too_and_both_are_told(app):
    milestone = approved()
    assert take_back(milestone).status == MoneyProposalStatus.done
    assert (milestone.status, milestone.released_minor, milestone.returned_minor) == (MilestoneStatus.refunded, 0, 400_000)
    assert the_transfer().status == "reversed"
    assert db.session.scalars(select(Refund.amount_minor)).one() == 400_000
    assert books.payable(f"manager:{milestone.contract.manager_id}") == Money(0)
    run_jobs()
    assert "All of it returns to the card" in body(letters("ada@example.com")[-1])
    assert "gave the client" in body(next(one for one in letters("ben@example.com") if "taken" in one["Subject"].lower()))


def test_what_it_leaves_behind(app):
    milestone = approved()
    with trail("released_taken_back"):
        take_back(milestone)


def test_the_same_key_is_one_and_it_is_not_taken_twice(app):
    milestone = approved()
    assert take_back(milestone) is take_back(milestone)
    with pytest.raises(WrongState):
        take_back(milestone, key="another")


def test_a_released_part_goes_back_and_what_is_held_stays(app):
    milestone = approved(amount=Money(100_000))
    take_back(milestone)
    assert (milestone.status, milestone.held.minor, milestone.returned_minor) == (MilestoneStatus.delivered, 300_000, 100_000)


def test_no_letter_says_that_the_whole_price_goes_back_where_a_part_does(app):
    milestone = make_funded()
    refunds.give_back(milestone, people.ben(), amount=Money(100_000))
    take_back(approved(milestone=milestone))
    run_jobs()
    assert milestone.status == MilestoneStatus.refunded
    assert not [one for one in letters() if "৳4,000 goes back" in one["Subject"]]


def test_what_finance_let_go_or_has_nothing_to_do_with_is_not_taken(app):
    milestone = approved()
    sending.pass_check(the_transfer(), people.sam(), "They showed me the posts.")
    with pytest.raises(WrongState):
        take_back(milestone)


def test_of_what_was_not_released_nothing_is_taken(app):
    milestone = make_funded()
    assert not waits_for_finance(milestone, [])
    with pytest.raises(WrongState):
        take_back(milestone)


def test_what_is_disputed_is_the_disputes(app):
    milestone = approved()
    settlements.freeze(milestone, Money(400_000), people.ada(), "Nothing came.")
    with pytest.raises(WrongState):
        take_back(milestone)


def test_what_finance_let_go_meanwhile_is_not_taken_by_the_second_person(app):
    milestone = approved(milestone=much())
    proposal = take_back(milestone)
    assert proposal.amount.minor >= TWO_PEOPLE_FROM_MINOR and proposal.status == MoneyProposalStatus.waiting
    sending.pass_check(db.session.scalars(select(Transfer)).one(), people.sam(), "They showed me the posts.")
    with pytest.raises(WrongState):
        confirm(proposal, rita())


def test_much_takes_two_people(app):
    milestone = approved(milestone=much())
    confirm(take_back(milestone), rita())
    assert milestone.status == MilestoneStatus.refunded


def test_a_party_takes_nothing_back_as_staff(app):
    milestone = approved()
    people.ada().staff_roles = [StaffRole.finance]
    with pytest.raises(NotAllowed):
        take_back(milestone, by=people.ada())


def test_finance_finds_it_from_the_payout_that_waits(app, client):
    milestone = approved()
    finance = sign_in(client, people.sam())
    assert f"/staff/milestones/{milestone.id}/money" in finance.get(f"/staff/payout-checks/transfers/{the_transfer().id}").text
    page = f"/staff/milestones/{milestone.id}/money"
    assert "all of ৳4,000 goes back to it" in words(finance.get(page))
    refused = finance.post(f"/staff/milestones/{milestone.id}/take-backs", data={"take_back-reason": "", "take_back-key": "k"})
    assert refused.status_code == 422
    assert "Write why" in words(refused)
    assert finance.post(f"/staff/milestones/{milestone.id}/take-backs",
                        data={"take_back-reason": WHY, "take_back-key": "k"}).status_code == 303
    assert "Take back what was released" not in words(finance.get(page))
    assert "Returned" in words(sign_in(client, people.ada()).get(f"/contracts/{milestone.contract_id}"))
