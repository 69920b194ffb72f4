"""Receipts: drawn by the worker in the payer's language, numbered without gaps, seen by those who see the payment."""
from __future__ import annotations

import csv
import io
import subprocess
import sys
import uuid
from datetime import timedelta
from decimal import Decimal

import pypdf
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, text

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.tasks import perform
from marketplace.files import commands as commands_of_files
from marketplace.files import queries as files
from marketplace.files.models import File, Variant
from marketplace.payments import commands, queries
from marketplace.payments.commands import receipts
from marketplace.payments.models import Receipt
from tests import people
from tests.factories.payments import make_paid, make_payment
from tests.payments.test_events import together
from tests.people import sign_in
from tests.worker import run_jobs, run_sweeps

PREPARED = "The receipt is being prepared."


def link(browser, payment):
    """Where the payment's page leads for the receipt, if it does."""
    page = BeautifulSoup(browser.get(f"/payments/{payment.id}").text, "html.parser")
    return (page.find("a", href=lambda href: href and href.startswith("/files/")) or {}).get("href"), page.get_text()


@pytest.mark.parametrize("language", ["bn", "en"])
def test_a_receipt_is_prepared_and_then_there_in_the_payers_language(stripe_app, world, client, language):
    people.ada().language = language
    payment, ada = make_paid(world), sign_in(client, people.ada())
    href, said = link(ada, payment)
    assert href is None
    assert (PREPARED if language == "en" else "রসিদ তৈরি হচ্ছে") in said
    run_jobs()
    answer = ada.get(link(ada, payment)[0])
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "application/pdf", "private, no-store")
    assert answer.data.startswith(b"%PDF-1.7")
    assert f"/Lang ({language})".encode() in answer.data or f"<dc:language><rdf:Bag><rdf:li>{language}<".encode() in answer.data
    assert f"R-{clock.today().year}-000001.pdf" in answer.headers["Content-Disposition"]
    if language == "en":
        assert f"{clock.today():%B %Y}, " in pypdf.PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()


@pytest.mark.parametrize(("language", "heading", "card_cost"), [("en", "What", "Card cost"), ("bn", "কী", "কার্ডের খরচ")])
def test_its_lines_are_there_as_data_too_and_sum_to_the_whole(stripe_app, world, client, language, heading, card_cost):
    people.ada().language = language
    payment, ada = make_paid(world), sign_in(client, people.ada())
    run_jobs()
    page = BeautifulSoup(ada.get(f"/payments/{payment.id}").text, "html.parser")
    answer = ada.get(next(a["href"] for a in page.find_all("a") if "CSV" in a.get_text()))
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    first, *lines, total = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert (first[3], lines[-1][3], total[0]) == (heading, card_cost, queries.receipt_of(payment).name)
    assert {tuple(line[:3]) for line in [*lines, total]} == {(total[0], f"{clock.today():%Y-%m-%d}", payment.title)}
    assert sum(Decimal(line[4]) for line in lines) * 100 == Decimal(total[4]) * 100 == payment.total.minor


def lines_of(payment):
    """What the receipt's data says was paid for: each line with its amount in minor units."""
    run_jobs()
    data = commands_of_files.body(db.session.get(File, queries.receipt_of(payment).csv_id), Variant.original).decode("utf-8-sig")
    _headings, *lines, _total = csv.reader(io.StringIO(data))
    return {line[3]: int(Decimal(line[4]) * 100) for line in lines}


def test_ads_and_the_vat_on_them_are_two_lines(stripe_app, world):
    people.ada().language = "en"
    payment = make_paid(world, ad_spend=Money(5_635_00), ad_vat=Money(735_00), fee=Money(70_000))
    assert lines_of(payment) == {"The manager gets, when you approve": 630_000, "The platform keeps of it": 70_000, "Ad money": 4_900_00,
                                 "VAT on ads": 735_00, "Card cost": payment.card_cost_minor}


def test_the_receipt_of_a_bonus_says_who_gets_what(stripe_app, world):
    people.ada().language = "en"
    payment = make_paid(world, subject=f"bonus:{uuid.uuid4()}", fee=Money(70_000))
    assert lines_of(payment) == {"The manager gets of the bonus": 630_000, "The platform keeps of it": 70_000,
                                 "Card cost": payment.card_cost_minor}


def test_one_from_before_gets_its_data_under_the_number_it_has(stripe_app, world):
    receipt = queries.receipt_of(make_paid(world))
    run_jobs()
    number, sheet, receipt.csv_id = receipt.number, receipt.file_id, None
    clock.move(timedelta(minutes=3))
    run_sweeps()
    assert (receipt.number, receipt.file_id) == (number, sheet)
    assert receipt.csv_id


def test_the_web_never_loads_what_draws(stripe_app, world, client, monkeypatch):
    """Neither when it starts nor when it shows a payment or hands a receipt over."""
    payment, ada = make_paid(world), sign_in(client, people.ada())
    run_jobs()
    for name in [name for name in sys.modules if name.partition(".")[0] == "typst"]:
        monkeypatch.delitem(sys.modules, name)
    assert ada.get(link(ada, payment)[0]).status_code == 200
    assert "typst" not in sys.modules
    started = "import sys; from marketplace import factory; sys.exit('typst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", started], timeout=60).returncode == 0


def test_refused_and_surplus_payments_have_none(stripe_app, world, client):
    waiting = make_payment()
    first = make_paid(world)
    second = make_payment(subject=first.subject)
    world.pay(second.checkout_url)
    commands.look(second)
    run_jobs()
    assert [queries.receipt_of(payment) is None for payment in (waiting, first, second)] == [True, False, True]
    assert link(sign_in(client, people.ada()), second)[0] is None


def test_a_receipt_is_drawn_once_and_weighs_on_nobodys_uploads(stripe_app, world):
    receipt = queries.receipt_of(make_paid(world))
    for _twice in range(2):
        receipts.draw_receipt(str(receipt.id))
    kept = files.files_of(receipt.payment)
    assert {file.id for file in kept} == {receipt.file_id, receipt.csv_id}
    assert {(file.name, file.type) for file in kept} == {(f"{receipt.name}.pdf", "application/pdf"), (f"{receipt.name}.csv", "text/csv")}
    assert {(file.purpose, file.person_id, file.public) for file in kept} == {("receipt", people.ada().id, False)}
    assert files.size_since(people.ada(), clock.now() - timedelta(days=1)) == 0


def test_one_whose_job_was_lost_is_drawn_after_all(stripe_app, world):
    receipt = queries.receipt_of(make_paid(world))
    db.session.execute(text("delete from procrastinate_jobs"))
    run_sweeps()
    assert receipt.file_id is None
    clock.move(timedelta(minutes=3))
    run_sweeps()
    assert receipt.file_id is not None


def test_strangers_do_not_get_it(stripe_app, world, client):
    receipt = queries.receipt_of(make_paid(world))
    run_jobs()
    address = f"/files/{receipt.file_id}/original"
    assert sign_in(client, people.sam()).get(address).status_code == 200
    assert sign_in(client, people.eve()).get(address).status_code == 404


def test_workers_that_draw_at_once_leave_no_gap_and_no_double(committed_stripe, world):
    keys = [str(queries.receipt_of(make_paid(world)).id) for _three in range(3)]
    db.session.commit()

    def draw(key):
        with committed_stripe.app_context():
            perform(receipts.draw_receipt, {"receipt_id": key})

    together(*[lambda key=key: draw(key) for key in [*keys, keys[0]]])
    assert sorted(db.session.scalars(select(Receipt.number))) == [1, 2, 3]
