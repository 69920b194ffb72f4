"""Statements and year summaries agree with the books to the poisha, come once, and late when the worker was down."""
from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from marketplace.contracts.commands import milestones
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.notifications.commands import want_letters
from marketplace.reporting.commands import order_year_summary, year_beginnings
from marketplace.reporting.models import Paper, PaperKind, StatementRun
from tests import people
from tests.factories.contracts import make_delivered
from tests.factories.reporting import at, give_back, newest, pay_in, send
from tests.reporting.reading import rows, words
from tests.worker import letters, run_jobs, run_sweeps


@pytest.fixture
def january(app):
    """A step that was paid in twice, released in part and partly given back, by the end of January 2027."""
    people.ada().language = people.ben().language = "en"
    at(2027, 1, 10)
    milestone = make_delivered()
    pay_in(milestone, Money(300_001), Money(8_701))
    at(2027, 1, 20)
    milestones.approve(milestone, people.ada(), Money(250_000))
    give_back(milestone)
    at(2027, 1, 31, 23, 59)
    send(milestone.contract.manager, milestone, Money(200_000))
    return milestone


def february(milestone):
    """What came after, in the next month; then it is the second of March."""
    at(2027, 2, 1, 0, 1)
    milestones.approve(milestone, people.ada())
    send(milestone.contract.manager, milestone, Money(25_000), arrived=True)
    at(2027, 3, 2)


def parties(milestone):
    return f"business:{milestone.contract.business_id}", f"manager:{milestone.contract.manager_id}"


def statements(party):
    query = select(Paper).where(Paper.kind == PaperKind.statement, Paper.party == party)
    return db.session.scalars(query.order_by(Paper.starts)).all()


def amounts(column, lines):
    return sum(Decimal(line[column] or 0) for line in lines)


def minor(cell):
    return int(Decimal(cell) * 100)


def test_closing_balances_are_the_books_and_the_sum_of_the_lines(january):
    business, manager = parties(january)
    subject = f"milestone:{january.id}"
    kept = books.held(subject).minor
    owed = sum(books_of(manager).minor for books_of in (books.payable, books.sending, books.arriving))
    february(january)
    run_sweeps()
    for party, closing in ((business, kept), (manager, owed)):
        paper = statements(party)[0]
        _head, opening, *lines, total = rows(paper)
        assert (minor(opening[6]), minor(total[6]), paper.total.minor) == (0, closing, closing)
        assert amounts(4, lines) - amounts(5, lines) == Decimal(closing) / 100
        assert (amounts(4, lines), amounts(5, lines)) == (Decimal(total[4]), Decimal(total[5]))
    assert kept == 400_000 + 300_001 - 250_000 - 100_001


def test_a_month_begins_with_what_the_one_before_ended_with(january):
    february(january)
    run_sweeps()
    for party in parties(january):
        first, second = statements(party)
        assert rows(second)[1][6] == rows(first)[-1][6]
        assert (first.starts, first.ends, second.ends) == (date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1))
    now = sum(books_of(parties(january)[1]).minor for books_of in (books.payable, books.sending, books.arriving))
    assert minor(rows(second)[-1][6]) == now


def test_each_posting_is_there_in_words(january):
    february(january)
    run_sweeps()
    business, manager = parties(january)
    said = [line[2:] for line in rows(statements(business)[0])]
    step = "Nokshi Ghor, December: First half"
    assert said[2:5] == [["Money held", step, "4000.00", "", "4000.00"], ["Money held", step, "3087.02", "", "7087.02"],
                         ["Card cost", step, "", "87.01", "7000.01"]]
    assert ["Refund begun: ৳1,000.01", step, "", "", "4500.01"] in said
    assert ["Refunded", step, "", "1000.01", rows(statements(business)[0])[-1][6]] in said
    said = [line[2:4] for line in rows(statements(manager)[1])]
    assert ["Platform fee", step] in said
    assert ["In the bank", ""] in said
    assert "Sent to your account in this month ৳250" in words(statements(manager)[1])


def test_they_come_on_the_first_at_nine_in_dhaka_and_once(january):
    at(2027, 2, 1, 8, 59)
    run_sweeps()
    assert statements(parties(january)[0]) == []
    at(2027, 2, 1, 9, 0)
    for _twice in range(2):
        run_sweeps()
    assert [len(statements(party)) for party in parties(january)] == [1, 1]
    at(2027, 1, 25)
    run_sweeps()
    at(2027, 2, 3)
    run_sweeps()
    assert [len(statements(party)) for party in parties(january)] == [1, 1]


def test_months_without_a_worker_are_made_up_for_and_still_ones_have_none(january):
    at(2027, 5, 20)
    run_sweeps()
    assert sorted(db.session.scalars(select(StatementRun.month))) == [date(2027, month, 1) for month in (1, 2, 3, 4)]
    assert [[paper.starts for paper in statements(party)] for party in parties(january)] == [[date(2027, 1, 1)]] * 2


def test_the_letter_says_it_in_the_receivers_language_unless_switched_off(january):
    people.ben().language = "bn"
    want_letters(people.ada(), False)
    at(2027, 2, 2)
    run_sweeps()
    subjects = [letter["Subject"] for letter in letters("ben@example.com")]
    assert "জানুয়ারি ২০২৭-এর হিসাব বিবরণী তৈরি" in subjects
    assert not [letter for letter in letters("ada@example.com") if "statement" in letter["Subject"]]


@pytest.mark.parametrize(("starts", "months"), [(date(2027, 1, 1), 12), (date(2026, 7, 1), 12)])
def test_a_year_adds_up_month_by_month_to_the_books(january, starts, months):
    february(january)
    at(2028, 1, 15)
    business, manager = parties(january)
    for party, person in ((business, people.ada()), (manager, people.ben())):
        order_year_summary(party, starts, by=person)
        run_jobs()
        _head, *lines, total = rows(newest(PaperKind.year_summary))
        assert len(lines) == months
        for column in range(2, 7):
            assert amounts(column, lines) == Decimal(total[column])
        came, went = _signed(party, lines)
        assert came - went == Decimal(total[7])
    assert minor(total[7]) == sum(books_of(manager).minor for books_of in (books.payable, books.sending, books.arriving))
    assert (minor(total[2]), minor(total[3]), minor(total[4]), minor(total[5])) == (400_000, 40_000, 225_000, 25_000)


def test_the_running_year_goes_to_yesterday_in_the_readers_language_once_a_day(january):
    business, _manager = parties(january)
    at(2027, 2, 20)
    people.ada().language = "bn"
    for _twice in range(2):
        order_year_summary(business, date(2027, 1, 1), by=people.ada())
    run_jobs()
    paper, = db.session.scalars(select(Paper).where(Paper.kind == PaperKind.year_summary))
    assert (paper.starts, paper.ends, paper.about) == (date(2027, 1, 1), date(2027, 2, 20), "১ জানুয়ারি ২০২৭ – ১৯ ফেব্রুয়ারি ২০২৭")
    assert rows(paper)[1][1] == "জানুয়ারি ২০২৭"


def test_years_that_have_begun_are_offered_and_no_others(january):
    at(2027, 7, 1)
    assert year_beginnings() == [date(2027, 1, 1), date(2026, 7, 1)]
    with pytest.raises(Invalid):
        order_year_summary(parties(january)[0], date(2027, 7, 1), by=people.ada())
    at(2027, 7, 2)
    assert year_beginnings() == [date(2027, 1, 1), date(2027, 7, 1), date(2026, 7, 1)]


def test_what_the_bank_took_back_stands_under_other_and_still_adds_up(january):
    business, _manager = parties(january)
    source = books.sources_of(f"milestone:{january.id}")[0][0]
    ledger.charge_back("charged back", source=source, subject=f"milestone:{january.id}", contract="contract:1", business=business,
                       amount=Money(400_000), stripe_id="dp_1")
    kept, owes = books.held(f"milestone:{january.id}").minor, books.owed_by(business).minor
    at(2027, 2, 2)
    run_sweeps()
    paper = statements(business)[0]
    assert owes > 0
    assert paper.total.minor == kept - owes
    assert f"What you owe −৳{owes // 100:,}" in words(paper)


def _signed(party, lines):
    """What came and what went, by the columns of a party's summary."""
    if party.startswith("business:"):
        return amounts(2, lines) + amounts(6, lines), amounts(3, lines) + amounts(4, lines) + amounts(5, lines)
    return amounts(2, lines) + amounts(6, lines), amounts(3, lines) + amounts(5, lines)


