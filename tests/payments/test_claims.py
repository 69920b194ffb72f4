"""What of a payout by hand may be claimed when somebody wants to pay it, whatever has happened since it was queued."""
from __future__ import annotations

import pytest

from marketplace.core import audit
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.payments import queries, signals
from marketplace.payments.commands import manual_payouts, transfers
from marketplace.payments.models import Doubt, ManualStatus, PayoutCheck, TransferStatus
from tests import people
from tests.factories.payouts import fin, make_check, make_owed, make_queued, make_recorded
from tests.payments.test_reversed import make_sent


def test_what_may_not_go_any_more_is_no_part_of_it(app):
    """The team has something to decide about the second contract, and nobody had said so before."""
    payout = make_queued()
    second = make_owed(payout.manager, 100_000)
    transfers.begin_transfer(str(second.id))
    [first, _second] = queries.transfers_in(payout)

    def on_payout_asked(contract):
        return "page_lost" if contract == second.contract else None

    with signals.payout_asked.connected_to(on_payout_asked):
        manual_payouts.claim(payout, fin())
    assert (payout.amount_minor, first.status, first.manual_payout_id) == (first.amount_minor, TransferStatus.sending, payout.id)
    assert (second.status, second.manual_payout_id, second.check_reason) == (TransferStatus.due, None, "page_lost")
    assert books.payable(f"manager:{payout.manager_id}") == second.amount


def test_nothing_is_paid_to_whom_the_team_has_to_look_at(app):
    """Also when that was found out after it was queued; who somebody else is matters to nobody else's pay."""
    payout, other = make_queued(), make_queued(people.eve())
    db.session.add(PayoutCheck(manager=payout.manager, account=payout.account, doubt=Doubt.not_me))
    db.session.flush()
    with pytest.raises(WrongState):
        manual_payouts.claim(payout, fin())
    manual_payouts.claim(other, fin())
    assert (payout.status, other.status) == (ManualStatus.queued, ManualStatus.claimed)


def test_an_account_that_is_left_leaves_its_own_queue(app):
    payout, other = make_queued(), make_queued(people.eve())
    manual_payouts.leave_queue(payout.account)
    assert (payout.status, other.status) == (ManualStatus.cancelled, ManualStatus.queued)


def test_what_waits_in_the_queue_does_not_join_it_again(app):
    payout = make_queued()
    [transfer] = queries.transfers_in(payout)
    transfers.begin_transfer(str(transfer.id))
    assert (payout.amount_minor, transfer.manual_payout_id) == (transfer.amount_minor, payout.id)


def test_while_the_team_looks_nothing_joins_the_queue(app):
    transfer = make_owed(make_check().manager)
    transfers.begin_transfer(str(transfer.id))
    assert (transfer.status, transfer.manual_payout_id) == (TransferStatus.held, None)
    assert audit.history(transfer)[0].details["why"] == "payouts are stopped"


def test_stripe_is_not_asked_for_what_somebody_pays_by_hand_or_has_been_sent(app):
    payout = make_queued()
    manual_payouts.claim(payout, fin())
    [by_hand] = queries.transfers_in(payout)
    sent = make_sent(Money(630_000), people.eve())
    for transfer in (by_hand, sent):
        transfers.carry_out_transfer(str(transfer.id))
    assert (by_hand.status, sent.status, payout.status) == (TransferStatus.sending, TransferStatus.sent, ManualStatus.claimed)


def test_who_pays_and_who_confirms_stand_beside_each_sum(app):
    payout, sam = make_recorded(fin()), people.sam()
    [transfer] = queries.transfers_in(payout)
    manual_payouts.confirm(payout, sam)
    actors = {entry.action: entry.actor for entry in audit.history(transfer)}
    assert actors == {"transfer.send": f"person:{fin().id}", "transfer.confirm": f"person:{sam.id}", "transfer.arrive": f"person:{sam.id}"}
