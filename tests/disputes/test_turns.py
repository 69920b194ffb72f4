"""Whose turn it is, and until when, as the money line and the wallet of both sides say it."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.contracts.commands import contracts, prorating, refunds
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import months_of, open_wishes, turns_of
from marketplace.core import clock, i18n
from marketplace.core.db import db
from marketplace.core.money import Money
from tests import people
from tests.contracts.test_views import page
from tests.factories.contracts import make_delivered, make_funded
from tests.factories.disputes import make_answered, make_dispute, make_mediated
from tests.factories.retainers import make_next_month

PATHS = pytest.mark.parametrize("path", ["/wallet", "/contracts/{}"])
MINE = {"en": "Now it is your turn", "bn": "এখন আপনার পালা"}


def heard(client, milestone, path, language="en"):
    """What the page says to ada and to ben, as one line each."""
    address = path.format(milestone.contract_id)
    return [" ".join(page(client, person, address, language).main.text.split()) for person in (people.ada(), people.ben())]


def moment(at, language="en"):
    with i18n.speaking(language):
        return " ".join(i18n.moment(at).split())


@PATHS
@pytest.mark.parametrize("language", ["en", "bn"])
def test_the_side_that_is_to_answer_is_named_with_its_day(app, client, path, language):
    dispute = make_dispute()
    ada, ben = heard(client, dispute.milestone, path, language)
    assert MINE[language] in ben and MINE[language] not in ada
    for side in (ada, ben):
        assert moment(dispute.answer_by, language) in side
    if language == "en":
        assert "Now it is for Ben" in ada
        assert "may speak in the dispute until" in ada
        assert "৳2,500 of this step is not claimed and goes on as before." in ada


@PATHS
def test_who_claims_may_reply_to_an_answer(app, client, path):
    dispute = make_answered()
    ada, ben = heard(client, dispute.milestone, path)
    assert MINE["en"] in ada and f"Now it is for {dispute.milestone.contract.business.name}" in ben
    assert moment(dispute.answer_by) in ben


@PATHS
def test_the_team_decides_until_its_day_and_says_when_it_is_late(app, client, path):
    dispute = make_mediated()
    for side in heard(client, dispute.milestone, path):
        assert "Now it is for our team" in side
        assert f"The team decides the dispute until {moment(dispute.decide_by)}." in side
    clock.move(dispute.decide_by - clock.now() + timedelta(minutes=1))
    assert "The team should have decided the dispute by" in heard(client, dispute.milestone, path)[0]


@PATHS
@pytest.mark.parametrize(("wish", "words"), [({}, "৳4,000 was asked back; Ben"), (
    {"amount": Money(150_000), "for_next": True}, "it was asked to keep ৳1,500 for the next step; Ben")])
@pytest.mark.parametrize("make", [make_funded, make_delivered])
def test_an_open_wish_names_the_manager_who_has_to_answer_it(app, client, path, wish, words, make):
    milestone = make()
    request = refunds.ask_refund(milestone, people.ada(), "The shop closes.", **wish)
    ada, ben = heard(client, milestone, path)
    assert "Now it is for Ben" in ada and MINE["en"] in ben
    with i18n.speaking("en"):
        asked = i18n.day(request.created_at)
    for side in (ada, ben):
        assert f"On {asked} {words}" in side
        assert moment(milestone.review_until or milestone.due_at) in side
    refunds.decline_refund(request, people.ben())
    assert words not in heard(client, milestone, path)[0]


@PATHS
def test_a_division_of_a_month_says_until_when_it_is_answered(app, client, path):
    contract = make_next_month().milestone.contract
    milestone = months_of(contract)[0].milestone
    clock.move(timedelta(days=10))
    contracts.end_contract(contract, people.ada(), Side.business, "Over.")
    proposal = prorating.propose(milestone, people.ben(), Side.manager, [30, 2])
    ada, ben = heard(client, milestone, path)
    assert MINE["en"] in ada and "Now it is for" in ben
    assert f"answers until {moment(proposal.expires_at)} how the month is divided." in ben


def test_a_dispute_matters_more_than_a_wish_and_both_are_read_at_once(app, statements):
    disputed, wished = make_delivered(), make_funded()
    refunds.ask_refund(disputed, people.ada(), "Later.", Money(100_000))
    request = refunds.ask_refund(wished, people.ada(), "Later.")
    dispute = make_dispute(disputed)
    steps = [disputed, wished]
    db.session.flush()
    statements.clear()
    turns = turns_of(steps, open_wishes(steps))
    assert len(statements) == 2
    assert (turns[disputed.id].about, turns[disputed.id].until) == ("dispute", dispute.answer_by)
    assert (turns[wished.id].side, turns[wished.id].wish) == (Side.manager, request)
