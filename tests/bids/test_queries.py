"""Sealed bids, and the figures of the comparison."""
from __future__ import annotations

import pytest
from flask_login import AnonymousUserMixin

from marketplace.bids import commands, queries
from marketplace.core.i18n import speaking
from marketplace.managers.models import Kind
from tests import people
from tests.factories.bids import make_bid
from tests.factories.businesses import make_business
from tests.factories.jobs import make_job
from tests.factories.managers import make_manager


@pytest.fixture
def job(app):
    return make_job(make_business(people.ada()))


def test_only_its_manager_and_the_business_see_a_bid(job):
    make_business(people.eve())
    bid = make_bid(job, make_manager(people.ben()))
    make_bid(job, make_manager(people.eve()))
    cast = {"visitor": AnonymousUserMixin(), "ada": people.ada(), "ben": people.ben(), "eve": people.eve(), "sam": people.sam()}
    assert {name for name, reader in cast.items() if queries.bid_seen_by(reader, bid.id)} == {"ada", "ben"}


@pytest.mark.parametrize(("price", "days", "posts", "expected"), [
    (7_000_00, 30, 15, 10888), (7_000_00, 28, 15, 11666), (7_000_00, 30, None, None),
])
def test_taka_a_post(job, price, days, posts, expected):
    assert queries.per_post(make_bid(job, make_manager(people.ben()), price_minor=price, days=days, posts_a_week=posts)) == expected


def test_a_boost_has_no_price_a_post(app):
    job = make_job(make_business(people.ada()), Kind.boosting)
    assert queries.per_post(make_bid(job, make_manager(people.ben()), posts_a_week=3)) is None


def test_what_a_bid_leaves_out_is_named(job):
    bid = make_bid(job, make_manager(people.ben()), covers=["posts", "inbox"])
    with speaking("en"):
        assert queries.columns(job, [bid])[0].missing == ["Videos", "Lives", "Pictures", "Order slips", "Friday and Eid"]


def test_offers_and_the_short_list_come_first(job):
    first, second = make_bid(job, make_manager(people.ben())), make_bid(job, make_manager(people.eve()))
    commands.shortlist(second, people.ada())
    assert queries.bids_on(job) == [second, first]
