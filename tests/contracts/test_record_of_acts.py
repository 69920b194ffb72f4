"""Who moved money, and why, is on record with every act: a row's newest audit entry names both."""
from __future__ import annotations

import pytest

from marketplace.contracts.commands import change_orders, clocks, funding, refunds
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import limits
from marketplace.core import audit, calendar
from marketplace.payments.queries import payments_for
from tests import people
from tests.contracts.test_clocks import go_to
from tests.factories.changes import make_change
from tests.factories.contracts import make_contract, make_delivered, make_funded, make_milestone

SYSTEM = "system"


def declined():
    order = make_change()
    change_orders.decline(order, people.ada(), Side.business)
    return order, people.ada(), None


def withdrawn():
    order = make_change()
    change_orders.withdraw(order, people.ben(), Side.manager)
    return order, people.ben(), None


def called_off():
    milestone = make_milestone(make_contract())
    funding.start_funding(milestone, people.ada(), "https://dayitto.example/a", "https://dayitto.example/b")
    funding.cancel_funding(milestone, people.ada())
    return payments_for(f"milestone:{milestone.id}")[0], people.ada(), None


def returned_because_nothing_came():
    milestone = make_funded()
    go_to(calendar.deadline(7, milestone.due_at))
    clocks.end_waiting(str(milestone.id))
    return milestone, None, "nothing was delivered"


def returned_after_ninety_days():
    milestone = make_funded()
    go_to(limits.limit_of(milestone.held_since))
    clocks.end_holding(str(milestone.id))
    return milestone, None, "held as long as it may be"


def released_after_ninety_days():
    milestone = make_delivered()
    milestone.review_until = None
    go_to(limits.limit_of(milestone.held_since))
    clocks.end_holding(str(milestone.id))
    return milestone, None, "held as long as it may be"


def given_back():
    milestone = make_funded()
    refunds.give_back(milestone, people.ben(), "I have no time.")
    return milestone, people.ben(), "I have no time."


def given_back_as_was_asked():
    milestone = make_funded()
    request = refunds.ask_refund(milestone, people.ada(), "The season is over.")
    refunds.give_back(milestone, people.ben())
    return request, people.ben(), None


@pytest.mark.parametrize("act", [declined, withdrawn, called_off, returned_because_nothing_came, returned_after_ninety_days,
                                 released_after_ninety_days, given_back, given_back_as_was_asked])
def test_who_and_why_are_on_record(app, act):
    row, person, why = act()
    newest = audit.history(row)[0]
    assert (newest.actor, newest.details.get("why")) == (f"person:{person.id}" if person else SYSTEM, why)
