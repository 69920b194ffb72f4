"""What the two parties see and may do on the pages of offers, contracts and milestones."""
from __future__ import annotations

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from marketplace.contracts.commands import contracts, milestones, refunds, settlements
from marketplace.contracts.models import MilestoneStatus, OfferStatus
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import payments_of
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.managers.models import Kind
from tests import people
from tests.factories.businesses import make_business
from tests.factories.changes import make_accepted, make_change
from tests.factories.contracts import make_approved, make_bid, make_contract, make_delivered, make_funded, make_milestone, make_offer
from tests.factories.jobs import make_job
from tests.people import sign_in
from tests.worker import body, letters, run_sweeps


def page(client, person, path, language="en"):
    person.language = language
    db.session.flush()
    answer = sign_in(client, person).get(path)
    assert answer.status_code == 200, answer.text[-500:]
    return BeautifulSoup(answer.text, "html.parser")


def offers(soup, path):
    return bool(soup.select(f'[action*="{path}"], [href*="{path}"]'))


MAKERS = {"planned": make_milestone, "funded": make_funded, "delivered": make_delivered, "approved": make_approved}
# Who may do what while a milestone is in which state, as the page shows it.
SHOWN = [
    ("planned", "ada", {"/funding"}), ("planned", "ben", set()),
    ("funded", "ada", {"/refund-request"}), ("funded", "ben", {"/delivery", "/refund"}),
    ("delivered", "ada", {"/approval", "/changes", "/extension", "/refund-request"}), ("delivered", "ben", set()),
    ("approved", "ada", {"/funding"}), ("approved", "ben", set()),
]
ALL = {"/funding", "/delivery", "/approval", "/changes", "/extension", "/refund-request"}


@pytest.mark.parametrize("language", ["bn", "en"])
@pytest.mark.parametrize(("status", "who", "shown"), SHOWN)
def test_the_contract_page_offers_what_its_reader_may_do(app, client, status, who, shown, language):
    milestone = MAKERS[status]()
    soup = page(client, getattr(people, who)(), f"/contracts/{milestone.contract_id}", language)
    assert {act for act in ALL if offers(soup, f"milestones/{milestone.id}{act}")} == {act for act in shown if act in ALL} - (
        {"/funding"} if status == "approved" else set())
    assert len(soup.select(".dy-money__line li")) == 5
    assert len(soup.select(".btn-next")) <= 1


def test_the_contract_page_says_when_the_money_goes_by_itself(app, client):
    milestone = make_delivered()
    text = page(client, people.ada(), f"/contracts/{milestone.contract_id}").get_text(" ", strip=True)
    assert "the money goes by itself on" in text
    assert "All twenty posts are out." in text


def test_beside_a_dispute_the_page_goes_on_with_what_nobody_claims(app, client):
    milestone = make_funded()
    settlements.freeze(milestone, Money(150_000), by=people.ada(), why="late")
    assert offers(page(client, people.ben(), f"/contracts/{milestone.contract_id}"), f"milestones/{milestone.id}/delivery")
    page(client, people.ben(), f"/milestones/{milestone.id}/delivery")
    assert client.post(f"/milestones/{milestone.id}/deliveries", data={"note": "All twenty posts are out."}).status_code == 303
    assert milestone.work == MilestoneStatus.delivered
    soup = page(client, people.ada(), f"/contracts/{milestone.contract_id}")
    assert offers(soup, f"milestones/{milestone.id}/approval")
    assert "the money goes by itself on" in soup.get_text()


def test_an_accepted_offer_shows_the_fee_its_contract_has_frozen(app, client):
    contract = make_contract()
    contract.fee_bp = 500
    text = page(client, people.ben(), f"/offers/{contract.offer_id}").get_text(" ")
    assert "৳6,650" in text, "7,000 less five percent"
    assert "৳6,300" not in text


def test_the_reminder_to_look_names_what_silence_releases(app):
    milestone = make_delivered()
    milestones.approve(milestone, people.ada(), Money(100_000))
    clock.move(milestone.review_until - clock.now() - timedelta(hours=23))
    run_sweeps()
    text = body([one for one in letters("ada@example.com") if "waits for you" in one["Subject"]][-1])
    assert "৳3,000 goes to the manager by itself" in text


def test_after_a_split_each_step_shows_what_is_its_own(app, client):
    milestone = make_funded()
    make_accepted(make_change(kind="split", milestone=milestone))
    amounts = [cell.get_text(" ", strip=True) for cell in page(client, people.ada(), f"/contracts/{milestone.contract_id}").select("td.n")]
    assert amounts == ["৳2,500 of ৳4,000; the rest went on to a later step", "৳1,500", "৳3,000"]


def test_who_pays_finds_the_payment_from_its_contract(app, client):
    milestone = make_funded()
    address = f"/payments/{payments_of([milestone])[milestone.id].id}"
    assert page(client, people.ada(), f"/contracts/{milestone.contract_id}").find("a", href=address)
    assert not page(client, people.ben(), f"/contracts/{milestone.contract_id}").find("a", href=address)
    page(client, people.ada(), address)


def test_a_refund_is_asked_for_and_answered_on_the_page(app, client):
    milestone = make_funded()
    sign_in(client, people.ada()).post(f"/milestones/{milestone.id}/refund-requests", data={"reason": "The shop closes."})
    soup = page(client, people.ben(), f"/contracts/{milestone.contract_id}")
    assert "The shop closes." in soup.get_text()
    assert client.post(f"/milestones/{milestone.id}/refund").status_code == 303
    db.session.refresh(milestone)
    assert milestone.status == MilestoneStatus.refunded


def test_an_ended_contract_shows_its_hand_over_list(app, client):
    contract = make_contract()
    contracts.end_contract(contract, people.ada(), Side.business, "The season is over.")
    soup = page(client, people.ada(), f"/contracts/{contract.id}")
    assert "The season is over." in soup.get_text()
    assert len(soup.select(".dy-handover li")) == 3


@pytest.mark.parametrize("language", ["bn", "en"])
@pytest.mark.parametrize("path", ["funding", "delivery", "approval", "changes", "refund-request"])
def test_every_form_opens(app, client, path, language):
    milestone = make_delivered() if path in {"approval", "changes"} else make_funded()
    page(client, people.ben() if path == "delivery" else people.ada(), f"/milestones/{milestone.id}/{path}", language)


def test_work_that_was_handed_in_is_not_handed_in_again(app, client):
    milestone = make_delivered()
    assert sign_in(client, people.ben()).get(f"/milestones/{milestone.id}/delivery").status_code == 409


def test_nothing_is_handed_in_on_the_page_where_all_of_it_is_claimed(app, client):
    milestone = make_funded()
    settlements.freeze(milestone, milestone.amount, by=people.ada(), why="late")
    assert sign_in(client, people.ben()).get(f"/milestones/{milestone.id}/delivery").status_code == 409


@pytest.mark.parametrize(("kind", "said"), [("management", "then has 7 days to look."), ("content", "then has 5 days to look.")])
def test_who_hands_in_reads_how_long_the_business_may_look(app, client, kind, said):
    milestone = make_funded()
    milestone.contract.kind = kind
    text = " ".join(page(client, people.ben(), f"/milestones/{milestone.id}/delivery").text.split())
    assert f"{milestone.contract.business.name} {said} If nothing is said by then, the money goes to you by itself." in text


def test_a_delivery_without_a_word_is_refused_and_keeps_the_links(app, client):
    milestone = make_funded()
    answer = sign_in(client, people.ben()).post(f"/milestones/{milestone.id}/deliveries", data={"note": "", "links": "https://facebook.com/x"})
    assert answer.status_code == 422
    assert "https://facebook.com/x" in answer.text


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "facebook.com/x"])
def test_only_web_addresses_are_taken_as_links(app, client, link):
    milestone = make_funded()
    answer = sign_in(client, people.ben()).post(f"/milestones/{milestone.id}/deliveries", data={"note": "Done", "links": link})
    assert answer.status_code == 422


def test_an_offer_is_made_from_the_bid(app, client):
    bid = make_bid()
    soup = page(client, people.ada(), f"/bids/{bid.id}/offer")
    assert soup.find("input", {"name": "milestones-0-amount_minor"})["value"] == "7000"
    data = {"title": "December", "scope": "Posts", "milestones-0-title": "All", "milestones-0-amount_minor": "৭,০০০",
            "milestones-0-days": "30", "changes_included": "2", "notice_days": "7", "ownership": "business"}
    assert client.post(f"/bids/{bid.id}/offer", data=data | {"milestones-0-amount_minor": "seven"}).status_code == 422
    assert client.post(f"/bids/{bid.id}/offer", data=data).status_code == 303


def test_an_offer_on_a_boost_names_the_ads_in_what_the_business_pays(app, client):
    bid = make_bid(make_job(make_business(people.ada()), Kind.boosting))
    sheets = [costs(page(client, people.ada(), f"/bids/{bid.id}/offer"))]
    offer = make_offer(bid)
    sheets.append(costs(page(client, people.ada(), f"/offers/{offer.id}")))
    sheets.append(costs(page(client, people.ben(), f"/offers/{offer.id}/counter-offer")))
    parts = {"Price of the work": "৳7,000", "Ad money": "৳4,920", "VAT on ads": "৳738", "Card cost": "৳367.09"}
    gets = {"The platform keeps": "৳700", "Meta gets, with VAT": "৳5,658"}
    assert sheets == [parts | {"You pay": "৳13,025.09", "The manager gets": "৳6,300"} | gets] * 2 + [
        parts | {"The business pays": "৳13,025.09", "You get": "৳6,300"} | gets]


def costs(soup):
    """The lines of the cost: what each is called, and its sum."""
    return {row.dt.contents[0].strip(): row.dd.get_text(strip=True) for row in soup.select(".dy-sum > div")}


@pytest.mark.parametrize("language", ["bn", "en"])
def test_the_offer_page_asks_the_side_whose_turn_it_is(app, client, language):
    offer = make_offer()
    assert offers(page(client, people.ben(), f"/offers/{offer.id}", language), "/acceptance")
    assert not offers(page(client, people.ada(), f"/offers/{offer.id}", language), "/acceptance")


def test_accepting_an_old_version_is_refused(app, client):
    offer = make_offer()
    assert sign_in(client, people.ben()).post(f"/offers/{offer.id}/acceptance", data={"version": "7"}).status_code == 409
    db.session.refresh(offer)
    assert offer.status == OfferStatus.open


@pytest.mark.parametrize("language", ["bn", "en"])
@pytest.mark.parametrize("who", ["ada", "ben", "eve"])
def test_lists_open_empty_and_filled(app, client, who, language):
    refunds.ask_refund(make_funded(), people.ada(), "x")
    for path in ("/contracts", "/wallet"):
        soup = page(client, getattr(people, who)(), path, language)
        assert ("Ada's Boutique" in soup.get_text() or "Nokshi" in soup.get_text()) == (who != "eve")


def test_a_part_is_released_from_the_page_and_what_was_seen_must_still_hold(client):
    milestone = make_delivered()
    sign_in(client, people.ada())
    page = client.get(f"/milestones/{milestone.id}/approval")
    assert "400000" in page.text  # what the reader sees held travels with the form
    typed = {"amount": "1,500", "held_minor": "400000"}
    assert client.post(f"/milestones/{milestone.id}/approval", data=typed).status_code == 303
    assert milestone.held.minor == 250_000
    assert client.post(f"/milestones/{milestone.id}/approval", data=typed).status_code == 409
    assert milestone.held.minor == 250_000


def test_too_much_is_refused_beside_the_field_and_what_was_typed_stays(client):
    milestone = make_delivered()
    sign_in(client, people.ada())
    answered = client.post(f"/milestones/{milestone.id}/approval", data={"amount": "9,000", "held_minor": "400000"})
    assert answered.status_code == 422
    soup = BeautifulSoup(answered.text, "html.parser")
    assert soup.find("input", {"name": "amount"})["value"] == "9,000"
    assert soup.find(id="amount-error")


def test_part_is_asked_back_and_agreed_to(client):
    milestone = make_funded()
    sign_in(client, people.ada())
    asked = client.post(f"/milestones/{milestone.id}/refund-requests", data={"reason": "Half is enough.", "amount": "1000"})
    assert asked.status_code == 303
    sign_in(client, people.ben())
    page = BeautifulSoup(client.get(f"/contracts/{milestone.contract_id}").text, "html.parser")
    form = page.find("form", action=lambda a: a and a.endswith("/agreement"))
    assert client.post(form["action"]).status_code == 303
    assert (milestone.held.minor, milestone.returned_minor) == (300_000, 100_000)
