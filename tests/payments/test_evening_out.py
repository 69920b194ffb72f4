"""What a business paid for a debt it does not have any more goes back, the newest payment first; the rest was our loss."""
from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger import queries as books
from marketplace.payments import commands
from marketplace.payments.commands import debts
from marketplace.payments.models import Payment, PaymentStatus, Refund, RefundStatus
from tests import people
from tests.factories.businesses import make_business
from tests.factories.payments import make_business_debt, make_chargeback, make_row


@pytest.fixture
def business(app):
    return make_business(people.ada())


def debtor(business) -> str:
    return f"business:{business.id}"


def paid(business, minor: int, **changes) -> Payment:
    """A card paid this much of what the business owes, or owed."""
    payment = make_row(people.ada(), Money(minor))
    ledger.pay_debt(f"pay:{payment.id}", holder=payment.subject, source=payment.source, business=debtor(business), amount=Money(minor))
    for name, value in ({"business_id": business.id, "subject": f"debt:{business.id}"} | changes).items():
        setattr(payment, name, value)
    db.session.flush()
    return payment


def given_back(business) -> list[tuple]:
    debts.even_out(business, "even")
    assert books.owed_by(debtor(business)) == Money(0)
    rows = db.session.scalars(select(Refund).where(Refund.operation.like("even/%")).order_by(Refund.payment_id))
    return [(row.payment_id, row.amount_minor, row.operation, row.subject) for row in rows]


def lost() -> Money:
    return books.platform("losses")


def back(payment, minor: int) -> tuple:
    return payment.id, minor, f"even/{payment.id}", payment.subject


@pytest.mark.parametrize(("owed", "first", "second"), [
    (1000, 0, 300), (1299, 0, 1), (600, 0, 700), (599, 1, 700), (1, 599, 700), (0, 600, 700)])
def test_what_is_too_much_goes_back_of_the_newest_first(business, owed, first, second):
    if owed:
        make_business_debt(business, Money(owed))
    old, new = paid(business, 600), paid(business, 700)
    assert given_back(business) == [back(one, part) for one, part in ((old, first), (new, second)) if part]
    assert lost() == Money(0)


def test_who_owes_what_was_paid_gets_nothing_back(business):
    make_business_debt(business, Money(700))
    paid(business, 700)
    assert given_back(business) == []
    assert lost() == Money(0)


@pytest.mark.parametrize(("status", "part"), [(RefundStatus.due, 200), (RefundStatus.failed, 700)])
def test_what_is_on_its_way_back_does_not_go_back_twice(business, status, part):
    payment = paid(business, 700)
    db.session.add(Refund(payment_id=payment.id, subject=payment.subject, operation="x", amount_minor=500, currency="BDT", status=status))
    assert given_back(business) == [back(payment, part)]
    assert lost() == Money(700 - part) - Money(1400 - 2 * part)


@pytest.mark.parametrize("changes", [{"unclaimed": True}, {"status": PaymentStatus.refunded}, {"subject": "milestone:1"}])
def test_what_was_not_paid_for_a_debt_does_not_go_back(business, changes):
    """What is owed less than nothing was given up before: the loss is made good, to the last poisha."""
    paid(business, 1, **changes)
    assert given_back(business) == []
    assert lost() == Money(0) - Money(1)


def test_another_business_gets_nothing_back(business):
    paid(business, 700, subject=f"debt:{make_business(people.eve()).id}")
    assert given_back(business) == []


@pytest.mark.parametrize("message", [None, "Their bank has not decided."])
def test_whose_bank_has_not_decided_is_refused(business, message):
    payment = make_row(people.ada())
    payment.business_id, payment.status = business.id, PaymentStatus.charged_back
    dispute = make_chargeback(payment, people.ben()).stripe_dispute_id
    ledger.charge_back("dispute", source=payment.source, subject=payment.subject, contract="contract:1", business=debtor(business),
                       amount=payment.amount, stripe_id=dispute)
    assert books.owed_by(debtor(business)) == Money(0)
    with pytest.raises(WrongState) as refusal:
        commands.refuse_debtors(business, message)
    assert message is None or refusal.value.message == message
    assert refusal.value.message != WrongState.message


@pytest.mark.parametrize("message", [None, "The business owes something."])
def test_who_owes_one_poisha_is_refused(business, message):
    commands.refuse_debtors(business)
    make_business_debt(business, Money(1))
    with pytest.raises(WrongState) as refusal:
        commands.refuse_debtors(business, message)
    assert message is None or refusal.value.message == message
    assert refusal.value.message != WrongState.message


def test_one_poisha_may_be_given_up(business):
    make_business_debt(business, Money(1))
    commands.write_off(debtor(business), Money(1), people.sam(), "Not worth a letter", key="a")
    assert books.owed_by(debtor(business)) == Money(0)


def test_each_payment_pays_with_its_own_money(business):
    """Another that came in for the debt at the same time stays as it is."""
    make_business_debt(business, Money(700))
    old, new = (make_row(people.ada(), Money(1)) for _twice in range(2))
    for payment in (old, new):
        payment.business_id, payment.subject = business.id, f"debt:{business.id}"
        ledger.fund(f"more:{payment.id}", milestone=payment.subject, contract="contract:1", business=debtor(business), amount=Money(700),
                    card_cost=Money(0), source=payment.source, stripe_id=f"ch_{payment.id}")
    debts.settle_held(new, new.holder, Money(700), "a")
    assert books.sources_of(new.holder) == [(old.source, Money(700))]
