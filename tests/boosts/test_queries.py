"""What work usually costs, from five contracts on; and where each taka goes."""
from __future__ import annotations

import pytest

from marketplace.boosts import queries
from marketplace.boosts.commands.prices import MEDIAN_FROM, read_prices
from marketplace.contracts.commands import change_orders
from marketplace.contracts.models import ChangeKind
from marketplace.contracts.models.offer import Side
from marketplace.core.money import Money
from tests import people
from tests.factories.boosts import RATE, make_boosting_contract
from tests.factories.businesses import make_business
from tests.factories.contracts import make_contract, make_funded, make_milestone
from tests.factories.managers import make_manager

CHARGES = (600_00, 700_00, 800_00, 900_00, 2_000_00)


def agreed(charges, **job):
    """Contracts for boosts of 40 dollars at these charges."""
    manager = make_manager(people.ben())
    for number, charge in enumerate(charges):
        business = make_business(people.person_named(f"Owner {number}", f"owner{number}@example.com"))
        contract = make_boosting_contract(business, manager, title=f"Boost {number}",
                                          link=f"https://facebook.com/shop/posts/{number}", **job)
        make_milestone(contract).amount_minor = charge


@pytest.mark.parametrize("contracts", [MEDIAN_FROM - 1, MEDIAN_FROM])
def test_a_median_is_shown_only_from_five_contracts_on(app, contracts):
    agreed(CHARGES[:contracts])
    read_prices()
    found = queries.median_of("boosting", "boutique", queries.size_of("boosting", 40))
    if contracts < MEDIAN_FROM:
        assert found is None
    else:
        assert (found.contracts, found.median_minor) == (5, 800_00 // 40)


def test_a_trade_with_too_few_shows_what_all_trades_agreed_on(app):
    agreed(CHARGES[:3])
    agreed(CHARGES[3:], trade="gadgets")
    read_prices()
    found = queries.median_of("boosting", "boutique", queries.size_of("boosting", 40))
    assert (found.trade, found.contracts) == ("", 5)
    assert queries.median_of("boosting", "boutique", queries.size_of("boosting", 20)) is None


@pytest.mark.parametrize(("dollars", "size"), [(1, 0), (20, 0), (21, 1), (50, 1), (100, 2), (101, 3)])
def test_groups_of_size_end_with_their_upper_end(dollars, size):
    assert queries.size_of("boosting", dollars) == size


def test_every_taka_of_a_boost_goes_somewhere(app):
    split = queries.split(Money(800_00), Money(40_00, "USD"), RATE, all_in_minor=165_00)
    cost = split.cost
    assert cost.ad_spend.minor == 40 * RATE
    assert cost.vat.minor * 100 == cost.ad_spend.minor * 15
    assert cost.manager_gets + cost.platform_keeps + cost.ad_spend + cost.vat + cost.card_cost == cost.you_pay
    assert split.margin == Money(40 * 165_00) - cost.ads_get
    assert split.margin.minor > 0


def test_a_paid_step_that_was_split_counts_once(app):
    step = make_funded(make_milestone(make_boosting_contract()))
    [before] = [row["median_minor"] for row in queries.medians(1) if not row["trade"]]
    wish = {"title": "The second half", "amount_minor": 400_00, "days": 3}
    order = change_orders.propose(step.contract, people.ada(), Side.business, ChangeKind.split, wish, "Two posts.", step)
    change_orders.accept(order, people.ben(), Side.manager)
    assert [row["median_minor"] for row in queries.medians(1) if not row["trade"]] == [before]


def test_of_a_paid_step_that_was_split_its_days_count_once(app):
    contract = make_contract()
    step = make_funded(make_milestone(contract))
    [before] = [row["median_minor"] for row in queries.medians(1) if not row["trade"]]
    wish = {"title": "The second half", "amount_minor": 200_000, "days": 15}
    order = change_orders.propose(contract, people.ada(), Side.business, ChangeKind.split, wish, "Two posts.", step)
    change_orders.accept(order, people.ben(), Side.manager)
    assert before == 700_000
    assert [row["median_minor"] for row in queries.medians(1) if not row["trade"]] == [before]
