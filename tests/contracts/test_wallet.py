"""The wallet: sums that are the books', lines that say why, until when and who acts next."""
from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from marketplace.contracts.commands import milestones, refunds, settlements
from marketplace.contracts.models import MilestoneStatus
from marketplace.contracts.queries import milestones_of
from marketplace.contracts.queries.money_line import line_of
from marketplace.contracts.queries.wallet import wallet_of, wallet_sums
from marketplace.core import i18n
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from tests import people
from tests.factories.contracts import make_contract, make_delivered, make_funded, make_offer
from tests.factories.ledger import post_fund, post_release
from tests.factories.managers import make_manager
from tests.people import sign_in


def sums(person):
    with i18n.speaking("en"):
        return {one.label: one.amount.minor for one in wallet_sums(person)}


@pytest.fixture
def divided(app):
    """Of ৳4,000: 1,500 released, 500 returned, 800 kept for the next step, 200 disputed."""
    first, second = milestones_of(make_contract())
    make_delivered(make_funded(first))
    milestones.approve(first, people.ada(), Money(150_000))
    refunds.give_back(first, people.ben(), amount=Money(50_000))
    refunds.agree_refund(refunds.ask_refund(first, people.ada(), "Later.", Money(80_000), for_next=True), people.ben())
    settlements.freeze(first, Money(20_000), people.ada(), "Two posts.")
    return first, second


def test_the_sums_are_those_of_the_books(divided):
    held = sum(books.held(f"milestone:{row.id}").minor for row in divided)
    mine, theirs = sums(people.ada()), sums(people.ben())
    assert mine == {"Held for you": held, "Of it disputed": 20_000, "Released to managers": 150_000, "Returned to you": 50_000}
    assert theirs == {"Held for your work": held, "Of it disputed": 20_000,
                      "Yours, being sent": books.payable(f"manager:{divided[0].contract.manager_id}").minor}
    assert mine["Held for you"] + mine["Released to managers"] + mine["Returned to you"] == 400_000


def test_a_stranger_has_no_sums(divided):
    assert sums(people.eve()) == {}


@pytest.mark.parametrize(("language", "said"), [("en", "Held for your work"), ("bn", "আপনার কাজের জন্য জমা")])
def test_the_page_says_what_is_held_until_when(divided, client, language, said):
    ben = people.ben()
    ben.language = language
    db.session.flush()
    page = BeautifulSoup(sign_in(client, ben).get("/wallet").text, "html.parser")
    assert said in page.select_one(".dy-sums").text
    assert len(page.select(".dy-money__line")) == 2
    assert page.find("a", href="/payments/payout-account")


def test_the_contract_shows_how_it_was_divided(divided, client):
    page = sign_in(client, people.ada()).get(f"/contracts/{divided[0].contract_id}").text
    for words in ("৳1,350 to the manager, ৳150 to the platform", "৳500 back to the card", "৳800 kept for"):
        assert words in page


def test_the_line_says_what_a_bank_took_and_what_came_back_from_one(app):
    milestone = make_funded()
    for adrift, said in ((-150_000, "৳1,500 taken by the payer’s bank, which decides"),
                         (50_000, "৳500 came back from the bank; we try again")):
        milestone.adrift_minor = adrift
        with i18n.speaking("en"):
            assert said in [station.note for station in line_of(milestone)]


def test_the_line_of_what_went_back_whole_has_no_way_to_the_manager(app):
    milestone = make_funded()
    refunds.give_back(milestone, people.ben())
    with i18n.speaking("en"):
        assert [station.amount for station in line_of(milestone)] == [400_000, 400_000]


def test_each_step_whose_money_moved_or_will_is_a_line_for_both_sides(app):
    first, second = milestones_of(make_contract())
    make_funded(first)
    elsewhere, _planned = milestones_of(make_contract())
    assert [row.id for row in wallet_of(people.ada(), None)] == [first.id]
    second.prefunded_minor = 1
    elsewhere.status = MilestoneStatus.funding
    for person in (people.ada(), people.ben()):
        assert [row.id for row in wallet_of(person, None)] == [elsewhere.id, second.id, first.id]
    assert list(wallet_of(people.eve(), None)) == []


def test_the_next_page_of_lines_begins_after_the_last(app):
    contract = make_contract(make_offer(milestones=[{"title": f"Step {n}", "amount_minor": 100_000, "days": 5} for n in range(25)]))
    for milestone in milestones_of(contract):
        milestone.prefunded_minor = 1
    lines = wallet_of(people.ada(), None)
    assert len({row.id for row in [*lines, *wallet_of(people.ada(), lines.next)]}) == 25


@pytest.mark.parametrize(("columns", "held"), [
    ({"status": "planned", "prefunded_minor": 70}, 70), ({"status": "funding", "prefunded_minor": 70}, 70),
    ({"status": "funded", "prefunded_minor": 70}, 400_000), ({"status": "delivered", "released_minor": 30}, 399_970),
    ({"status": "changes_asked", "returned_minor": 30}, 399_970), ({"status": "disputed", "rolled_minor": 30}, 399_970),
    ({"status": "funded", "adrift_minor": -30}, 399_970), ({"status": "approved", "adrift_minor": 30}, 30)])
def test_what_is_held_is_summed_as_each_step_has_it(app, columns, held):
    milestone = milestones_of(make_contract())[0]
    for column, value in columns.items():
        setattr(milestone, column, value)
    assert (sums(people.ada())["Held for you"], sums(people.ben())["Held for your work"]) == (held, held)


def test_what_is_sent_and_what_arrives_are_told_apart(app):
    name = f"manager:{make_manager(people.ben()).id}"
    post_fund()
    post_release(manager=name)
    ledger.begin_transfer("one", manager=name, milestone="milestone:1", amount=Money(200_000))
    assert sums(people.ben()) == {"Yours, being sent": 630_000}
    ledger.settle_transfer("one", stripe_id="tr_1")
    assert sums(people.ben()) == {"Yours, being sent": 430_000, "On its way to your bank": 200_000}
    assert notes(people.ben())["On its way to your bank"] == "sent; 1–2 working days"
    ledger.pay_out("two", manager=name, amount=Money(200_000))
    assert sums(people.ben()) == {"Yours, being sent": 430_000}
    ledger.return_transfer("three", manager=name, milestone="milestone:1", contract=None, amount=Money(1), stripe_id="trr_1")
    assert sums(people.ben()) == {"Yours, being sent": 430_001, "On its way to your bank": -1}
    assert notes(people.ben())["On its way to your bank"] == "taken back after it was sent; your next pay makes up for it"


def notes(person):
    with i18n.speaking("en"):
        return {one.label: one.note for one in wallet_sums(person)}
