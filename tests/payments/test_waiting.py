"""Pay that waits for a dispute or for the team: only what was not sent, only of that step, manager and contract."""
from __future__ import annotations

import pytest

from marketplace.managers.commands import begin
from marketplace.payments import commands, queries
from marketplace.payments.models import ManualStatus, Transfer, TransferStatus
from tests import people
from tests.factories.payouts import make_owed, make_queued


@pytest.fixture
def mine(app) -> Transfer:
    """Pay in the queue of finance."""
    return queries.transfers_in(make_queued())[0]


def make_beside(mine: Transfer, person=None, **changes) -> Transfer:
    """More pay of the same contract, but for these changes."""
    transfer = make_owed(begin(person) if person else mine.manager)
    for name, value in ({"contract": mine.contract} | changes).items():
        setattr(transfer, name, value)
    return transfer


@pytest.mark.parametrize("status", list(TransferStatus))
def test_what_is_disputed_waits_unless_it_was_sent(mine, status):
    payout, other = mine.manual_payout, make_beside(mine)
    beside = make_beside(mine, subject=mine.subject, status=status)
    commands.hold_for_dispute(mine.subject)
    waits = status in ("due", "held", "failed")
    assert [one.disputed for one in (mine, beside, other)] == [True, waits, False]
    assert (payout.status, mine.manual_payout_id) == (ManualStatus.cancelled, None)
    other.disputed = True
    commands.let_go(mine.subject)
    assert [one.disputed for one in (mine, beside, other)] == [False, False, True]


def test_what_the_team_decides_about_waits_unless_it_was_sent(mine):
    payout = mine.manual_payout
    held, sent = make_beside(mine, status=TransferStatus.held), make_beside(mine, status=TransferStatus.sent)
    other, elsewhere = make_beside(mine, people.eve()), make_beside(mine, contract="contract:other")
    commands.hold_contract(mine.manager, mine.contract, "page_lost")
    commands.hold_contract(mine.manager, mine.contract, "cash_out")
    assert [one.reasons for one in (mine, held, sent, other, elsewhere)] == [["page_lost", "cash_out"]] * 2 + [[]] * 3
    assert payout.status == ManualStatus.cancelled
    other.reasons = elsewhere.reasons = ["page_lost"]
    commands.let_contract_go(mine.manager, mine.contract, "page_lost")
    assert [one.reasons for one in (mine, held, other, elsewhere)] == [["cash_out"], ["cash_out"], ["page_lost"], ["page_lost"]]
