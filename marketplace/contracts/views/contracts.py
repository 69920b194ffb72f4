"""A person's contracts, and one contract in one page with the money line on top."""
from __future__ import annotations

from flask import render_template, request, url_for
from flask_login import current_user

from marketplace.contracts import forms, policies, queries
from marketplace.contracts.commands import funding
from marketplace.contracts.commands.clocks import LATE
from marketplace.contracts.commands.parties import PartiesAlike, stopping
from marketplace.contracts.models import Contract, Milestone, MilestoneStatus
from marketplace.contracts.queries import limits, owner
from marketplace.contracts.queries.bonuses import bonuses_of
from marketplace.contracts.queries.change_orders import change_orders_of
from marketplace.contracts.queries.parties import party_check
from marketplace.contracts.views import pages
from marketplace.core import clock
from marketplace.core.authorisation import allow, signed_in


def address(contract: Contract) -> str:
    """The contract's page."""
    return url_for("contracts.show", contract_id=contract.id)


@pages.get("/contracts")
@signed_in
def index() -> str:
    """Offers that wait, and contracts, newest first."""
    found = queries.contracts_of(current_user, request.args.get("after"))
    return render_template("contracts/index.html", contracts=found, offers=queries.offers_waiting_for(current_user),
                           next=url_for("contracts.index", after=found.next) if found.next else None)


@pages.get("/contracts/<uuid:contract_id>")
@allow(policies.see_contract, queries.contract_seen_by)
def show(contract: Contract) -> str:
    """Where the money is, what is next, what was promised."""
    milestones = queries.milestones_of(contract)
    now = queries.current(milestones)
    pay, pays = queries.pay_of(now), policies.fund_milestone(current_user, now)
    wishes = queries.open_wishes(milestones)
    return render_template(
        "contracts/contract.html", contract=contract, milestones=milestones, milestone=now, side=queries.side_of(current_user, contract),
        stations=queries.money_line(now, pay), pay=pay, looked_at=pay.looked_at,
        limit=limits.ends(now),
        waiting_ends=limits.waiting_ends(now), owner_late=_owner_late(now),
        ownership=dict(forms.OWNERSHIP), change_orders=change_orders_of(contract),
        deliveries=queries.deliveries_of(contract) if any(row.delivered_at for row in milestones) else [],
        divisions=queries.settlements_of(now) if queries.divided(now) else [],
        refund_requests=wishes, awaited=queries.turns_of([now], [one for one in wishes if one.milestone_id == now.id]).get(now.id),
        bonuses=bonuses_of(contract) if any(row.approved_at for row in milestones) else [],
        payments=queries.payments_of(milestones) if pays else {}, pays=pays, stop=_stop(now),
        change_request=queries.last_change_request(now) if now.work == MilestoneStatus.changes_asked else None,
        payment=funding.payment_under_way(now) if now.status == MilestoneStatus.funding else None,
        handover=queries.handover_of(contract) if contract.ended_at else [])


def _owner_late(milestone: Milestone) -> bool:
    """Whether its deadline moves on just now, because the owner lets the manager wait."""
    since = owner.waiting_since(milestone.contract_id) if milestone.work in LATE else None
    return since is not None and since + owner.OWNER_GRACE <= clock.now()


def _stop(milestone: Milestone) -> PartiesAlike | None:
    """Why its money cannot be paid in: the team was asked about the two sides before. Mostly None."""
    return stopping(party_check(milestone.contract)) if milestone.status == MilestoneStatus.planned else None
