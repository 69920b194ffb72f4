"""Every way to pay managers: what may be typed, what is kept and shown, and that all move the same money in the books."""
from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import select

from marketplace.accounts.models import Session
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.ledger.models import Transaction
from marketplace.managers.commands import begin
from marketplace.payments.commands import manual_payouts, payout_accounts
from marketplace.payments.commands.rails import RAILS
from marketplace.payments.commands.rails.manual import details_of
from marketplace.payments.models import ManualPayout, Rail, Transfer
from tests import people
from tests.factories.payments import make_account, make_paid, make_released
from tests.factories.payouts import BANK, BKASH, fin, make_bank, make_owed, make_queued, make_recorded
from tests.worker import run_jobs, run_sweeps

NET = Money(630_000)


def test_each_rail_is_there_under_its_name():
    assert list(RAILS) == list(Rail)
    assert {rail.code for rail in RAILS.values()} == set(Rail)


@pytest.mark.parametrize(("rail", "typed", "kept"), [
    (Rail.manual_bank, {"routing": "225-261 234", "number": "১৪০২ ৫৬৭ ৮৯০১২৩"}, {"routing": "225261234", "number": "1402567890123"}),
    (Rail.manual_bank, {"holder": "  Ben   Das "}, {"holder": "Ben Das"}),
    (Rail.manual_bkash, {"number": "+88 01712-345678"}, {"number": "01712345678"}),
])
def test_details_are_kept_plain(rail, typed, kept):
    details = RAILS[rail].read((BANK if rail == Rail.manual_bank else BKASH) | typed)
    assert {name: details[name] for name in kept} == kept


@pytest.mark.parametrize(("rail", "typed", "field"), [
    (Rail.manual_bank, {"routing": "22526123"}, "routing"), (Rail.manual_bank, {"number": "12345"}, "number"),
    (Rail.manual_bank, {"number": "12AB5678"}, "number"), (Rail.manual_bank, {"bank": " "}, "bank"),
    (Rail.manual_bank, {"branch": None}, "branch"),
    (Rail.manual_bkash, {"number": "0171234567"}, "number"), (Rail.manual_bkash, {"number": "02712345678"}, "number"),
    (Rail.manual_bkash, {"number": "01112345678"}, "number"), (Rail.stripe_connect, {}, "rail"),
])
def test_what_nobody_could_pay_to_is_refused_beside_its_field(rail, typed, field):
    with pytest.raises(Invalid) as refusal:
        RAILS[rail].read((BKASH if rail == Rail.manual_bkash else BANK) | typed)
    assert refusal.value.field == field


def test_details_lie_sealed_and_open_only_in_their_own_row(app):
    account, other = make_bank(), make_bank(people.eve())
    assert details_of(account)["number"] == "1402567890123"
    assert "890123" not in str(account.sealed)
    assert account.masked == "City Bank •••• 0123"
    account.sealed, other.sealed = other.sealed, account.sealed
    with pytest.raises(InvalidToken):
        details_of(account)


def test_a_new_vault_key_opens_what_the_old_one_sealed(app, monkeypatch):
    account = make_bank()
    settings = app.extensions["settings"]
    old, new = settings.vault_keys, f"2:{'QUJD' * 10}QUI="
    object.__setattr__(settings, "vault_keys", f"{new},{old}")
    try:
        assert payout_accounts.reseal_accounts() == 1
        object.__setattr__(settings, "vault_keys", new)
        assert details_of(account)["routing"] == "225261234"
    finally:
        object.__setattr__(settings, "vault_keys", old)


def legs(manager):
    """What the books say of a manager's pay, but for the key and from which balance of ours it came."""
    cash = {"stripe": "cash", "bank": "cash"}
    postings = db.session.scalars(select(Transaction).where(Transaction.manager == f"manager:{manager.id}").order_by(Transaction.id))
    return [(posting.verb, posting.pending, sorted((cash.get(leg.account.kind, str(leg.account.kind)), str(leg.direction), leg.amount_minor)
                                                    for leg in posting.entries))
            for posting in postings if posting.verb in ("transfer", "transfer_settled", "pay_out")]


def test_each_rail_posts_the_same(stripe_app, world, client):
    by_stripe = make_account(world)
    make_released(make_paid(world), by_stripe.manager)
    run_sweeps()
    world.advance(timedelta(days=4))
    world.advance(timedelta(days=1, seconds=1))
    world.deliver(client)
    run_jobs()
    by_hand = make_recorded(fin(), people.eve())
    manual_payouts.confirm(by_hand, people.sam())
    assert [verb for verb, *_rest in legs(by_hand.manager)] == ["transfer", "transfer_settled", "pay_out"]
    assert legs(by_hand.manager) == legs(by_stripe.manager)


def test_more_than_bkash_carries_comes_in_several_payouts(app):
    """The limit of one transaction: split, and together they are the whole."""
    account = make_bank(rail=Rail.manual_bkash)
    make_owed(account.manager, 6_000_000)
    make_owed(account.manager, 600_000)
    run_sweeps()
    payouts = db.session.scalars(select(ManualPayout).order_by(ManualPayout.id)).all()
    assert sorted(payout.amount_minor for payout in payouts) == [1_600_000, 2_500_000, 2_500_000]
    for payout in payouts:
        manual_payouts.claim(payout, fin())
    assert books.payable(f"manager:{account.manager_id}") == Money(0)
    assert books.sending(f"manager:{account.manager_id}") == Money(6_600_000)
    operations = db.session.scalars(select(Transfer.operation)).all()
    assert len(operations) == len(set(operations)) == 4


def test_releasing_again_under_its_key_makes_no_more_parts(app):
    manager = make_bank(rail=Rail.manual_bkash).manager
    transfer = make_owed(manager, 6_000_000)
    run_sweeps()
    count = len(db.session.scalars(select(Transfer)).all())
    run_sweeps()
    assert (transfer.amount_minor, len(db.session.scalars(select(Transfer)).all())) == (2_500_000, count)


def test_what_left_the_queue_is_no_part_of_a_payout(app):
    payout = make_queued()
    [transfer] = db.session.scalars(select(Transfer).where(Transfer.manual_payout_id == payout.id))
    assert RAILS[Rail.manual_bank].cancel(transfer)
    assert (payout.status, payout.amount_minor, transfer.manual_payout_id) == ("cancelled", 0, None)
    run_sweeps()
    claimed = db.session.get_one(ManualPayout, transfer.manual_payout_id)
    manual_payouts.claim(claimed, fin())
    assert not RAILS[Rail.manual_bank].cancel(transfer)
    assert transfer.manual_payout_id == claimed.id


def test_a_wallet_and_no_profile_yet(app):
    """A manager is only their profile: nothing else is asked before one can be paid."""
    manager = begin(people.ben())
    assert manager.identity_name == ""
    assert payout_accounts.choose(manager, Rail.manual_bkash, BKASH, people.ben()).status == "current"


def test_the_session_of_a_known_browser_is_not_new(app):
    session = Session(person=people.ben(), token_hash="x" * 64, device="Test", address="127.0.0.1", expires_at=clock.now())
    db.session.add(session)
    db.session.flush()
    assert session.new_device is False


def test_stripe_itself_keeps_name_and_bank():
    """Nothing is read here, and nothing kept that could be shown."""
    with pytest.raises(Invalid):
        RAILS[Rail.stripe_connect].read({"holder": "Ben Das"})
    assert RAILS[Rail.stripe_connect].masked({}) == ""
