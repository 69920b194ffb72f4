"""What other pages show of disputes."""
from __future__ import annotations

import uuid

from flask import render_template
from flask_login import current_user

from marketplace.contracts.models import Contract
from marketplace.contracts.queries import side_of
from marketplace.core.slots import panel
from marketplace.disputes import commands, policies, queries
from marketplace.disputes.models import GROUNDS
from marketplace.payments.models import MoneyProposal


@panel("contracts.page")
def on_contract(contract: Contract) -> str:
    """The disputes about its steps."""
    disputes = [dispute for _, found in queries.on_contract(current_user, contract.id) for dispute in found]
    return render_template("disputes/_on_contract.html", disputes=disputes, contract=contract) if disputes else ""


@panel("payments.proposal")
def decision(proposal: MoneyProposal) -> str:
    """What a decision that waits for a second person would do, and what both sides would read."""
    if proposal.kind != queries.DECISION:
        return ""
    dispute = queries.dispute_seen_by(current_user, uuid.UUID(proposal.subject.partition(":")[2]))
    said, to_manager = proposal.details["said"], proposal.details["to_manager"]
    return render_template("disputes/_waiting_decision.html", dispute=dispute, proposal=proposal, said=said, to_manager=to_manager,
                           grounds=[one for one in GROUNDS if one.code in said["grounds"]])


@panel("contracts.aside")
def way_in(contract: Contract) -> str:
    """The way to open one, for each step of which something can be claimed; why not, where it is too late."""
    if (side := side_of(current_user, contract)) is None:
        return ""
    open_to = [milestone for milestone, found in queries.on_contract(current_user, contract.id)
               if policies.open_dispute(current_user, milestone) and not queries.barred(found, side)]
    steps = [milestone for milestone in open_to if queries.claimable(milestone, side)]
    late = [(milestone, commands.too_late(milestone)) for milestone in open_to if queries.held_too_long(milestone)]
    return render_template("disputes/_way_in.html", steps=steps, late=late) if steps or late else ""
