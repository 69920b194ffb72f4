"""What each act on a contract's money leaves behind, to the last column."""
from __future__ import annotations

from marketplace.contracts.commands import milestones, refunds
from tests import people
from tests.factories.contracts import make_delivered, make_funded
from tests.trail import trail


def test_asking_for_money_back_and_giving_it(app):
    milestone = make_funded()
    with trail("refund_asked"):
        refunds.ask_refund(milestone, people.ada(), "The season is over.")
    with trail("refund_given"):
        refunds.give_back(milestone, people.ben())


def test_approving(app):
    milestone = make_delivered()
    with trail("milestone_approved"):
        milestones.approve(milestone, people.ada())
