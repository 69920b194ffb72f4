"""Receipts: ordered with the payment's success, drawn by a worker, numbered without gaps, kept as private files."""
from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from marketplace.core import clock, csvfile, i18n, numbering, pdf
from marketplace.core.db import db, lock
from marketplace.core.money import Money
from marketplace.core.tasks import bound, sweep, task
from marketplace.files import commands as files
from marketplace.files.models import File, Purpose
from marketplace.payments.models import Payment, Receipt
from marketplace.payments.models.receipt import SERIES

STALE = timedelta(minutes=2)


def order_receipt(payment: Payment) -> Receipt:
    """Have a receipt drawn for a payment that has succeeded."""
    receipt = Receipt(payment_id=payment.id, year=clock.today().year)
    db.session.add(receipt)
    db.session.flush()
    draw_receipt.later(receipt.id, once=f"receipt:{receipt.id}")
    return receipt


@sweep
def take_up_receipts() -> None:
    """Receipts whose job was lost or gave up are drawn after all."""
    waiting = select(Receipt.id).where(Receipt.csv_id.is_(None), Receipt.created_at < clock.now() - STALE)
    for receipt_id in db.session.scalars(waiting.order_by(Receipt.created_at).limit(100)):
        draw_receipt.later(receipt_id, once=f"receipt:{receipt_id}")


@task
def draw_receipt(receipt_id: str) -> None:
    """Number it and keep its sheet and its lines as data, in the payer's language; all is committed together, so no number is lost.

    One of before there were lines as data gets them under the number it has.
    """
    receipt = db.session.get_one(Receipt, uuid.UUID(receipt_id))
    lock(receipt)
    with i18n.speaking(receipt.payment.person.language):
        if receipt.number is None:
            receipt.number = numbering.take(SERIES, receipt.year)
            receipt.file_id = _drawn(receipt).id
        if receipt.csv_id is None:
            receipt.csv_id = _as_data(receipt).id


def _drawn(receipt: Receipt) -> File:
    sheet = pdf.render("payments/receipt.typ", _told(receipt.payment, receipt.name), receipt.payment.person.language)
    return _kept(receipt, sheet, "application/pdf", "pdf")


def _as_data(receipt: Receipt) -> File:
    payment = receipt.payment
    heading = [_("Number"), _("Day"), _("For"), _("What"), f"{_('Amount')} ({payment.currency})"]
    known = [receipt.name, _day(payment), payment.title]
    lines = [[*known, label, csvfile.amount(amount.minor)] for label, amount in [*_lines(payment), (_("Paid"), payment.total)]]
    return _kept(receipt, csvfile.csv_bytes([heading, *lines]), "text/csv", "csv")


def _day(payment: Payment) -> str:
    assert payment.succeeded_at
    return f"{payment.succeeded_at.astimezone(clock.DHAKA):%Y-%m-%d}"


def _kept(receipt: Receipt, content: bytes, type_: str, ending: str) -> File:
    payment = receipt.payment
    return files.file_away(content, type_, f"{receipt.name}.{ending}", Purpose.receipt, payment.person, subject=payment)


def _told(payment: Payment, number: str) -> dict[str, str]:
    """What the sheet says; only text."""
    site = bound().extensions["settings"].site_name
    lines = [[label, i18n.money(amount)] for label, amount in _lines(payment)]
    facts = [[_("For"), payment.title], [_("Paid by"), payment.business.name], [_("Payment"), payment.stripe_charge_id]]
    return {
        "site": site, "title": _("Receipt"), "number": number, "paid": _paid(payment.succeeded_at),
        "facts": json.dumps(facts), "lines": json.dumps(lines), "total_label": _("Paid"), "total": i18n.money(payment.total),
        "note": _("A bonus is the manager’s at once, less the fee. It does not come back.") if _is_bonus(payment) else
                _("%(site)s keeps this money until you approve the work. What is not used goes back to your card.", site=site),
    }


def _paid(moment: datetime) -> str:
    """A receipt is read years later: the day has its year."""
    return f"{i18n.dated(moment.astimezone(clock.DHAKA))}, {i18n.clock_time(moment)}"


def _lines(payment: Payment) -> list[tuple[str, Money]]:
    """What was paid for; the lines sum to the whole."""
    ads = [(_("Ad money"), payment.ad_spend - payment.ad_vat), (_("VAT on ads"), payment.ad_vat)]
    return [*_parts(payment), *(line for line in ads if line[1]), (_("Card cost"), payment.card_cost)]


def _parts(payment: Payment) -> list[tuple[str, Money]]:
    """Who gets what of the money that is held."""
    bonus = _is_bonus(payment)
    if payment.fee is None:
        return [(_("Bonus") if bonus else _("Held money"), payment.amount)]
    gets = _("The manager gets of the bonus") if bonus else _("The manager gets, when you approve")
    return [(gets, payment.amount - payment.fee), (_("The platform keeps of it"), payment.fee)]


def _is_bonus(payment: Payment) -> bool:
    return payment.subject.startswith("bonus:")
