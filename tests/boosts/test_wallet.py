"""Ad money in the wallet: sums that are the books', a line for each pot and each receipt, and who acts next."""
from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from marketplace.boosts import commands
from marketplace.boosts.commands.pots import close_pot, settle_pot
from marketplace.boosts.queries.wallet import pots_in_wallet
from marketplace.contracts.queries.wallet import wallet_sums
from marketplace.core import clock, i18n
from marketplace.core.db import db
from marketplace.ledger import queries as books
from marketplace.payments.models import TransferStatus
from marketplace.payments.queries import transfers_for
from tests import people
from tests.factories.boosts import make_boost, make_boosting_contract, make_draw, make_funded_pot, make_pot, make_running_boost
from tests.factories.businesses import make_business
from tests.factories.managers import make_manager
from tests.people import sign_in

PAID_IN, DRAWN = 40 * 12_250 * 115 // 100, 10 * 12_250 * 115 // 100


@pytest.fixture
def spent(app):
    """Forty dollars of ads, ten of them spent, and the receipt for those handed in."""
    pot = make_funded_pot()
    make_running_boost(pot, spent_minor=10_00)
    return make_draw(pot)


def sums(person):
    with i18n.speaking("en"):
        return {one.label: one.amount.minor for one in wallet_sums(person)}


def section(client, person, language="en"):
    """The ad money of the wallet's page."""
    person.language = language
    db.session.flush()
    page = BeautifulSoup(sign_in(client, person).get("/wallet").text, "html.parser")
    return page.find("a", href=lambda to: to and to.endswith("#ad-money")).find_parent("section")


def text(part):
    return " ".join(part.text.split())


def test_the_sums_are_those_of_the_books_for_both_sides(spent):
    commands.approve_draw(spent, people.ada())
    left = books.ad_spend(spent.pot.subject).minor
    mine, theirs = sums(people.ada()), sums(people.ben())
    assert (mine["Held for ads"], mine["Repaid for ads"], theirs["Held for your receipts"]) == (left, DRAWN, left)
    assert left + DRAWN == PAID_IN
    assert theirs["Yours, being sent"] == DRAWN
    assert not {"Held for ads", "Repaid for ads"} & set(theirs)


def test_what_went_back_is_a_sum_of_the_business_alone(spent):
    commands.approve_draw(spent, people.ada())
    close_pot(spent.pot, clock.now())
    settle_pot(str(spent.pot_id))
    assert (sums(people.ada())["Ad money returned"], sums(people.ada()).get("Held for ads")) == (PAID_IN - DRAWN, None)
    assert "Ad money returned" not in sums(people.ben())


def test_strangers_have_no_sums_and_no_lines(spent):
    assert (sums(people.eve()), pots_in_wallet(people.eve())) == ({}, [])


def test_a_pot_that_is_not_paid_in_has_no_line(app):
    make_pot()
    assert pots_in_wallet(people.ada()) == []


def test_without_receipts_the_manager_acts_next(app, client):
    pot = make_funded_pot()
    mine, theirs = text(section(client, people.ada())), text(section(client, people.ben()))
    assert f"Now it is for {pot.contract.manager.name}" in mine
    assert "Now it is your turn" in theirs
    for side in (mine, theirs):
        assert "৳5,635 held for ads · Ads may run until" in side


def test_a_planned_boost_waits_for_the_business(app, client):
    make_boost(make_funded_pot())
    assert "Now it is your turn" in text(section(client, people.ada()))
    assert "A planned boost waits for approval." in text(section(client, people.ben()))


@pytest.mark.parametrize(("language", "said"), [("en", "৳1,408.75 at most."), ("bn", "সর্বোচ্চ ৳ ১,৪০৮.৭৫")])
def test_a_receipt_waits_for_the_business_until_its_day(spent, client, language, said):
    mine, theirs = section(client, people.ada(), language), section(client, people.ben(), language)
    with i18n.speaking(language):
        day = i18n.moment(spent.decide_by)
    for side in (mine, theirs):
        assert said in text(side)
        assert day in text(side.select_one(".dy-queue"))
        assert side.find("a", href=f"/draws/{spent.id}")
    if language == "en":
        assert "Now it is your turn" in text(mine)
        assert f"Now it is for {spent.pot.contract.business.name}" in text(theirs)


def test_the_contract_says_the_same_of_its_ad_money(spent, client):
    for person, turn in ((people.ada(), "Now it is your turn"), (people.ben(), f"Now it is for {spent.pot.contract.business.name}")):
        person.language = "en"
        page = BeautifulSoup(sign_in(client, person).get(f"/contracts/{spent.pot.contract_id}").text, "html.parser")
        with i18n.speaking("en"):
            assert f"৳1,408.75 at most. Unanswered it is decided by itself on {i18n.moment(spent.decide_by)}" in text(page)
        assert turn in text(page.select_one("#ad-money"))


def test_an_approved_receipt_says_what_its_money_waits_for(spent, client):
    commands.approve_draw(spent, people.ada())
    transfer, = transfers_for(spent.subject)
    transfer.status = TransferStatus.held
    line = text(section(client, people.ben()).select_one(".dy-queue"))
    assert "৳1,408.75 for the manager. It is sent as soon as the manager can be paid" in line


def test_a_pot_that_closes_takes_receipts_until_its_day(app, client):
    pot = make_funded_pot()
    close_pot(pot)
    with i18n.speaking("en"):
        assert f"Receipts are taken until {i18n.moment(pot.closes_at)}." in text(section(client, people.ben()))


def test_what_is_over_is_folded_and_waits_for_nobody(spent, client):
    commands.approve_draw(spent, people.ada())
    commands.mark_paid(spent)
    close_pot(spent.pot, clock.now())
    settle_pot(str(spent.pot_id))
    part = section(client, people.ada())
    assert "৳1,408.75 repaid against receipts" in text(part.find("details"))
    assert not part.select(".dy-queue")
    assert "Now it is" not in text(part)


def test_what_nobody_drew_says_that_it_returned(app, client):
    pot = make_funded_pot()
    close_pot(pot, clock.now())
    settle_pot(str(pot.id))
    assert "৳5,635 returned to the card" in text(section(client, people.ada()).find("details"))


def test_held_pots_come_before_those_that_are_over_each_with_its_own_money(app):
    business, manager = make_business(people.ada()), make_manager(people.ben())
    first, second = (make_funded_pot(make_boosting_contract(business, manager, link=f"https://facebook.com/x/posts/{n}")) for n in range(2))
    assert in_each(people.ben()) == [(second.id, PAID_IN), (first.id, PAID_IN)]
    close_pot(second, clock.now())
    settle_pot(str(second.id))
    assert in_each(people.ben()) == [(first.id, PAID_IN), (second.id, 0)]


def in_each(person):
    return [(line.pot.id, line.money.left.minor) for line in pots_in_wallet(person)]


def test_more_pots_cost_no_more_statements(client, statements):
    counts = []
    for number in range(3):
        business = make_business(people.person_named(f"Owner {number}", f"owner{number}@example.com"))
        make_draw(make_funded_pot(make_boosting_contract(business, make_manager(people.ben()))), number=f"R-{number}")
        reader = sign_in(client, people.ben())
        db.session.expire_all()
        statements.clear()
        reader.get("/wallet")
        counts.append(len(statements))
    assert counts[0] == counts[1] == counts[2]
