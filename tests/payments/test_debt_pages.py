"""Debts and charge-backs as people see them, in both languages."""
from __future__ import annotations

import io

import pytest
from bs4 import BeautifulSoup

from marketplace.accounts import policies as accounts
from marketplace.core import audit
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.payments.models import ChargebackStatus, PaymentStatus
from marketplace.payments.queries import proposals_about
from marketplace.payments.queries.debts import evidence_of
from marketplace.payments.views.debts import own_debt
from tests import people
from tests.factories.businesses import make_business
from tests.factories.files import picture
from tests.factories.payments import make_business_debt, make_chargeback, make_debt, make_released, make_reversal, make_row
from tests.pages import errors, flashed, read, words
from tests.payments.test_pay_queries import take


def soup(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text[:400]
    return BeautifulSoup(answer.text, "html.parser")


def seen_by(client, person, language="en"):
    person.language = language
    db.session.flush()
    return people.sign_in(client, person)


@pytest.mark.parametrize(("language", "pays"), [("en", "Pay ৳7,203 by card"), ("bn", "কার্ডে")])
def test_a_business_sees_what_it_owes_and_pays_from_its_wallet(app, client, language, pays):
    ada = people.ada()
    payment = make_row(ada)
    ledger.charge_back("taken", source="payment:none", subject=payment.subject, contract="contract:1",
                       business=f"business:{payment.business_id}", amount=payment.total, stripe_id="du_1")
    page = soup(seen_by(client, ada, language), "/wallet")
    form = page.find("form", action="/debt-payments")
    assert pays in form.find("button").text


def test_a_manager_sees_what_they_owe_and_need_do_nothing(app, client):
    ben = people.ben()
    make_debt(ben)
    assert "You owe ৳7,000 after a decision. We keep at most 50%" in soup(seen_by(client, ben), "/wallet").text


def test_who_owes_nothing_sees_nothing_of_it(app, client):
    assert "owe" not in soup(seen_by(client, people.ben()), "/wallet").find("main").text


@pytest.mark.parametrize(("language", "word"), [("en", "the owner of the card did not pay"), ("bn", "কার্ডের মালিক টাকা দেননি")])
def test_a_party_sees_the_charge_back_and_adds_to_it(app, client, language, word):
    ben = people.ben()
    chargeback = make_chargeback(make_row(people.ada()), ben)
    seen_by(client, ben, language)
    page = soup(client, f"/chargebacks/{chargeback.id}")
    assert word in page.text
    assert "Delivered." in page.find("main").find("details").text
    assert page.find("form", action=f"/chargebacks/{chargeback.id}/submission") is None
    refused = client.post(f"/chargebacks/{chargeback.id}/evidence", data={"kind": "uncategorized_file", "text": ""})
    assert refused.status_code == 422
    assert errors(refused), "said beside a field"
    assert client.post(f"/chargebacks/{chargeback.id}/evidence", data={"kind": "hearsay", "text": "They say so."}).status_code == 422
    added = client.post(f"/chargebacks/{chargeback.id}/evidence", data={"kind": "customer_communication", "text": "All ten are there."})
    assert (added.status_code, added.location, flashed(client)[0][0]) == (303, f"/chargebacks/{chargeback.id}", "success")
    [one] = evidence_of(chargeback)
    assert (one.kind, one.person, one.text, one.file) == ("customer_communication", ben, "All ten are there.", None)
    assert "All ten are there." in soup(client, f"/chargebacks/{chargeback.id}").text


@pytest.mark.parametrize(("content", "status"), [(picture(), 303), (b"no picture", 422)])
def test_a_party_adds_a_file(app, client, content, status):
    ben = people.ben()
    chargeback = make_chargeback(make_row(people.ada()), ben)
    seen_by(client, ben)
    data = {"kind": "service_documentation", "text": "", "file": (io.BytesIO(content), "page.png")}
    answer = client.post(f"/chargebacks/{chargeback.id}/evidence", data=data)
    assert answer.status_code == status
    assert [one.file.name for one in evidence_of(chargeback)] == ["page.png"] * (status == 303)
    assert set(errors(answer)) == ({"file"} if status == 422 else set())
    assert "picture" in errors(answer).get("file", "picture")


def test_finance_sees_all_debts_and_writes_one_off_with_a_reason(app, client):
    debtor = make_debt(people.ben())
    seen_by(client, people.sam())
    [link] = [a["href"] for a in soup(client, "/staff/debts").find("main").find_all("a") if "/staff/debts/" in a["href"]]
    assert soup(client, link).find("input", {"name": "amount_minor"})["value"] == "7000"
    assert client.post(f"{link}/write-offs", data={"amount_minor": "10", "reason": "", "key": "1"}).status_code == 422
    refused = client.post(f"{link}/write-offs", data={"amount_minor": "8000", "reason": "Gone", "key": "1"})
    assert (refused.status_code, read(refused).find("input", {"name": "amount_minor"})["value"]) == (422, "8000")
    assert "Ben Das" in words(refused)
    assert read(refused).find(class_="dy-notice--loss") or errors(refused)
    done = client.post(f"{link}/write-offs", data={"amount_minor": "7000", "reason": "Gone", "key": "1"})
    assert (done.status_code, done.location, flashed(client)) == (303, "/staff/debts", [("success", "Written off.")])
    [proposal] = proposals_about(debtor)
    assert (proposal.key, proposal.why, proposal.proposed_by.name) == ("write-off:1", "Gone", "Sam Akter")
    assert not books.owed_by(debtor)
    assert "Nobody owes anything." in soup(client, "/staff/debts").text


def test_a_write_off_of_much_waits_for_a_second_person(app, client, monkeypatch):
    monkeypatch.setattr(accounts, "TWO_PEOPLE_FROM_MINOR", 500_000)
    debtor = make_debt(people.ben())
    seen_by(client, people.sam())
    client.post(f"/staff/debts/{debtor.replace(':', '/')}/write-offs", data={"amount_minor": "7000", "reason": "Gone", "key": "1"})
    assert flashed(client) == [("success", "It waits for a second person of finance.")]
    assert books.owed_by(debtor) == Money(700_000)


def test_the_smallest_debts_of_both_kinds_are_told(app, client):
    eve = people.eve()
    make_business_debt(make_business(eve), Money(1))
    make_debt(eve, Money(2))
    text = soup(seen_by(client, eve), "/wallet").find("main").get_text()
    assert "Pay ৳0.01 by card" in text
    assert "You owe ৳0.02 after a decision." in text


@pytest.mark.parametrize("minor", [0, 1])
def test_one_debt_of_a_poisha_is_told_and_none_leaves_no_trace(app, minor):
    ada, ben = people.ada(), people.ben()
    business = make_business(ada)
    if minor:
        make_business_debt(business, Money(minor))
        make_debt(ben, Money(minor))
    with app.test_request_context():
        told = [own_debt(reader) for reader in (ada, ben)]
    assert ["০.০১" in text or text for text in told] == ([True, True] if minor else ["", ""])


def test_while_a_bank_decides_about_held_money_that_is_all_that_is_said(app, client):
    take(make_row(people.ada()), Money(100))
    said = soup(seen_by(client, people.ada()), "/wallet").find("main").get_text()
    assert "has not decided" in said
    assert "owe" not in said


def test_money_taken_back_is_tried_again_from_the_list(app, client):
    payment = make_row(people.ada())
    reversal = make_reversal(make_released(payment, begin(people.ben())), payment)
    seen_by(client, people.sam())
    action = soup(client, "/staff/debts").find("main").find("form")["action"]
    answer = client.post(action)
    assert (answer.status_code, answer.location) == (303, "/staff/debts")
    assert flashed(client) == [("success", "Tried again. The result stands here in a moment.")]
    assert audit.history(reversal)[0].actor == f"person:{people.sam().id}"


@pytest.mark.parametrize(("amount", "owed", "said"), [("3000", 300_000, "owes it now"), ("6300", 0, "second person")])
def test_finance_finds_fault_on_the_page_and_much_waits(app, client, monkeypatch, amount, owed, said):
    monkeypatch.setattr(accounts, "TWO_PEOPLE_FROM_MINOR", 500_000)
    payment, ben = make_row(people.ada()), people.ben()
    make_released(payment, begin(ben))
    payment.status, chargeback = PaymentStatus.lost, make_chargeback(payment, ben)
    chargeback.status = ChargebackStatus.lost
    seen_by(client, people.sam())
    path = f"/chargebacks/{chargeback.id}"
    assert client.post(f"{path}/fault", data={"amount_minor": amount, "reason": ""}).status_code == 422
    refused = client.post(f"{path}/fault", data={"amount_minor": "6300.01", "reason": "Nothing was done."})
    assert (refused.status_code, read(refused).find("input", {"name": "amount_minor"})["value"]) == (422, "6300.01")
    beside = client.post(f"{path}/clearance", data={"note": ""})
    assert read(beside).find("input", {"name": "amount_minor"})["value"] == "6300"
    assert soup(client, path).find("input", {"name": "amount_minor"})["value"] == "6300"
    done = client.post(f"{path}/fault", data={"amount_minor": amount, "reason": "Nothing was done."})
    assert (done.status_code, done.location) == (303, path)
    [proposal] = proposals_about(f"chargeback:{chargeback.id}")
    assert (proposal.why, proposal.proposed_by.name) == ("Nothing was done.", "Sam Akter")
    assert books.owed_by(f"manager:{chargeback.manager_id}").minor == owed
    assert [category for category, text in flashed(client) if said in text] == ["success"]


def test_finance_sees_charge_backs_with_their_day(app, client):
    chargeback = make_chargeback(make_row(people.ada()), people.ben())
    seen_by(client, people.sam())
    assert soup(client, "/staff/chargebacks").find("a", href=f"/chargebacks/{chargeback.id}")
    form = soup(client, f"/chargebacks/{chargeback.id}").find("form", action=f"/chargebacks/{chargeback.id}/submission")
    sent = client.post(form["action"])
    assert (sent.status_code, sent.location) == (303, f"/chargebacks/{chargeback.id}")
    assert flashed(client) == [("success", "Sent to the bank. It decides, which takes weeks.")]
    assert audit.history(chargeback)[0].actor == f"person:{people.sam().id}"


def test_a_bank_that_says_something_else_gives_another_reason(app, client):
    chargeback = make_chargeback(make_row(people.ada()), people.ben())
    chargeback.reason = "bank_cannot_process"
    assert "it gives another reason" in soup(seen_by(client, people.sam()), f"/chargebacks/{chargeback.id}").text


def test_the_list_of_charge_backs_goes_on(app, client):
    payments = [make_row(people.ada()) for _number in range(25)]
    rows = [make_chargeback(payment, people.ben()) for payment in payments]
    page = soup(seen_by(client, people.sam()), "/staff/chargebacks")
    following = soup(client, page.find("nav", class_="dy-pager").a["href"])
    assert [link["href"] for link in following.select("tbody a")] == [f"/chargebacks/{rows[0].id}"]
