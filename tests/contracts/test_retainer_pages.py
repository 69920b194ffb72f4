"""The pages of monthly contracts: offered, paid with a saved card, consented to, divided; in both languages."""
from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.policies import CONFIRMED_FOR
from marketplace.contracts import queries
from marketplace.contracts.commands import contracts, milestones, prorating
from marketplace.contracts.models import Contract, MilestoneStatus, Offer
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import months
from marketplace.core import clock, i18n
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.payments.models import CardStatus, Payment
from tests import people
from tests.contracts.test_views import page
from tests.factories.businesses import make_business
from tests.factories.contracts import make_bid, make_delivered
from tests.factories.retainers import PRICE, make_consent, make_next_month, make_saved_card
from tests.people import sign_in

BOTH = pytest.mark.parametrize("language", ["bn", "en"])


def offer_form(**changes):
    start = (clock.today() + timedelta(days=3)).date().isoformat()
    return {"title": "Nokshi Ghor", "scope": "Posts and the inbox", "billing": "monthly", "price_minor": "7000", "starts_on": start,
            "lines-0-title": "Posts", "lines-0-count": "60", "lines-1-title": "Videos", "lines-1-count": "4", "changes_included": "2",
            "notice_days": "7", "ownership": "business"} | changes


def test_an_offer_is_made_month_by_month_and_becomes_a_retainer(app, client):
    bid = make_bid()
    sign_in(client, people.ada())
    assert client.post(f"/bids/{bid.id}/offer", data=offer_form()).status_code == 303
    offer = db.session.scalars(select(Offer)).one()
    assert offer.latest.terms["lines"] == [{"title": "Posts", "count": 60}, {"title": "Videos", "count": 4}]
    shown = page(client, people.ben(), f"/offers/{offer.id}").get_text()
    assert "a month" in shown
    assert "Posts: 60" in shown
    counter = page(client, people.ben(), f"/offers/{offer.id}/counter-offer")
    assert counter.find("input", {"name": "lines-1-title"})["value"] == "Videos"
    assert counter.find("input", {"name": "billing", "checked": True})["value"] == "monthly"
    assert client.post(f"/offers/{offer.id}/acceptance", data={"version": "1"}).status_code == 303
    [month] = queries.months_of(db.session.scalars(select(Contract)).one())
    assert month.milestone.amount_minor == PRICE


@pytest.mark.parametrize("wrong", [{"price_minor": ""}, {"starts_on": ""}, {"starts_on": "2020-01-01"}, {"lines-0-count": ""},
                                   {"lines-0-title": "", "lines-0-count": "", "lines-1-title": "", "lines-1-count": ""}])
def test_what_is_missing_is_said_and_nothing_typed_is_lost(app, client, wrong):
    bid = make_bid()
    sign_in(client, people.ada())
    answer = client.post(f"/bids/{bid.id}/offer", data=offer_form(**wrong))
    assert answer.status_code == 422
    assert "Nokshi Ghor" in answer.text
    assert "dy-error" in answer.text


@BOTH
def test_the_contract_says_what_is_paid_next_and_by_whom(app, client, language):
    month = make_next_month()
    contract = month.milestone.contract
    path = f"/contracts/{contract.id}"
    assert page(client, people.ada(), path, language).select_one(f'a[href="{path}/card-consent"]')
    make_consent(contract)
    ada, ben = page(client, people.ada(), path, language), page(client, people.ben(), path, language)
    assert "Visa •••• 4242" in ada.get_text()
    assert ada.select_one(f'form[action="{path}/card-consent/withdrawal"]')
    assert not ben.select_one(f'form[action="{path}/card-consent/withdrawal"]')
    assert len(ada.select(".btn-next")) <= 1


@BOTH
def test_consent_is_given_and_taken_back(app, client, language):
    contract = make_next_month().milestone.contract
    path = f"/contracts/{contract.id}/card-consent"
    assert not page(client, people.ada(), path, language).select('[name="card"]')
    card = make_saved_card(contract.business)
    assert page(client, people.ada(), path, language).select('[name="card"]')
    assert client.post(path, data={}).status_code == 422
    assert client.post(path, data={"card": str(make_saved_card(contract.business, expires_year=2020, stripe_payment_method_id="pm_old").id)}
                       ).status_code == 422
    assert client.post(path, data={"card": str(card.id)}).status_code == 303
    retainer = queries.retainer_of(contract)
    db.session.refresh(retainer)
    assert (retainer.card_id, retainer.consented_by) == (card.id, people.ada().id)
    assert client.post(f"{path}/withdrawal").status_code == 303
    db.session.refresh(retainer)
    assert retainer.card_id is None


@BOTH
def test_a_saved_card_pays_with_one_click_and_a_second_click_does_nothing(app, client, language):
    month = make_next_month()
    card = make_saved_card(month.milestone.contract.business)
    path = f"/milestones/{month.milestone_id}/funding"
    soup = page(client, people.ada(), path, language)
    assert soup.find("input", {"name": "card", "checked": True})["value"] == str(card.id)
    answer = client.post(path, data={"card": str(card.id)})
    payment = db.session.scalars(select(Payment).where(Payment.card_id == card.id)).one()
    assert answer.headers["Location"] == f"/payments/{payment.id}/return"
    assert client.post(path, data={"card": str(card.id)}).status_code == 409
    assert len(db.session.scalars(select(Payment).where(Payment.card_id == card.id)).all()) == 1


def test_another_business_card_is_no_choice(app, client):
    month = make_next_month()
    other = make_saved_card(make_business(people.eve()))
    sign_in(client, people.ada())
    assert client.post(f"/milestones/{month.milestone_id}/funding", data={"card": str(other.id)}).status_code == 422


@BOTH
def test_cards_are_listed_by_their_mask_and_removed(app, client, language):
    contract = make_next_month().milestone.contract
    retainer = make_consent(contract)
    card = retainer.card
    soup = page(client, people.ada(), "/business/cards", language)
    assert "Visa •••• 4242" in soup.get_text()
    assert client.post(f"/cards/{card.id}/removal").status_code == 303
    db.session.refresh(card)
    db.session.refresh(retainer)
    assert (card.status, retainer.card_id) == (CardStatus.removed, None)
    assert "4242" not in page(client, people.ada(), "/business/cards", language).get_text()
    assert client.post(f"/cards/{card.id}/removal").status_code == 409


def test_dividing_much_asks_the_business_for_its_password_and_the_manager_not(app, client):
    contract = make_next_month().milestone.contract
    first = queries.months_of(contract)[0]
    contracts.end_contract(contract, people.ada(), Side.business, "Over.")
    path, done = f"/milestones/{first.milestone_id}/proposal", {"done-0": "30", "done-1": "2"}
    browser = sign_in(client, people.ada())
    clock.move(CONFIRMED_FOR)
    assert [answer.location.split("?")[0] for answer in (browser.get(path), browser.post(path, data=done))] == ["/password-again"] * 2
    browser = sign_in(client, people.ben())
    clock.move(CONFIRMED_FOR)
    assert browser.post(path, data=done).location == f"/contracts/{contract.id}"
    agreement = f"/month-proposals/{queries.open_proposal(first.milestone).id}/agreement"
    browser = sign_in(client, people.ada())
    clock.move(CONFIRMED_FOR)
    assert browser.post(agreement).location.startswith("/password-again")
    db.session.refresh(first.milestone)
    assert first.milestone.released_minor == 0


@BOTH
def test_a_month_that_ended_early_is_divided(app, client, language):
    contract = make_next_month().milestone.contract
    first = queries.months_of(contract)[0]
    clock.move(timedelta(days=10))
    contracts.end_contract(contract, people.ada(), Side.business, "Over.")
    path = f"/milestones/{first.milestone_id}/proposal"
    assert page(client, people.ben(), f"/contracts/{contract.id}", language).select_one(f'a[href="{path}"]')
    begun = [entry["value"] for entry in page(client, people.ben(), path, language).select('input[name^="done-"]')]
    with i18n.speaking(language):
        assert begun == [i18n.digits(str(number)) for number in months.elapsed(first)]
    assert client.post(path, data={"done-0": "61", "done-1": "0"}).status_code == 422
    assert client.post(path, data={"done-0": "30", "done-1": "2"}).status_code == 303
    proposal = queries.open_proposal(first.milestone)
    assert client.post(f"/month-proposals/{proposal.id}/agreement").status_code == 403
    for address in (f"/contracts/{contract.id}", "/wallet"):
        turns = [page(client, person, address, language).get_text() for person in (people.ben(), people.ada())]
        assert [{"en": "Now it is your turn", "bn": "এখন আপনার পালা"}[language] in text for text in turns] == [False, True]
    soup = page(client, people.ada(), f"/contracts/{contract.id}", language)
    assert soup.select_one(f'form[action="/month-proposals/{proposal.id}/agreement"]')
    assert client.post(f"/month-proposals/{proposal.id}/agreement").status_code == 303
    db.session.refresh(first.milestone)
    assert (first.milestone.status, first.milestone.released_minor, first.milestone.held) == (
        MilestoneStatus.approved, PRICE // 2, Money(0))


@BOTH
def test_what_was_released_of_a_month_before_is_said_and_taken_off(app, client, language):
    contract = make_next_month().milestone.contract
    milestone = queries.months_of(contract)[0].milestone
    milestones.approve(make_delivered(milestone), people.ada(), Money(PRICE // 2))
    contracts.end_contract(contract, people.ada(), Side.business, "Over.")
    said = {"en": "৳3,500", "bn": "৩,৫০০"}[language]
    assert said in page(client, people.ben(), f"/milestones/{milestone.id}/proposal", language).select_one(".dy-help").text
    prorating.propose(milestone, people.ben(), Side.manager, [60, 3])
    notice = page(client, people.ada(), f"/contracts/{contract.id}", language).select_one(".dy-notice").get_text()
    assert said in notice
    assert {"en": "৳2,625 to the manager", "bn": "২,৬২৫"}[language] in notice


@BOTH
def test_pages_say_what_silence_does_with_a_month_that_ended_early(app, client, language):
    contract = make_next_month().milestone.contract
    milestone = queries.months_of(contract)[0].milestone
    clock.move(timedelta(days=10))
    contracts.end_contract(contract, people.ada(), Side.business, "Over.")
    share = months.earned_unasked(milestone)
    assert Money(0) < share < Money(PRICE // 2)
    with i18n.speaking(language):
        parts = [i18n.money(part).replace("\xa0", " ") for part in (share, Money(PRICE) - share)]

    def says(person, path, *more):
        text = page(client, person, path, language).get_text().replace("\xa0", " ")
        assert not [words for words in (*parts, *more) if words not in text]

    says(people.ben(), f"/milestones/{milestone.id}/delivery")
    says(people.ada(), f"/contracts/{contract.id}")
    make_delivered(milestone)
    with i18n.speaking(language):
        until = i18n.moment(milestone.review_until).replace("\xa0", " ")
    says(people.ada(), f"/contracts/{contract.id}", until)
