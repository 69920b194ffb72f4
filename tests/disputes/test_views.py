"""What both sides, the team and everybody see of disputes."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.contracts.models.offer import Side
from marketplace.core import clock, i18n
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.disputes import queries
from marketplace.disputes.models import GROUNDS, Dispute, DisputeStatus
from tests import people
from tests.factories.access import make_grant
from tests.factories.contracts import make_approved, make_delivered
from tests.factories.disputes import make_answered, make_decided, make_dispute, make_mediated, mediator, pass_by
from tests.factories.files import PDF, upload
from tests.factories.publishing import make_scheduled
from tests.pages import errors, read, words

CLAIM = {"amount": "1,500", "reason": "not_delivered", "text": "Five of the twenty posts are missing."}


def at(client, person, language="en"):
    """A person's browser."""
    person.language = language
    db.session.flush()
    return people.sign_in(client, person)


def test_a_dispute_is_opened_from_the_contract_and_found_there(app, client):
    milestone = make_delivered()
    ada = at(client, people.ada())
    contract = f"/contracts/{milestone.contract_id}"
    way_in = read(ada.get(contract)).find("a", string="Open a dispute about step 1")["href"]
    page = words(ada.get(way_in))
    assert "At most ৳4,000. Only this stops; the rest of the step goes on as before." in page
    form = read(ada.get(way_in)).main.find("form", method="post", enctype="multipart/form-data")
    answer = ada.post(form["action"], data=CLAIM | {"evidence": [upload(PDF, "chat.pdf"), upload(name="page.png")]})
    assert answer.status_code == 303
    page = read(ada.get(answer.headers["Location"]))
    text = " ".join(page.main.get_text(" ").split())
    assert "Five of the twenty posts are missing." in text
    assert "৳2,500 of this step is not claimed and goes on as before." in text
    assert "Ben Das may answer until" in text
    assert [link.get_text(strip=True) for link in page.select(".dy-evidence a")] == ["chat.pdf", ""]
    page = read(ada.get(contract))
    assert page.find(id="disputes").find("a")["href"] == answer.headers["Location"]
    assert page.find("a", string="Open a dispute about step 1") is None


def test_what_cannot_be_taken_is_said_beside_its_field_and_nothing_is_lost(app, client):
    milestone = make_delivered()
    answer = at(client, people.ada()).post(f"/milestones/{milestone.id}/disputes", data=CLAIM | {"amount": "4,001", "reason": ""})
    assert answer.status_code == 422
    assert errors(answer) == {"reason": "Choose a reason."}
    answer = client.post(f"/milestones/{milestone.id}/disputes", data=CLAIM | {"amount": "4,001"})
    assert errors(answer) == {"amount": "At most ৳4,000 can be claimed now."}
    page = read(answer)
    assert page.find("textarea", {"name": "text"}).text.strip() == CLAIM["text"]
    assert page.find("input", {"value": "not_delivered"}).has_attr("checked")


def test_nothing_is_asked_for_where_nothing_can_be_claimed(app, client):
    milestone = make_approved()
    pass_by(queries.claimable(milestone, Side.business).until)
    assert at(client, people.ada()).get(f"/milestones/{milestone.id}/dispute").status_code == 409


@pytest.mark.parametrize(("language", "said"), [("bn", "উত্তর লিখুন"), ("en", "Write your answer")])
def test_whose_turn_it_is_is_asked_and_the_other_waits(app, client, language, said):
    dispute = make_dispute()
    ben = at(client, people.ben(), language)
    page = read(ben.get(f"/disputes/{dispute.id}"))
    assert [button.get_text(strip=True) for button in page.select(".btn-next")] == [said]
    page = read(at(client, people.ada(), language).get(f"/disputes/{dispute.id}"))
    assert page.select(".btn-next") == []


def test_the_answer_stands_on_the_record_and_gives_the_turn_back(app, client):
    dispute = make_dispute()
    ben = at(client, people.ben())
    assert ben.post(f"/disputes/{dispute.id}/statements", data={"text": " "}).status_code == 422
    assert ben.post(f"/disputes/{dispute.id}/statements", data={"text": "All twenty are out."}).status_code == 303
    page = words(ben.get(f"/disputes/{dispute.id}"))
    assert "All twenty are out." in page
    assert f"{dispute.milestone.contract.business.name} may reply until" in page


def published(contract):
    """A post that is on the page."""
    post = make_scheduled(make_grant(contract))
    for action in ("begin", "publish"):
        post.move(action)
    post.published_at = clock.now()


def test_both_sides_and_the_team_read_the_same_record(app, client):
    dispute = make_mediated()
    published(dispute.milestone.contract)
    records = []
    for person in (people.ada(), people.ben(), mediator()):
        page = read(at(client, person).get(f"/disputes/{dispute.id}"))
        records.append([" ".join(entry.get_text(" ").split()) for entry in page.select(".dy-log .dy-log__what")])
    assert records[0] == records[1] == records[2]
    said = " / ".join(records[0])
    for line in ("paid in ৳4,000", "handed in the work", "A post came out on", "Five of the twenty", "All twenty are out",
                 "I count fifteen"):
        assert line in said


def test_a_division_is_proposed_and_agreed_to(app, client):
    dispute = make_dispute()
    ben = at(client, people.ben())
    answer = ben.post(f"/disputes/{dispute.id}/proposals", data={"to_manager": "1,501"})
    assert errors(answer) == {"to_manager": "Divide only what is claimed."}
    ben.post(f"/disputes/{dispute.id}/proposals", data={"to_manager": "0", "note": "Then it is over."})
    assert "Then it is over." in words(ben.get(f"/disputes/{dispute.id}"))
    ada = at(client, people.ada())
    page = read(ada.get(f"/disputes/{dispute.id}"))
    [agree] = [form for form in page.select(".dy-notice form") if form.button.get_text(strip=True) == "Agree"]
    assert ada.post(agree["action"]).status_code == 303
    page = words(ada.get(f"/disputes/{dispute.id}"))
    assert "Settled between the sides" in page
    assert (dispute.to_manager_minor, dispute.to_business_minor) == (0, 150_000)


def test_claiming_less_and_nothing(app, client):
    dispute = make_dispute()
    ada = at(client, people.ada())
    assert errors(ada.post(f"/disputes/{dispute.id}/reduction", data={"amount": "1,500"})).keys() == {"amount"}
    ada.post(f"/disputes/{dispute.id}/reduction", data={"amount": "1,000"})
    assert "claims ৳1,000 of ৳4,000" in words(ada.get(f"/disputes/{dispute.id}"))
    ada.post(f"/disputes/{dispute.id}/withdrawal")
    assert (dispute.status, dispute.milestone.free) == (DisputeStatus.withdrawn, Money(400_000))


def test_much_money_asks_for_the_password_first(app, client):
    dispute = make_dispute(amount=250_000)
    ben = at(client, people.ben())
    clock.move(timedelta(hours=1))
    assert ben.post(f"/disputes/{dispute.id}/acceptance").status_code in {302, 303, 403}
    assert dispute.status == DisputeStatus.open


def test_the_team_finds_what_waits_and_decides_it(app, client):
    dispute, speaking = make_mediated(), make_dispute(make_delivered())
    mina = at(client, mediator())
    page = read(mina.get("/staff/disputes"))
    assert [link["href"] for link in page.main.select(".dy-queue a")] == [f"/disputes/{dispute.id}"]
    assert [link["href"] for link in read(mina.get("/staff/disputes?state=speaking")).main.select(".dy-queue a")] == [
        f"/disputes/{speaking.id}"]
    mina.post(f"/disputes/{dispute.id}/assignment")
    answer = mina.post(f"/disputes/{dispute.id}/decision", data={"to_manager": "500", "to_business": "900", "grounds": "delivered_in_part",
                                                                 "text": "Fifteen posts are there."})
    assert errors(answer) == {"to_manager": "The two parts together must be just what is claimed."}
    assert read(answer).find("textarea", {"name": "text"}).text.strip() == "Fifteen posts are there."
    answer = mina.post(f"/disputes/{dispute.id}/decision", data={"to_manager": "500", "to_business": "1000", "grounds": "delivered_in_part",
                                                                 "text": "Fifteen posts are there."})
    assert answer.status_code == 303
    assert db.session.get_one(Dispute, dispute.id).mediator_id == mediator().id
    page = words(at(client, people.ben()).get(f"/disputes/{dispute.id}"))
    assert "Fifteen posts are there." in page
    assert "Delivered in part" in page


def test_a_second_decision_is_too_late(app, client):
    dispute = make_decided()
    mina = at(client, mediator("Nila"))
    assert mina.get(f"/disputes/{dispute.id}/decision").status_code == 409
    answer = mina.post(f"/disputes/{dispute.id}/decision", data={"to_manager": "0", "to_business": "1500", "grounds": "not_delivered",
                                                                 "text": "No."})
    assert answer.status_code == 409


@pytest.mark.parametrize("language", ["bn", "en"])
@pytest.mark.parametrize("step", [make_dispute, make_answered, make_mediated, make_decided])
def test_every_step_is_shown_in_both_languages(app, client, step, language):
    dispute = step()
    for person in (people.ada(), people.sam()):
        answer = at(client, person, language).get(f"/disputes/{dispute.id}")
        assert answer.status_code == 200
        assert ("আপত্তি" if language == "bn" else "Dispute") in read(answer).h1.text


@pytest.mark.parametrize(("language", "said"), [("bn", "চুপ থাকলেই হার নয়"), ("en", "Who says nothing does not lose")])
def test_the_reasons_are_public(app, client, language, said):
    page = words(client.get("/disputes/reasons", headers={"Accept-Language": language}))
    assert said in page
    with i18n.speaking(language):
        assert [ground.code for ground in GROUNDS if str(ground.label) not in page or str(ground.meaning) not in page] == []
