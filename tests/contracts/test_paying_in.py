"""What is asked for when a step is paid in: its price, what is paid in for ads beside it, the fee that its contract froze."""
from __future__ import annotations

import pytest

from marketplace.contracts import signals
from marketplace.contracts.commands import funding
from marketplace.contracts.models import Milestone
from marketplace.core.errors import WrongState
from marketplace.core.money import Money
from tests import people
from tests.factories.contracts import make_milestone
from tests.factories.retainers import make_saved_card

ADS = Money(100_000)


@pytest.fixture
def milestone(app) -> Milestone:
    return make_milestone()


def test_ads_are_paid_in_with_their_tax_at_a_price_that_is_then_bound(milestone):
    asked = []

    def answer(row: Milestone, bind: bool) -> Money:
        asked.append((row, bind))
        return ADS

    with signals.ads_asked.connected_to(answer):
        assert funding.ads_beside(milestone) == ADS
        payment = funding.start_funding(milestone, people.ada(), "/", "/", card=make_saved_card(milestone.contract.business))
    assert asked == [(milestone, False), (milestone, True)]
    assert (payment.amount, payment.ad_spend, payment.ad_vat) == (milestone.amount, Money(115_000), Money(15_000))


def test_without_ads_there_is_nothing_beside_it_in_its_own_currency(milestone):
    milestone.currency = "USD"
    assert funding.ads_beside(milestone) == Money(0, "USD")


def test_the_fee_is_the_one_its_contract_froze(milestone):
    milestone.contract.fee_bp = 700
    payment = funding.start_funding(milestone, people.ada(), "/", "/", card=make_saved_card(milestone.contract.business))
    assert payment.fee == milestone.amount.share(700)


def test_what_nobody_pays_is_not_called_off(milestone):
    assert funding.payment_under_way(milestone) is None
    with pytest.raises(WrongState):
        funding.cancel_funding(milestone, people.ada())
