"""Money back to the card: one row an operation, one key an attempt; Stripe's list of refunds is the truth."""
from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.core.tasks import NotYet, sweep, task
from marketplace.gateways import stripe
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.payments import notices, signals
from marketplace.payments.commands.held import moving_held
from marketplace.payments.models import PAID, Payment, PaymentStatus, Refund, RefundStatus


def refund(*, subject: str, amount: Money, key: str, ads: bool = False) -> Sequence[Refund]:
    """Give part of what is held for a subject (`ads`: of its ad money) back to the cards it came from, the oldest payment first.

    One refund a payment; the same key gives the first ones again. The money is set aside at once; Stripe is asked in a job.
    Raises WrongState while a bank that took the payment back decides, and ledger.NotEnough when less is held. What a bank left of
    a payment it kept is asked for as ever: where Stripe refuses, the refund fails, and finance is told.
    """
    if known := _by_operation(key):
        return known
    if not amount:
        raise Invalid(_l("Write an amount."), field="amount")
    portions = _portions(subject, amount, ads)
    return [_begin(payment, subject, part, f"{key}/{number}" if number else key, ads) for number, (payment, part) in enumerate(portions)]


def give_all_back(payment: Payment) -> Refund:
    """Return a payment that nothing waited for, card cost and all."""
    return _begin(payment, payment.holder, payment.total, f"unclaimed:{payment.id}")


def retry_refund(refund: Refund, by: Any = None) -> None:
    """Try a refund again that Stripe or the bank had refused. Raises ledger.NotEnough when the money has gone elsewhere."""
    lock(refund.payment)
    refund.move("retry", by=by)
    refund.attempt, refund.stripe_refund_id, refund.failure = refund.attempt + 1, None, ""
    with moving_held(refund.payment):
        _set_aside(refund)


@sweep
def send_what_is_left() -> None:
    """Refunds whose job gave up: a failure of Stripe's is answered again under the same key for a day, longer than a job is patient."""
    for refund_id in db.session.scalars(select(Refund.id).where(Refund.status == RefundStatus.due).limit(500)):
        send_refund.later(refund_id, once=f"refund:{refund_id}")


@task
def send_refund(refund_id: str) -> None:
    """Look whether Stripe has this refund; if not, ask for it."""
    refund = db.session.get_one(Refund, uuid.UUID(refund_id))
    lock(refund.payment)
    lock(refund)
    if refund.status != RefundStatus.due:
        return
    try:
        _apply(refund, _found(refund) or stripe.create_refund(_wish(refund), key=refund.key))
    except stripe.Unanswered as silence:
        raise NotYet(str(silence)) from silence
    except stripe.Refused as refusal:
        _refused(refund, refusal)


def sync_refunds(payment: Payment) -> None:
    """Make our rows of this payment's refunds what Stripe's list says. Raises stripe.Unanswered."""
    answers = list(stripe.refunds_of(str(payment.stripe_charge_id)))
    lock(payment)
    for answer in reversed(answers):
        _apply(_row_of(payment, answer), answer)
    _count(payment)


def _portions(subject: str, amount: Money, ads: bool) -> list[tuple[Payment, Money]]:
    """From which payments this much of what is held comes."""
    portions, missing = [], amount
    for source, there in books.sources_of(subject, amount.currency, ads):
        if part := min(there, missing):
            portions.append((_refundable(source), part))
            missing -= part
    if missing:
        raise ledger.NotEnough()
    return portions


def _refundable(source: str) -> Payment:
    payment = db.session.get_one(Payment, uuid.UUID(source.removeprefix("payment:")))
    if payment.status not in (*PAID, PaymentStatus.lost):
        raise WrongState(_l("There is no payment that could be refunded now."))
    return payment


def _begin(payment: Payment, subject: str, amount: Money, operation: str, ads: bool = False) -> Refund:
    refund = Refund(payment_id=payment.id, subject=subject, operation=operation, amount_minor=amount.minor,
                    currency=amount.currency, ads=ads)
    db.session.add(refund)
    db.session.flush()
    _set_aside(refund)
    return refund


def _set_aside(refund: Refund) -> None:
    payment = refund.payment
    nothing = Money(0, refund.currency)
    amount, ad_spend = (nothing, refund.amount) if refund.ads else (refund.amount, nothing)
    ledger.begin_refund(refund.key, milestone=refund.subject, contract=payment.contract, business=f"business:{payment.business_id}",
                        amount=amount, ad_spend=ad_spend, source=payment.source)
    send_refund.later(refund.id, once=f"refund:{refund.id}")


def _wish(refund: Refund) -> dict[str, Any]:
    return {"charge": refund.payment.stripe_charge_id, "amount": refund.amount_minor, "metadata": {"operation": refund.key},
            "expand": ["balance_transaction"]}


def _found(refund: Refund) -> dict[str, Any] | None:
    """Stripe's refund of this attempt, when our question got through and only the answer was lost."""
    answers = stripe.refunds_of(refund.payment.stripe_charge_id)
    return next((answer for answer in answers if answer["metadata"].get("operation") == refund.key), None)


def _refused(refund: Refund, refusal: stripe.Refused) -> None:
    """Somebody may have refunded it on Stripe's own pages: then that is this refund."""
    if refusal.code == "charge_already_refunded":
        sync_refunds(refund.payment)
    if refund.status == RefundStatus.due:
        _fail(refund, refusal.reason)


def _row_of(payment: Payment, answer: dict[str, Any]) -> Refund:
    """Our row of Stripe's refund: by its id, by our key, by what waits for just this amount, or a new one."""
    rows = db.session.scalars(select(Refund).where(Refund.payment_id == payment.id).order_by(Refund.id)).all()
    operation = answer["metadata"].get("operation")
    fits = (lambda row: row.stripe_refund_id == answer["id"], lambda row: row.key == operation,
            lambda row: not operation and row.status == RefundStatus.due and row.amount_minor == answer["amount"])
    for fit in fits:
        if row := next(filter(fit, rows), None):
            return row
    return _outside(payment, answer)


def _outside(payment: Payment, answer: dict[str, Any]) -> Refund:
    row = Refund(payment_id=payment.id, subject=payment.holder, operation=answer["id"], amount_minor=answer["amount"], outside=True,
                 currency=answer["currency"].upper(), status=RefundStatus.pending)
    db.session.add(row)
    db.session.flush()
    return row


def _apply(refund: Refund, answer: dict[str, Any]) -> None:
    """Act on Stripe's refund as it is now."""
    refund.stripe_refund_id = answer["id"]
    status = answer["status"]
    if status == "succeeded" and refund.may("succeed"):
        _settle(refund, answer)
    elif status in ("failed", "canceled") and refund.may("fail"):
        _fail(refund, answer.get("failure_reason") or status, answer)
    elif status in ("pending", "requires_action") and refund.may("send"):
        refund.move("send")


def _settle(refund: Refund, answer: dict[str, Any]) -> None:
    refund.move("succeed")
    _count(refund.payment)
    signals.refund_settled.send(refund)
    _book(refund, answer)


def _book(refund: Refund, answer: dict[str, Any]) -> None:
    booked, payment = _booked(answer), refund.payment
    if refund.outside:
        with moving_held(payment):
            ledger.absorb_refund(refund.key, source=payment.source, subject=payment.holder, contract=payment.contract, amount=refund.amount,
                                 business=f"business:{payment.business_id}", stripe_id=answer["id"], settled=booked)
    else:
        ledger.settle_refund(refund.key, stripe_id=answer["id"], settled=booked)


def _fail(refund: Refund, reason: str, answer: dict[str, Any] | None = None) -> None:
    """The money is held again, whether it had left or not; finance is told."""
    was = refund.status
    refund.move("fail", why=reason)
    refund.failure = reason[:300]
    with moving_held(refund.payment):
        if was == RefundStatus.succeeded:
            _take_in_again(refund, answer or {})
        elif not refund.outside:
            ledger.void_refund(refund.key)
    _count(refund.payment)
    notices.refund_failed(refund)
    signals.refund_failed.send(refund)


def _take_in_again(refund: Refund, answer: dict[str, Any]) -> None:
    if refund.outside:
        ledger.reverse(f"{refund.key}/returned", of=refund.key, stripe_id=refund.stripe_refund_id)
    else:
        ledger.return_refund(refund.key, stripe_id=str(refund.stripe_refund_id), source=refund.payment.source, settled=_booked(answer),
                             ads=refund.ads)


def _booked(answer: dict[str, Any]) -> Money:
    """What Stripe took from our balance for a refund, in the currency it keeps."""
    entry = answer["balance_transaction"]
    return Money(abs(entry["amount"]), entry["currency"].upper())


def _count(payment: Payment) -> None:
    """The payment's state follows the sum of what went back."""
    lock(payment)
    rows = db.session.scalars(select(Refund.amount_minor).where(Refund.payment_id == payment.id, Refund.status == RefundStatus.succeeded))
    back = sum(rows)
    action = "refund_none" if not back else "refund_whole" if back >= payment.amount_minor + payment.ad_spend_minor else "refund_part"
    if payment.may(action):
        payment.move(action)


def _by_operation(key: str) -> Sequence[Refund]:
    same = or_(Refund.operation == key, Refund.operation.startswith(f"{key}/", autoescape=True))
    return db.session.scalars(select(Refund).where(same).order_by(Refund.id)).all()
