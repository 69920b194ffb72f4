"""Payments, accounts and transfers, through Stripe's sandbox where they need it (`world`)."""
from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.managers.commands import begin
from marketplace.managers.models import Manager
from marketplace.payments import commands, queries
from marketplace.payments.commands import proposals
from marketplace.payments.models import (
    Chargeback,
    Mismatch,
    MoneyProposal,
    Payment,
    PaymentStatus,
    PayoutAccount,
    Reconciliation,
    Refund,
    RefundStatus,
    Reversal,
    Transfer,
    TransferStatus,
)
from tests import people
from tests.factories.businesses import make_business
from tests.sandbox_program import VISA, SandboxWorld
from tests.worker import run_jobs

AMOUNT = Money(700000)
CONTRACT = "contract:0192aaaa-0000-7000-8000-000000000001"
RETURN, CANCEL = "http://localhost/paid", "http://localhost/not-paid"


def new_subject() -> str:
    """A milestone of the domain above."""
    return f"milestone:{uuid.uuid4()}"


def make_payment(business: Any = None, **changes: Any) -> Payment:
    """A business at Stripe's page."""
    person = people.ada()
    values = {"subject": new_subject(), "contract": CONTRACT, "amount": AMOUNT, "person": person,
              "business": business or make_business(person), "title": "Ten posts for Nila's boutique", "success_url": RETURN,
              "cancel_url": CANCEL}
    return commands.start_checkout(**(values | changes))


def make_paid(world: SandboxWorld, card: str = VISA, **changes: Any) -> Payment:
    """A payment that succeeded."""
    payment = make_payment(**changes)
    world.pay(payment.checkout_url, card)
    commands.look(payment)
    db.session.flush()
    return payment


def make_account(world: SandboxWorld, manager: Manager | None = None, number: str = "000123456789") -> PayoutAccount:
    """A manager who can be paid."""
    manager = manager or begin(people.ben())
    commands.onboard(manager)
    account = queries.payout_account(manager.id)
    world.do(f"accounts/{account.stripe_account_id}/onboarding", account_number=number)
    commands.sync_account(account)
    return account


def make_released(payment: Payment, manager: Manager, gross: Money = AMOUNT, fee: Money | None = None,
                  send_after: Any = None, key: str = "") -> Transfer:
    """What contracts do on approval: the held money becomes the manager's, to be sent after a moment."""
    fee = fee if fee is not None else gross.share(1000)
    return commands.release(manager=manager, subject=payment.subject, contract=payment.contract, gross=gross, fee=fee,
                            send_after=send_after or clock.now() - timedelta(seconds=1), key=f"{payment.subject}{key}")[0]


def make_row(person: Any, amount: Money = AMOUNT) -> Payment:
    """A payment as it is after Stripe has said yes, with its money in the books, without asking Stripe."""
    business, subject = make_business(person), new_subject()
    payment = Payment(subject=subject, contract=CONTRACT, business_id=business.id, person_id=person.id, title="Ten posts",
                      amount_minor=amount.minor, card_cost_minor=20300, currency="BDT", status=PaymentStatus.succeeded,
                      success_url=RETURN, cancel_url=CANCEL, expires_at=clock.now(), succeeded_at=clock.now(),
                      stripe_charge_id=f"ch_{subject}")
    db.session.add(payment)
    db.session.flush()
    ledger.fund(f"payment:{payment.id}", milestone=subject, contract=CONTRACT, business=f"business:{business.id}", amount=amount,
                card_cost=payment.card_cost, source=payment.source, stripe_id=payment.stripe_charge_id)
    return payment


def make_failed_refund(payment: Payment) -> Refund:
    """A refund that waits for finance."""
    refund = Refund(payment_id=payment.id, subject=payment.holder, operation="failed", amount_minor=100, currency="BDT",
                    status=RefundStatus.failed)
    db.session.add(refund)
    db.session.flush()
    return refund


def make_failed_transfer(person: Any) -> Transfer:
    """A transfer that Stripe refused."""
    transfer = Transfer(manager_id=begin(person).id, subject=new_subject(), contract="contract:1", operation=f"failed:{person.id}",
                        amount_minor=100, currency="BDT", status=TransferStatus.failed, send_after=clock.now())
    db.session.add(transfer)
    db.session.flush()
    return transfer


def make_parties(owner: Any, manager: Any) -> None:
    """A business and a manager, each with a line in the books."""
    make_row(owner)
    begin(manager)


def compared(world: SandboxWorld, **how: Any) -> Reconciliation:
    """A comparison with Stripe, after what moved has come to rest."""
    world.advance(timedelta(minutes=11))
    run = commands.reconcile(by=people.sam(), **how)
    run_jobs()
    db.session.expire_all()
    return run


def make_mismatch(run: Reconciliation, **changes: Any) -> Mismatch:
    """A difference nobody has looked at: the books say that money left, and Stripe has nothing of it."""
    values = {"kind": "extra", "stripe_id": "ch_forged", "currency": "BDT", "ours_minor": -AMOUNT.minor, "status": "open"}
    mismatch = Mismatch(**(values | changes), reconciliation_id=run.id)
    db.session.add(mismatch)
    db.session.flush()
    return mismatch


def make_proposal(mismatch: Mismatch, by: Any, amount: Money = Money(2_000_000)) -> MoneyProposal:  # noqa: B008
    """Much money that waits for a second person."""
    return proposals.propose("repair", subject=f"mismatch:{mismatch.id}", amount=amount, why="I looked at it.", by=by,
                             key=f"test:{mismatch.id}", how="explain", account="losses")


def make_chargeback(payment: Payment, person: Any) -> Chargeback:
    """A bank took a payment back; the manager whose work it was is known."""
    row = Chargeback(payment_id=payment.id, stripe_dispute_id=f"du_{payment.id}", amount_minor=payment.total.minor, currency="BDT",
                     reason="fraudulent", manager_id=begin(person).id, record="Delivered.", due_by=clock.now() + timedelta(days=9))
    db.session.add(row)
    db.session.flush()
    return row


def make_debt(person: Any, amount: Money = AMOUNT) -> str:  # noqa: B008
    """A manager who owes something."""
    debtor = f"manager:{begin(person).id}"
    ledger.take_back(f"owe:{debtor}", holder="reversal:1", source="payment:1", subject="milestone:1", contract="contract:1",
                     business="business:1", manager=debtor, paid=Money(0), owed=amount, fee=Money(0))
    return debtor


def make_reversal(transfer: Transfer, payment: Payment) -> Reversal:
    """Part of a transfer that a decision takes back."""
    transfer.payment_id = payment.id
    row = Reversal(transfer_id=transfer.id, operation=f"decision:{transfer.id}", gross_minor=100, fee_minor=10, currency="BDT")
    db.session.add(row)
    db.session.flush()
    return row


def make_business_debt(business: Any, amount: Money = AMOUNT) -> str:  # noqa: B008
    """A business whose bank took back what was not held any more."""
    debtor = f"business:{business.id}"
    ledger.charge_back(f"owe:{debtor}", source="payment:1", subject="milestone:1", contract="contract:1", business=debtor, amount=amount,
                       stripe_id="du_1")
    return debtor
