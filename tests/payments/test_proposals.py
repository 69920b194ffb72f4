"""Money that staff move: what waits for a second person, what does not, and what is written down about it."""
from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.accounts.policies import TWO_PEOPLE_FROM_MINOR
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from marketplace.notifications.models import Notice
from marketplace.payments.commands import proposals
from marketplace.payments.models import MoneyProposal
from tests import people
from tests.trail import trail

LITTLE, MUCH = Money(TWO_PEOPLE_FROM_MINOR - 1), Money(TWO_PEOPLE_FROM_MINOR)
A_POISHA = Money(1)


@pytest.fixture(autouse=True)
def done(app, monkeypatch) -> list[Any]:
    """What was carried out, of kinds that only note it."""
    noted: list[Any] = []
    for kind in ("note", "other"):
        monkeypatch.setitem(proposals.VERBS, kind, lambda proposal, by: noted.append((proposal.key, by.name)))
    return noted


@pytest.fixture
def sam(app) -> Person:
    return people.sam()


@pytest.fixture
def rita(app) -> Person:
    """A second person of finance."""
    return people.person_named("Rita Sen", "rita@example.com", staff_roles=["finance"])


def propose(amount: Money, by: Person, key: str = "1", **changes: Any) -> MoneyProposal:
    facts = {"kind": "note", "subject": "thing:1", "why": "I looked at it."} | changes
    return proposals.propose(amount=amount, by=by, key=key, **facts)


@pytest.mark.parametrize(("amount", "status"), [
    (LITTLE, "done"), (MUCH, "waiting"), (Money(-MUCH.minor), "waiting"), (Money(1, "USD"), "waiting")])
def test_much_waits_for_a_second_person(sam, done, amount, status):
    assert propose(amount, sam).status == status
    assert done == ([("1", "Sam Akter")] if status == "done" else [])


def test_little_sums_of_one_person_for_one_thing_add_up(sam, rita):
    propose(LITTLE, sam)
    assert propose(LITTLE, sam, "2", subject="thing:2").status == "done"
    assert propose(LITTLE, rita, "3").status == "done"
    assert propose(A_POISHA, sam, "4").status == "waiting"


def test_what_two_have_decided_counts_for_nobody(sam, rita, done):
    proposals.confirm(propose(MUCH, sam), rita)
    proposals.decline(propose(MUCH, sam, "2"), rita, "Once is enough.")
    assert propose(LITTLE, sam, "3").status == "done"
    assert done == [("1", "Rita Sen"), ("3", "Sam Akter")]


def test_one_waits_at_a_time_for_each_thing_and_kind(sam, rita):
    first = propose(MUCH, sam)
    with pytest.raises(WrongState):
        propose(A_POISHA, rita, "2")
    assert propose(MUCH, rita) is first, "the same key is the same proposal"
    assert propose(MUCH, rita, "3", kind="other").status == "waiting"
    assert propose(MUCH, rita, "4", subject="thing:2").status == "waiting"
    proposals.decline(first, rita, "No.")
    assert propose(MUCH, rita, "5").status == "waiting"


def test_reasons_at_length_are_kept_as_far_as_they_fit(sam, rita):
    proposal = propose(MUCH, sam, why=f"  {'x' * 2001}")
    proposals.decline(proposal, rita, "y" * 2001)
    assert (proposal.why, proposal.answer) == ("x" * 2000, "y" * 2000)
    assert (proposal.decided_by, proposal.decided_by_id) == (rita, rita.id)


def test_what_cannot_be_done_any_more_lapses_and_who_proposed_it_is_told(sam, rita, done):
    proposal = propose(MUCH, sam)
    with trail("proposal_lapsed"):
        proposals.lapse(str(proposal.id))
    assert proposal.decided_at
    with pytest.raises(WrongState):
        proposals.confirm(proposal, rita)
    assert done == []


def test_what_was_decided_meanwhile_does_not_lapse(sam, rita):
    proposal = propose(MUCH, sam)
    proposals.decline(proposal, rita, "No.")
    decided_at = proposal.decided_at
    proposals.lapse(str(proposal.id))
    assert (proposal.status, proposal.decided_at) == ("declined", decided_at)


@pytest.mark.parametrize(("kind", "told"), [("note", {"Rita Sen"}), ("dispute_decision", {"Rita Sen", "Mila Roy"})])
def test_who_else_may_decide_is_asked(sam, rita, monkeypatch, kind, told):
    """Never who proposed it; about a dispute mediators too."""
    people.person_named("Mila Roy", "mila@example.com", staff_roles=["mediator"])
    people.person_named("Vera Roy", "vera@example.com", staff_roles=["vetter"])
    monkeypatch.setitem(proposals.VERBS, kind, lambda proposal, by: None)
    propose(MUCH, sam, kind=kind)
    assert set(db.session.scalars(select(Person.name).join(Notice, Notice.person_id == Person.id))) == told
