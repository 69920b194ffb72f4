"""The pages of those whose money it is: cards, payments, where one is paid, one's statement."""
from __future__ import annotations

import csv
import io

import pytest

from marketplace.businesses.models import Role
from marketplace.core import audit, crypto
from marketplace.core.clock import DHAKA
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.managers.commands import begin
from marketplace.payments import queries
from marketplace.payments.commands import payout_accounts, receipts
from marketplace.payments.commands.rails.manual import details_of
from marketplace.payments.forms import BkashForm
from marketplace.payments.models import CardStatus, Doubt, PayoutAccount, PayoutCheck, Rail
from marketplace.payments.views import cards
from tests import people
from tests.factories.businesses import make_business, make_member
from tests.factories.managers import make_manager
from tests.factories.payments import make_account, make_business_debt, make_paid, make_payment, make_row
from tests.factories.payouts import BANK, BKASH, make_bank, make_owed
from tests.factories.retainers import make_saved_card
from tests.pages import errors, flashed, read, words
from tests.people import sign_in

PAGE = "/payments/payout-account"


@pytest.fixture
def ben(app, client):
    make_manager(people.ben(), name="Ben Das")
    return sign_in(client, people.ben())


def test_a_card_is_taken_off_its_page(app, client):
    card = make_saved_card(make_business(people.ada()))
    browser = sign_in(client, people.ada())
    page = browser.get("/business/cards")
    assert "Visa •••• 4242 good until 12/34" in words(page)
    assert read(page).main.find("a", string="Ada's Boutique")["href"] == "/business"
    answer = browser.post(read(page).main.find("form")["action"])
    assert (answer.status_code, answer.location) == (303, "/business/cards")
    assert flashed(browser) == [("success", "The card was removed. Nothing is charged to it any more.")]
    assert (card.status, audit.history(card)[0].actor) == (CardStatus.removed, f"person:{people.ada().id}")


@pytest.mark.parametrize(("role", "found"), [(Role.finance, True), (Role.approver, False)])
def test_the_way_to_the_cards_is_there_for_those_who_spend(app, client, monkeypatch, role, found):
    member = people.person_named("Nila Khan", "nila@example.com")
    make_member(make_business(people.ada()), member, role)
    link = read(sign_in(client, member).get("/business")).find("a", href="/business/cards")
    assert bool(link) is found
    monkeypatch.setattr(cards, "current_user", member)
    assert bool(cards.cards_link(make_business(people.ada()))) is found


def test_what_came_for_nothing_is_told_and_not_taken_for_paid(app, client):
    payment = make_row(people.ada())
    payment.unclaimed = True
    page = sign_in(client, people.ada()).get(f"/payments/{payment.id}/return")
    assert page.status_code == 200
    assert "This payment came after its time" in words(page)


def test_a_payments_receipt_is_on_its_page(app, client):
    payment = make_row(people.ada())
    place, browser = f"/payments/{payment.id}", sign_in(client, people.ada())
    assert "The receipt is being prepared" not in words(browser.get(place))
    receipts.order_receipt(payment)
    assert "The receipt is being prepared" in words(browser.get(place))


def test_while_the_bank_takes_its_time_the_page_checks(stripe_app, world, client):
    payment = make_payment()
    payment.status = "processing"
    page = read(sign_in(client, people.ada()).get(f"/payments/{payment.id}/return"))
    assert page.h1.get_text() == "Checking your payment"
    assert page.main.find("a", href=f"/payments/{payment.id}/return")


def test_a_business_that_owes_pays_and_comes_back_to_its_wallet(stripe_app, world, client):
    payment = make_paid(world)
    ledger.charge_back("owe", source="payment:1", subject="milestone:1", contract="contract:1", business=f"business:{payment.business_id}",
                       amount=Money(100_000), stripe_id="du_1")
    sign_in(client, people.ada()).post("/debt-payments")
    [paying] = queries.payments_for(f"debt:{payment.business_id}")
    assert (paying.person, paying.business_id, paying.amount) == (people.ada(), payment.business_id, Money(100_000))
    assert (paying.success_url, paying.cancel_url) == ("http://localhost/wallet", "http://localhost/wallet")


def test_when_stripe_is_silent_a_business_that_owes_waits_on_the_page_of_its_payment(stripe_app, world, client):
    business = make_business(people.ada())
    make_business_debt(business)
    world.fault("status:500", "/v1/checkout/sessions$", method="POST")
    answer = sign_in(client, people.ada()).post("/debt-payments")
    [paying] = queries.payments_for(f"debt:{business.id}")
    assert (answer.status_code, answer.location) == (303, f"/payments/{paying.id}")


def test_a_manager_who_has_said_nothing_yet_is_asked(ben):
    page = ben.get(PAGE)
    assert "You have not said yet where to be paid." in words(page)
    assert "Set up at Stripe" in words(page)
    assert "Nothing has been released yet." in words(page)
    assert "stopped" not in words(page)


def test_somebody_without_a_profile_is_asked_for_nothing(app, client):
    browser = sign_in(client, people.ben())
    assert "You have not said yet where to be paid." in words(browser.get(PAGE))
    assert browser.get(f"{PAGE}/return").location == PAGE
    assert browser.get(f"{PAGE}/bank").status_code == 404
    assert browser.post(PAGE).status_code == 404


@pytest.mark.parametrize(("status", "said"), [("waiting", "It is used from"), ("checking", "Our team looks at it first.")])
def test_what_is_used_now_and_what_comes(ben, status, said):
    first = make_bank()
    second = make_bank(number="9999 888 777666")
    second.status = status
    make_owed(first.manager)
    page = ben.get(PAGE)
    assert [one.get_text() for one in read(page).main.find_all("b")[:2]] == ["City Bank •••• 0123", "City Bank •••• 7666"]
    assert said in words(page)
    assert "used after 3 days" in words(page)
    assert "৳6,300" in read(page).find_all("tbody")[-1].get_text()
    payout_accounts.doubt(first, Doubt.not_me)
    db.session.flush()
    assert "Nothing is sent until our team has looked" in words(ben.get(PAGE))


def test_an_account_at_stripe_that_was_begun_is_gone_on_with(ben):
    db.session.add(PayoutAccount(manager=begin(people.ben()), rail=Rail.stripe_connect, status="former", stripe_account_id="acct_1"))
    make_bank()
    assert "Go on at Stripe" in words(ben.get(PAGE))


def test_back_from_stripe_it_is_said_when_one_can_be_paid(stripe_app, world, client):
    account = make_account(world)
    browser = sign_in(client, people.ben())
    answer = browser.get(f"{PAGE}/return")
    assert (answer.status_code, answer.location, flashed(browser)) == (303, PAGE, [("success", "You can be paid now.")])
    asked = len(world.calls("GET", "/v1/accounts/"))
    account.stripe_account_id, account.transfers_active = None, False
    db.session.flush()
    assert browser.get(f"{PAGE}/return").location == PAGE
    assert (len(world.calls("GET", "/v1/accounts/")), flashed(browser)) == (asked, [])


def test_giving_the_first_account_and_another(ben):
    page = read(ben.get(f"{PAGE}/bank"))
    assert page.find("input", {"name": "holder"})["value"] == "Ben Das"
    assert page.h1.get_text() == "Bank account"
    assert "used after 3 days" in page.get_text()
    answer = ben.post(f"{PAGE}/bank", data=BANK)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert flashed(ben) == [("success", "You are paid there from now on.")]
    again = ben.post(f"{PAGE}/bank", data=BANK)
    assert (again.status_code, errors(again)) == (422, {"number": "You are paid there already."})
    ben.post(f"{PAGE}/bkash", data={"holder": "Ben Das", "number": "01712345678"})
    assert flashed(ben) == [
        ("success", "Saved. It is used after the wait; until then you are paid as before. We have written to you about it.")]
    typed = BANK | {"holder": "Rahim Das", "number": "5555 4444 3333", "ask_check": "y"}
    ben.post(f"{PAGE}/bank", data=typed)
    assert flashed(ben) == [("success", "Our team looks at it first, usually within a working day. We write when it is done.")]
    account = queries.next_payout_account(begin(people.ben()).id)
    assert [check.doubt for check in queries.open_checks_of(account)] == ["name"]
    assert details_of(account) == {"holder": "Rahim Das", "bank": "City Bank", "branch": "Dhanmondi", "routing": "225261234",
                                   "number": "555544443333"}


def test_of_what_was_typed_only_the_details_are_kept(app):
    with app.test_request_context(method="POST", data=BKASH | {"ask_check": "y"}):
        form = BkashForm(meta={"csrf": True, "csrf_secret": b"x", "csrf_field_name": "csrf_token"})
        assert "csrf_token" in form
        assert form.typed() == BKASH


def test_taking_a_change_back_is_said(ben):
    make_bank()
    second = make_bank(number="9999 888 777666")
    answer = ben.post(f"/payments/payout-accounts/{second.id}/cancellation")
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert flashed(ben) == [("success", "The change is dropped; everything stays as it was.")]
    assert audit.history(second)[0].actor == f"person:{people.ben().id}"


def test_the_letters_link_says_what_it_does_before_it_does_it(app, client):
    account = make_bank()
    link = f"{PAGE}/stop/{crypto.sign(queries.CANCEL_LINK, str(account.id))}"
    people.ben().language = "en"
    assert client.get(link, headers={"Accept-Language": "en"}).text.count("City Bank •••• 0123") == 1
    assert db.session.query(PayoutCheck).count() == 0
    assert "Stopped. Nothing is sent" in words(client.post(link, headers={"Accept-Language": "en"}))
    assert [check.doubt for check in queries.open_checks_of(account)] == ["not_me"]


def test_the_statement_says_when_what_and_for_what(app, client):
    account = make_bank()
    transfer = make_owed(account.manager, 500_000)
    transfer.payment.title = "Ten posts"
    answer = sign_in(client, people.ben()).get("/wallet/statement.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statement.csv"'
    [line] = books.whole_statement(f"manager:{account.manager_id}")
    assert list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))) == [
        ["Time (Dhaka)", "What", "For", "Amount", "Balance", "Currency"],
        [f"{line.at.astimezone(DHAKA):%Y-%m-%d %H:%M}", "Released", "Ten posts", "5000.00", "5000.00", "BDT"]]


def test_the_statement_of_a_business_has_no_balance(app, client):
    make_row(people.ada())
    answer = sign_in(client, people.ada()).get("/wallet/statement.csv")
    [_columns, row] = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert row[1:] == ["Money held", "Ten posts", "-7203.00", "", "BDT"]
