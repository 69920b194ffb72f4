"""What finance reads: debts, cards, cash, charge-backs, differences and proposals."""
from __future__ import annotations

import uuid
from datetime import timedelta

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.ledger.commands.posting import credit, debit, post
from marketplace.ledger.models import AccountKind
from marketplace.payments import commands, queries
from marketplace.payments.models import BankPayout, EventCursor, Evidence, MismatchStatus, StripeEvent
from marketplace.payments.queries import bank, debts
from marketplace.payments.queries.cards import cards_of
from tests import people
from tests.factories.businesses import make_business
from tests.factories.payments import (
    make_business_debt,
    make_chargeback,
    make_debt,
    make_failed_transfer,
    make_mismatch,
    make_proposal,
    make_reversal,
    make_row,
)
from tests.factories.payouts import fin
from tests.factories.retainers import make_saved_card
from tests.payments.conftest import seen


def test_what_only_finance_sees(readers):
    run = commands.reconcile()
    mismatch = make_mismatch(run)
    payment = make_row(readers["ada"])
    reversal = make_reversal(make_failed_transfer(readers["ben"]), payment)
    for query, row in ((queries.reconciliation_seen_by, run), (queries.mismatch_seen_by, mismatch), (queries.payment_for_finance, payment),
                       (queries.proposal_seen_by, make_proposal(mismatch, people.sam())), (debts.reversal_seen_by, reversal)):
        assert seen(query, readers, row.id) == {"fin"}
        assert query(readers["fin"], row.id) is row
        assert seen(query, readers, uuid.uuid4()) == set()
    payment.succeeded_at = None
    assert queries.payment_for_finance(readers["fin"], payment.id) is None


def test_saved_cards_newest_first_without_those_taken_off(app):
    business = make_business(people.ada())
    first, second, gone = (make_saved_card(business, stripe_payment_method_id=f"pm_{number}") for number in range(3))
    make_saved_card(make_business(people.eve()))
    gone.status = "removed"
    db.session.flush()
    assert list(cards_of(business.id)) == [second, first]


def test_debts_of_both_kinds_largest_first(readers):
    business, other = make_business(readers["ada"]), make_business(readers["eve"])
    mine, theirs = make_business_debt(business, Money(300)), make_debt(readers["ben"], Money(500))
    ledger.charge_back("of nobody known", source="payment:9", subject="milestone:1", contract="contract:1",
                       business=f"business:{uuid.uuid4()}", amount=Money(900), stripe_id="du_9")
    assert [(debt.ref, debt.debtor.name, debt.amount) for debt in debts.debts()] == [
        (theirs, "Ben Das", Money(500)), (mine, business.name, Money(300))]
    kind, _, key = theirs.partition(":")
    assert seen(debts.debt_seen_by, readers, kind, uuid.UUID(key)) == {"fin"}
    debt = debts.debt_seen_by(readers["fin"], "business", business.id)
    assert (debt.ref, debt.debtor, debt.amount) == (mine, business, Money(300))
    for kind, key in (("business", other.id), ("milestone", business.id), ("manager", uuid.uuid4())):
        assert debts.debt_seen_by(readers["fin"], kind, key) is None


def test_nobody_owes_anything(app):
    assert debts.debts() == []


def test_what_is_taken_back_and_not_the_businesss_yet(app):
    payment = make_row(people.ada())
    transfer = make_failed_transfer(people.ben())
    rows = []
    for number in range(52):
        rows.append(make_reversal(transfer, payment))
        rows[-1].operation = f"decision:{number}"
    rows[5].status = "returned"
    db.session.flush()
    assert debts.reversals_under_way() == [row for row in rows[::-1] if row is not rows[5]][:50]


def test_what_was_said_of_a_charge_back_oldest_first(app):
    mine, other = make_chargeback(make_row(people.ada()), people.ben()), make_chargeback(make_row(people.eve()), people.ben())
    said = [Evidence(chargeback=row, person=people.ben(), kind="uncategorized_file", text=text)
            for row, text in ((mine, "one"), (other, "elsewhere"), (mine, "two"))]
    for one in said:
        db.session.add(one)
        db.session.flush()
    said[0].stripe_file_id = "file_1"  # written anew, so that the database has it last
    db.session.flush()
    assert list(debts.evidence_of(mine)) == [said[0], said[2]]


def test_where_our_cash_lies_by_currency(app):
    assert bank.cash() == []
    make_row(people.ada())
    ledger.fund_bank("fb", amount=Money(500), stripe_id="po_1")
    ledger.fund("dollars", milestone="milestone:1", contract="contract:1", business="business:1", amount=Money(50, "USD"),
                card_cost=Money(0, "USD"))
    adjusted = [credit(AccountKind.bank, "platform", Money(5, "EUR")), debit(AccountKind.losses, "platform", Money(5, "EUR"))]
    post("by hand", "adjust", adjusted)
    db.session.add_all([BankPayout(stripe_payout_id=f"po_{minor}", amount_minor=minor, currency=currency, arrives_on=clock.now().date(),
                                   status=status) for minor, currency, status in (
        (150, "BDT", "pending"), (50, "BDT", "pending"), (7, "USD", "pending"), (70, "BDT", "paid"), (9, "BDT", "failed"))])
    db.session.flush()
    assert bank.cash() == [bank.Cash(Money(719800), Money(200), Money(300)),
                           bank.Cash(Money(0, "EUR"), Money(0, "EUR"), Money(-5, "EUR")),
                           bank.Cash(Money(50, "USD"), Money(7, "USD"), Money(-7, "USD"))]


def test_differences_by_status_and_what_stripe_told_us(app):
    assert queries.events_read() == queries.events_read().__class__(None, None, 0, None)
    run = commands.reconcile()
    make_mismatch(run)
    for number in range(2):
        make_mismatch(run, stripe_id=f"ch_{number}", status="gone")
    assert queries.mismatch_counts() == {"open": 1, "gone": 2}
    now = clock.now()
    db.session.add_all([EventCursor(account="platform", seen_until=now - timedelta(hours=1), looked_at=now),
                        EventCursor(account="acct_1", seen_until=now - timedelta(hours=2), looked_at=now - timedelta(hours=3))])
    db.session.flush()
    read = queries.events_read()
    assert (read.looked_at, read.seen_until, read.waiting, read.oldest) == (now, now - timedelta(hours=1), 0, None)
    db.session.add_all([StripeEvent(source="platform", event_id=f"evt_{hours}", type="x", object_id="", payload={}, happened_at=now,
                                    created_at=now - timedelta(hours=hours), handled_at=handled)
                        for hours, handled in ((1, None), (3, None), (5, now))])
    db.session.flush()
    read = queries.events_read()
    assert (read.waiting, read.oldest) == (2, now - timedelta(hours=3))


def test_lists_of_finance_go_on(app):
    run = commands.reconcile()
    rows = [make_mismatch(run, stripe_id=f"ch_{number}") for number in range(26)]
    page = queries.mismatches(MismatchStatus.open, None)
    assert [*page, *queries.mismatches(MismatchStatus.open, page.next)] == rows[::-1]
    proposed = [make_proposal(row, people.sam()) for row in rows]
    page = queries.proposals(waiting=True, after=None)
    assert [*page, *queries.proposals(waiting=True, after=page.next)] == proposed[::-1]


def test_what_staff_wanted_about_one_thing_newest_first(app):
    run = commands.reconcile()
    mismatch, other = make_mismatch(run), make_mismatch(run, stripe_id="ch_other")
    rows = []
    for number in range(22):
        proposal = make_proposal(mismatch, people.sam())
        proposal.key = f"k{number}"
        commands.decline(proposal, fin(), "No.")
        rows.append(proposal)
    make_proposal(other, people.sam())
    assert list(queries.proposals_about(f"mismatch:{mismatch.id}")) == rows[:1:-1]
    assert queries.posting_reason(f"mend:{mismatch.id}") is mismatch
    assert queries.posting_reason(f"mend:{mismatch.id}:again") is mismatch
    assert queries.posting_reason(f"payment:{mismatch.id}") is None
