"""What was released of a step, on the pages of both sides: where each part is, what it waits for, and what came back."""
from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.contracts.commands import milestones
from marketplace.contracts.models import MilestoneStatus as S
from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.payments.commands import manual_payouts
from tests import people
from tests.contracts.test_views import page
from tests.factories.contracts import make_contract, make_delivered, make_funded, make_milestone
from tests.factories.payouts import fin, make_bank, newest, record
from tests.worker import run_sweeps

BOTH = ("ada", "ben")


def line(client, who, path):
    """The stations that a page shows first: words, amount, what stands below; and whether each is done, now or later."""
    found = page(client, getattr(people, who)(), path).select_one(".dy-money__line").select("li")
    return [(row["class"][0].removeprefix("is-"), row.get_text(" ", strip=True)) for row in found]


def pay_by_hand(milestone, reference="TRX123456"):
    """Its day comes, and finance pays it to ben's bank."""
    clock.move(max(milestone.send_after - clock.now(), timedelta()) + timedelta(minutes=1))
    run_sweeps()
    payout = newest()
    manual_payouts.claim(payout, fin())
    record(payout, fin(), reference)
    manual_payouts.confirm(payout, people.sam())
    return payout


def approved(amount=Money(400_000)):
    """The one step of a contract, approved."""
    contract = make_contract(milestones=[{"title": "All", "amount_minor": 400_000, "days": 9}])
    milestone = make_delivered(make_funded(make_milestone(contract)))
    milestones.approve(milestone, people.ada(), amount)
    return milestone


@pytest.fixture
def bank(app):
    return make_bank()


@pytest.mark.parametrize("who", BOTH)
@pytest.mark.parametrize("path", ["/wallet", "/contracts/{}"])
def test_what_was_released_in_part_is_shown_as_sent_and_arrived_while_the_rest_is_held(bank, client, who, path):
    milestone = approved(Money(150_000))
    pay_by_hand(milestone)
    day = f"{clock.today().day} {clock.today():%B}"
    held, released, sent, arrived = line(client, who, path.format(milestone.contract_id))[1:]
    assert (milestone.status, held[0], released[0]) == (S.delivered, "now", "done")
    assert "৳2,500" in held[1]
    for state, words in (sent, arrived):
        assert (state, "৳1,350" in words, day in words) == ("done", True, True)


def test_the_second_part_waits_beside_the_first_one_that_has_arrived(bank, client):
    milestone = approved(Money(150_000))
    pay_by_hand(milestone)
    milestones.approve(milestone, people.ada())
    states = [(state, words.partition(" ৳")[0]) for state, words in line(client, "ben", f"/contracts/{milestone.contract_id}")[2:]]
    assert states == [("done", "Released to the manager"), ("done", "Sent"), ("now", "To be sent"), ("done", "In the manager's bank")]


@pytest.mark.parametrize("who", BOTH)
def test_what_the_bank_sent_back_is_owed_again_on_the_page(bank, client, who):
    milestone = approved()
    payout = pay_by_hand(milestone)
    address = f"/contracts/{milestone.contract_id}"
    assert line(client, who, address)[-1][0] == "done"
    manual_payouts.record_return(payout, fin(), "Account closed")
    for path in (address, "/wallet"):
        waiting, arrived = line(client, who, path)[-2:]
        assert ("To be sent" in waiting[1], "came back from the bank" in waiting[1], "owed again" in waiting[1]) == (True, True, True)
        assert (arrived[0], milestone.arrived_at, milestone.released_at) == ("later", None, None)
    words = page(client, getattr(people, who)(), address).get_text(" ", strip=True)
    assert "Released, not sent yet" in words
    assert "It did not reach the manager. It is tried again on" in words


def test_sent_again_it_arrives_after_all(bank, client):
    milestone = approved()
    manual_payouts.record_return(pay_by_hand(milestone), fin(), "Account closed")
    clock.move(timedelta(hours=7))
    pay_by_hand(milestone, "TRX654321")
    assert [state for state, _words in line(client, "ben", f"/contracts/{milestone.contract_id}")] == ["done"] * 5
    assert milestone.arrived_at and milestone.released_at


@pytest.mark.parametrize(("who", "turn"), [("ben", "Now it is your turn"), ("ada", "Now it is for Ben")])
def test_without_an_account_it_waits_for_the_manager(app, client, who, turn):
    milestone = approved()
    clock.move(milestone.send_after - clock.now() + timedelta(minutes=1))
    run_sweeps()
    address = f"/contracts/{milestone.contract_id}"
    assert "as soon as the manager can be paid" in line(client, who, address)[-2][1]
    for path in (address, "/wallet"):
        words = page(client, getattr(people, who)(), path).get_text(" ", strip=True)
        assert turn in words
        assert "the account for pay is missing" in words
        assert "It is sent by itself" not in words
    asked = page(client, getattr(people, who)(), address).select('.btn-next[href="/payments/payout-account"]')
    assert bool(asked) == (who == "ben")
