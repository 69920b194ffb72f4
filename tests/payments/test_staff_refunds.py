"""Money that staff sends back where no step decides, what a business repays, and what staff looks up at Stripe: to the poisha."""
from __future__ import annotations

import pytest

from marketplace.core.errors import Invalid, WrongState
from marketplace.core.money import Money
from marketplace.gateways import stripe
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.payments import commands, queries, signals
from marketplace.payments.commands import proposals
from marketplace.payments.commands.held import moving_held
from marketplace.payments.commands.lookups import LookUp
from marketplace.payments.models import Payment
from tests import people
from tests.factories.businesses import make_business
from tests.factories.payments import CANCEL, CONTRACT, RETURN, make_business_debt, make_row
from tests.payments.test_reversed import make_sent

WHY = {"why": "It came for nothing.", "key": "k"}


@pytest.fixture
def unclaimed(app) -> Payment:
    """One that nothing waited for, with some of its money still there."""
    payment = make_row(people.ada())
    payment.unclaimed = True
    ledger.fund("late", milestone=payment.source, contract=CONTRACT, business=f"business:{payment.business_id}", amount=Money(5_000),
                card_cost=Money(0), source=payment.source, stripe_id=payment.stripe_charge_id)
    return payment


def test_the_smallest_sum_goes_back_once_under_its_key(unclaimed):
    sam = people.sam()
    proposal = commands.refund_by_staff(unclaimed, Money(1), by=sam, **WHY)
    assert commands.refund_by_staff(unclaimed, Money(2), by=sam, **WHY) is proposal
    assert (proposal.kind, proposal.subject, proposal.contract, proposal.amount, proposal.why, proposal.proposed_by, proposal.key) == (
        "payment_refund", f"payment:{unclaimed.id}", CONTRACT, Money(1), WHY["why"], sam, "payment_refund:k")
    [refund] = queries.refunds_of(unclaimed)
    assert (refund.subject, refund.amount, refund.operation) == (unclaimed.source, Money(1), f"proposal:{proposal.id}")
    assert books.held(unclaimed.source) == Money(4_999)


@pytest.mark.parametrize("minor", [0, -1])
def test_nothing_does_not_go_back(unclaimed, minor):
    with pytest.raises(Invalid) as refusal:
        commands.refund_by_staff(unclaimed, Money(minor), by=people.sam(), **WHY)
    assert refusal.value.field == "amount"


def test_what_is_held_for_something_goes_back_from_the_page_of_that(unclaimed):
    unclaimed.unclaimed = False
    with pytest.raises(WrongState):
        commands.refund_by_staff(unclaimed, Money(1), by=people.sam(), **WHY)
    assert proposals.find("payment_refund:k") is None


def test_a_business_repays_what_it_owes_and_nothing_when_it_owes_nothing(stripe_app, world):
    business = make_business(people.ada())
    with pytest.raises(WrongState):
        commands.repay(business, people.ada(), RETURN, CANCEL)
    make_business_debt(business, Money(1))
    assert commands.repay(business, people.ada(), RETURN, CANCEL).amount == Money(1)


def test_who_keeps_held_money_hears_before_it_moves_and_after(unclaimed):
    heard = []

    def on_held_moves(payment):
        heard.append(("before", payment))

    def on_held_moved(payment):
        heard.append(("after", payment))

    with signals.held_moves.connected_to(on_held_moves), signals.held_moved.connected_to(on_held_moved), moving_held(unclaimed):
        heard.append("moved")
    assert heard == [("before", unclaimed), "moved", ("after", unclaimed)]


def test_one_of_stripes_objects_is_looked_for_where_it_lies(app, monkeypatch):
    """A manager's payout lies in their own account; silence is not the same as nothing."""
    def thing(*asked):
        if asked == ("po_silent", None):
            raise stripe.Unanswered("nothing")
        if asked not in (("tr_1", None), ("po_1", "acct_tr_1")):
            raise stripe.Refused("No such thing")
        return {"id": asked[0]}

    monkeypatch.setattr(stripe, "thing", thing)
    monkeypatch.setattr(stripe, "payout", lambda *_ids: {"id": "po_1", "amount": 5, "currency": "bdt", "status": "pending"})
    commands.sync_payout(make_sent(Money(630_000)).account, "po_1")
    assert [commands.look_up(stripe_id) for stripe_id in ("tr_1", "po_1", "po_silent", "po_none")] == [
        LookUp({"id": "tr_1"}), LookUp({"id": "po_1"}), LookUp(silent=True), LookUp()]
