"""The payer's bank takes a payment back. Each movement Stripe booked is posted once; the newest state is Stripe's own."""
from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import Person
from marketplace.core import audit, clock
from marketplace.core.db import db, lock, uuid7
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.payments import notices, signals
from marketplace.payments.commands import debts, returnable, reversals
from marketplace.payments.commands.held import moving_held
from marketplace.payments.commands.proposals import carries_out, propose
from marketplace.payments.models import Chargeback, ChargebackStatus, MoneyProposal, Payment

DECIDED = {"won": "win", "lost": "lose"}
"""Stripe's final states, and the action they are here."""


def sync_chargeback(payment: Payment, dispute_id: str) -> None:
    """Act on a dispute as Stripe shows it now, whatever order its events came in. Raises stripe.Unanswered."""
    dispute = stripe.dispute(dispute_id)
    lock(payment)
    chargeback = _row(payment, dispute)
    lock(chargeback)
    with moving_held(payment):
        lock(payment.business)
        for entry in dispute["balance_transactions"]:
            _book(payment, dispute, entry)
    if payment.may("charge_back") and chargeback.status == ChargebackStatus.open:
        payment.move("charge_back", why=dispute["reason"])
        notices.charged_back(chargeback)
        signals.payment_charged_back.send(payment)
    _decide(payment, chargeback, DECIDED.get(dispute["status"]))


def find_fault(chargeback: Chargeback, amount: Money, by: Person, why: str) -> MoneyProposal:
    """A decision: the manager owes this much of what the bank kept, instead of the business. Once; much takes two people.

    Raises WrongState before the bank has decided, Invalid for more than the manager was paid of it.
    """
    _check_fault(chargeback, amount)
    return propose("find_fault", subject=f"chargeback:{chargeback.id}", contract=chargeback.payment.contract, amount=amount, why=why, by=by,
                   key=f"fault:{uuid7()}")


@carries_out("find_fault")
def _find_fault(proposal: MoneyProposal, _by: Person) -> None:
    chargeback = db.session.get_one(Chargeback, proposal.subject.removeprefix("chargeback:"))
    payment = chargeback.payment
    returnable.lock_paid(chargeback.manager_id, payment)
    lock(chargeback)
    _check_fault(chargeback, proposal.amount)
    lock(payment.business)
    chargeback.fault_minor, chargeback.fault_why = proposal.amount_minor, proposal.why
    key = f"fault:{chargeback.id}"
    ledger.find_fault(key, subject=payment.holder, contract=payment.contract, business=f"business:{payment.business_id}",
                      manager=f"manager:{chargeback.manager_id}", amount=proposal.amount)
    debts.even_out(payment.business, key)
    notices.fault_found(chargeback)


def _check_fault(chargeback: Chargeback, amount: Money) -> None:
    if chargeback.status != ChargebackStatus.lost or chargeback.fault_minor or chargeback.manager_id is None:
        raise WrongState(_l("Fault is found once, after the bank has kept the money."))
    if not Money(0) < amount <= paid_of(chargeback):
        raise Invalid(_l("Write an amount up to what the manager was paid of it."), field="amount_minor")


def paid_of(chargeback: Chargeback) -> Money:
    """What the manager was paid of the payment, and neither gave back nor owes already."""
    if chargeback.manager is None:
        return Money(0, chargeback.currency)
    return returnable.left_with(chargeback.manager, chargeback.payment)


def let_go_on(chargeback: Chargeback, by: Person, why: str) -> None:
    """The team has looked at a business whose bank kept held money: it pays in, posts and hires again. Raises WrongState unless
    it waits for that.
    """
    lock(chargeback)
    if not chargeback.suspends:
        raise WrongState()
    chargeback.suspends = False
    audit.record("chargeback.let_go_on", chargeback, by, why=why)
    notices.may_go_on(chargeback)


def _row(payment: Payment, dispute: dict[str, Any]) -> Chargeback:
    """Our row, made when it is first heard of, with what is known of the work then. `due_by` is as Stripe has it now."""
    due_by = dispute["evidence_details"]["due_by"]
    values = {"payment_id": payment.id, "stripe_dispute_id": dispute["id"], "amount_minor": dispute["amount"],
              "currency": dispute["currency"].upper(), "reason": dispute["reason"][:60], "status": ChargebackStatus.open,
              "created_at": clock.now()}
    fresh = db.session.scalar(insert(Chargeback).values(**values).on_conflict_do_nothing().returning(Chargeback.id))
    row = db.session.scalars(select(Chargeback).where(Chargeback.stripe_dispute_id == dispute["id"])).one()
    row.due_by = datetime.fromtimestamp(due_by, UTC) if due_by else None
    if fresh:
        _attach_record(row)
    return row


def _attach_record(row: Chargeback) -> None:
    """Whoever knows the work says what it was, and whose; the domains above listen."""
    for _receiver, known in signals.record_wanted.send(row.payment):
        if known:
            row.manager_id, row.record = known


def _decide(payment: Payment, chargeback: Chargeback, action: str | None) -> None:
    if action and chargeback.may(action):
        chargeback.move(action)
        chargeback.suspends = action == "lose" and books.took_held([chargeback.stripe_dispute_id])
        payment.move(action)
        signals.chargeback_decided.send(payment)
        notices.chargeback_decided(chargeback)
        reversals.resume(payment)


def _book(payment: Payment, dispute: dict[str, Any], entry: dict[str, Any]) -> None:
    """A withdrawal, its fee, or the money coming back; the fee is the platform's loss, won or lost."""
    business, key = f"business:{payment.business_id}", f"dispute:{entry['id']}"
    if entry["amount"] < 0:
        ledger.charge_back(key, source=payment.source, subject=payment.holder, contract=payment.contract, business=business,
                           amount=Money(dispute["amount"], dispute["currency"].upper()), stripe_id=dispute["id"],
                           settled=Money(-entry["amount"], entry["currency"].upper()))
    else:
        withdrawn = next(other for other in dispute["balance_transactions"] if other["amount"] < 0)
        ledger.win_back(key, charged_back=f"dispute:{withdrawn['id']}", stripe_id=dispute["id"])
        debts.even_out(payment.business, key)
    if entry["fee"]:
        ledger.pay_dispute_fee(f"{key}/fee", subject=payment.holder, contract=payment.contract, business=business,
                               fee=Money(entry["fee"], entry["currency"].upper()), stripe_id=dispute["id"])
