"""The navigation offers what opens, and nothing else."""
from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from marketplace.accounts.models import StaffRole
from marketplace.moderation.commands import report
from tests.factories.businesses import make_business
from tests.factories.contracts import make_milestone
from tests.factories.jobs import make_job
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


def marked(client, address):
    """Which place says that the open page is its own."""
    return [link["href"] for link in BeautifulSoup(client.get(address).text, "html.parser").select(".dy-top__nav a[aria-current]")]


def test_a_page_of_staff_marks_the_place_it_belongs_to(client):
    person = sam()
    person.staff_roles = [StaffRole.finance]
    sign_in(client, person)
    assert marked(client, "/staff/payouts") == ["/staff/payouts"]
    assert marked(client, "/staff/payout-checks") == ["/staff"]
    assert marked(client, "/staff/bank") == ["/staff/bank"]


def test_a_page_marks_the_place_above_it_or_the_one_of_its_domain(app, client):
    milestone = make_milestone()
    sign_in(client, ada())
    assert marked(client, f"/contracts/{milestone.contract_id}") == ["/contracts"]
    assert marked(client, f"/milestones/{milestone.id}/funding") == ["/contracts"]
    assert marked(client, "/wallet") == ["/wallet"]
    assert marked(client, "/settings") == []


def test_a_report_that_is_open_marks_the_reports(app, client):
    made = report(make_job(make_business(ada())), "Job", eve(), "false", "The pictures are another shop's.")
    assert marked(sign_in(client, sam()), f"/staff/reports/{made.id}") == ["/staff/reports"]


def test_what_a_row_has_no_room_for_is_in_a_menu_that_needs_no_script(client):
    make_business(ada())
    sign_in(client, ada())
    page = BeautifulSoup(client.get("/business").text, "html.parser")
    row, menu = page.select(".dy-top__nav > a"), page.select_one(".dy-top__nav details")
    assert len(row) == 5
    assert [link["href"] for link in menu.select("a")] == places(client)[5:]
    assert menu.summary.get_text(strip=True) == menu.select_one("[aria-current]").get_text(strip=True)
