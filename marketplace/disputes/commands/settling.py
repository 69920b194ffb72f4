"""The sides may settle it between them at any time before the decision: give way, claim less, or divide."""
from __future__ import annotations

from flask_babel import lazy_gettext as _l

from marketplace.accounts.models import Person
from marketplace.contracts.commands import contracts, milestones, settlements
from marketplace.contracts.models import Milestone, MilestoneStatus
from marketplace.contracts.models.offer import Side
from marketplace.core import audit, clock
from marketplace.core.db import db, lock
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.money import Money
from marketplace.disputes import notices, queries
from marketplace.disputes.models import Dispute, Outcome, SplitProposal
from marketplace.payments import commands as payments
from marketplace.payments.commands import proposals


def accept_claim(dispute: Dispute, person: Person, side: Side) -> None:
    """The other side gives all that is claimed."""
    if side is dispute.by_side:
        raise NotAllowed()
    dispute.move("settle", by=person, why=Outcome.accepted)
    nothing = Money(0, dispute.currency)
    to_business = dispute.claimed if dispute.by_side is Side.business else nothing
    _agree(dispute, person, Outcome.accepted, to_business)


def propose(dispute: Dispute, person: Person, side: Side, to_manager: Money, note: str = "") -> SplitProposal:
    """Propose what of the claim the manager gets; the rest goes back to the business. It replaces the proposal there is."""
    _undecided(dispute)
    if to_manager.minor < 0 or dispute.claimed < to_manager:
        raise Invalid(_l("Divide only what is claimed."), field="to_manager")
    end_proposal(dispute, "replace", person)
    proposal = SplitProposal(dispute=dispute, dispute_id=dispute.id, by_side=side, person_id=person.id, to_manager_minor=to_manager.minor,
                             to_business_minor=(dispute.claimed - to_manager).minor, note=note)
    db.session.add(proposal)
    notices.proposed(proposal)
    return proposal


def accept_proposal(proposal: SplitProposal, person: Person, side: Side) -> None:
    """The other side agrees: it is divided so."""
    if side is proposal.by_side:
        raise NotAllowed()
    dispute = proposal.dispute
    dispute.move("settle", by=person, why=Outcome.split)
    proposal.move("accept", by=person)
    _agree(dispute, person, Outcome.split, proposal.to_business)


def decline_proposal(proposal: SplitProposal, person: Person, side: Side) -> None:
    """The other side does not."""
    if side is proposal.by_side:
        raise NotAllowed()
    _undecided(proposal.dispute)
    proposal.move("decline", by=person)
    notices.declined(proposal)


def reduce_claim(dispute: Dispute, person: Person, amount: Money) -> None:
    """Claim less: what is no longer claimed goes on as before. Raises Invalid unless it is less, and something."""
    _undecided(dispute)
    if not Money(0, dispute.currency) < amount < dispute.claimed:
        raise Invalid(_l("Write an amount that is less than what is claimed now."), field="amount")
    end_proposals(dispute, person)
    audit.record("dispute.reduce", dispute, person, before=dispute.claimed_minor, after=amount.minor)
    _claim(dispute, person, amount)
    notices.reduced(dispute)


def withdraw(dispute: Dispute, person: Person) -> None:
    """Claim nothing any more: all is as it was before."""
    dispute.move("withdraw", by=person)
    end_proposals(dispute, person)
    if dispute.released:
        payments.let_go(f"milestone:{dispute.milestone_id}")
    settlements.unfreeze(dispute.milestone, by=person, why="withdrawn")
    _look_again(dispute.milestone, dispute.milestone.status)
    notices.withdrawn(dispute)


def _claim(dispute: Dispute, person: Person, amount: Money) -> None:
    """Of held money first, as ever. Payouts are locked before the milestone."""
    held, released = dispute.claimed - dispute.released, dispute.released
    dispute.claimed_minor, dispute.released_minor = amount.minor, max((amount - held).minor, 0)
    if released and not dispute.released:
        payments.let_go(f"milestone:{dispute.milestone_id}")
    if amount < held:
        settlements.unfreeze(dispute.milestone, by=person, why="reduced")
        settlements.freeze(dispute.milestone, amount, by=person, why=dispute.reason)
        _look_again(dispute.milestone, dispute.milestone.disputed_from)


def carry_out(dispute: Dispute, person: Person, outcome: Outcome, to_business: Money) -> None:
    """Divide what is claimed; the rest of it is the manager's. Payouts are locked before the milestone, as everywhere."""
    end_proposals(dispute, person)
    dispute.outcome, dispute.settled_at, dispute.settled_by = outcome, clock.now(), person.id
    dispute.to_business_minor, dispute.to_manager_minor = to_business.minor, (dispute.claimed - to_business).minor
    dispute.remind_at = None
    subject = f"milestone:{dispute.milestone_id}"
    if dispute.released:
        payments.hold_for_dispute(subject)
    settlements.decide(dispute.milestone, to_manager=dispute.to_manager, to_business=to_business, of_released=dispute.released, by=person,
                       why=f"dispute:{dispute.id}")
    if dispute.released:
        payments.let_go(subject)
    if dispute.lost_by_manager:
        contracts.note_lost_dispute.later(dispute.milestone.contract_id, once=f"lost-dispute:{dispute.id}")


def _look_again(milestone: Milestone, status: MilestoneStatus | None) -> None:
    """A review window that stood still, or ended, while its money was claimed begins anew."""
    over = milestone.review_until is None or milestone.review_until <= clock.now()
    if status == MilestoneStatus.delivered and over:
        milestones.open_review(milestone)


def _agree(dispute: Dispute, person: Person, outcome: Outcome, to_business: Money) -> None:
    carry_out(dispute, person, outcome, to_business)
    notices.settled(dispute)


def _undecided(dispute: Dispute) -> None:
    lock(dispute)
    if not dispute.undecided:
        raise WrongState()


def end_proposals(dispute: Dispute, person: Person | None) -> None:
    """Neither what a side proposed stands any more, nor a decision that waits for a second person of the team."""
    end_proposal(dispute, "lapse", person)
    for waiting in queries.waiting_decisions(dispute):
        proposals.lapse.later(waiting.id, once=f"money_proposal.lapse:{waiting.id}")


def end_proposal(dispute: Dispute, how: str, person: Person | None) -> None:
    """The proposal there is does not stand any more. The dispute is locked: whoever answers one waits for it."""
    if proposal := queries.open_proposal(dispute):
        proposal.move(how, by=person)
