"""Money is whole, bounded, and never mixes currencies."""
import pytest
from hypothesis import given
from hypothesis import strategies as some

from marketplace.core.money import MAX_MINOR, CurrencyMismatch, Money

amounts = some.integers(-MAX_MINOR // 2, MAX_MINOR // 2)


@given(amounts, amounts)
def test_sums_are_exact(one, other):
    assert (Money(one) + Money(other) - Money(other)).minor == one


@given(some.integers(0, MAX_MINOR), some.integers(0, 10_000))
def test_a_fee_and_the_rest_are_the_whole(minor, basis_points):
    whole = Money(minor)
    fee = whole.share(basis_points)
    assert fee + (whole - fee) == whole
    assert Money(0) <= fee <= whole


@pytest.mark.parametrize("wrong", [1.5, "7000", True, None, MAX_MINOR + 1])
def test_only_whole_bounded_amounts(wrong):
    with pytest.raises(ValueError):
        Money(wrong)


def test_currencies_do_not_mix():
    for act in (lambda: Money(1) + Money(1, "USD"), lambda: Money(1) < Money(1, "USD")):
        with pytest.raises(CurrencyMismatch):
            act()
