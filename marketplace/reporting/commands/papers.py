"""Papers are ordered with what they are about, and drawn by a worker: number, files and status are committed together."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import clock, i18n, numbering
from marketplace.core.db import db, lock, uuid7
from marketplace.core.money import Money
from marketplace.core.tasks import sweep, task
from marketplace.files import commands as files
from marketplace.files.models import File, Purpose
from marketplace.reporting import notices, queries
from marketplace.reporting.commands.invoices import (
    cancellation_sheet,
    credit_note_sheet,
    fee_credit_sheet,
    fee_invoice_sheet,
    invoice_credit_sheet,
    invoice_sheet,
)
from marketplace.reporting.commands.sheet import Sheet, draw_csv, draw_pdf
from marketplace.reporting.commands.statements import statement_sheet
from marketplace.reporting.commands.years import year_sheet
from marketplace.reporting.models import SERIES, Paper, PaperKind, PaperStatus

STALE = timedelta(minutes=2)
SHEETS = {
    PaperKind.invoice: invoice_sheet, PaperKind.fee_invoice: fee_invoice_sheet, PaperKind.credit_note: credit_note_sheet,
    PaperKind.invoice_credit: invoice_credit_sheet, PaperKind.fee_credit: fee_credit_sheet, PaperKind.cancellation: cancellation_sheet,
    PaperKind.statement: statement_sheet, PaperKind.year_summary: year_sheet,
}

ORDER = (insert(Paper.__table__).on_conflict_do_nothing(index_elements=["kind", "party", "subject"])
         .returning(Paper.__table__.c.id))


def order(papers: Sequence[dict[str, Any]]) -> None:
    """Have these papers drawn; one that was ordered before (kind, party, subject) is left as it is.

    Each needs kind, party, person, language, subject; total, starts, ends, about and names where they are known.
    """
    rows = [_row(**paper) for paper in papers]
    if rows:
        draw_paper.each_later([(paper_id,) for paper_id in db.session.connection().scalars(ORDER, rows)])


@sweep
def take_up_papers() -> None:
    """Papers whose job was lost or gave up are drawn after all."""
    waiting = select(Paper.id).where(Paper.status == PaperStatus.ordered, Paper.created_at < clock.now() - STALE)
    for paper_id in db.session.scalars(waiting.order_by(Paper.created_at).limit(100)):
        draw_paper.later(paper_id, once=f"paper:{paper_id}")


@task
def draw_paper(paper_id: str) -> None:
    """Number it and keep its files, in the party's language; all of it is committed together, so no number is lost."""
    paper = db.session.get_one(Paper, uuid.UUID(paper_id))
    lock(paper)
    if paper.status == PaperStatus.ordered:
        with i18n.speaking(paper.language):
            _draw(paper, SHEETS[paper.kind](paper))
        notices.paper_drawn(paper)


def _row(kind: PaperKind, party: str, person: Any, language: str, subject: str, total: Money | None = None, currency: str = "BDT",
         starts: Any = None, ends: Any = None, about: str = "", names: dict[str, list[str]] | None = None) -> dict[str, Any]:
    total = total or Money(0, currency)
    return {"id": uuid7(), "kind": kind, "party": party, "person_id": person.id, "language": language, "subject": subject,
            "starts": starts, "ends": ends, "year": clock.today().year, "total_minor": total.minor, "currency": total.currency,
            "about": about, "names": names or {party: queries.name_now(party)}, "status": PaperStatus.ordered, "created_at": clock.now()}


def _draw(paper: Paper, sheet: Sheet) -> None:
    number = numbering.take(SERIES[paper.kind], paper.year)
    name = numbering.written(SERIES[paper.kind], paper.year, number)
    drawn = _kept(paper, draw_pdf(sheet, name, paper.created_at.astimezone(clock.DHAKA), paper.language), "application/pdf", f"{name}.pdf")
    data = _kept(paper, draw_csv(sheet, name), "text/csv", f"{name}.csv")
    paper.move("draw")
    paper.number, paper.pdf_id, paper.csv_id = number, drawn.id, data.id
    paper.about, paper.total_minor = sheet.about, sheet.total.minor


def _kept(paper: Paper, content: bytes, type_: str, name: str) -> File:
    return files.file_away(content, type_, name, Purpose.receipt, paper.person, subject=paper)
