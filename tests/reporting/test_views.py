"""The pages of papers: what stands there, who may take what, and a year by wish."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.businesses.models import Business, Member, Role
from marketplace.core import paging
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.payments.commands.receipts import order_receipt
from marketplace.reporting.commands import draw_paper
from marketplace.reporting.models import Paper, PaperKind
from tests import people
from tests.factories.contracts import make_delivered
from tests.factories.reporting import give_back, make_paper, newest, pay_in
from tests.pages import errors, read, words
from tests.people import sign_in
from tests.worker import run_jobs


@pytest.fixture
def invoice(app):
    """Ada's, drawn."""
    people.ada().language = people.ben().language = "en"
    return make_paper()


def addresses(paper):
    return [f"/files/{file_id}/original" for file_id in (paper.pdf_id, paper.csv_id)]


def join(person, paper, role):
    """Make somebody a member of the business a paper is for."""
    business = db.session.scalars(select(Business)).one()
    assert paper.party == f"business:{business.id}"
    member = Member(business_id=business.id, person_id=person.id, role=role)
    db.session.add(member)
    db.session.flush()
    return member


@pytest.mark.parametrize(("language", "said"), [("bn", "ইনভয়েস"), ("en", "Invoice")])
def test_the_page_lists_ones_own_with_their_files(app, client, language, said):
    people.ada().language = language
    paper = make_paper()
    page = sign_in(client, people.ada()).get("/papers")
    row, = read(page).select("tbody tr")
    shown = " ".join(row.get_text(" ").split())
    assert said in shown
    assert paper.name in shown
    assert "Nokshi Ghor, December: First half" in shown
    assert [link["href"] for link in row.select("a")] == addresses(paper)
    assert ("৳ ৪,০০০" if language == "bn" else "৳4,000") in row.get_text().replace("\xa0", " ")


def test_both_sides_have_theirs_and_a_stranger_none(invoice, client):
    ben = sign_in(client, people.ben()).get("/papers")
    assert "Invoice for the platform fee" in words(ben)
    assert invoice.name not in ben.text
    assert "No papers yet" in words(sign_in(client, people.person_named("Zara", "zara@example.com", language="en")).get("/papers"))


def test_one_that_is_not_drawn_yet_says_so(invoice, client):
    fee = newest(PaperKind.fee_invoice)
    assert "being prepared" in words(sign_in(client, people.ben()).get("/papers"))
    draw_paper(str(fee.id))
    assert "being prepared" not in words(client.get("/papers"))


def test_receipts_stand_among_them_and_kind_and_year_choose(app, client):
    people.ada().language = "en"
    milestone = make_delivered()
    receipt = order_receipt(payment := pay_in(milestone, Money(300_000), Money(8_700)))
    payment.ad_spend_minor = 50_000
    give_back(milestone)
    run_jobs()
    ada = sign_in(client, people.ada())
    assert len(read(ada.get("/papers")).select("tbody tr")) == 2
    only, = read(ada.get("/papers?kind=receipt")).select("tbody tr")
    assert receipt.name in only.get_text()
    assert "৳3,587" in only.get_text()
    assert [link["href"] for link in only.select("a")] == [f"/files/{file_id}/original" for file_id in (receipt.file_id, receipt.csv_id)]
    only, = read(ada.get("/papers?kind=credit_note")).select("tbody tr")
    assert newest(PaperKind.credit_note).name in only.get_text()
    assert read(ada.get("/papers?year=1999")).select("tbody tr") == []
    assert len(read(ada.get("/papers?kind=nonsense&year=nonsense")).select("tbody tr")) == 2


def test_a_long_list_goes_on_after_its_last_row(invoice, client, monkeypatch):
    draw_paper(str(newest(PaperKind.fee_invoice).id))
    monkeypatch.setattr(paging.columns_page, "__defaults__", (1,))
    sam = sign_in(client, people.sam())
    first = read(sam.get("/staff/papers"))
    second = read(sam.get(first.select_one(".dy-pager a")["href"]))
    numbers = [page.select("tbody tr")[0].select_one(".num").get_text() for page in (first, second)]
    assert len(set(numbers)) == 2
    assert second.select_one(".dy-pager a") is None


@pytest.mark.parametrize(("role", "status"), [(Role.finance, 200), (Role.approver, 404), (Role.viewer, 404)])
def test_members_take_files_when_they_see_the_money(invoice, client, role, status):
    member = people.person_named("Zara", "zara@example.com")
    join(member, invoice, role)
    browser = sign_in(client, member)
    assert [browser.get(address).status_code for address in addresses(invoice)] == [status] * 2
    assert (invoice.name in browser.get("/papers").text) == (status == 200)


def test_whoever_is_named_on_a_paper_loses_it_with_the_money(invoice, client):
    ada, own = people.ada(), addresses(invoice)
    assert [sign_in(client, ada).get(address).status_code for address in own] == [200, 200]
    db.session.scalars(select(Member).where(Member.person_id == ada.id)).one().role = Role.viewer
    assert [client.get(address).status_code for address in own] == [404, 404]


def test_the_other_side_and_strangers_take_nothing_and_finance_everything(invoice, client):
    for person, status in ((people.ben(), 404), (people.eve(), 404), (people.sam(), 200)):
        assert [sign_in(client, person).get(address).status_code for address in addresses(invoice)] == [status] * 2


def test_finance_finds_a_partys_papers(invoice, client):
    sam = sign_in(client, people.sam())
    assert len(read(sam.get("/staff/papers")).select("tbody tr")) == 2
    only, = read(sam.get("/staff/papers", query_string={"q": invoice.party})).select("tbody tr")
    assert invoice.name in only.get_text()
    name = db.session.scalars(select(Business.name)).one()
    named, = read(sam.get("/staff/papers", query_string={"q": name[:5].lower()})).select("tbody tr")
    assert [invoice.name in named.get_text(), name in named.get_text()] == [True, True]
    for nothing in ("business:nonsense", "nonsense", "milestone:0192aaaa-0000-7000-8000-000000000001"):
        assert read(sam.get("/staff/papers", query_string={"q": nothing})).select("tbody tr") == []


def test_a_year_is_prepared_by_wish(invoice, client):
    ada = sign_in(client, people.ada())
    answer = ada.post("/papers/year-summaries", data={"party": invoice.party, "year": f"{invoice.year}-01-01"})
    assert answer.status_code == 303
    run_jobs()
    row, = read(ada.get(answer.headers["Location"])).select("tbody tr")
    assert "Year summary" in row.get_text()
    assert len(row.select("a")) == 2


def test_nobody_wishes_for_anothers_year_or_one_that_is_not_offered(invoice, client):
    fee = newest(PaperKind.fee_invoice)
    ada = sign_in(client, people.ada())
    answer = ada.post("/papers/year-summaries", data={"party": fee.party, "year": f"{invoice.year}-01-01"})
    assert (answer.status_code, list(errors(answer))) == (422, ["party"])
    answer = ada.post("/papers/year-summaries", data={"party": invoice.party, "year": "1999-01-01"})
    assert (answer.status_code, list(errors(answer))) == (422, ["year"])
    assert db.session.scalars(select(Paper).where(Paper.kind == PaperKind.year_summary)).all() == []


def test_the_wallet_and_the_payment_lead_there(app, client):
    people.ada().language = "en"
    payment = pay_in(make_delivered(), Money(300_000), Money(0))
    ada = sign_in(client, people.ada())
    for page in ("/wallet", f"/payments/{payment.id}"):
        assert read(ada.get(page)).select("main a[href='/papers']"), page
