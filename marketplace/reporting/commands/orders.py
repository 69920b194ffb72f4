"""What has papers ordered: a release, a refund, the end of a month, a reader's wish for a year."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import Person
from marketplace.contracts.models import Contract
from marketplace.core import clock, i18n
from marketplace.core.config import rule
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.core.money import Money
from marketplace.core.tasks import sweep, task
from marketplace.ledger.queries import movements as books
from marketplace.payments.models import Refund, Reversal
from marketplace.reporting import queries
from marketplace.reporting.commands.papers import order
from marketplace.reporting.models import PaperKind, StatementRun

STATEMENT_HOUR = rule("STATEMENT_HOUR", 9, "the hour in Dhaka, on the first of a month, when statements of the month before are ordered")
INCOME_YEAR_BEGINS = 7
"""Bangladesh's income year begins in July."""


def order_invoices(posting_id: uuid.UUID, manager: Any, subject: str, contract: str, gross: Money, fee: Money) -> None:
    """A release: the manager's invoice to the business, and the platform's to the manager unless it took nothing."""
    row = db.session.get(Contract, uuid.UUID(contract.partition(":")[2]))
    if row is None or not gross:
        return
    of_business, of_manager = f"business:{row.business_id}", f"manager:{manager.id}"
    papers = [(PaperKind.invoice, of_business, gross)] + ([(PaperKind.fee_invoice, of_manager, fee)] if fee else [])
    _order([{"kind": kind, "party": party, "subject": f"posting:{posting_id}", "total": total} for kind, party, total in papers],
           subject, row.title, issuer=of_manager)


def order_credit_note(refund: Refund) -> None:
    """A refund that went through; one that failed afterwards and went again has another."""
    _order([{"kind": PaperKind.credit_note, "party": f"business:{refund.payment.business_id}",
             "subject": queries.subject_of(refund), "total": refund.amount}], refund.subject, refund.payment.title)


def order_cancellation(refund: Refund) -> None:
    """The bank sent a refund back. Where a credit note says that it went, a paper of the same series takes it back."""
    if queries.credit_note_of(refund):
        _order([{"kind": PaperKind.cancellation, "party": f"business:{refund.payment.business_id}", "subject": queries.subject_of(refund),
                 "total": -refund.amount}], refund.subject, refund.payment.title)


def order_invoice_credits(reversal: Reversal) -> None:
    """Released money was taken back: where it was invoiced, a credit note to the business, and one to the manager for the fee."""
    corrected = queries.invoices_of(reversal)
    credits = [(PaperKind.invoice_credit, corrected.get(PaperKind.invoice), reversal.gross),
               (PaperKind.fee_credit, corrected.get(PaperKind.fee_invoice), reversal.fee)]
    _order([{"kind": kind, "party": invoice.party, "subject": f"{Reversal.KIND}:{reversal.id}", "total": -total}
            for kind, invoice, total in credits if invoice and total],
           reversal.transfer.subject, issuer=f"manager:{reversal.transfer.manager_id}")


@sweep
def order_due_statements() -> None:
    """Statements of every month that is over and whose statements were not ordered: also after days without a worker."""
    for month in _due_months():
        order_statements.later(month.isoformat(), once=f"statements:{month}")


@task
def order_statements(month: str) -> None:
    """A statement for each party whose money moved in a month (its first day); a month is done once."""
    first = date.fromisoformat(month)
    run = insert(StatementRun).values(month=first, created_at=clock.now()).on_conflict_do_nothing().returning(StatementRun.month)
    if db.session.scalar(run) is None:
        return
    ends = queries.next_month(first)
    moved = books.parties_moved(queries.midnight(first), queries.midnight(ends))
    _order([{"kind": PaperKind.statement, "party": party, "subject": f"month:{first:%Y-%m}:{currency}", "currency": currency,
             "starts": first, "ends": ends} for party, currency in moved])


def order_year_summary(party: str, starts: date, by: Person) -> None:
    """A year from its first day, in the reader's language; of one that is not over, the days that are.

    Raises Invalid on its first day.
    """
    ends = min(date(starts.year + 1, starts.month, 1), clock.today().date())
    if ends <= starts:
        raise Invalid(_l("This year has not begun yet."), field="year")
    order([{"kind": PaperKind.year_summary, "party": party, "person": by, "language": by.language, "currency": currency,
            "subject": f"year:{starts}:{ends}:{currency}:{by.language}", "starts": starts, "ends": ends}
           for currency in books.currencies_of(party) or ["BDT"]])


def year_beginnings() -> list[date]:
    """First days of the years there may be summaries of, the newest first: calendar years and income years."""
    years = queries.years_begun()
    income = [date(year - 1, INCOME_YEAR_BEGINS, 1) for year in [year + 1 for year in years[:1]] + years]
    return [day for day in [*(date(year, 1, 1) for year in years), *income] if day < clock.today().date()]


def _due_months() -> Sequence[date]:
    last, begun = queries.last_statements(), None
    if last is None and (begun := books.begun_at()) is None:
        return []
    first = queries.next_month(last) if last else begun.astimezone(clock.DHAKA).date()  # type: ignore[union-attr]
    return [month for month in queries.months_between(first, clock.today().date()) if clock.now() >= _due(month)]


def _due(month: date) -> datetime:
    return queries.midnight(queries.next_month(month)) + timedelta(hours=STATEMENT_HOUR)


def _order(papers: list[dict[str, Any]], about: str = "", otherwise: str = "", issuer: str = "") -> None:
    """To whom each is addressed, in which language, and the names on it are looked up for all at once; all are called as they are now."""
    found = queries.addressees([*(paper["party"] for paper in papers), *([issuer] if issuer else [])])
    order([paper | {"person": found[paper["party"]], "language": found[paper["party"]].language}
           | {"names": {party: [found[party].name, found[party].district] for party in (paper["party"], issuer) if party in found}}
           | _called(found[paper["party"]].language, about, otherwise)
           for paper in papers if paper["party"] in found])


def _called(language: str, about: str, otherwise: str) -> dict[str, str]:
    with i18n.speaking(language):
        return {"about": (queries.title_of(about) or otherwise)[:420]} if about else {}
