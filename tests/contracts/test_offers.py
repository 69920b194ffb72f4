"""Offers pass both ways; exactly what was read is accepted, once, by the side whose turn it is."""
from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.bids.models import BidStatus
from marketplace.contracts.commands import offers
from marketplace.contracts.models import Contract, Offer, OfferStatus
from marketplace.contracts.models.offer import Side
from marketplace.contracts.queries import milestones_of
from marketplace.contracts.views.offers import changes
from marketplace.core import clock, i18n
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.jobs.models import JobStatus
from tests import people
from tests.factories.contracts import TERMS, make_bid, make_contract, make_offer
from tests.factories.payments import make_business_debt
from tests.worker import letters, run_jobs, run_sweeps

OTHER = TERMS | {"notice_days": 14}


def test_an_offer_takes_the_bid_and_tells_the_manager(app):
    offer = make_offer()
    assert (offer.status, offer.turn, offer.bid.status) == (OfferStatus.open, Side.manager, BidStatus.offered)
    run_jobs()
    assert "Ada's Boutique" in letters("ben@example.com")[-1]["Subject"]


def test_a_second_offer_on_the_same_bid_is_refused(app):
    offer = make_offer()
    with pytest.raises(WrongState):
        make_offer(offer.bid)


def refused(act):
    with pytest.raises(WrongState) as refusal:
        act()
    with i18n.speaking("en"):
        return str(refusal.value.message)


def test_who_owes_what_its_bank_took_back_hires_nobody(app):
    """MONEY.md case 12: neither by an offer, nor by saying yes to one; the manager learns no more than that it cannot be."""
    bid, offer = make_bid(), make_offer()
    make_business_debt(offer.job.business)
    offers.counter_offer(offer, people.ben(), Side.manager, 1, OTHER)
    assert "Pay what you owe" in refused(lambda: offers.accept_offer(offer, people.ada(), Side.business, 2))
    offers.counter_offer(offer, people.ada(), Side.business, 2, TERMS)
    assert "cannot hire anybody" in refused(lambda: offers.accept_offer(offer, people.ben(), Side.manager, 3))
    make_business_debt(bid.job.business)
    assert "Pay what you owe" in refused(lambda: make_offer(bid))
    assert (bid.status, offer.status) == (BidStatus.submitted, OfferStatus.countered)
    assert db.session.scalars(select(Contract)).all() == []


def test_a_counter_offer_changes_the_turn_and_marks_what_changed(app):
    offer = make_offer()
    offers.counter_offer(offer, people.ben(), Side.manager, 1, OTHER, "Two weeks, please.")
    assert (offer.status, offer.turn, offer.latest.version) == (OfferStatus.countered, Side.business, 2)
    assert changes(offer) == {"notice_days"}


@pytest.mark.parametrize(("side", "version"), [(Side.business, 1), (Side.manager, 2), (Side.manager, 0)])
def test_only_the_side_whose_turn_it_is_accepts_only_what_it_read(app, side, version):
    offer = make_offer()
    with pytest.raises(WrongState):
        offers.accept_offer(offer, people.ben(), side, version)
    assert offer.status == OfferStatus.open


def test_accepting_freezes_the_terms_into_a_contract_and_fills_the_job(app):
    offer = make_offer()
    offers.counter_offer(offer, people.ben(), Side.manager, 1, OTHER)
    contract = offers.accept_offer(offer, people.ada(), Side.business, 2)
    assert contract.terms == OTHER
    assert contract.fee_bp == 1000
    assert [step.amount_minor for step in milestones_of(contract)] == [400_000, 300_000]
    assert (offer.bid.status, offer.job.status) == (BidStatus.accepted, JobStatus.filled)


def test_the_same_terms_again_are_no_counter_offer(app):
    with pytest.raises(Invalid):
        offers.counter_offer(make_offer(), people.ben(), Side.manager, 1, dict(TERMS))


@pytest.mark.parametrize("steps", [[], [{"title": "x", "amount_minor": 0, "days": 1}], [{"title": "", "amount_minor": 1, "days": 1}]])
def test_terms_without_whole_steps_are_refused(app, steps):
    with pytest.raises(Invalid):
        make_offer(make_bid(), milestones=steps)


def test_declining_frees_the_bid_for_another_offer(app):
    offer = make_offer()
    offers.decline_offer(offer, people.ben())
    assert (offer.status, offer.bid.status) == (OfferStatus.declined, BidStatus.shortlisted)
    assert make_offer(offer.bid).status == OfferStatus.open


def test_an_unanswered_offer_lapses_and_cannot_be_accepted(app):
    offer = make_offer()
    clock.move(timedelta(days=6))
    run_sweeps()
    assert offer.status == OfferStatus.open
    clock.move(timedelta(days=2))
    with pytest.raises(WrongState):
        offers.accept_offer(offer, people.ben(), Side.manager, 1)
    run_sweeps()
    assert (offer.status, offer.bid.status) == (OfferStatus.lapsed, BidStatus.shortlisted)


def test_two_acceptances_at_once_make_one_contract(committed):
    key = make_offer().id
    db.session.commit()

    def accept(_):
        with committed.app_context():
            try:
                offers.accept_offer(db.session.get(Offer, key), people.ben(), Side.manager, 1)
                db.session.commit()
            except WrongState:
                return 0
            return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(accept, range(4))) == 1
    assert db.session.query(Contract).count() == 1


def test_a_contract_knows_its_parties(app):
    contract = make_contract()
    assert contract.business.name == "Ada's Boutique"
    assert contract.manager.person_id == people.ben().id
