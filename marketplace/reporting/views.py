"""The page of papers: one's own, and everybody's for finance."""
from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from marketplace.core import i18n, navigation, numbering, subjects
from marketplace.core.authorisation import allow, signed_in
from marketplace.core.errors import Invalid
from marketplace.core.forms import answer
from marketplace.core.slots import panel
from marketplace.payments.models.receipt import SERIES as RECEIPTS
from marketplace.reporting import commands, policies, queries
from marketplace.reporting.forms import YearSummaryForm
from marketplace.reporting.models import SERIES, PaperKind

pages = Blueprint("reporting", __name__)

KINDS = {
    queries.RECEIPT: _l("Receipt"), PaperKind.invoice.value: _l("Invoice"), PaperKind.fee_invoice.value: _l("Invoice for the platform fee"),
    PaperKind.credit_note.value: _l("Credit note"), PaperKind.cancellation.value: _l("Cancelled credit note"),
    PaperKind.invoice_credit.value: _l("Credit note to an invoice"), PaperKind.fee_credit.value: _l("Credit note to a fee invoice"),
    PaperKind.statement.value: _l("Statement"),
    PaperKind.year_summary.value: _l("Year summary"),
}
LETTERS = {queries.RECEIPT: RECEIPTS} | {kind.value: letter for kind, letter in SERIES.items()}
navigation.add("staff", 72, _l("Papers"), "reporting.all_papers", "file-text")
subjects.register("paper", queries.paper_seen_by, lambda paper: f"{KINDS[paper.kind]} {paper.name}",
                  lambda paper: url_for("reporting.papers", kind=paper.kind))


@pages.app_template_filter("paper_number")
def paper_number(row: Any) -> str:
    """The number of a row of the list, as written."""
    return numbering.written(LETTERS[row.kind], row.year, row.number)


@pages.get("/papers")
@signed_in
def papers() -> Response:
    """One's receipts, invoices, credit notes, statements and summaries, newest first."""
    return _own_page(_form())


@pages.post("/papers/year-summaries")
@signed_in
def create_year_summary() -> Response:
    """Have a year drawn up, to the day before today when it is not over."""
    form = _form()
    if form.validate_on_submit():
        try:
            commands.order_year_summary(form.party.data, date.fromisoformat(form.year.data), by=current_user)
        except Invalid as error:
            form.refuse(error)
        else:
            flash(_("The summary is being prepared. It is here in a moment."), "success")
            return redirect(url_for("reporting.papers", kind=PaperKind.year_summary), 303)
    return _own_page(form)


@pages.get("/staff/papers")
@allow(policies.see_all_papers)
def all_papers() -> str:
    """Everybody's papers, or those of one party."""
    sought = request.args.get("q", "").strip()[:80]
    found = queries.all_papers(sought, _kind(), _year(), request.args.get("after"))
    return render_template("reporting/all.html", found=found, sought=sought, names=queries.names_of({row.party for row in found}),
                           **_chosen())


@panel("contracts.wallet")
@panel("payments.payment")
def way_here(_subject: object) -> str:
    """The way from the wallet, and from a payment."""
    return render_template("reporting/_way_here.html")


def _own_page(form: YearSummaryForm) -> Response:
    found = queries.papers_of(queries.parties_of(current_user), _kind(), _year(), request.args.get("after"))
    return answer("reporting/papers.html", form, found=found, **_chosen())


def _chosen() -> dict[str, Any]:
    return {"kinds": KINDS, "kind": _kind(), "years": [(year, i18n.digits(str(year))) for year in queries.years_begun()], "year": _year()}


def _form() -> YearSummaryForm:
    """With the reader's own parties and the years there are."""
    form = YearSummaryForm()
    form.party.choices = [(party, queries.party_row(party).name) for party in queries.parties_of(current_user)]
    form.year.choices = [(day.isoformat(), _called(day)) for day in commands.year_beginnings()]
    return form


def _called(day: date) -> str:
    if day.month == 1:
        return i18n.digits(_("%(year)s (January–December)", year=str(day.year)))
    return i18n.digits(_("%(year)s (income year, July–June)", year=f"{day.year}–{(day.year + 1) % 100:02}"))


def _kind() -> str:
    asked = request.args.get("kind", "")
    return asked if asked in KINDS else ""


def _year() -> int | None:
    asked = request.args.get("year", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else None
