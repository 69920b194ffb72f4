"""Grants, given through the command."""
from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from marketplace.access import commands
from marketplace.access.models import OFFERED, Grant, PageLoss, Right
from marketplace.contracts.models import Contract
from marketplace.core import clock
from tests import people
from tests.factories.channels import make_channel
from tests.factories.contracts import make_contract, make_funded, make_milestone


def make_working_contract() -> Contract:
    """Ada's contract with ben, its first step paid in."""
    contract = make_contract()
    make_funded(make_milestone(contract))
    return contract


def make_grant(contract: Contract | None = None, channel: Any = None, rights: Sequence[Right] = OFFERED, days: int = 30) -> Grant:
    """Ben's access to ada's page, active because money is held."""
    contract = contract or make_working_contract()
    channel = channel or make_channel(contract.business)
    until = (clock.today() + timedelta(days=days)).date()
    return commands.grant(contract, channel.id, rights, until, people.ada(), warned=True)


def make_lost(grant: Grant | None = None) -> PageLoss:
    """Ada has lost the page."""
    return commands.report_loss(grant or make_grant(), people.ada(), "Somebody removed me.")
