"""What stands on invoices and credit notes."""
from __future__ import annotations

import uuid
from datetime import date, datetime

from flask_babel import gettext as _

from marketplace.core import clock, i18n
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.tasks import NotYet
from marketplace.ledger.queries.movements import Release, course_of, refunded_under, release_of
from marketplace.payments import queries as payments
from marketplace.payments.models import Refund, Reversal
from marketplace.reporting import queries
from marketplace.reporting.commands.sheet import Cell, Sheet, Table
from marketplace.reporting.commands.words import party_lines, platform_lines
from marketplace.reporting.models import Paper, PaperKind

COURSE = {"paid": ("fund",), "moved": ("roll_over",), "released": ("release",), "charged_back": ("charge_back",),
          "returned": ("refund", "refund_voided", "refund_returned", "absorb_refund")}
"""What happened to the money of a step, by the verbs of the books."""


def invoice_sheet(paper: Paper) -> Sheet:
    """A manager's work, to the business: what was paid of what was held, and where the rest of the step's money was then."""
    release, title = release_of(_about(paper)), paper.about
    through = _("through %(site)s", site=platform_lines()[0])
    return Sheet(title=_("Invoice"), about=title, total=release.gross, issuer=[*party_lines(paper, release.manager), through],
                 receiver=party_lines(paper), facts=[(_("For"), title), (_("Released on"), _day(release.at))],
                 tables=[_lines([[title, release.gross]], _("Total"), release.gross), _course(release)],
                 note=_("This was paid from the money you had paid in. Nothing is to be paid for this invoice."))


def fee_invoice_sheet(paper: Paper) -> Sheet:
    """The platform's fee, to the manager, with what it was taken from."""
    release, title = release_of(_about(paper)), paper.about
    reckoned = Table([(_("How it was reckoned"), False), (_("Amount"), True)],
                     [[_("Released"), release.gross], [_("Platform fee"), -release.fee]], [[_("You get"), release.net]])
    return Sheet(title=_("Invoice for the platform fee"), about=title, total=release.fee, issuer=platform_lines(),
                 receiver=party_lines(paper), facts=[(_("For"), title), (_("Released on"), _day(release.at))],
                 tables=[_lines([[_("Platform fee"), release.fee]], _("Total"), release.fee), reckoned],
                 note=_("The fee was taken off what was released. Nothing is to be paid for this invoice."))


def credit_note_sheet(paper: Paper) -> Sheet:
    """What went back to the card a payment came from."""
    refund = db.session.get_one(Refund, _about(paper))
    payment, receipt = refund.payment, payments.receipt_of(refund.payment)
    amount = refunded_under(refund.key) or refund.amount  # one made on Stripe's own pages was not begun here
    title = paper.about
    return Sheet(title=_("Credit note"), about=title, total=amount, issuer=platform_lines(), receiver=party_lines(paper),
                 facts=[(_("For"), title), *([(_("Receipt"), receipt.name)] if receipt and receipt.name else []),
                        (_("Paid in on"), _day(payment.succeeded_at)), (_("Paid in"), payment.total),
                        (_("Payment"), payment.stripe_charge_id)],
                 tables=[_lines([[_("Back to your card"), amount]], _("Total"), amount)],
                 note=_("Banks take 5 to 10 days to show it."))


def invoice_credit_sheet(paper: Paper) -> Sheet:
    """So much of an invoice for a manager's work does not stand any more. Raises NotYet while that invoice has no number."""
    reversal, invoice = _corrected(paper, PaperKind.invoice)
    through = _("through %(site)s", site=platform_lines()[0])
    return Sheet(title=_("Credit note to an invoice"), about=paper.about, total=-reversal.gross,
                 issuer=[*party_lines(paper, f"manager:{reversal.transfer.manager_id}"), through], receiver=party_lines(paper),
                 facts=_facts_of(paper, invoice),
                 tables=[_lines([[_("Taken back after release"), -reversal.gross]], _("Total"), -reversal.gross)],
                 note=_("So much of that invoice does not stand any more. What goes back to your card has a credit note of its own."))


def fee_credit_sheet(paper: Paper) -> Sheet:
    """The same of the platform's fee."""
    reversal, invoice = _corrected(paper, PaperKind.fee_invoice)
    return Sheet(title=_("Credit note to an invoice for the platform fee"), about=paper.about, total=-reversal.fee, issuer=platform_lines(),
                 receiver=party_lines(paper), facts=_facts_of(paper, invoice),
                 tables=[_lines([[_("Platform fee, given back"), -reversal.fee]], _("Total"), -reversal.fee)],
                 note=_("Of the work it was taken from, %(gross)s went back to the business.", gross=i18n.money(reversal.gross)))


def cancellation_sheet(paper: Paper) -> Sheet:
    """What a credit note said went back is held again. Raises NotYet while that note has no number."""
    refund = db.session.get_one(Refund, _about(paper))
    note = queries.credit_note_of(refund, paper.subject)
    if note is None or not note.name:
        raise NotYet(paper.subject)
    title = paper.about
    return Sheet(title=_("Cancellation of a credit note"), about=title, total=-note.total, issuer=platform_lines(),
                 receiver=party_lines(paper),
                 facts=[(_("For"), title), (_("Credit note"), note.name), (_("Dated"), _day(note.created_at)),
                        (_("Payment"), refund.payment.stripe_charge_id)],
                 tables=[_lines([[_("Did not reach your card"), -note.total]], _("Total"), -note.total)],
                 note=_("Your bank sent this money back. It is held for you; when it goes again you get a new credit note."))


def _corrected(paper: Paper, kind: PaperKind) -> tuple[Reversal, Paper]:
    reversal = db.session.get_one(Reversal, _about(paper))
    invoice = queries.invoices_of(reversal)[kind]
    if not invoice.name:
        raise NotYet(paper.subject)
    return reversal, invoice


def _facts_of(paper: Paper, invoice: Paper) -> list[tuple[str, Cell]]:
    return [(_("For"), paper.about), (_("Invoice"), invoice.name), (_("Dated"), _day(invoice.created_at))]


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(clock.DHAKA).date() if moment else None


def _about(paper: Paper) -> uuid.UUID:
    """The key in `kind:id` or `kind:id:attempt`."""
    return uuid.UUID(paper.subject.split(":")[1])


def _lines(rows: list[list[Cell]], label: str, total: Money) -> Table:
    return Table([(_("What"), False), (_("Amount"), True)], rows, [[label, total]])


def _course(release: Release) -> Table:
    """Where the step's money was with this release, whatever has happened to it since."""
    by_verb, nothing = course_of(release.subject, release.gross.currency, until=release.entry_id), Money(0, release.gross.currency)
    sums = {heading: sum((by_verb.get(verb, nothing) for verb in verbs), nothing) for heading, verbs in COURSE.items()}
    held = sum(by_verb.values(), nothing)
    sums["other"] = held - sum(sums.values(), nothing)
    labels = {"paid": _("Paid in"), "moved": _("Moved from or to another step"), "released": _("Released"),
              "returned": _("Back to your card"), "charged_back": _("Taken back by your bank"), "other": _("Other")}
    rows: list[list[Cell]] = [[label, sums[heading]] for heading, label in labels.items() if sums[heading]]
    return Table([(_("The money of this step"), False), (_("Amount"), True)], rows, [[_("Still held"), held]])
