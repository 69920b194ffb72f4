"""What is known of two sides, and what the team said of them: who stops, who asks, what is added until it has spoken."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.accounts.commands import sessions
from marketplace.contracts.commands import parties
from marketplace.contracts.commands.parties import PartiesAlike
from marketplace.contracts.models import Contract, PartyCheck
from marketplace.contracts.models.party_check import Sign
from marketplace.contracts.queries.parties import party_check
from marketplace.core import audit, clock, i18n
from marketplace.core.db import db
from tests import people
from tests.contracts.test_parties import of_both
from tests.factories.contracts import make_milestone

LOOKS, REFUSED = "somebody of our team has a look", "no money can be paid in for it"


@pytest.fixture
def contract(app) -> Contract:
    return make_milestone().contract


def make(contract: Contract, status: str, *signs: Sign) -> PartyCheck:
    check = PartyCheck(business_id=contract.business_id, manager_id=contract.manager_id, contract_id=contract.id, status=status,
                       signs=list(signs))
    db.session.add(check)
    db.session.flush()
    return check


@pytest.mark.parametrize(("status", "said"), [("noted", None), ("open", LOOKS), ("refused", REFUSED), ("cleared", None)])
def test_what_stops_says_so_to_both_sides(contract, status, said):
    stop = parties.stopping(make(contract, status))
    with i18n.speaking("en"):
        assert (said in str(stop.message), said in str(stop.beside)) == (True, True) if said else stop is None
        assert not said or ("help@dayitto.example" in str(stop.message)) is not ("help@dayitto.example" in str(stop.beside))
    assert parties.turn_away(contract) is bool(said)


def test_of_whom_nothing_is_known_nobody_is_stopped(contract):
    assert parties.stopping(None) is None
    assert parties.turn_away(contract) is False
    parties.require_apart(contract)


def test_who_was_cleared_is_not_asked_about_again(contract):
    of_both(make_milestone(contract))
    make(contract, "cleared")
    parties.require_apart(contract)
    assert parties.turn_away(contract) is False


def test_what_was_only_noted_is_asked_about_with_what_was_noted(contract):
    make(contract, "noted", Sign.device)
    of_both(make_milestone(contract))
    clock.move(timedelta(days=1))
    assert parties.turn_away(contract) is True
    db.session.expire_all()
    check = party_check(contract)
    assert (check.status, check.signs) == ("open", [Sign.device, Sign.person])
    [entry] = audit.history(check)
    assert clock.now() - entry.at < timedelta(hours=1)


def test_a_row_is_as_old_as_the_business_clock_says(contract):
    clock.move(timedelta(days=1))
    parties.note_shared(contract)
    with pytest.raises(PartiesAlike):
        parties.require_apart(of_both(make_milestone(contract)).contract)
    assert clock.now() - party_check(contract).created_at < timedelta(hours=1)


def test_a_device_of_both_sides_is_noted(contract):
    for person in (people.ada(), people.ben()):
        sessions.begin(person, "Chrome on Android", "103.4.145.245")
    parties.note_shared(contract)
    check = party_check(contract)
    assert (check.contract_id, check.signs, check.status) == (contract.id, [Sign.device], "noted")


def test_a_shared_place_is_added_once_until_the_team_has_spoken(contract):
    clock.move(timedelta(days=1))
    for sign in (Sign.device, Sign.device, Sign.home, None):
        check = parties._noted(contract, sign)
    assert (check.signs, check.status) == ([Sign.device, Sign.home], "noted")
    assert clock.now() - check.created_at < timedelta(hours=1)
    parties.clear(check, people.sam(), "I spoke with both.")
    assert parties._noted(contract, Sign.person).signs == [Sign.device, Sign.home]


@pytest.mark.parametrize(("status", "alike"), [("noted", True), ("open", True), ("refused", True), ("cleared", False)])
def test_reviews_are_held_until_they_are_cleared(contract, status, alike):
    assert parties.may_be_alike(contract) is False
    make(contract, status)
    assert parties.may_be_alike(contract) is alike
