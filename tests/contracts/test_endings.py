"""A contract ends at once, and closes when nothing is left in it."""
from __future__ import annotations

from datetime import timedelta

from marketplace.contracts import signals
from marketplace.contracts.commands import contracts, refunds, settlements
from marketplace.contracts.models import ContractStatus
from marketplace.contracts.models.offer import Side
from marketplace.core import clock
from tests import people
from tests.factories.contracts import make_approved, make_contract, make_funded, make_milestone
from tests.pages import words
from tests.people import sign_in
from tests.worker import run_jobs, run_sweeps

WAIVED = "contracts.commands.contracts.waive_list"


def end(contract):
    contracts.end_contract(contract, people.ada(), Side.business, "The season is over.")
    return contract


def closed(contract):
    """Ended, its list waived."""
    end(contract)
    for item in contracts.open_items(contract):
        contracts.tick_handover(item, people.ada())
    assert contract.status == ContractStatus.closed
    return contract


def test_ending_is_announced_at_once(app):
    told = []
    with signals.contract_ended.connected_to(lambda contract: told.append(contract.id)):
        contract = end(make_contract())
    assert told == [contract.id]
    assert contract.status == ContractStatus.ending


def test_the_page_says_how_many_days_ahead_they_agreed_to_say_so(client):
    contract = make_contract()
    page = words(sign_in(client, people.ada()).get(f"/contracts/{contract.id}/ending"))
    assert f"You two agreed to say so {contract.terms['notice_days']} days ahead" in page


def test_it_closes_when_the_list_is_empty(app):
    assert closed(make_contract()).closed_at is not None


def test_a_contract_with_released_work_is_a_clean_one(app):
    milestone = make_approved()
    run_jobs()
    settlements.mark_sent(milestone)
    assert (closed(milestone.contract).clean, milestone.contract.manager.clean_contracts) == (True, 1)


def test_without_released_work_a_contract_is_no_clean_one(app):
    contract = closed(make_contract())
    assert (contract.clean, contract.manager.clean_contracts) == (False, 0)


def test_held_money_delays_closing_until_it_has_gone(app):
    milestone = make_funded(make_milestone(make_contract()))
    contract = end(milestone.contract)
    for item in contracts.open_items(contract):
        contracts.tick_handover(item, people.ada())
    assert contract.status == ContractStatus.ending
    refunds.give_back(milestone, people.ben())
    contracts.close_when_settled(contract)
    assert contract.status == ContractStatus.closed
    assert contract.manager.clean_contracts == 0


def test_the_list_waives_itself(app):
    contract = end(make_contract())
    clock.move(timedelta(days=9))
    run_sweeps()
    assert contract.status == ContractStatus.closed


def test_a_contract_with_money_in_it_is_looked_at_once_a_day(app):
    milestone = make_funded(make_milestone(make_contract()))
    contract = end(milestone.contract)
    clock.move(timedelta(days=9))
    assert WAIVED in run_sweeps()
    assert (contract.status, contracts.open_items(contract)) == (ContractStatus.ending, [])
    assert WAIVED not in run_sweeps()
    refunds.give_back(milestone, people.ben())
    clock.move(timedelta(days=1))
    assert WAIVED in run_sweeps()
    assert contract.status == ContractStatus.closed
