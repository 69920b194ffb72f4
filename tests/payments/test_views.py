"""Pages of payments as people see them."""
from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.payments import commands, queries
from marketplace.payments.models import Payment, PaymentStatus, RefundStatus
from tests import people
from tests.factories.payments import AMOUNT, RETURN, make_account, make_business_debt, make_paid, make_payment, make_released, make_row
from tests.people import sign_in
from tests.worker import run_jobs, run_sweeps


@pytest.fixture
def ada(stripe_app, client):
    return sign_in(client, people.ada())


def soup(answer) -> BeautifulSoup:
    assert answer.status_code == 200, answer.text[-500:]
    return BeautifulSoup(answer.text, "html.parser")


def test_coming_back_paid_funds_it_and_goes_on(ada, world):
    payment = make_payment()
    world.pay(payment.checkout_url)
    answer = ada.get(f"/payments/{payment.id}/return")
    assert (answer.status_code, answer.location) == (303, RETURN)
    assert books.held(payment.subject) == AMOUNT
    assert ada.get(f"/payments/{payment.id}/return").location == RETURN
    assert books.held(payment.subject) == AMOUNT


def test_coming_back_without_having_paid_is_not_believed(ada, world):
    """The address alone pays nothing."""
    payment = make_payment()
    page = soup(ada.get(f"/payments/{payment.id}/return"))
    assert page.h1.get_text() == "Checking your payment"
    assert page.find("meta", {"http-equiv": "refresh"})["content"] == "3"
    assert page.find("a", string="Look again") or "Look again" in page.get_text()
    assert payment.status == PaymentStatus.pending


def test_when_stripe_is_silent_the_page_checks_and_a_job_goes_on(ada, world):
    payment = make_payment()
    world.pay(payment.checkout_url)
    world.fault("status:500", "/v1/checkout/sessions/", method="GET", times=2)
    assert soup(ada.get(f"/payments/{payment.id}/return")).h1.get_text() == "Checking your payment"
    run_jobs()
    assert payment.status == PaymentStatus.succeeded


def test_a_payment_shows_its_lines_and_the_way_on(ada, world):
    payment = make_payment()
    page = soup(ada.get(f"/payments/{payment.id}"))
    assert [(dt.find(string=True), dd.get_text()) for dt, dd in zip(page.select(".dy-sum dt"), page.select(".dy-sum dd"), strict=True)] == [
        ("Held money", "৳7,000"), ("Card cost", "৳203"), ("You pay", "৳7,203")]
    assert page.find("a", class_="btn-next")["href"] == payment.checkout_url


def test_a_refund_is_told_with_its_days(ada, world):
    payment = make_paid(world)
    commands.refund(subject=payment.subject, amount=Money(200000), key="a")
    run_jobs()
    text = soup(ada.get(f"/payments/{payment.id}")).get_text()
    assert "৳2,000 went back to the card. Banks take 5 to 10 days to show it." in text
    assert "partly refunded" in text


def test_a_manager_sets_up_where_to_be_paid(stripe_app, world, client):
    ben = people.ben()
    manager = begin(ben)
    browser = sign_in(client, ben)
    page = soup(browser.get("/payments/payout-account"))
    assert "Set up at Stripe" in page.find("button", class_="btn-next").get_text()
    answer = browser.post("/payments/payout-account")
    assert answer.status_code == 303
    assert answer.location.startswith(f"{world.url}/stripe/onboarding/")
    form = world.browser.get(answer.location, timeout=10)
    back = world.browser.post(form.url, data={"name": "Ben Das", "birthday": "1990-12-31", "account_number": "000123456789"},
                              allow_redirects=False, timeout=10)
    assert back.headers["Location"] == "http://localhost/payments/payout-account/return"
    assert browser.get("/payments/payout-account/return").status_code == 303
    db.session.expire_all()
    assert queries.payout_account(manager.id).transfers_active
    assert "ready" in soup(browser.get("/payments/payout-account")).get_text()
    assert len(world.call("GET", "accounts")["data"]) == 1


def test_leaving_stripes_form_for_later_changes_nothing(stripe_app, world, client):
    ben = people.ben()
    begin(ben)
    browser = sign_in(client, ben)
    form = world.browser.get(browser.post("/payments/payout-account").location, timeout=10)
    world.browser.post(form.url, data={"later": "yes"}, allow_redirects=False, timeout=10)
    browser.get("/payments/payout-account/return")
    assert "Go on at Stripe" in soup(browser.get("/payments/payout-account")).get_text()
    browser.post("/payments/payout-account")
    assert len(world.call("GET", "accounts")["data"]) == 1


def test_a_silent_stripe_is_said_and_loses_nothing(stripe_app, world, client):
    ben = people.ben()
    begin(ben)
    browser = sign_in(client, ben)
    world.fault("drop_after_commit", "/v1/accounts$", method="POST")
    assert browser.post("/payments/payout-account").status_code == 503
    assert browser.post("/payments/payout-account").status_code == 303
    assert len(world.call("GET", "accounts")["data"]) == 1


def test_a_manager_sees_where_each_sum_is(stripe_app, world, client):
    account, payment = make_account(world), make_paid(world)
    make_released(payment, account.manager, gross=Money(500000))
    run_sweeps()
    rows = soup(sign_in(client, people.ben()).get("/payments/payout-account")).find_all("tbody")[-1].get_text(" ", strip=True)
    assert "sent" in rows
    assert "৳4,500" in rows


def test_the_statement_of_a_business(ada, world):
    payment = make_paid(world)
    commands.refund(subject=payment.subject, amount=Money(200000), key="a")
    run_jobs()
    answer = ada.get("/wallet/statement.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(row["What"], row["For"], row["Amount"], row["Currency"]) for row in rows] == [
        ("Money held", payment.title, "-7203.00", "BDT"), ("Refunded", payment.title, "2000.00", "BDT")]


def test_the_statement_of_a_manager_in_bengali(stripe_app, world, client):
    account, payment = make_account(world), make_paid(world)
    make_released(payment, account.manager)
    run_sweeps()
    ben = people.ben()
    ben.language = "bn"
    answer = sign_in(client, ben).get("/wallet/statement.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[3:5] for row in rows[1:]] == [["6300.00", "6300.00"], ["-6300.00", "0.00"]]
    assert rows[0][0] == "সময় (ঢাকা)"


def test_finance_reconciles_and_sees_what_differs(stripe_app, world, client):
    browser = sign_in(client, people.sam())
    assert "Nothing has been compared yet." in soup(browser.get("/staff/reconciliation")).get_text()
    payment = make_paid(world)
    answer = browser.post("/staff/reconciliation")
    assert answer.status_code == 303
    waiting = soup(browser.get(answer.location))
    assert waiting.find("meta", {"http-equiv": "refresh"})
    run_jobs()
    done = soup(browser.get(answer.location))
    assert not done.find("meta", {"http-equiv": "refresh"})
    assert "agrees" in done.find("header", class_="dy-page-head").get_text()
    world.call("POST", "refunds", charge=payment.stripe_charge_id, amount=1000)
    world.advance(timedelta(minutes=11))
    browser.post("/staff/reconciliation")
    run_jobs()
    text = soup(browser.get("/staff/reconciliation")).get_text(" ", strip=True)
    assert "does not agree" in text
    assert "A refund is not in the ledger" in text
    assert "−৳10" in text


def test_finance_tries_what_stripe_refused_again(stripe_app, world, client):
    payment = make_paid(world)
    [refund] = commands.refund(subject=payment.subject, amount=Money(200000), key="a")
    transfer = make_released(make_paid(world), begin(people.ben()))
    world.fault("status:402", "/v1/refunds$", method="POST")
    run_sweeps()
    browser = sign_in(client, people.sam())
    page = soup(browser.get("/staff/reconciliation"))
    actions = [form["action"] for form in page.select("table form")]
    assert actions == [f"/refunds/{refund.id}/attempts", f"/transfers/{transfer.id}/attempts"]
    for action in actions:
        assert browser.post(action).status_code == 303
    make_account(world, transfer.manager)
    run_sweeps()
    db.session.expire_all()
    assert (refund.status, transfer.status) == (RefundStatus.succeeded, "sent")


def test_a_posting_shows_what_stripe_has_to_it(stripe_app, world, client):
    payment = make_paid(world)
    commands.reconcile()
    run_jobs()
    transaction = books.by_key(f"payment:{payment.id}")
    text = soup(sign_in(client, people.sam()).get(f"/staff/ledger/{transaction.id}")).get_text(" ", strip=True)
    assert payment.stripe_charge_id in text
    assert "Balance transaction" in text
    assert "৳6,958.11" in text


def test_a_business_goes_to_stripe_with_what_it_owes(ada, world):
    payment = make_paid(world)
    debtor = make_business_debt(payment.business)
    answer = ada.post("/debt-payments")
    paying = db.session.scalars(select(Payment).where(Payment.subject == f"debt:{payment.business_id}")).one()
    assert (answer.status_code, answer.location) == (303, paying.checkout_url)
    assert paying.amount == books.owed_by(debtor)


def test_those_who_spend_find_the_saved_cards_from_their_business(ada):
    make_row(people.ada())
    assert soup(ada.get("/business")).find("a", href="/business/cards")


def test_a_closed_page_of_checkout_is_said(ada, world):
    payment = make_payment()
    world.advance(timedelta(minutes=31))
    run_sweeps()
    text = soup(ada.get(f"/payments/{payment.id}/return")).get_text()
    assert "time ran out" in text
    assert "Nothing was taken from the card." in text
