"""A bonus: paid by card like a step, but the manager's as soon as it is here, less the platform's fee."""
from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.contracts import notices
from marketplace.contracts.commands import holds, parties
from marketplace.contracts.commands.adrift import FOR_GOOD
from marketplace.contracts.models import Bonus, BonusStatus, Contract, ContractStatus
from marketplace.contracts.queries.bonuses import bonus_being_paid, released_steps
from marketplace.contracts.queries.record import shows_work
from marketplace.core import clock, i18n
from marketplace.core.config import rule
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.core.tasks import sweep, task
from marketplace.ledger import queries as books
from marketplace.payments import commands as payments
from marketplace.payments.models import Card, Payment, PaymentStatus
from marketplace.payments.queries import payments_for

BONUS_LEAST_MINOR = rule("BONUS_LEAST_MINOR", 100_00, "the least bonus, in minor units")
BONUS_MOST_MINOR = rule("BONUS_MOST_MINOR", 50_000_00, "the most one bonus may be, in minor units")
BONUS_DAYS = rule("BONUS_DAYS", 30, "days after the end of a contract within which a bonus may be given")
RUNNING = (ContractStatus.active, ContractStatus.ending)


def may_get_bonus(contract: Contract) -> bool:
    """Whether a bonus fits here: released work is on record, and the contract goes on or has closed lately.

    A bonus is the manager's at once and nobody approves it: without a record a card could be turned into cash by it.
    """
    lately = contract.closed_at is not None and contract.closed_at > clock.now() - timedelta(days=BONUS_DAYS)
    return (contract.status in RUNNING or lately) and any(shows_work(step) for step in released_steps(contract))


def give_bonus(contract: Contract, person: Person, amount: Money, note: str, success_url: str, cancel_url: str, card: Card | None = None,
               keep_card: bool = False) -> Payment:
    """Send the business to the payment page, or charge a saved `card`; one payment at a time.

    Raises Invalid for too little or too much, WrongState while another one is being paid or where none fits,
    PartiesAlike when both sides may be the same people.
    """
    parties.require_apart(contract)
    lock(contract)
    _check(contract, amount)
    bonus = Bonus(contract=contract, person_id=person.id, amount_minor=amount.minor, currency=amount.currency, note=note)
    db.session.add(bonus)
    db.session.flush()
    wish: dict[str, Any] = {
        "subject": bonus.subject, "contract": f"contract:{contract.id}", "business": contract.business, "person": person, "amount": amount,
        "fee": bonus.fee, "title": _("%(contract)s: bonus", contract=contract.title), "success_url": success_url, "cancel_url": cancel_url}
    return payments.charge_card(card=card, **wish) if card else payments.start_checkout(keep_card=keep_card, **wish)


def cancel_bonus(bonus: Bonus, person: Person) -> None:
    """Call its payment off; the payment is locked first, as when money comes in."""
    payment = payment_of(bonus)
    if payment is None or not payment.may("cancel"):
        raise WrongState()
    payments.cancel_checkout(payment, by=person)


def payment_of(bonus: Bonus) -> Payment | None:
    """The payment of a bonus: it has one."""
    return next(iter(payments_for(bonus.subject)), None)


def take_in(bonus: Bonus) -> None:
    """Its money has come; a job releases it when it is in the books."""
    bonus.move("pay")
    bonus.paid_at = clock.now()
    release_bonus.later(bonus.id, once=f"release-bonus:{bonus.id}")


def give_up(bonus: Bonus, payment: Payment) -> None:
    """Its payment ended without money."""
    bonus.move("give_up")
    if payment.turned_away:
        notices.payment_turned_back(bonus.contract, payment)
    elif payment.status != PaymentStatus.cancelled:
        notices.bonus_unpaid(bonus)


def look(bonus: Bonus, payment: Payment) -> None:
    """Its state says what the books hold: what a bank took waits for its word, what is gone for good is not the manager's."""
    if not bonus.may("lose"):
        return
    gone = bonus.amount - books.held(bonus.subject, bonus.currency)
    if gone and payment.status in FOR_GOOD:
        bonus.lost_minor = gone.minor
    if bonus.lost_minor == bonus.amount_minor:
        bonus.move("lose", why=str(payment.status))
    elif gone.minor > bonus.lost_minor:
        if bonus.may("take"):
            bonus.move("take")
    elif bonus.may("leave"):
        bonus.move("leave")


@sweep
def release_bonuses() -> None:
    """Bonuses whose job was lost."""
    for bonus_id in db.session.scalars(select(Bonus.id).where(Bonus.status == BonusStatus.paid).limit(200)):
        release_bonus.later(bonus_id, once=f"release-bonus:{bonus_id}")


@task
def release_bonus(bonus_id: str) -> None:
    """It becomes the manager's and is sent after the usual hold. While its bank has taken it back, nothing is released."""
    bonus = db.session.get_one(Bonus, uuid.UUID(bonus_id))
    lock(bonus)
    if bonus.status != BonusStatus.paid:
        return
    bonus.move("release")
    bonus.released_at = clock.now()
    bonus.send_after = holds.send_after(bonus.contract, bonus.released_at)
    payments.release(manager=bonus.contract.manager, subject=bonus.subject, contract=f"contract:{bonus.contract_id}", gross=bonus.left,
                     fee=bonus.fee, send_after=bonus.send_after)
    notices.bonus_released(bonus)


def _check(contract: Contract, amount: Money) -> None:
    if not may_get_bonus(contract):
        raise WrongState(_("A bonus is for released work that is on record here (a link, a file, posts, answers), until %(days)s days "
                           "after the contract.", days=i18n.number(BONUS_DAYS)))
    if bonus_being_paid(contract):
        raise WrongState(_l("Another bonus is being paid. Pay it or call it off first."))
    if not BONUS_LEAST_MINOR <= amount.minor <= BONUS_MOST_MINOR:
        raise Invalid(_("A bonus is from %(least)s to %(most)s.", least=i18n.money(BONUS_LEAST_MINOR), most=i18n.money(BONUS_MOST_MINOR)),
                      field="amount")
