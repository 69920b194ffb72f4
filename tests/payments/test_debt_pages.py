"""Debts and charge-backs as people see them, in both languages."""
from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from marketplace.accounts import policies as accounts
from marketplace.core.db import db
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.payments.models import ChargebackStatus, PaymentStatus
from tests import people
from tests.factories.payments import make_chargeback, make_debt, make_released, make_row


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
    assert client.post(f"/chargebacks/{chargeback.id}/evidence", data={"kind": "hearsay", "text": "They say so."}).status_code == 422
    client.post(f"/chargebacks/{chargeback.id}/evidence", data={"kind": "uncategorized_file", "text": "All ten are there."})
    assert "All ten are there." in soup(client, f"/chargebacks/{chargeback.id}").text


def test_finance_sees_all_debts_and_writes_one_off_with_a_reason(app, client):
    debtor = make_debt(people.ben())
    seen_by(client, people.sam())
    [link] = [a["href"] for a in soup(client, "/staff/debts").find("main").find_all("a") if "/staff/debts/" in a["href"]]
    assert client.post(f"{link}/write-offs", data={"amount_minor": "10", "reason": "", "key": "1"}).status_code == 422
    assert client.post(f"{link}/write-offs", data={"amount_minor": "8000", "reason": "Gone", "key": "1"}).status_code == 422
    assert client.post(f"{link}/write-offs", data={"amount_minor": "7000", "reason": "Gone", "key": "1"}).status_code == 303
    assert not books.owed_by(debtor)
    assert "Nobody owes anything." in soup(client, "/staff/debts").text


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
    assert client.post(f"{path}/fault", data={"amount_minor": "6300.01", "reason": "Nothing was done."}).status_code == 422
    assert client.post(f"{path}/fault", data={"amount_minor": amount, "reason": "Nothing was done."}).status_code == 303
    assert books.owed_by(f"manager:{chargeback.manager_id}").minor == owed
    assert said in soup(client, path).text


def test_finance_sees_charge_backs_with_their_day(app, client):
    chargeback = make_chargeback(make_row(people.ada()), people.ben())
    seen_by(client, people.sam())
    assert soup(client, "/staff/chargebacks").find("a", href=f"/chargebacks/{chargeback.id}")
    assert soup(client, f"/chargebacks/{chargeback.id}").find("form", action=f"/chargebacks/{chargeback.id}/submission")
