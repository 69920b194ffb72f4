"""What access does when contracts and connections below it change."""
from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from marketplace.access import commands, queries
from marketplace.channels import signals as channels
from marketplace.contracts import signals as contracts
from marketplace.contracts.models import Contract, Milestone
from marketplace.managers.models import Manager
from marketplace.payments import signals as payments
from marketplace.payments.models.outgoing import PAGE_LOST


@contracts.contract_ended.connect
def on_contract_ended(contract: Contract) -> None:
    """Access stops with the contract; the line of the hand-over list is a job's, because the list is being worked on."""
    commands.revoke_all(queries.live_grants(contract), "contract")
    commands.settle_contract.later(contract.id, once=f"settle-contract:{contract.id}")


@contracts.milestone_funded.connect
def on_milestone_funded(milestone: Milestone) -> None:
    """Money is held: access begins or goes on."""
    commands.resume_all(milestone.contract)


@contracts.owner_awaited.connect
def on_owner_awaited(_sender: None) -> Select:
    """Access that was asked for and is not given."""
    return queries.waiting_for_access()


@payments.payout_asked.connect
def on_payout_asked(contract: str) -> str:
    """A page of the contract is lost: whatever was released meanwhile waits."""
    return PAGE_LOST if commands.lost_pages(contract) else ""


@payments.payee_doubted.connect
def on_payee_doubted(manager: Manager) -> None:
    """A new payout account from a new browser: a job, because rows are locked here and calls may be under way."""
    commands.doubt.later(manager.id, once=f"doubt:{manager.id}")


@payments.payee_cleared.connect
def on_payee_cleared(manager: Manager) -> None:
    """Finance has looked and found nothing wrong."""
    commands.clear.later(manager.id, once=f"clear:{manager.id}")


@channels.channel_disconnected.connect
def on_channel_disconnected(channel: Any) -> None:
    """Without a connection there is nothing to give."""
    commands.revoke_all(queries.live_on(channel.id), "channel")


@channels.channel_withdrawn.connect
def on_channel_withdrawn(channel: Any, confirmed: bool) -> None:
    """The platform's part of the checklist is done."""
    commands.confirm_withdrawal(channel, confirmed)
