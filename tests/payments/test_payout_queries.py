"""What is read of where managers are paid, of what must be looked at, and of two parties being the same people."""
from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.businesses.models import Role
from marketplace.core import clock, crypto
from marketplace.core.db import db
from marketplace.managers.commands import begin
from marketplace.payments import queries
from marketplace.payments.models import Card, Doubt, ManualPayout, ManualStatus, PayoutAccount, PayoutCheck, Rail, Transfer, TransferStatus
from marketplace.payments.queries import payouts
from marketplace.payments.queries.likeness import same_card, same_payout_account
from tests import people
from tests.factories.businesses import make_business, make_member
from tests.factories.payments import make_row
from tests.factories.payouts import fin, make_bank, make_claimed, make_owed, make_queued
from tests.payments.conftest import seen


def account_of(manager, status: str, key: str = "", **changes) -> PayoutAccount:
    row = PayoutAccount(manager=manager, status=status, rail=Rail.manual_bank, details_key=key or None, **changes)
    db.session.add(row)
    db.session.flush()
    return row


def check_of(account, doubt: str, status: str = "open") -> PayoutCheck:
    row = PayoutCheck(account=account, manager=account.manager, doubt=doubt, status=status)
    db.session.add(row)
    db.session.flush()
    return row


def payable() -> set[uuid.UUID]:
    return set(db.session.scalars(queries.payable_managers()))


def test_where_a_manager_is_paid_now_and_next_and_was(app):
    ben, eve = begin(people.ben()), begin(people.eve())
    former, current, coming = (account_of(ben, status) for status in ("former", "current", "waiting"))
    others = account_of(eve, "checking")
    assert [queries.payout_account(one.id) for one in (ben, eve)] == [current, None]
    assert [queries.next_payout_account(one.id) for one in (ben, eve)] == [coming, others]
    assert list(queries.payout_accounts_of(ben.id)) == [former, current, coming]
    at_stripe = account_of(ben, "former")
    at_stripe.rail = Rail.stripe_connect
    db.session.flush()
    assert [queries.stripe_account(one.id) for one in (ben, eve)] == [at_stripe, None]


def test_whether_another_manager_gave_the_same_details(app):
    ben, eve = begin(people.ben()), begin(people.eve())
    account_of(ben, "former", "same")
    refused = account_of(eve, "refused", "refused")
    assert queries.same_details_elsewhere(eve.id, "same")
    assert not queries.same_details_elsewhere(ben.id, "same"), "their own"
    assert not queries.same_details_elsewhere(ben.id, refused.details_key)
    assert not queries.same_details_elsewhere(eve.id, "other")


@pytest.mark.parametrize(("doubt", "status", "stopped"), [
    ("not_me", "open", True), ("new_device", "open", True), ("name", "open", False), ("shared", "open", False),
    ("not_me", "passed", False)])
def test_what_stops_payouts(app, doubt, status, stopped):
    account = account_of(begin(people.ben()), "current")
    check_of(account_of(begin(people.eve()), "current"), "not_me")
    check_of(account, doubt, status)
    assert queries.payouts_stopped(account.manager_id) is stopped
    assert (account.manager_id in payable()) is not stopped


def test_to_whom_money_can_be_sent(app):
    ben = begin(people.ben())
    account = account_of(ben, "current")
    assert payable() == {ben.id}
    account.rail = Rail.stripe_connect
    db.session.flush()
    assert payable() == set(), "Stripe takes nothing in their name yet"
    account.transfers_active = True
    for takes_over, able in ((None, True), (clock.now() - timedelta(seconds=1), True), (clock.now() + timedelta(hours=1), False)):
        account.takes_over_at = takes_over
        db.session.flush()
        assert (payable() == {ben.id}) is able, takes_over
    account.takes_over_at, account.status = None, "former"
    db.session.flush()
    assert payable() == set()


def test_whose_account_it_is_and_who_may_stop_it(readers, monkeypatch):
    account = account_of(begin(readers["ben"]), "current")
    begin(readers["eve"])
    assert seen(queries.payout_account_seen_by, readers, account.id) == {"ben", "fin"}
    assert seen(queries.payout_account_seen_by, readers, uuid.uuid4()) == set()
    link = crypto.sign(queries.CANCEL_LINK, str(account.id))
    assert queries.disowned_by_link(None, link) is account
    monkeypatch.setattr(payouts, "CANCEL_LINK_SECONDS", -1)
    assert queries.disowned_by_link(None, link) is None, "it is too old"
    monkeypatch.undo()
    assert queries.disowned_by_link(None, crypto.sign("another-purpose", str(account.id))) is None


def test_what_finance_has_to_look_at(readers):
    account, other = account_of(begin(readers["ben"]), "current"), account_of(begin(readers["eve"]), "current")
    name, shared, passed = check_of(account, "name"), check_of(account, "shared"), check_of(account, "not_me", "passed")
    others = check_of(other, "not_me")
    name.why = "written anew, so that the database has it last"
    db.session.flush()
    assert list(queries.open_checks_of(account)) == [name, shared]
    assert (queries.open_check(account, Doubt.shared), queries.open_check(account, Doubt.not_me)) == (shared, None)
    assert list(queries.open_checks()) == [name, shared, others]
    assert [queries.has_open_check(account.manager_id, doubt) for doubt in Doubt] == [True, True, False, False]
    assert not queries.has_open_check(other.manager_id, Doubt.name)
    assert seen(queries.check_seen_by, readers, passed.id) == {"fin"}
    assert queries.checks_count() == 3


def test_payouts_that_finance_and_that_only_the_team_lets_go(readers):
    manager = make_bank(readers["ben"]).manager
    free = make_owed(manager)
    cash, lost, both = (make_owed(manager, check_reason=reason) for reason in ("cash_out", "page_lost", "cash_out+page_lost"))
    cash.failure = "written anew"
    db.session.flush()
    assert list(queries.doubted_transfers()) == [cash, both]
    assert queries.checks_count() == 2
    pays = queries.pays_of([free.subject, cash.subject, lost.subject, "milestone:none"])
    looked_at = {subject: pay.looked_at for subject, pay in pays.items() if pay.looked_at}
    assert looked_at == {cash.subject: "cash_out", lost.subject: "page_lost"}
    assert queries.pays_of([]) == {}
    assert seen(queries.doubted_transfer_seen_by, readers, cash.id) == {"fin"}


def test_payouts_by_hand_in_their_order(app):
    account = make_bank()
    rows = [ManualPayout(account=account, manager=account.manager, rail=account.rail, amount_minor=100, status=status)
            for status in ("queued", "confirmed", "queued", "paid")]
    for row in rows:
        db.session.add(row)
        db.session.flush()
    assert queries.manual_payouts(ManualStatus.queued, ManualStatus.paid) == [rows[0], rows[2], rows[3]]
    assert queries.manual_payouts(ManualStatus.queued, ManualStatus.paid, newest=True, limit=2) == [rows[3], rows[2]]
    assert queries.manual_payouts(ManualStatus.queued, limit=1) == [rows[0]]


def test_what_one_person_pays_now(readers):
    mine = make_claimed(fin(), readers["ben"])
    make_claimed(people.sam(), readers["eve"])
    queued = make_queued(people.person_named("Third Das", "third@example.com"))
    again = make_claimed(fin(), people.person_named("Fourth Das", "fourth@example.com"))
    mine.why = "written anew"
    db.session.flush()
    assert list(queries.claimed_by(fin())) == [mine, again]
    mine.status = again.status = ManualStatus.paid
    db.session.flush()
    assert list(queries.claimed_by(fin())) == []
    assert seen(queries.manual_payout_seen_by, readers, queued.id) == {"fin"}
    [first] = queries.transfers_in(queued)
    second = make_owed(queued.manager)
    first.manual_payout_id, first.failure = None, "written anew"
    db.session.flush()
    second.manual_payout_id = first.manual_payout_id = queued.id
    db.session.flush()
    assert list(queries.transfers_in(queued)) == [first, second]


def test_lists_of_what_must_be_looked_at_end_at_a_hundred(app):
    manager = begin(people.ben())
    checks = [check_of(account_of(manager, "former"), doubt) for _number in range(26) for doubt in Doubt][:101]
    db.session.add_all([Transfer(manager=manager, subject="milestone:1", contract="contract:1", operation=str(number), amount_minor=1,
                                 send_after=clock.now(), check_reason="cash_out") for number in range(101)])
    db.session.flush()
    assert list(queries.open_checks()) == checks[:100]
    assert len(queries.doubted_transfers()) == 100


def same(condition) -> bool:
    return db.session.scalar(select(condition))


def test_a_business_and_a_manager_pay_with_the_same_card(app):
    payment, manager = make_row(people.ada()), begin(people.ben())
    payment.card_key = "key"
    db.session.flush()
    assert not same(same_card(payment.business_id, manager))
    business = make_business(people.eve())
    member = make_member(business, people.ben(), Role.finance)
    other = make_row(people.eve())
    other.card_key = "key"
    db.session.flush()
    assert same(same_card(payment.business_id, manager)), "their own business did"
    member.role = Role.viewer
    db.session.flush()
    assert not same(same_card(payment.business_id, manager)), "who only looks pays nothing"
    other.person_id = people.ben().id
    db.session.flush()
    assert same(same_card(payment.business_id, manager)), "they did for somebody"
    other.card_key = "another"
    db.session.flush()
    assert not same(same_card(payment.business_id, manager))
    payment.card_key = None
    db.session.flush()
    assert not same(same_card(payment.business_id, manager))


def test_who_spends_for_a_business_is_paid_like_the_manager(app):
    manager, business = begin(people.ben()), make_business(people.ada())
    people.ada().acts_as_manager = True
    his, hers = account_of(manager, "current", "key"), account_of(begin(people.ada()), "current", "key")
    assert same(same_payout_account(business.id, manager))
    assert not same(same_payout_account(make_business(people.eve()).id, manager))
    for refused in (his, hers):
        refused.status = "refused"
        db.session.flush()
        assert not same(same_payout_account(business.id, manager))
        refused.status = "former"
        db.session.flush()
    viewer = make_bank(people.eve())
    viewer.details_key, hers.details_key = "key", "another"
    make_member(business, people.eve(), Role.viewer)
    db.session.flush()
    assert not same(same_payout_account(business.id, manager))
    hers.details_key = "key"
    make_member(business, people.ben(), Role.owner)
    hers.manager = begin(people.eve())
    db.session.flush()
    assert not same(same_payout_account(business.id, manager)), "one's own account is no sign"


def test_a_saved_card_ends_with_its_month(app):
    today = clock.today()
    card = Card(brand="visa", last4="0005", expires_month=today.month, expires_year=today.year, status="kept")
    assert (card.expired, card.usable) == (False, True)
    last = today.replace(day=1) - timedelta(days=1)
    card.expires_month, card.expires_year = last.month, last.year
    assert (card.expired, card.usable) == (True, False)
    card.expires_month, card.expires_year = 3, 2109
    assert (card.mask, card.expiry) == ("Visa •••• 0005", "03/09")
    card.status = "removed"
    assert not card.usable


def test_what_was_gathered_is_where_the_one_is_that_carries_it_and_no_taka_twice(app):
    payout = make_queued(net=30_000)
    [small] = queries.transfers_in(payout)
    large = make_owed(payout.manager, 100_000)
    small.move("gather")
    small.gathered_into_id, large.status, large.amount_minor = large.id, TransferStatus.sent, 130_000
    pays = queries.pays_of([small.subject, large.subject])
    assert [(part.amount, part.status) for subject in (small.subject, large.subject) for part in pays[subject].parts] == [
        (30_000, TransferStatus.sent), (100_000, TransferStatus.sent)]


def test_where_nothing_may_be_sent_to_a_manager_that_is_said_of_what_waits(app):
    account = make_bank()
    owed = make_owed(account.manager)
    assert not queries.pays_of([owed.subject])[owed.subject].stopped
    check_of(account, Doubt.not_me)
    owed.move("hold")
    assert (queries.pays_of([owed.subject])[owed.subject].stopped, queries.pays_of([owed.subject])[owed.subject].homeless) == (True, False)
