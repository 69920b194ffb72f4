"""What moved on our balance at Stripe, thing by thing, as it is compared with what Stripe says."""
from __future__ import annotations

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger import commands, queries
from marketplace.ledger.models import AccountKind
from marketplace.ledger.queries import Booked
from tests.factories.ledger import PARTIES, post_fund, post_release

STEP, OTHER = "milestone:1", "milestone:2"


def at(key: str):
    return queries.by_key(key).created_at


def a_life() -> None:
    """Paid in, less Stripe's fee; released and sent; another payment of which a part went back; a third in dollars, without Stripe's id."""
    post_fund(STEP, stripe_id="ch_1")
    commands.pay_fee("fee", subject=STEP, contract="contract:1", fee=Money(24000), stripe_id="ch_1")
    post_release(STEP)
    commands.begin_transfer("t", manager="manager:1", milestone=STEP, amount=Money(630000))
    commands.settle_transfer("t", stripe_id="tr_1")
    post_fund(OTHER, Money(100000), card_cost=Money(0), stripe_id="ch_2")
    commands.begin_refund("r", milestone=OTHER, amount=Money(40000), **PARTIES)
    commands.settle_refund("r", stripe_id="re_1")
    commands.fund("dollars", milestone=OTHER, amount=Money(500, "USD"), card_cost=Money(0, "USD"), **PARTIES)


def test_what_is_booked_for_things_by_their_ids_or_the_postings_keys(app):
    a_life()
    found = {one.id: one for one in queries.booked(["ch_1", "tr_1", "dollars", "nothing"])}
    assert found == {
        "ch_1": Booked("ch_1", "BDT", 696300, 24000, at(f"fund:{STEP}"), at("fee"), STEP),
        "tr_1": Booked("tr_1", "BDT", -630000, 0, at("t/settled"), at("t/settled"), STEP),
        "dollars": Booked("dollars", "USD", 500, 0, at("dollars"), at("dollars"), OTHER)}


def test_what_stripe_keeps_of_a_dispute_is_a_fee(app):
    a_life()
    commands.charge_back("cb", source="", subject=STEP, amount=Money(7000), stripe_id="du_1", **PARTIES)
    commands.pay_dispute_fee("df", subject=STEP, fee=Money(1500), stripe_id="du_1", **PARTIES)
    [one] = queries.booked(["du_1"])
    assert (one.net, one.fee) == (-8500, 1500)


def test_what_was_booked_after_one_moment_and_until_another(app):
    a_life()

    def ids(since, until):
        return sorted(db.session.scalars(queries.moved_between(since, until)))

    assert ids(None, at("fee")) == ["ch_1", "ch_1"]
    assert ids(at("fee"), at("t/settled")) == ["tr_1"]
    assert ids(at("fee"), at("dollars")) == ["ch_2", "dollars", "re_1", "tr_1"]


def test_the_postings_of_a_thing_that_were_not_undone(app):
    a_life()
    assert [(posting.key, *moved) for posting, *moved in queries.cash_postings("ch_1")] == [
        ("fee", -24000, "BDT"), (f"fund:{STEP}", 720300, "BDT")]
    assert [(posting.key, *moved) for posting, *moved in queries.cash_postings("dollars")] == [("dollars", 500, "USD")]
    commands.reverse("mended", of="fee", stripe_id="ch_1")
    assert [posting.key for posting, *_moved in queries.cash_postings("ch_1")] == [f"fund:{STEP}"]


def test_which_account_a_legs_amount_is_read_from(app):
    post_fund(STEP)
    posting = queries.by_key(f"fund:{STEP}")
    assert [queries.amount_in(posting, kind) for kind in (AccountKind.stripe, AccountKind.held, AccountKind.card_costs)] == [
        Money(720300), Money(700000), Money(20300)]
    assert posting.size == Money(720300)
    commands.fund("dollars", milestone=OTHER, amount=Money(500, "USD"), card_cost=Money(7, "USD"), **PARTIES)
    assert queries.by_key("dollars").size == Money(507, "USD")
