"""How much a repair moves, and which postings are what the books have too much."""
from __future__ import annotations

from typing import Any

import pytest

from marketplace.core import audit
from marketplace.core.errors import Invalid
from marketplace.core.money import Money
from marketplace.ledger import commands as ledger
from marketplace.payments import commands
from marketplace.payments.commands import repairs
from marketplace.payments.commands.repairs import Repair
from marketplace.payments.models import Mismatch
from tests import people
from tests.factories.payments import make_mismatch


@pytest.fixture
def booked(app) -> None:
    """Three postings of one thing at Stripe, two of them equal, and one in another currency."""
    for key, amount in (("first", Money(500)), ("second", Money(500)), ("third", Money(300)), ("fourth", Money(500, "USD"))):
        ledger.fund(key, amount=amount, card_cost=Money(0, amount.currency), stripe_id="ch_forged", contract="contract:1",
                    business="business:1", milestone="milestone:x")


def mismatch(**values: Any) -> Mismatch:
    return make_mismatch(commands.reconcile(), **values)


@pytest.mark.parametrize(("theirs", "reversed_ones", "size"), [
    (800, ["second"], 500), (1_000, ["third"], 300), (None, ["third", "second", "first"], 500), (100, [], 0)])
def test_what_the_books_have_too_much(booked, theirs, reversed_ones, size):
    """The newest posting of just that; all of them where Stripe has nothing; none where no single one is it."""
    row = mismatch(ours_minor=1_300, theirs_minor=theirs)
    assert [posting.key for posting, _amount in repairs._surplus(row)] == reversed_ones
    assert repairs.size(row, Repair.reverse) == Money(size)


def test_what_stripe_has_in_another_currency_is_undone_whole(booked):
    row = mismatch(ours_minor=1_300, theirs_minor=11, their_currency="USD")
    assert [posting.key for posting, _amount in repairs._surplus(row)] == ["third", "second", "first"]


@pytest.mark.parametrize(("ours", "theirs", "size"), [(-700, None, 700), (700, None, 700), (700, 650, 50), (None, -20, 20)])
def test_an_adjustment_is_as_large_as_the_difference(app, ours, theirs, size):
    row = mismatch(ours_minor=ours, theirs_minor=theirs, currency="USD")
    assert repairs.size(row, Repair.adjust) == repairs.size(row, Repair.explain) == Money(size, "USD")
    assert repairs.size(row, Repair.reverse) == Money(0, "USD")


def test_a_repair_of_another_kind_says_where_it_is_wrong(app):
    with pytest.raises(Invalid) as refusal:
        commands.repair(mismatch(), Repair.adjust, people.sam(), "No.")
    assert refusal.value.field == "how"


def test_who_bears_an_adjustment_may_be_told(app):
    """Otherwise it is the one that usually does."""
    kinds = {"payout_unknown": "bank", "fee": "card_costs", "adjustment_unknown": "losses"}
    for kind, bearer in kinds.items():
        row = mismatch(kind=kind, stripe_id=kind, ours_minor=None, theirs_minor=-2_000_000)
        assert commands.repair(row, Repair.adjust, people.sam(), "It is.").details["account"] == bearer
    row = mismatch(kind="fee", stripe_id="told", ours_minor=None, theirs_minor=-2_000_000)
    assert commands.repair(row, Repair.adjust, people.sam(), "It is.", account="losses").details["account"] == "losses"


def test_a_reason_at_length_is_kept_as_far_as_it_fits(app):
    row = mismatch(kind="balance", stripe_id="balance")
    commands.repair(row, Repair.fetch, people.sam(), "x" * 2001)
    assert (row.reason, audit.history(row)[0].actor) == ("x" * 2000, f"person:{people.sam().id}")
