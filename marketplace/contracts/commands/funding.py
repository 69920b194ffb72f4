"""How a milestone is paid in: the payment page, the money that comes, or nobody paying."""
from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.contracts import notices, signals
from marketplace.contracts.commands import funding_checks, parties
from marketplace.contracts.models import ContractStatus, Milestone
from marketplace.contracts.queries import limits
from marketplace.core import calendar, clock
from marketplace.core.db import lock
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from marketplace.core.pricing import ads_vat, platform_fee
from marketplace.payments import commands as payments
from marketplace.payments.models import Card, Payment, PaymentStatus
from marketplace.payments.queries import payments_for


def start_funding(milestone: Milestone, person: Person, success_url: str, cancel_url: str, card: Card | None = None,
                  keep_card: bool = False) -> Payment:
    """Send the business to the payment page, or charge a saved `card`. The intent is stored first; WrongState when the contract rests,
    PartiesAlike when both sides may be the same people.

    `keep_card`: the business wishes that the card it pays with is kept.
    """
    parties.require_apart(milestone.contract)
    milestone.move("start_funding", by=person)
    lock(milestone.contract)
    if milestone.contract.status != ContractStatus.active:
        raise WrongState(_l("The contract is not active, so nothing can be paid in."))
    funding_checks.require_free(milestone.contract)
    _require_young(milestone)
    ads = ads_beside(milestone, bind=True)
    wish: dict[str, Any] = {
        "subject": f"milestone:{milestone.id}", "contract": f"contract:{milestone.contract_id}", "business": milestone.contract.business,
        "person": person, "amount": milestone.to_fund, "title": f"{milestone.contract.title}: {milestone.title}",
        "success_url": success_url, "cancel_url": cancel_url, "ad_spend": ads + ads_vat(ads), "ad_vat": ads_vat(ads),
        "fee": platform_fee(milestone.to_fund, milestone.contract.fee_bp)}
    return payments.charge_card(card=card, **wish) if card else payments.start_checkout(keep_card=keep_card, **wish)


def _require_young(milestone: Milestone) -> None:
    """Money paid in now stays its own 90 days: none that is about to go back is mixed with it."""
    if milestone.prefunded_minor and limits.kept_until(milestone) <= clock.now():
        raise WrongState(_l("What was kept for this step goes back to its card first: it has been held too long for it. "
                            "That takes a moment; then pay in the whole step."))


def ads_beside(milestone: Milestone, bind: bool = False) -> Money:
    """What is paid in for ads beside a milestone, before VAT; whoever keeps ad money answers. `bind` fixes the price."""
    answers = [answer for _receiver, answer in signals.ads_asked.send(milestone, bind=bind) if answer]
    return answers[0] if answers else Money(0, milestone.currency)


def cancel_funding(milestone: Milestone, person: Person) -> None:
    """Call the payment off; the milestone waits as before. Money that comes all the same goes back by itself.

    The payment is locked before the milestone, as when money comes in: the other order could lock both up.
    """
    payment = payment_under_way(milestone)
    if payment is None:
        raise WrongState()
    payments.cancel_checkout(payment, by=person)


def payment_under_way(milestone: Milestone) -> Payment | None:
    """The payment that is being made for a milestone."""
    newest = next(iter(payments_for(f"milestone:{milestone.id}")), None)
    return newest if newest and newest.may("cancel") else None


def begin_work(milestone: Milestone, action: str = "fund") -> None:
    """The money is held: work may start, and the deadline begins to run."""
    milestone.move(action)
    milestone.funded_at = clock.now()
    milestone.held_since = milestone.held_since or milestone.funded_at
    milestone.warn_at = limits.next_warning(milestone)
    milestone.due_at, milestone.owner_until = calendar.deadline(limits.days_of(milestone), milestone.funded_at), None
    signals.milestone_funded.send(milestone)
    notices.milestone_funded(milestone)


def turn_back(milestone: Milestone, payment: Payment) -> None:
    """The payment came and was given back at once: the milestone waits as before, and the business reads why."""
    milestone.move("give_up_funding")
    notices.payment_turned_back(milestone.contract, payment)


def give_up_funding(milestone: Milestone, payment: Payment) -> None:
    """The payment ended without money: the milestone waits as before. Who called it off here knows."""
    milestone.move("give_up_funding")
    if payment.status != PaymentStatus.cancelled:
        notices.funding_failed(milestone)
