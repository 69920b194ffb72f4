"""The one way in which held money ends: to the manager, back to the card, on to the next step, in full or in part."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from marketplace.accounts.models import Person
from marketplace.contracts import notices, signals
from marketplace.contracts.commands import funding
from marketplace.contracts.commands.holds import check_reason, send_after
from marketplace.contracts.models import Milestone, MilestoneStatus, Settlement
from marketplace.contracts.models.milestone import HELD
from marketplace.contracts.queries import open_request
from marketplace.core import clock
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.core.states import InvalidTransition
from marketplace.ledger import commands as ledger
from marketplace.payments import commands as payments
from marketplace.payments.commands.waiting import locked_for
from marketplace.payments.queries import waiting_transfers

SETTLEABLE = (*HELD, MilestoneStatus.disputed)


def settle(milestone: Milestone, *, to_manager: Money | None = None, to_business: Money | None = None, to_next: Money | None = None,
           by: Person | None, why: str = "", silent: bool = False) -> Settlement:
    """Divide what is held of a milestone and free of dispute. `by` None: a rule. `silent`: nobody said yes.

    What is not divided stays held. With nothing left the milestone ends: approved when the manager got anything, else
    refunded; a disputed one ends with its dispute. Raises Invalid when the parts are more than there is, WrongState when
    nothing is held, ledger.NotEnough when a bank has taken it back.
    """
    lock(milestone)
    if milestone.status not in SETTLEABLE:
        raise InvalidTransition(milestone, "settle")
    settlement = _settlement(milestone, to_manager, to_business, to_next, by, why)
    _check(milestone, settlement)
    _withdraw_overtaken(milestone, settlement)
    settlement.check_reason = check_reason(milestone, by) if settlement.to_manager_minor else ""
    _write(milestone, settlement, silent)
    ended = _close(milestone, by, why or ("silence" if silent else ""))
    _carry_out(milestone, settlement)
    if ended:
        _tell_end(milestone, waits=bool(settlement.to_manager_minor))
    signals.milestone_settled.send(settlement)
    return settlement


def freeze(milestone: Milestone, amount: Money, by: Person, why: str) -> None:
    """A part is disputed. Of held money so much stays until decided, the rest goes on; for released see `payments.hold_for_dispute`."""
    lock(milestone)
    held = milestone.status in HELD
    if held and not Money(0, amount.currency) <= amount <= milestone.held:
        raise Invalid(_l("This is more than is held."), field="amount")
    milestone.disputed_from = milestone.status
    milestone.move("dispute", by=by, why=why)
    milestone.frozen_minor = amount.minor if held else 0
    if not milestone.free:
        milestone.review_until = milestone.remind_at = None


def unfreeze(milestone: Milestone, by: Person | None, why: str) -> None:
    """The dispute is over without a decision: all is as before it. The caller opens the review window again where there was one."""
    lock(milestone)
    milestone.frozen_minor = 0
    milestone.move(f"return_to_{milestone.disputed_from}", by=by, why=why)
    if milestone.disputed_from in HELD:
        _end(milestone, by, why)


def decide(milestone: Milestone, *, to_manager: Money, to_business: Money, of_released: Money, by: Person | None, why: str) -> None:
    """Divide what was disputed, frozen money and `of_released` together: both parts together are just that.

    What goes back comes out of the frozen money first; only the rest of it is taken back from what was released.
    """
    if of_released:
        locked_for(f"milestone:{milestone.id}")
    lock(milestone)
    frozen = to_manager + to_business - of_released
    if frozen.minor != milestone.frozen_minor:
        raise Invalid(_l("The two parts together must be the disputed amount."))
    back = min(to_business, frozen)
    milestone.frozen_minor = 0
    if frozen:
        settle(milestone, to_manager=frozen - back, to_business=back, by=by, why=why)
    if to_business > back:
        take_back(milestone, to_business - back, f"decision:{milestone.id}")
    if milestone.agreed_held:
        milestone.move(f"return_to_{milestone.disputed_from}", by=by, why=why)
    else:
        milestone.move("resolve", by=by, why=why)
        _tell_end(milestone, waits=back < frozen)


def take_back(milestone: Milestone, amount: Money, key: str) -> None:
    """Released money goes back: what was not sent yet, then by reversal, then as a debt. The caller has locked its transfers, then it."""
    contract, nothing = milestone.contract, Money(0, amount.currency)
    payments.take_back(subject=f"milestone:{milestone.id}", contract=f"contract:{contract.id}", manager=contract.manager,
                       business=f"business:{contract.business_id}", gross=amount, key=key,
                       fee=nothing - milestone.fee_of(nothing - amount))
    milestone.released_minor -= amount.minor
    milestone.returned_minor += amount.minor
    milestone.refunded_at = clock.now()


def mark_sent(milestone: Milestone) -> None:
    """The last of what was released has left for the manager's account."""
    if milestone.agreed_held:
        return
    milestone.released_at = milestone.released_at or clock.now()
    if milestone.status == MilestoneStatus.approved:
        milestone.move("release")
        signals.milestone_ended.send(milestone)
        notices.milestone_released(milestone)
    elif milestone.disputed_from == MilestoneStatus.approved:
        milestone.disputed_from = MilestoneStatus.released


def write_off(milestone: Milestone, amount: Money, why: str) -> None:
    """This much of what was held is with the business for good, without our doing. A disputed step ends with its dispute."""
    milestone.adrift_minor += amount.minor
    milestone.returned_minor += amount.minor
    milestone.refunded_at = clock.now()
    milestone.frozen_minor = min(milestone.frozen_minor, milestone.agreed_held.minor)
    signals.milestone_written_off.send(milestone)
    if milestone.status in HELD:
        _end(milestone, None, why)


def next_step(milestone: Milestone) -> Milestone | None:
    """The step that held money may go on to: the next one that is not paid in."""
    return db.session.scalars(_next_step(milestone)).first()


def _next_step(milestone: Milestone) -> Select[tuple[Milestone]]:
    later = select(Milestone).where(Milestone.contract_id == milestone.contract_id, Milestone.position > milestone.position,
                                    Milestone.status == MilestoneStatus.planned)
    return later.order_by(Milestone.position).limit(1)


def _settlement(milestone: Milestone, to_manager: Money | None, to_business: Money | None, to_next: Money | None, by: Person | None,
                why: str) -> Settlement:
    gross, back, on = (part.minor if part else 0 for part in (to_manager, to_business, to_next))
    fee = milestone.fee_of(Money(gross, milestone.currency))
    return Settlement(milestone=milestone, person_id=by.id if by else None, to_manager_minor=gross, fee_minor=fee.minor,
                      to_business_minor=back, to_next_minor=on, why=why[:2000])


def _check(milestone: Milestone, settlement: Settlement) -> None:
    parts = (settlement.to_manager_minor, settlement.to_business_minor, settlement.to_next_minor)
    if min(parts) < 0 or not any(parts):
        raise Invalid(_l("Write an amount."), field="amount")
    if sum(parts) > milestone.free.minor:
        raise Invalid(_l("This is more than is held."), field="amount")
    if settlement.to_next_minor:
        settlement.next = _room(milestone, settlement.to_next)


def _room(milestone: Milestone, amount: Money) -> Milestone:
    """The next step, locked; one that is paid in at this moment is none any more."""
    locked = _next_step(milestone).with_for_update(of=Milestone, key_share=True).execution_options(populate_existing=True)
    following = db.session.scalars(locked).first()
    if following is None:
        raise WrongState(_l("There is no next step that is not paid in yet."))
    if amount > following.to_fund:
        raise Invalid(_l("The next step does not cost that much."), field="amount")
    return following


def _withdraw_overtaken(milestone: Milestone, settlement: Settlement) -> None:
    """A wish for more than will be left has no answer any more."""
    left = milestone.free - settlement.to_manager - settlement.to_business - settlement.to_next
    if (request := open_request(milestone)) and request.amount_minor > left.minor:
        request.move("withdraw")


def _write(milestone: Milestone, settlement: Settlement, silent: bool) -> None:
    db.session.add(settlement)
    milestone.released_minor += settlement.to_manager_minor
    milestone.returned_minor += settlement.to_business_minor
    milestone.rolled_minor += settlement.to_next_minor
    if settlement.to_manager_minor:
        milestone.approved_at, milestone.approved_by_silence = clock.now(), silent
        milestone.send_after = send_after(milestone.contract, milestone.approved_at, silent=silent)
    if settlement.to_business_minor:
        milestone.refunded_at = clock.now()


def _carry_out(milestone: Milestone, settlement: Settlement) -> None:
    """Each part by its own verb, under this settlement's key."""
    key = f"settlement:{settlement.id}"
    if settlement.to_manager_minor:
        _release(milestone, settlement, key)
    if settlement.to_business_minor:
        payments.refund(subject=f"milestone:{milestone.id}", amount=settlement.to_business, key=key)
    if settlement.next:
        _roll_over(milestone, settlement, settlement.next, key)


def _release(milestone: Milestone, settlement: Settlement, key: str) -> None:
    contract = milestone.contract
    sent = payments.release(manager=contract.manager, subject=f"milestone:{milestone.id}", contract=f"contract:{contract.id}", key=key,
                            gross=settlement.to_manager, fee=settlement.to_manager - settlement.net, send_after=milestone.send_after,
                            check_reason=settlement.check_reason)
    settlement.check_reason = next((transfer.check_reason for transfer in sent), "")


def _roll_over(milestone: Milestone, settlement: Settlement, following: Milestone, key: str) -> None:
    contract = milestone.contract
    ledger.roll_over(key, milestone=f"milestone:{milestone.id}", to=f"milestone:{following.id}", contract=f"contract:{contract.id}",
                     business=f"business:{contract.business_id}", amount=settlement.to_next)
    following.prefunded_minor += settlement.to_next_minor
    following.held_since = min(filter(None, (following.held_since, milestone.held_since)), default=None)
    if not following.to_fund:
        funding.begin_work(following, "fund_ahead")


def _end(milestone: Milestone, by: Person | None, why: str) -> None:
    """Nothing left: the milestone's own end, and whoever waits for it hears."""
    if _close(milestone, by, why):
        _tell_end(milestone)


def _close(milestone: Milestone, by: Person | None, why: str) -> bool:
    """Whether nothing is left, and so its own end. Otherwise it stays as it is, and its clocks with it; so while a bank decides."""
    if milestone.agreed_held:
        return False
    milestone.review_until = milestone.remind_at = milestone.warn_at = None
    if milestone.status == MilestoneStatus.disputed:
        return False
    milestone.move(_ending(milestone), by=by, why=why)
    return True


def _tell_end(milestone: Milestone, waits: bool = False) -> None:
    """With nothing to send any more, what was released is with the manager. `waits`: something was released just now."""
    if milestone.status in (MilestoneStatus.refunded, MilestoneStatus.resolved):
        signals.milestone_ended.send(milestone)
    if milestone.released_minor and not waits and not waiting_transfers(f"milestone:{milestone.id}"):
        mark_sent(milestone)


def _ending(milestone: Milestone) -> str:
    if not milestone.released_minor:
        return "refund"
    return "approve" if milestone.status == MilestoneStatus.delivered else "complete"
