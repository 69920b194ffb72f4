"""The books as finance sees them."""
from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.ledger import commands, policies, queries
from marketplace.ledger.views import posting
from tests.factories.ledger import NOTHING, PARTIES, post_fund, post_release
from tests.people import person_named, sam, sign_in

M = "milestone:1"


@pytest.fixture
def finance(client):
    return sign_in(client, sam())


def soup(client, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[-500:]
    return BeautifulSoup(answer.text, "html.parser")


def cells(page: BeautifulSoup, number: int = 0) -> list[list[str]]:
    rows = page.find_all("tbody")[number].find_all("tr")
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in rows]


def test_the_trial_balance_has_both_sides_and_their_equal_sums(finance):
    post_fund()
    post_release(gross=Money(200000))
    rows = cells(soup(finance, "/staff/ledger"))
    assert rows == [["Held for milestones", "", "৳5,000"], ["Owed to managers", "", "৳1,800"], ["Platform fees", "", "৳200"],
                    ["Card costs", "", "৳203"], ["Balance at Stripe", "৳7,203", ""], ["Total", "৳7,203", "৳7,203"]]


def test_an_empty_ledger_says_so(finance):
    assert "Nothing has been posted yet." in soup(finance, "/staff/ledger").get_text()


def test_search_leads_to_one_posting_with_its_legs_and_what_follows(finance):
    post_fund()
    commands.begin_refund("r", milestone=M, amount=Money(100000), **PARTIES)
    commands.settle_refund("r", stripe_id="re_1")
    page = soup(finance, "/staff/ledger?q=r")
    link = page.find_all("tbody")[1].find("a")
    posting = soup(finance, link["href"])
    assert cells(posting) == [["Held for milestones", "Step …1", "৳1,000", "", "৳6,000"],
                              ["Being refunded", "Step …1", "", "৳1,000", "৳1,000"]]
    assert "pending" not in posting.find("header", class_="dy-page-head").get_text()
    assert "Refunded" in posting.find("dl").get_text()


def test_a_posting_nobody_has_finished_is_pending(finance):
    post_fund()
    commands.begin_refund("r", milestone=M, amount=Money(100000), **PARTIES)
    transaction = queries.by_key("r")
    assert "pending" in soup(finance, f"/staff/ledger/{transaction.id}").find("header", class_="dy-page-head").get_text()


def test_the_csv_has_every_leg_and_tricks_no_spreadsheet(finance):
    post_fund("=cmd|' /C calc'!A0", card_cost=NOTHING, stripe_id="ch_1")
    answer = finance.get("/staff/ledger.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ledger.csv"'
    assert answer.data.startswith(b"\xef\xbb\xbf")
    subject, posting = "=cmd|' /C calc'!A0", queries.by_key("fund:=cmd|' /C calc'!A0")
    head = [f"{posting.created_at:%Y-%m-%d %H:%M:%S}", "fund", posting.key, f"'{subject}", "contract:1"]
    assert list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))) == [
        ["Time (UTC)", "Posting", "Key", "Subject", "Contract", "Account", "Owner", "Debit", "Credit", "Currency", "Stripe"],
        [*head, "stripe", "platform", "7000.00", "", "BDT", "ch_1"], [*head, "held", f"'{subject}", "", "7000.00", "BDT", "ch_1"]]


def test_what_is_sought_is_kept_from_page_to_page_and_in_the_file(finance):
    for number in range(26):
        post_fund(f"milestone:{number}", key=f"fund:{number}")
    post_release("milestone:3", gross=Money(100))
    page = soup(finance, "/staff/ledger?q=business:1&amount=7,203&last=&other=1")
    file = page.find("a", href=lambda place: place.startswith("/staff/ledger.csv"))["href"]
    assert file == "/staff/ledger.csv?q=business:1&amount=7,203"
    assert finance.get(file).text.count("\r\n") == 1 + 26 * 3
    following = page.find("nav", class_="dy-pager").a["href"]
    assert len(cells(page, 1)) == 24
    assert "q=business:1&amount=7,203" in following
    assert [row[2] for row in cells(soup(finance, following), 1)] == ["Step …1", "Step …0"]


def test_what_is_sought_is_cut_to_its_field_and_what_cannot_be_is_left_out(finance):
    post_fund(key="k" * 160)
    for asked in (f"q={'k' * 161}", "amount=0", "first=2026-13-01"):
        assert len(cells(soup(finance, f"/staff/ledger?{asked}"), 1)) == 1, asked
    post_fund("m" * 80, stripe_id="ch_2")
    assert len(cells(soup(finance, f"/staff/ledger/accounts?q={'m' * 81}"))) == 1


def test_lists_of_accounts_and_of_entries_go_on_with_what_was_asked(finance):
    for number in range(26):
        post_fund(f"milestone:{number}", key=f"fund:{number}", source="payment:1")
    page = soup(finance, "/staff/ledger/accounts?kind=held&q=payment:1")
    assert (page.find("option")["value"], page.find("option", selected=True)["value"]) == ("", "held")
    assert [option.get_text() for option in page.find_all("option")][:3] == ["All", "Held for milestones", "Held for ads"]
    following = page.find("nav", class_="dy-pager").a["href"]
    assert "kind=held&q=payment:1" in following
    assert len(cells(soup(finance, following))) == 2
    [stripe] = cells(soup(finance, "/staff/ledger/accounts?kind=stripe"))
    assert stripe[-1] == "in the trial balance"
    account = soup(finance, soup(finance, "/staff/ledger/accounts?kind=stripe").find("tbody").find("a")["href"])
    assert "in the trial balance" in account.find("dl").get_text()
    assert len(cells(soup(finance, account.find("nav", class_="dy-pager").a["href"]))) == 2


def test_in_bengali(client):
    person = sam()
    person.language = "bn"
    post_fund()
    page = soup(sign_in(client, person), "/staff/ledger")
    assert page.find("h1").get_text() == "খাতা"
    assert "৳\xa0৭,২০৩" in page.get_text()


def test_accounts_by_kind_and_by_owner_and_what_moved_on_one(finance):
    post_fund(source="payment:1")
    post_release(gross=Money(200000))
    assert len(cells(soup(finance, "/staff/ledger/accounts"))) == len(cells(soup(finance, "/staff/ledger/accounts?kind=none"))) == 5
    [held] = cells(soup(finance, "/staff/ledger/accounts?kind=held"))
    assert held[0] == "Held for milestones"
    assert [held] == cells(soup(finance, "/staff/ledger/accounts?q=payment:1")) == cells(soup(finance, f"/staff/ledger/accounts?q={M}"))
    assert soup(finance, "/staff/ledger/accounts?kind=payable&q=payment:1").find("tbody") is None
    link = soup(finance, "/staff/ledger/accounts?kind=held").find("tbody").find("a")["href"]
    assert [[cell for cell in row if "৳" in cell] for row in cells(soup(finance, link))] == [["৳2,000", "৳5,000"], ["৳7,000", "৳7,000"]]


def test_postings_are_sought_by_day_and_by_the_sum_of_an_entry(finance):
    """Days are Dhaka's, both included."""
    post_fund()
    post_release(gross=Money(200000))
    today, day = clock.today().date(), timedelta(days=1)
    for asked, found in ((f"first={today}", 2), (f"last={today}", 2), (f"first={today + day}", 0), (f"last={today - day}", 0),
                         ("amount=1,800", 1), ("amount=7,203", 1), ("amount=1", 0)):
        rows = soup(finance, f"/staff/ledger?{asked}").find_all("tbody")[1:]
        assert sum(len(part.find_all("tr")) for part in rows) == found, asked
    assert cells(soup(finance, "/staff/ledger?amount=1,800"), 1)[0][0] == "Released"


def test_a_posting_of_an_unknown_verb_is_called_by_it():
    assert (str(posting("fund")), posting("unheard_of")) == ("Money held", "unheard_of")


def test_finance_reads_the_books_and_others_of_the_team_do_not(app, client):
    assert policies.read_books(person_named("Fin Sultana", "fin@example.com", staff_roles=["finance"]))
    post_fund()
    posting = queries.by_key(f"fund:{M}")
    browser = sign_in(client, person_named("Fin Sultana", "fin@example.com", totp_since=clock.now()))
    assert browser.get(f"/staff/ledger/{posting.id}").status_code == 200
    assert soup(browser, f"/staff/ledger/accounts/{posting.entries[1].account_id}").h1.get_text() == "Held for milestones"
    assert not policies.read_books(person_named("Vera Roy", "vera@example.com", staff_roles=["vetter"]))
