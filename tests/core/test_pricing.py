"""What people pay, get and keep always sums to the whole."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import pricing
from marketplace.core.money import Money

amounts = st.integers(min_value=0, max_value=10**11)


def test_a_boost_costs_what_the_sheet_says():
    """$40 at Tk 123 with a service charge of Tk 800, as drawn."""
    ads = pricing.ad_spend(Money(40_00, "USD"), 123_00)
    cost = pricing.total_cost(800_00, ads.minor)
    assert (cost.ad_spend, cost.vat) == (Money(4_920_00), Money(738_00))
    assert (cost.card_cost, cost.you_pay) == (Money(187_29), Money(6_645_29))
    assert (cost.manager_gets, cost.platform_keeps, cost.ads_get) == (Money(720_00), Money(80_00), Money(5_658_00))


def test_a_month_of_management_costs_what_the_sheet_says():
    cost = pricing.total_cost(7_000_00)
    assert (cost.you_pay, cost.manager_gets, cost.platform_keeps) == (Money(7_203_00), Money(6_300_00), Money(700_00))
    assert (cost.ad_spend, cost.vat, cost.held) == (Money(0), Money(0), Money(7_000_00))


def test_nothing_costs_nothing():
    assert not pricing.total_cost(0).you_pay


@pytest.mark.parametrize(("price", "ads"), [(-1, 0), (0, -1)])
def test_a_negative_price_is_refused(price, ads):
    with pytest.raises(ValueError, match="not negative"):
        pricing.total_cost(price, ads)


@given(amounts, amounts)
def test_the_parts_sum_to_the_whole(price, ads):
    cost = pricing.total_cost(price, ads)
    assert cost.manager_gets + cost.platform_keeps + cost.ads_get + cost.card_cost == cost.you_pay
    assert cost.held == cost.price + cost.ads_get


@given(amounts, amounts)
def test_no_part_is_negative_and_the_fee_takes_nothing_of_the_ads(price, ads):
    cost = pricing.total_cost(price, ads)
    assert all(part.minor >= 0 for part in (cost.manager_gets, cost.fee, cost.vat, cost.card_cost))
    assert cost.fee == pricing.total_cost(price, 0).fee
    assert cost.fee.minor * 10_000 <= price * pricing.PLATFORM_FEE_BP


@given(amounts)
def test_card_cost_is_never_less_than_its_share(charged):
    cost = pricing.card_cost(Money(charged)).minor
    assert 0 <= cost * 10_000 - charged * pricing.CARD_COST_BP < 10_000


@given(st.integers(0, 10**7), st.integers(1, 10**6))
def test_ad_spend_buys_all_the_dollars(cents, rate):
    taka = pricing.ad_spend(Money(cents, "USD"), rate).minor
    assert 0 <= taka * 100 - cents * rate < 100
