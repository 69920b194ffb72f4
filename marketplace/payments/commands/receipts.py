"""Receipts: ordered with the payment's success, drawn by a worker, numbered without gaps, kept as private files."""
from __future__ import annotations

import json
import uuid
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from marketplace.core import clock, i18n, numbering, pdf
from marketplace.core.db import db, lock
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
    waiting = select(Receipt.id).where(Receipt.file_id.is_(None), Receipt.created_at < clock.now() - STALE)
    for receipt_id in db.session.scalars(waiting.order_by(Receipt.created_at).limit(100)):
        draw_receipt.later(receipt_id, once=f"receipt:{receipt_id}")


@task
def draw_receipt(receipt_id: str) -> None:
    """Number it and keep its sheet, in the payer's language; both are committed together, so no number is lost."""
    receipt = db.session.get_one(Receipt, uuid.UUID(receipt_id))
    lock(receipt)
    if receipt.file_id is None:
        receipt.number = numbering.take(SERIES, receipt.year)
        receipt.file_id = _drawn(receipt).id


def _drawn(receipt: Receipt) -> File:
    payer, name = receipt.payment.person, receipt.name
    with i18n.speaking(payer.language):
        sheet = pdf.render("payments/receipt.typ", _told(receipt.payment, name), payer.language)
    return files.file_away(sheet, "application/pdf", f"{name}.pdf", Purpose.receipt, payer, subject=receipt.payment)


def _told(payment: Payment, number: str) -> dict[str, str]:
    """What the sheet says; only text."""
    site = bound().extensions["settings"].site_name
    ads = [[_("Ad money, with VAT"), i18n.money(payment.ad_spend)]] if payment.ad_spend else []
    lines = [*_parts(payment), *ads, [_("Card cost"), i18n.money(payment.card_cost)]]
    facts = [[_("For"), payment.title], [_("Paid by"), payment.business.name], [_("Payment"), payment.stripe_charge_id]]
    return {
        "site": site, "title": _("Receipt"), "number": number, "paid": i18n.moment(payment.succeeded_at),
        "facts": json.dumps(facts), "lines": json.dumps(lines), "total_label": _("Paid"), "total": i18n.money(payment.total),
        "note": _("A bonus is the manager’s at once, less the fee. It does not come back.") if _is_bonus(payment) else
                _("%(site)s keeps this money until you approve the work. What is not used goes back to your card.", site=site),
    }


def _parts(payment: Payment) -> list[list[str]]:
    """Who gets what of the money that is held; the parts sum to it."""
    if _is_bonus(payment):
        return [[_("Bonus"), i18n.money(payment.amount)]]
    if payment.fee is None:
        return [[_("Held money"), i18n.money(payment.amount)]]
    return [[_("The manager gets, when you approve"), i18n.money(payment.amount - payment.fee)],
            [_("The platform keeps of it"), i18n.money(payment.fee)]]


def _is_bonus(payment: Payment) -> bool:
    return payment.subject.startswith("bonus:")
