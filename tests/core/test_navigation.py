"""The navigation offers what opens, and nothing else."""
from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from marketplace.accounts.models import StaffRole
from tests.factories.businesses import make_business
from tests.people import ada, ben, eve, sam, sign_in


def places(client, address="/home"):
    """Where the head of a page leads, in order."""
    return [link["href"] for link in BeautifulSoup(client.get(address).text, "html.parser").select(".dy-top__nav a")]


@pytest.mark.parametrize("person", [ada, ben, eve, sam])
def test_every_place_offered_opens_or_leads_to_the_first_step(client, person):
    sign_in(client, person())
    offered = places(client)
    assert len(offered) > 4
    assert {address: client.get(address, follow_redirects=True).status_code for address in offered} == dict.fromkeys(offered, 200)


@pytest.mark.parametrize(("role", "offered"), [
    (StaffRole.moderator, {"/staff", "/staff/jobs", "/staff/reports", "/staff/people"}),
    (StaffRole.vetter, {"/staff", "/staff/vetting"}),
    (StaffRole.finance, {"/staff", "/staff/disputes", "/staff/ledger", "/staff/payouts", "/staff/reconciliation", "/staff/papers",
                         "/staff/exchange-rates", "/staff/bank", "/staff/money-proposals", "/staff/debts", "/staff/funding-checks",
                         "/staff/chargebacks"}),
    (StaffRole.mediator, {"/staff", "/staff/disputes"}),
])
def test_each_of_staff_is_offered_what_their_role_opens(client, role, offered):
    person = sam()
    person.staff_roles = [role]
    sign_in(client, person)
    assert set(places(client, "/staff")) == offered


def test_what_a_row_has_no_room_for_is_in_a_menu_that_needs_no_script(client):
    make_business(ada())
    sign_in(client, ada())
    page = BeautifulSoup(client.get("/business").text, "html.parser")
    row, menu = page.select(".dy-top__nav > a"), page.select_one(".dy-top__nav details")
    assert len(row) == 5
    assert [link["href"] for link in menu.select("a")] == places(client)[5:]
    assert menu.summary.get_text(strip=True) == menu.select_one("[aria-current]").get_text(strip=True)
