"""Real processes, killed (-9) at named points before and after each call to the outside: everything completes, once."""
from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import requests

from marketplace.contracts.commands import funding, refunds
from marketplace.contracts.commands import milestones as commands
from marketplace.contracts.commands.retainers import fund_by_card
from marketplace.core.db import db
from marketplace.payments.models import Card
from tests import people
from tests.contracts.life.real import RealLife, real_life
from tests.story.walker import Mismatch, Walker

POINTS = pytest.mark.parametrize("point", ["before", "after"])
OPEN_PAGE, READ_PAGE = rb"POST /stripe/v1/checkout/sessions ", rb"GET /stripe/v1/checkout/sessions/"
CLOSE_PAGE = rb"POST /stripe/v1/checkout/\S+/expire "
LOOK_FOR_TRANSFER, MAKE_TRANSFER = rb"GET /stripe/v1/transfers\?", rb"POST /stripe/v1/transfers "
LOOK_FOR_REFUND, MAKE_REFUND = rb"GET /stripe/v1/refunds\?", rb"POST /stripe/v1/refunds "
MAKE_CHARGE = rb"POST /stripe/v1/payment_intents "
LETTER = rb"\r\n\.\r\n$"


@pytest.fixture(scope="module")
def life() -> Iterator[RealLife]:
    """Web, worker and sandbox; killed and started again by each test."""
    with real_life() as running:
        yield running


@POINTS
def test_worker_killed_while_it_learns_that_a_payment_came(life, point):
    key = life.at_the_payment_page()
    life.stripe.hold(READ_PAGE, point)
    life.pay(key)
    life.kill("worker", life.stripe)
    life.until(key, "funded")
    life.check_books(key, held=life.read(key, "amount_minor"))


@POINTS
def test_worker_killed_while_it_closes_a_page_that_was_paid_in_the_last_moment(life, point):
    """The payment was called off and came all the same: it goes back, whole, once."""
    key = life.at_the_payment_page()
    life.stripe.hold(CLOSE_PAGE, point)
    life.do(lambda row: funding.cancel_funding(row, people.ada()), key)
    life.stripe.wait()
    life.pay(key)
    life.kill("worker", life.stripe)
    life.until(key, "planned")
    charges = life.charges(key)
    assert len(charges) == (point == "before")
    assert all(charge["refunded"] for charge in charges)
    life.check_books(key)


@POINTS
def test_worker_killed_while_it_charges_a_saved_card(life, point):
    """Between our row and Stripe's charge, and between Stripe's charge and our hearing of it: one charge."""
    key, card = life.planned(), life.saved_card()
    asked = life.made("/v1/payment_intents$")
    life.stripe.hold(MAKE_CHARGE, point)
    life.do(lambda row: fund_by_card(row, people.ada(), db.session.get_one(Card, card)), key)
    life.kill("worker", life.stripe)
    life.until(key, "funded")
    assert len(life.charges(key)) == 1
    assert life.made("/v1/payment_intents$") == asked + 1
    life.check_books(key, held=life.read(key, "amount_minor"))


@POINTS
@pytest.mark.parametrize("call", [LOOK_FOR_TRANSFER, MAKE_TRANSFER], ids=["looking", "making"])
def test_worker_killed_while_it_sends_a_transfer(life, call, point):
    key = life.delivered()
    asked = life.made("/v1/transfers$")
    life.stripe.hold(call, point)
    life.do(lambda row: commands.approve(row, people.ada()), key)
    life.kill("worker", life.stripe)
    life.until(key, "released")
    assert [transfer["amount"] for transfer in life.transfers(key)] == [life.read(key, "net").minor]
    assert life.made("/v1/transfers$") == asked + 1
    life.check_books(key)


@POINTS
@pytest.mark.parametrize("call", [LOOK_FOR_REFUND, MAKE_REFUND], ids=["looking", "making"])
def test_worker_killed_while_it_gives_money_back(life, call, point):
    key = life.funded()
    asked = life.made("/v1/refunds$")
    life.stripe.hold(call, point)
    life.do(lambda row: refunds.give_back(row, people.ben()), key)
    life.kill("worker", life.stripe)
    life.until(key, "refunded")
    assert [refund["amount"] for refund in life.refunds(key)] == [life.read(key, "amount_minor")]
    assert life.made("/v1/refunds$") == asked + 1
    life.check_books(key)


@POINTS
def test_worker_killed_while_it_sends_a_letter(life, point):
    """Before: one letter. After: our mail server has it and we do not know; it comes again under the same Message-ID."""
    key = life.funded()
    life.post.hold(LETTER, point)
    life.do(lambda row: commands.deliver(row, people.ben(), "Done.", ["https://facebook.com/nokshi/1"]), key)
    life.kill("worker", life.post)
    life.until(key, "delivered")
    letters = life.letters(key, "ada@example.com")
    assert len(letters) == (1 if point == "before" else 2)
    assert len(set(letters)) == 1


@POINTS
def test_web_killed_while_it_opens_the_payment_page(life, point):
    """The person saw an error; nothing is charged, and the next try is paid once."""
    key = life.planned()
    ada = life.browser("ada").open(f"/milestones/{key}/funding")
    life.stripe.hold(OPEN_PAGE, point)
    with ThreadPoolExecutor(1) as tab:
        asked = tab.submit(ada.submit, f"/milestones/{key}/funding", card="")
        life.kill("web", life.stripe)
        with pytest.raises((requests.ConnectionError, Mismatch)):
            asked.result()
    life.until(key, "planned")
    ada.open(f"/milestones/{key}/funding").submit(f"/milestones/{key}/funding", card="")
    life.pay(key)
    life.until(key, "funded")
    assert len(life.charges(key)) == 1
    life.check_books(key, held=life.read(key, "amount_minor"))


def press(tab: Walker, action: str) -> int:
    """Send the form that is open in a tab; the status of the page it led to."""
    with suppress(Mismatch):
        tab.submit(action)
    return tab.status


def test_two_real_tabs_at_once(life):
    """One approves while the other approves: one of them is told that it came too late."""
    key = life.delivered()
    tabs = [life.browser("ada").open(f"/milestones/{key}/approval") for _ in range(2)]
    with ThreadPoolExecutor(2) as hands:
        statuses = list(hands.map(lambda tab: press(tab, f"/milestones/{key}/approval"), tabs))
    assert sorted(statuses) == [200, 409]
    life.until(key, "released")
    assert len(life.transfers(key)) == 1
    life.check_books(key)


def test_a_sweep_that_died_does_not_stop_all_later_ones(life):
    """Its lock goes with it, although the next sweep is queued already and cannot be queued twice."""
    key = life.delivered()
    life.stage.kill("worker")
    life.leave_dead("core.sweep")
    life.do(lambda row: commands.approve(row, people.ada()), key)
    life.stage.restart("worker")
    life.until(key, "released")
