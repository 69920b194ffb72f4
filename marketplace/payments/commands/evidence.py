"""What is shown to a payer's bank: gathered from both sides, sent once, before its day.

The bank takes one answer. Staff sends it; a little before the bank's day it goes by itself, with what there is.
"""
from __future__ import annotations

import uuid
from datetime import timedelta
from io import BytesIO
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, select

from marketplace.accounts.models import Person
from marketplace.core import audit, clock
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.tasks import NotYet, sweep, task
from marketplace.files import commands as files
from marketplace.files.models import File, Purpose, Variant
from marketplace.gateways import stripe
from marketplace.payments import notices, queries
from marketplace.payments.models import Chargeback, ChargebackStatus, Evidence, EvidenceKind
from marketplace.payments.queries.debts import evidence_of

FIRST_REMINDER = timedelta(hours=rule("EVIDENCE_REMINDER_HOURS", 72, "hours before the bank's day at which staff is reminded of evidence"))
LAST_REMINDER = timedelta(hours=rule("EVIDENCE_LAST_REMINDER_HOURS", 24, "hours before the bank's day of the second reminder"))
BY_ITSELF = timedelta(hours=rule("EVIDENCE_SENT_HOURS", 6, "hours before the bank's day at which evidence is sent by itself"))
LONGEST = 20_000
"""Characters the bank reads."""


def add_evidence(chargeback: Chargeback, by: Person, kind: EvidenceKind, text: str, upload: BinaryIO | None = None,
                 name: str = "") -> Evidence:
    """A statement, a file or both from one of the parties or staff. Raises WrongState once it was sent or decided."""
    lock(chargeback)
    _still_open(chargeback)
    if not text and upload is None:
        raise Invalid(_l("Write what happened, or add a file."), field="text")
    file = files.store(upload, name, Purpose.evidence, by, subject=chargeback) if upload else None
    row = Evidence(chargeback_id=chargeback.id, person_id=by.id, kind=kind, text=text, file_id=file and file.id)
    db.session.add(row)
    db.session.flush()
    audit.record("chargeback.add_evidence", chargeback, by)
    return row


def submit_evidence(chargeback: Chargeback, by: Person | None = None) -> None:
    """Send what there is to the bank, which takes one answer. Raises WrongState when it was sent or decided before."""
    lock(chargeback)
    _still_open(chargeback)
    chargeback.submitted_at = clock.now()
    audit.record("chargeback.submit_evidence", chargeback, by)
    upload_evidence.later(chargeback.id, once=f"evidence:{chargeback.id}")


@sweep
def remind_of_evidence() -> None:
    """Charge-backs whose evidence was not sent and whose day comes nearer than the last reminder said."""
    nearer = case((Chargeback.reminders == 0, FIRST_REMINDER), (Chargeback.reminders == 1, LAST_REMINDER), else_=BY_ITSELF)
    near = select(Chargeback.id).where(Chargeback.status == ChargebackStatus.open, Chargeback.submitted_at.is_(None),
                                       Chargeback.due_by <= clock.now() + nearer)
    for chargeback_id in db.session.scalars(near.limit(100)):
        act_on_deadline.later(chargeback_id, once=f"evidence_deadline:{chargeback_id}")


@task
def act_on_deadline(chargeback_id: str) -> None:
    """Remind staff, again, or send what there is."""
    chargeback = _locked(chargeback_id)
    if chargeback.status != ChargebackStatus.open or chargeback.submitted_at or chargeback.due_by is None:
        return
    left = chargeback.due_by - clock.now()
    if left <= BY_ITSELF:
        submit_evidence(chargeback)
    elif chargeback.reminders < (wanted := 2 if left <= LAST_REMINDER else 1):
        chargeback.reminders = wanted
        notices.evidence_due(chargeback)


@task
def upload_evidence(chargeback_id: str) -> None:
    """Files first, each once; then all that the bank reads, in one answer. Refused, finance is told and nothing is tried again."""
    chargeback = _locked(chargeback_id)
    if chargeback.status != ChargebackStatus.open:
        return
    try:
        stripe.answer_dispute(chargeback.stripe_dispute_id, _answer(chargeback), key=f"evidence:{chargeback.id}")
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence
    except stripe.Refused as refusal:
        notices.evidence_refused(chargeback, refusal.reason)


def _answer(chargeback: Chargeback) -> dict[str, Any]:
    """The record and what people wrote as text; of each kind of file the newest; our receipt."""
    payment, said = chargeback.payment, evidence_of(chargeback)
    written = [f"{row.person.name}: {row.text}" for row in said if row.text]
    text = "\n\n".join(part for part in (chargeback.record, *written) if part)
    shown = {row.kind.value: _uploaded(row) for row in said if row.file_id}
    receipt = queries.receipt_of(payment)
    if receipt and receipt.file_id:
        shown["receipt"] = _upload(db.session.get_one(File, receipt.file_id), f"receipt:{receipt.id}")
    if text:  # Stripe refuses the whole answer for an empty field
        shown["uncategorized_text"] = text[:LONGEST]
    return {"evidence": {"product_description": payment.title, "customer_name": payment.person.name,
                         "customer_email_address": payment.person.email, **shown},
            "submit": True}


def _uploaded(row: Evidence) -> str:
    row.stripe_file_id = _upload(row.file, f"evidence:{row.id}")
    return row.stripe_file_id


def _upload(file: File, key: str) -> str:
    content = BytesIO(files.body(file, Variant.original) or b"")
    content.name = file.name
    return str(stripe.upload_evidence(content, key=key)["id"])


def _still_open(chargeback: Chargeback) -> None:
    if chargeback.status != ChargebackStatus.open or chargeback.submitted_at:
        raise WrongState(_l("The bank has its evidence already."))


def _locked(chargeback_id: str) -> Chargeback:
    chargeback = db.session.get_one(Chargeback, uuid.UUID(chargeback_id))
    lock(chargeback)
    return chargeback
