"""Papers: ordered with what they are about, numbered without gaps, drawn once in the receiver's language."""
from __future__ import annotations

import subprocess
import sys
import uuid

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from marketplace.contracts.commands import milestones, settlements
from marketplace.core import clock, numbering
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.tasks import NotYet, perform
from marketplace.files.commands import take
from marketplace.payments import signals
from marketplace.reporting.commands import draw_paper, order_invoices, papers
from marketplace.reporting.models import Paper, PaperKind, PaperStatus
from tests import people
from tests.factories.contracts import make_approved, make_delivered
from tests.factories.reporting import at, give_back, make_paper, newest, pay_in
from tests.payments.test_events import together
from tests.reporting.reading import clusters, content, reader, rows, words
from tests.worker import run_jobs, run_sweeps

HOLDS = """
import sys, psycopg
connection = psycopg.connect(sys.argv[1])
connection.execute(sys.argv[2], {"series": "I", "year": int(sys.argv[3])})
print("taken", flush=True)
sys.stdin.read()
"""


def kinds():
    return sorted(db.session.scalars(select(Paper.kind)))


def test_a_release_is_invoiced_to_both_sides_with_the_books_figures(app):
    people.ada().language = people.ben().language = "en"
    milestone = make_delivered()
    assert kinds() == []
    milestones.approve(milestone, people.ada(), Money(250_050))
    assert kinds() == [PaperKind.fee_invoice, PaperKind.invoice]
    run_jobs()
    invoice, fee = newest(PaperKind.invoice), newest(PaperKind.fee_invoice)
    assert (invoice.party, fee.party) == (f"business:{milestone.contract.business_id}", f"manager:{milestone.contract.manager_id}")
    assert (invoice.total, fee.total) == (Money(250_050), Money(25_005))
    said = words(invoice)
    for part in ("Invoice", invoice.name, "Ben Das", "through Dayitto", "Ada's Boutique", "Nokshi Ghor, December: First half",
                 "Total ৳2,500.50", "Paid in ৳4,000", "Released −৳2,500.50", "Still held ৳1,499.50"):
        assert part in said
    for part in (fee.name, "Released ৳2,500.50", "Platform fee −৳250.05", "You get ৳2,250.45", "Total ৳250.05"):
        assert part in words(fee)
    assert "VAT" not in words(fee)
    assert rows(fee)[1] == [fee.name, "Platform fee", "250.05"]


def test_an_invoice_drawn_late_says_what_was_true_at_the_release(app):
    people.ada().language = people.ben().language = "en"
    milestone = make_delivered()
    milestones.approve(milestone, people.ada(), Money(100_000))
    give_back(milestone, Money(50_000))
    milestones.approve(milestone, people.ada(), Money(30_000))
    milestone.contract.title, milestone.title = "Another name", "Another step"
    milestone.contract.business.name, milestone.contract.manager.name = "Another shop", "Another Das"
    run_jobs()
    first = db.session.scalars(select(Paper).where(Paper.kind == PaperKind.invoice, Paper.total_minor == 100_000)).one()
    said = words(first)
    assert "Nokshi Ghor, December: First half" in said
    assert "Ada's Boutique" in said
    assert "Ben Das" in said
    assert "Another" not in said
    assert "Paid in ৳4,000 Released −৳1,000 Still held ৳3,000" in said
    assert "Nokshi Ghor, December: First half" in words(newest(PaperKind.credit_note))
    assert "Another" not in words(newest(PaperKind.fee_invoice))


def test_each_release_of_a_step_has_its_own_invoice_and_the_same_one_no_second(app):
    milestone = make_delivered()
    milestones.approve(milestone, people.ada(), Money(100_000))
    milestones.approve(milestone, people.ada())
    posting = db.session.scalars(select(Paper.subject).where(Paper.total_minor == 100_000)).one().partition(":")[2]
    contract = milestone.contract
    order_invoices(uuid.UUID(posting), contract.manager, f"milestone:{milestone.id}", f"contract:{contract.id}", Money(100_000),
                   Money(10_000))
    totals = db.session.scalars(select(Paper.total_minor).where(Paper.kind == PaperKind.invoice))
    assert sorted(totals) == [100_000, 300_000]


def test_what_is_rolled_back_has_no_paper(app):
    milestone = make_delivered()
    saved = db.session.begin_nested()
    milestones.approve(milestone, people.ada())
    saved.rollback()
    assert kinds() == []


def test_a_refund_that_went_through_has_a_credit_note(app):
    people.ada().language = "en"
    milestone = make_delivered()
    pay_in(milestone, Money(300_000), Money(8_700))
    refund = give_back(milestone, Money(123_456))
    run_jobs()
    note = newest(PaperKind.credit_note)
    assert (note.name, note.total, note.subject) == (f"C-{clock.today().year}-000001", Money(123_456), f"refund:{refund.id}:1")
    assert "Back to your card ৳1,234.56" in words(note)


def test_a_credit_note_of_a_payment_without_a_receipt_names_none(app):
    people.ada().language = "en"
    give_back(make_delivered(), Money(123_456))
    run_jobs()
    assert "Receipt" not in words(newest(PaperKind.credit_note))


def test_a_refund_that_the_bank_sent_back_cancels_its_credit_note_in_the_same_series(app):
    people.ada().language = "en"
    refund = give_back(make_delivered(), Money(123_456))
    signals.refund_failed.send(refund)
    signals.refund_failed.send(refund)
    run_jobs()
    note, cancelled = newest(PaperKind.credit_note), newest(PaperKind.cancellation)
    assert sorted([note.name, cancelled.name]) == [f"C-{clock.today().year}-00000{number}" for number in (1, 2)]
    assert (cancelled.total, cancelled.party, kinds()) == (Money(-123_456), note.party, [PaperKind.cancellation, PaperKind.credit_note])
    for part in ("Cancellation of a credit note", note.name, "Did not reach your card −৳1,234.56"):
        assert part in words(cancelled)


def test_what_is_taken_back_after_the_release_is_credited_on_both_invoices(app):
    people.ada().language = people.ben().language = "en"
    milestone = make_approved()
    run_jobs()
    invoices = newest(PaperKind.invoice), newest(PaperKind.fee_invoice)
    settlements.take_back(milestone, Money(100_050), "decision:1")
    run_jobs()
    credits = newest(PaperKind.invoice_credit), newest(PaperKind.fee_credit)
    assert [credit.party for credit in credits] == [invoice.party for invoice in invoices]
    assert [credit.total for credit in credits] == [Money(-100_050), Money(-10_005)]
    assert sorted(credit.name for credit in credits) == [f"C-{clock.today().year}-00000{number}" for number in (1, 2)]
    for part in ("Credit note to an invoice", invoices[0].name, "Ben Das", "through Dayitto", "Taken back after release −৳1,000.50"):
        assert part in words(credits[0])
    for part in ("Credit note to an invoice for the platform fee", invoices[1].name, "given back −৳100.05", "৳1,000.50 went back"):
        assert part in words(credits[1])


def test_a_credit_note_waits_for_the_number_of_the_invoice_it_is_about(app):
    milestone = make_approved()
    settlements.take_back(milestone, Money(100_000), "decision:1")
    credit, invoice = newest(PaperKind.invoice_credit), newest(PaperKind.invoice)
    with pytest.raises(NotYet):
        draw_paper(str(credit.id))
    draw_paper(str(invoice.id))
    draw_paper(str(credit.id))
    assert credit.name == f"C-{clock.today().year}-000001"


def test_what_was_taken_back_has_no_credit_note_where_nothing_was_invoiced(app):
    milestone = make_approved()
    db.session.execute(text("delete from papers"))
    settlements.take_back(milestone, Money(100_000), "decision:1")
    assert kinds() == []


def test_a_refund_that_never_went_has_nothing_to_cancel(app):
    refund = give_back(make_delivered(), Money(123_456))
    refund.attempt = 2
    signals.refund_failed.send(refund)
    assert kinds() == [PaperKind.credit_note]


@pytest.mark.parametrize(("language", "said"), [("bn", "ইনভয়েস"), ("en", "Invoice")])
def test_it_is_in_the_receivers_language_tagged_and_archival(app, language, said):
    people.ada().language = language
    paper = make_paper()
    root = reader(paper).trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == (language, True)
    assert b"pdfaid:part>2<" in content(paper.pdf_id)
    assert reader(paper).metadata.title == f"{said} {paper.name}"
    assert [table["/S"] for table in _elements(root["/StructTreeRoot"]) if table["/S"] == "/TH"]


def test_bengali_is_shaped(app):
    """র্ম is two glyphs of three letters; the sign of কি is drawn before its consonant, that of কা after it."""
    people.ben().language = "bn"
    drawn = clusters(make_paper(PaperKind.fee_invoice))
    assert len(drawn["র্ম"]) == 2
    assert drawn["কি"][1] == drawn["কা"][0]
    assert drawn["কি"][0] != drawn["কা"][1]


def test_what_people_typed_cannot_be_a_formula(app):
    people.ada().language = "en"
    milestone = make_delivered()
    milestone.contract.title = '=HYPERLINK("http://evil.example")'
    milestones.approve(milestone, people.ada())
    run_jobs()
    paper = newest(PaperKind.invoice)
    assert content(paper.csv_id).startswith(b"\xef\xbb\xbf")
    assert rows(paper)[1][1] == "'=HYPERLINK(\"http://evil.example\"): First half"


def test_numbers_begin_anew_each_year_in_dhaka(app):
    at(2026, 12, 31, 23, 59)
    milestone = make_delivered()
    milestones.approve(milestone, people.ada(), Money(100_000))
    at(2027, 1, 1, 0, 1)
    milestones.approve(milestone, people.ada())
    run_jobs()
    names = [paper.name for paper in db.session.scalars(select(Paper).where(Paper.kind == PaperKind.invoice).order_by(Paper.id))]
    assert names == ["I-2026-000001", "I-2027-000001"]


def test_one_whose_job_was_lost_is_drawn_after_all_and_once(app):
    make_approved()
    db.session.execute(text("delete from procrastinate_jobs"))
    run_sweeps()
    assert newest(PaperKind.invoice).status == PaperStatus.ordered
    clock.move(papers.STALE * 2)
    run_sweeps()
    paper = newest(PaperKind.invoice)
    before = (paper.number, paper.pdf_id)
    draw_paper(str(paper.id))
    assert (paper.number, paper.pdf_id, paper.status) == (*before, PaperStatus.drawn)


def test_the_database_wants_a_drawn_paper_whole(app):
    paper = make_paper()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text("update papers set csv_id = null where id = :id"), {"id": paper.id})


def test_the_web_does_not_load_what_draws(app, client, monkeypatch):
    paper = make_paper()
    for name in [name for name in sys.modules if name.partition(".")[0] == "typst"]:
        monkeypatch.delitem(sys.modules, name)
    ada = people.sign_in(client, people.ada())
    assert ada.get("/papers").status_code == 200
    assert ada.get(f"/files/{paper.pdf_id}/original").data.startswith(b"%PDF-1.7")
    assert "typst" not in sys.modules


def test_no_number_is_lost_or_doubled_by_workers_failures_and_kills(committed, monkeypatch):
    """One draw fails after taking its number, a process that took one is killed, five others draw at once."""
    keys = _ordered(5)
    with monkeypatch.context() as broken:
        broken.setattr(take.storage, "put", lambda *_args: (_ for _ in ()).throw(OSError("the disk is full")))
        with pytest.raises(OSError, match="full"):
            perform(draw_paper, {"paper_id": keys[0]})
    assert db.session.scalar(select(numbering.NumberSeries.last)) is None
    holder = _take_and_hold()

    def draw(key):
        with committed.app_context():
            perform(draw_paper, {"paper_id": key})

    together(*[lambda key=key: draw(key) for key in [*keys, keys[0]]], lambda: (holder.kill(), holder.wait()))
    holder.stdout.close()
    holder.stdin.close()
    db.session.rollback()
    assert sorted(db.session.scalars(select(Paper.number).where(Paper.kind == PaperKind.invoice))) == [1, 2, 3, 4, 5]


def _ordered(count: int) -> list[str]:
    """Invoices that wait to be drawn."""
    milestone = make_delivered()
    for taka in range(1, count + 1):
        milestones.approve(milestone, people.ada(), Money(taka * 10_000))
    db.session.commit()
    return [str(key) for key in db.session.scalars(select(Paper.id).where(Paper.kind == PaperKind.invoice))]


def _take_and_hold() -> subprocess.Popen:
    """Another process has taken a number and not committed."""
    address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    sql = numbering.TAKE.text.replace(":series", "%(series)s").replace(":year", "%(year)s")
    holder = subprocess.Popen([sys.executable, "-c", HOLDS, address, sql, str(clock.today().year)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"taken\n"
    return holder


def _elements(node) -> list:
    """All elements below a node of the PDF's structure."""
    found = []
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object() if hasattr(kid, "get_object") else kid
        if hasattr(kid, "get") and "/S" in kid:
            found += [kid, *_elements(kid)]
    return found
