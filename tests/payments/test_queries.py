"""What is read of payments, and through whose eyes."""
from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from flask_login import AnonymousUserMixin

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.managers.commands import begin
from marketplace.payments import queries
from marketplace.payments.models import BalanceTransaction, Payout, PayoutAccount, Receipt, Refund, Transfer, TransferStatus
from marketplace.payments.queries import debts
from marketplace.payments.queries.cards import card_seen_by
from tests import people
from tests.factories.businesses import make_business
from tests.factories.payments import make_chargeback, make_failed_refund, make_failed_transfer, make_row, new_subject
from tests.factories.retainers import make_saved_card
from tests.payments.conftest import seen


def refund_of(payment, minor: int, operation: str, **changes) -> Refund:
    row = Refund(payment_id=payment.id, subject=payment.subject, operation=operation, amount_minor=minor, currency="BDT", **changes)
    db.session.add(row)
    db.session.flush()
    return row


def transfer_of(manager, minor: int, subject: str = "", **changes) -> Transfer:
    row = Transfer(manager=manager, subject=subject or new_subject(), contract="contract:1", operation=str(uuid.uuid4()),
                   amount_minor=minor, currency="BDT", **({"status": TransferStatus.due, "send_after": clock.now()} | changes))
    db.session.add(row)
    db.session.flush()
    return row


def test_who_sees_what_of_a_businesss_money(readers):
    payment = make_row(readers["ada"])
    assert seen(queries.payment_seen_by, readers, payment.id) == {"ada", "nila", "fin"}
    assert seen(card_seen_by, readers, make_saved_card(payment.business).id) == {"ada", "nila"}
    assert seen(queries.refund_seen_by, readers, make_failed_refund(payment).id) == {"fin"}
    chargeback = make_chargeback(payment, readers["ben"])
    assert seen(debts.chargeback_seen_by, readers, chargeback.id) == {"ada", "nila", "ben", "fin"}
    chargeback.manager = None
    assert seen(debts.chargeback_seen_by, readers, chargeback.id) == {"ada", "nila", "fin"}
    for query in (queries.payment_seen_by, card_seen_by, queries.refund_seen_by, debts.chargeback_seen_by):
        assert seen(query, readers, uuid.uuid4()) == set()


def test_who_sees_what_of_a_managers_money(readers):
    transfer = make_failed_transfer(readers["ben"])
    begin(readers["eve"])
    assert seen(queries.transfer_seen_by, readers, transfer.id) == {"ben", "fin"}
    assert seen(queries.transfer_seen_by, readers, uuid.uuid4()) == set()
    assert [row.id for row in queries.own_transfers(readers["ben"])] == [transfer.id]
    assert [list(queries.own_transfers(readers[name])) for name in ("ada", "eve")] == [[], []]


def test_whose_statement_one_may_take(readers):
    manager, other = begin(readers["ben"]), begin(readers["omar"])
    business, own = make_business(readers["ada"]), make_business(readers["eve"])
    assert {name: queries.statement_party(reader) for name, reader in readers.items()} == {
        "ada": f"business:{business.id}", "nila": f"business:{business.id}", "omar": f"manager:{other.id}", "ben": f"manager:{manager.id}",
        "eve": f"business:{own.id}", "fin": None, "vera": None}
    assert {name for name, reader in readers.items() if debts.owing_business(reader)} == {"ada", "nila", "eve"}


def test_the_payment_whose_money_is_held_is_the_first_that_came_for_the_subject(app):
    first, second, late, never = (make_row(people.ada()) for _number in range(4))
    for payment in (second, late, never):
        payment.subject = first.subject
    second.succeeded_at, late.succeeded_at, never.succeeded_at = (first.succeeded_at - timedelta(hours=1),
                                                                  first.succeeded_at - timedelta(hours=2), None)
    late.unclaimed = True
    db.session.flush()
    assert queries.paid_for(first.subject) is second
    assert queries.paid_for_each([first.subject, "milestone:none"]) == {first.subject: second}
    assert queries.paid_for("milestone:none") is None
    assert list(queries.payments_for(first.subject)) == [never, late, second, first]
    first.unclaimed = second.unclaimed = True
    db.session.flush()
    assert (queries.paid_for(first.subject), queries.paid_for_each([first.subject])) == (None, {})


def test_what_was_paid_for_is_called_for_both_sides(app):
    payment, other = make_row(people.ada()), make_row(people.eve())
    payment.title, other.title = "Ten posts", "Reels"
    manager = begin(people.ben())
    transfer_of(manager, 100, payment.subject)
    assert queries.titles_of(f"business:{payment.business_id}") == {payment.subject: "Ten posts"}
    assert queries.titles_of(f"manager:{manager.id}") == {payment.subject: "Ten posts"}
    assert queries.titles_of(f"business:{uuid.uuid4()}") == {}


@pytest.mark.parametrize(("status", "waits", "on_its_way"), [
    ("due", True, True), ("held", True, True), ("sending", True, True), ("failed", True, True), ("sent", False, True),
    ("arrived", False, False), ("reversed", False, False), ("gathered", False, False)])
def test_whether_something_is_still_to_be_sent_or_on_its_way(app, status, waits, on_its_way):
    transfer = transfer_of(begin(people.ben()), 100, status=TransferStatus(status))
    assert (queries.waiting_transfers(transfer.subject), queries.transfers_on_their_way(transfer.subject)) == (waits, on_its_way)
    assert not queries.transfers_on_their_way("milestone:none")


def test_what_was_sent_and_what_went_back_in_order(app):
    payment, manager = make_row(people.ada()), begin(people.ben())
    rows = [refund_of(payment, 100 + number, f"r{number}") for number in range(3)]
    refund_of(make_row(people.eve()), 7, "other")
    rows[0].failure = "written anew, so that the database has it last"
    db.session.flush()
    assert list(queries.refunds_of(payment)) == rows
    sent = [transfer_of(manager, 100 + number, payment.subject) for number in range(26)]
    transfer_of(begin(people.eve()), 7)
    sent[0].failure = "written anew, too"
    db.session.flush()
    assert list(queries.transfers_for(payment.subject)) == sent
    page = queries.transfers_of(manager.id)
    assert [*page, *queries.transfers_of(manager.id, page.next)] == sent[::-1]
    receipt = Receipt(payment_id=payment.id, year=2026)
    db.session.add(receipt)
    db.session.flush()
    assert (queries.receipt_of(payment), queries.receipt_of(make_row(people.eve()))) == (receipt, None)


def test_what_stripe_refused_newest_first_and_not_without_end(app):
    payment, manager = make_row(people.ada()), begin(people.ben())
    refunds = [refund_of(payment, 100, f"r{number}", status="failed") for number in range(51)]
    transfers = [transfer_of(manager, 100, status=TransferStatus(["failed", "held"][number % 2])) for number in range(51)]
    refund_of(payment, 100, "due")
    transfer_of(manager, 100)
    assert queries.troubled() == (refunds[:0:-1], transfers[:0:-1])


def test_our_rows_of_stripes_ids_with_what_stripe_lists_of_them(app):
    payment, manager = make_row(people.ada()), begin(people.ben())
    payment.stripe_charge_id = "ch_1"
    account = PayoutAccount(manager=manager, stripe_account_id="acct_1")
    payout = Payout(account=account, stripe_payout_id="po_1", amount_minor=1, currency="BDT")
    listed = [BalanceTransaction(stripe_id=f"txn_{number}", type="charge", source="ch_1", amount_minor=1, fee_minor=0, net_minor=1,
                                 currency="BDT", happened_at=clock.now() - timedelta(hours=number)) for number in range(51)]
    db.session.add_all([payout, *listed])
    refund, transfer = refund_of(payment, 1, "r", stripe_refund_id="re_1"), transfer_of(manager, 1, stripe_transfer_id="tr_1")
    found = queries.stripe_objects("ch_1")
    assert (found[0], len(found), set(found[1:]) <= set(listed)) == (payment, 21, True)
    assert [queries.stripe_objects(id_) for id_ in ("re_1", "tr_1", "po_1", "du_1", "ch_2")] == [[refund], [transfer], [payout], [], []]
    assert list(queries.movements_of("ch_1")) == listed[:0:-1]
    assert queries.transfer_seen_by(AnonymousUserMixin(), transfer.id) is None
    assert [queries.stripe_account_of(id_) for id_ in ("po_1", "ch_1", "po_2")] == ["acct_1", None, None]
